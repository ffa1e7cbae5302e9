// The phones: tabs of people, bubbles, buttons under them, and a line to type in.

import { el, post, toast } from "/page/api.js";
import { clock, t } from "/page/words.js";
import { telegramText, whatsappText } from "/page/formatting.js";

const TICKS = { queued: "…", sent: "✓", delivered: "✓✓", read: "✓✓", failed: "⚠" };

// One side of the stage (customers or agents): which person is shown, what was seen, what is being answered.
export class Phones {
  constructor(side, extra = []) {
    this.side = side;
    this.extra = extra;
    this.shown = null;
    this.seen = {};
    this.answering = null;
    this.drawn = "";
    this.composed = null;
    this.revisions = {};
    this.tabs = document.getElementById(`tabs-${side}`);
    this.phone = document.getElementById(`phone-${side}`);
  }

  // The people of the play first; a crowd that a test or a load brings stands after them.
  people(state) {
    const visitors = this.extra.map((one) => ({ ...state.visitor, visitor: true, ...one }));
    return [...state[this.side].slice(0, 3 - visitors.length), ...visitors, ...state[this.side].slice(3 - visitors.length)];
  }

  show(id) {
    this.shown = id;
    this.answering = null;
    this.drawn = "";
  }

  unread(person) {
    const count = (person.chat || []).filter((one) => !one.mine).reduce((sum, one) => sum + 1 + (one.revision || 0), 0);
    return Math.max(count - (this.seen[person.id] || 0), 0);
  }

  // Draw again, if anything changed. Returns whether somebody who is not on the screen was written to.
  draw(state) {
    const people = this.people(state);
    this.shown ??= people[0].id;
    const person = people.find((one) => one.id === this.shown) || people[0];
    this.seen[person.id] = (this.seen[person.id] || 0) + this.unread(person);
    const mark = JSON.stringify([state[this.side], this.shown, this.answering, t("send")]);
    if (mark === this.drawn) return people.some((one) => this.unread(one) > 0);
    this.drawn = mark;
    this.drawTabs(people, state);
    this.drawPhone(person, state);
    return people.some((one) => this.unread(one) > 0);
  }

  drawTabs(people, state) {
    const focused = this.tabs.contains(document.activeElement);
    this.tabs.replaceChildren(...people.map((person, index) => this.tab(person, index, state)));
    const selected = this.tabs.querySelector('[aria-selected="true"]');
    if (focused) selected.focus();
    if (selected.offsetLeft + selected.offsetWidth > this.tabs.scrollLeft + this.tabs.clientWidth) this.tabs.scrollLeft = selected.offsetLeft;
  }

  tab(person, index, state) {
    const selected = person.id === this.shown;
    const unread = this.unread(person);
    const under = person.visitor ? t("web_form") : person.role ? t(`role_${person.role}`) : person.has_number ? person.organisation || "WhatsApp" : t("no_number");
    const move = (step) => {
      const people = this.people(state);
      this.show(people[(index + step + people.length) % people.length].id);
      this.draw(state);
      this.tabs.querySelector('[aria-selected="true"]').focus();
    };
    const keys = (event) => ({ ArrowRight: () => move(1), ArrowLeft: () => move(-1) })[event.key]?.();
    return el(
      "button",
      { type: "button", role: "tab", class: "tab", "aria-controls": `phone-${this.side}`, "aria-selected": String(selected), tabindex: selected ? "0" : "-1", on: { click: () => { this.show(person.id); this.draw(state); }, keydown: keys } },
      el("span", { class: `avatar a${(index + (this.side === "agents" ? 3 : 0)) % 6}`, "aria-hidden": "true" }, initials(person.name)),
      el("span", { class: "who" }, el("b", {}, person.name), el("small", {}, under)),
      unread ? el("span", { class: "badge" }, unread > 99 ? "99+" : String(unread)) : null,
    );
  }

  // The list is made anew; the line to type in stays, so that typing is never disturbed.
  drawPhone(person, state) {
    if (person.visitor) {
      this.composed = null;
      return this.phone.replaceChildren(visitor(person, state));
    }
    const old = this.phone.querySelector(".messages");
    const same = this.phone.dataset.person === person.id && old;
    const focused = old?.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const atEnd = !same || old.scrollHeight - old.scrollTop - old.clientHeight < 60;
    const top = same ? old.scrollTop : 0;
    const list = this.list(person, same ? this.revisions : {});
    const composed = `${person.id} ${this.answering?.id} ${t("send")}`;
    if (composed === this.composed && old) old.replaceWith(list);
    else this.phone.replaceChildren(list, this.composer(person, same));
    this.composed = composed;
    this.phone.dataset.person = person.id;
    this.revisions = Object.fromEntries(person.chat.map((one) => [one.id, one.revision || 0]));
    list.scrollTop = atEnd ? list.scrollHeight : top;
    if (focused) [...list.querySelectorAll("[data-key]")].find((one) => one.dataset.key === focused)?.focus({ preventScroll: true });
  }

  list(person, revisions) {
    const list = el("div", { class: "messages", role: "region", "aria-label": person.name, tabindex: "0" });
    for (const bubble of person.chat) list.append(...this.bubble(person, bubble, revisions[bubble.id]));
    if (!person.chat.length) list.append(el("p", { class: "empty" }, this.side === "agents" ? t("nothing_told", { name: person.name }) : t("nothing_said")));
    return list;
  }

  bubble(person, one, revision) {
    const agent = this.side === "agents";
    const fresh = agent && revision !== undefined && one.revision > revision;
    const quoted = person.chat.find((other) => other.id === (agent ? one.reply_to : one.quoted));
    const made = el("div", { class: `bubble${one.mine ? " mine" : ""}${fresh ? " edited-now" : ""}` },
      quoted ? el("span", { class: "quote" }, quoted.text.slice(0, 90) || t("sent_file")) : null,
      ...media(one),
      agent ? telegramText(one.text, one.entities) : whatsappText(one.text),
      meta(one, agent),
    );
    const parts = [made];
    const rows = agent ? one.keyboard : one.buttons.map((button) => [button]);
    if (rows.length) parts.push(this.buttons(person, one, rows));
    if (!one.mine) parts.push(this.replyHere(one, agent));
    return parts;
  }

  replyHere(one, agent) {
    const start = () => { this.answering = { id: one.id, text: one.text }; this.drawn = ""; document.dispatchEvent(new Event("redraw")); };
    return el("button", { type: "button", class: "reply-here", data: { key: `${one.id} reply` }, "aria-label": `${t(agent ? "reply" : "quoted")}: ${one.text.slice(0, 40)}`, on: { click: start } }, t(agent ? "reply" : "quoted"));
  }

  buttons(person, one, rows) {
    const agent = this.side === "agents";
    const press = async (button) => {
      const body = agent ? { message_id: one.id, button: button.callback_data || button.text } : { message: one.id, button: button.payload };
      const done = await this.act(person, "press", body);
      if (done?.url) window.open(done.url, "_blank", "noopener");
    };
    const shown = rows.map((row) => el("div", { class: "row" }, row.map((button) => el("button", { type: "button", data: { key: `${one.id} ${button.text || button.title}` }, on: { click: () => press(button) } }, button.text || button.title))));
    return el("div", { class: "buttons" }, shown);
  }

  composer(person, same) {
    const value = same ? this.phone.querySelector("input")?.value || "" : "";
    const input = el("input", { type: "text", name: "text", autocomplete: "off", placeholder: t("write"), "aria-label": `${t("write")} (${person.name})`, maxlength: "4000" });
    input.value = value;
    const send = async (event) => {
      event.preventDefault();
      const text = input.value.trim();
      if (!text) return;
      input.value = "";
      const answered = this.answering?.id;
      this.answering = null;
      this.drawn = "";
      await this.act(person, "say", this.side === "agents" ? { text, reply_to: answered } : { text, quotes: answered });
    };
    const form = el("form", { class: "composer", on: { submit: send } },
      this.answering ? this.replying() : null,
      this.attach(person),
      input,
      el("button", { type: "submit", class: "round send", title: t("send"), "aria-label": t("send") }, "➤"),
    );
    if (this.answering) queueMicrotask(() => input.focus({ preventScroll: true }));
    return form;
  }

  // What can be sent beside words: a screenshot, a voice note, a file that nobody should open.
  attach(person) {
    const way = this.side === "agents" ? "send_photo" : "send_media";
    const kinds = this.side === "agents" ? ["photo"] : ["photo", "voice", "document", "apk"];
    const menu = el("details", { class: "attach" }, el("summary", { class: "round", title: t("attach"), "aria-label": t("attach") }, "+"));
    const choose = (kind) => { menu.open = false; void this.act(person, way, { kind }); };
    menu.append(el("div", { class: "attach-menu" }, kinds.map((kind) => el("button", { type: "button", on: { click: () => choose(kind) } }, t(`attach_${kind}`)))));
    return menu;
  }

  replying() {
    const stop = () => { this.answering = null; this.drawn = ""; document.dispatchEvent(new Event("redraw")); };
    return el("div", { class: "replying" }, el("span", {}, `${t("replying")}: ${this.answering.text}`), el("button", { type: "button", "aria-label": t("stop_reply"), on: { click: stop } }, "✕"));
  }

  async act(person, what, body) {
    try {
      return await post(`${this.side}/${person.id}/${what}`, body);
    } catch (problem) {
      toast(t("not_done", { why: problem.message }), true);
      return null;
    }
  }
}

const initials = (name) => name.replace(/^(Bu|Pak) /, "").slice(0, 2);

function media(one) {
  const files = (one.media || []).map((file) => (file.content_type.startsWith("image/") ? el("img", { src: file.url, alt: file.filename }) : el("span", { class: "file" }, `${t("sent_file")}: ${file.filename}`)));
  return one.file ? [...files, el("span", { class: "file" }, `${t("sent_file")}: ${one.file}`)] : files;
}

function meta(one, agent) {
  const notes = [one.pinned && t("pinned"), one.silent && t("silent"), one.edited && t("edited"), one.reaction].filter(Boolean);
  const line = el("span", { class: "meta" }, ...notes.map((note) => el("span", {}, note)), el("span", {}, clock(one.at)));
  if (!agent && one.mine && one.taken !== null && !(one.taken >= 200 && one.taken < 300)) line.append(el("span", { class: "failed", title: t("not_taken") }, t("not_taken")));
  if (!agent && !one.mine) line.append(el("span", { class: one.status, title: one.status }, one.status === "failed" ? `⚠ ${one.error_code}` : TICKS[one.status] || ""));
  return line;
}

function visitor(person, state) {
  return el("div", { class: "visitor" },
    el("p", {}, t("visitor_intro")),
    el("a", { class: "open", href: `${state.product_url}/report`, target: "_blank", rel: "noopener" }, t("visitor_open")),
    el("p", {}, t("visitor_use")),
    el("dl", {}, el("dd", {}, person.name), el("dd", {}, person.email), el("dd", {}, person.organisation)),
  );
}
