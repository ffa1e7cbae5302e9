// The middle: which reports there are, and one of them as a timeline of what happened and what was said.

import { el } from "/page/api.js";
import { whatsappText } from "/page/formatting.js";
import { reasons } from "/page/why.js";
import { clock, event, status, t } from "/page/words.js";

const KEY = new Set(["opened", "accepted", "workaround_given", "workaround", "resolved", "verified", "confirmed", "reopened", "denied", "answer_unclear"]);
const END = new Set(["confirmed", "lapsed", "cancelled"]);
// What a message of the conversation says better itself.
const SAID = new Set(["replied", "noted", "message_joined", "told"]);

export class Tickets {
  constructor(changed) {
    this.rows = [];
    this.whole = {};
    this.shown = null;
    this.changed = changed;
    this.opened = new Set();
    this.list = document.getElementById("ticket-list");
    this.pane = document.getElementById("ticket");
    this.drawn = "";
  }

  get current() {
    return this.whole[this.shown] || null;
  }

  show(reference) {
    this.shown = reference;
    this.drawn = "";
    this.changed();
  }

  // New rows of the product's list; a new report takes the stage.
  take(rows) {
    const before = new Set(this.rows.map((row) => row.reference));
    const fresh = rows.find((row) => !before.has(row.reference));
    if (fresh && (this.rows.length || !this.shown)) this.shown = fresh.reference;
    this.rows = rows;
    rows.forEach(people);
    this.shown ??= rows[0]?.reference ?? null;
  }

  draw(answers) {
    const mark = JSON.stringify([this.rows, this.current, this.shown, answers, t("why")]);
    if (mark === this.drawn) return;
    this.drawn = mark;
    this.drawList();
    if (!answers && !this.current) return this.pane.replaceChildren(el("div", { class: "ticket-none" }, el("p", {}, t("no_product"))));
    if (!this.current) return this.pane.replaceChildren(el("div", { class: "ticket-none" }, el("p", {}, el("b", {}, t("no_ticket")), t("no_ticket_hint"))));
    const atEnd = this.pane.scrollHeight - this.pane.scrollTop - this.pane.clientHeight < 80;
    const top = this.pane.dataset.reference === this.shown ? this.pane.scrollTop : null;
    this.pane.replaceChildren(head(this.current), this.timeline(this.current));
    this.pane.dataset.reference = this.shown;
    this.pane.scrollTop = top === null || atEnd ? this.pane.scrollHeight : top;
  }

  drawList() {
    const chips = this.rows.slice(0, 12).map((row) =>
      el("button", { type: "button", class: "chip", "aria-pressed": String(row.reference === this.shown), on: { click: () => this.show(row.reference) } },
        el("span", { class: `prio ${row.priority}` }, row.priority), el("code", {}, row.reference), el("span", {}, status(row.status))),
    );
    this.list.replaceChildren(...(chips.length ? chips : [el("p", { class: "none" }, t("no_tickets"))]));
  }

  timeline(ticket) {
    const names = people(ticket);
    const events = ticket.events.filter((one) => !SAID.has(one.type)).map((one) => ({ at: one.at, order: one.seq, node: () => this.happened(ticket, one, names) }));
    const words = ticket.messages.map((one) => ({ at: one.at, order: -1, node: () => said(one) }));
    const all = [...words, ...events].sort((a, b) => a.at.localeCompare(b.at) || a.order - b.order);
    return el("ol", { class: "timeline" }, all.map((one) => one.node()));
  }

  happened(ticket, one, names) {
    const kind = END.has(one.type) ? "end" : KEY.has(one.type) ? "key" : "small";
    const key = `${ticket.reference} ${one.seq}`;
    return el("li", { class: `moment ${kind}` },
      line(el("span", { class: "title" }, event(one.type)), el("span", { class: "by" }, about(ticket, one, names)), one.at),
      why(one, names, key, this.opened),
    );
  }
}

function why(one, names, key, opened) {
  const body = reasons(one, names);
  if (!body) return null;
  const details = el("details", { class: "why", open: opened.has(key) }, el("summary", {}, t("why")), body);
  details.addEventListener("toggle", () => (details.open ? opened.add(key) : opened.delete(key)));
  return details;
}

const line = (title, by, at) => el("div", { class: "row" }, el("span", {}, title, " ", by), el("time", { datetime: at }, clock(at, true)));

// Names of people by their id, as far as any ticket has told them.
const told = {};
function people(ticket) {
  for (const one of [ticket.assignee, ticket.offered_to, ticket.reporter, ...(ticket.messages || []).map((message) => message.author)]) {
    if (one?.id && one.name) told[one.id] = one.name;
  }
  return told;
}

function about(ticket, one, names) {
  const data = one.data || {};
  const who = data.offered_to || data.account || data.assignee || data.to || (data.why && one.type !== "opened" ? null : (one.actor || "").split(":")[1]);
  const name = names[who];
  const service = data.item || (one.type === "opened" ? ticket.service : null);
  return [name, service, one.type === "scored" ? data.score : null].filter(Boolean).join(" · ");
}

function said(one) {
  const mine = one.direction === "in";
  const name = one.direction === "note" ? `${t("note")} · ${one.author.name || ""}` : one.author.name || t(one.author.kind === "desk" ? "desk" : "system");
  const where = mine || one.direction === "note" ? one.channel : `→ ${one.channel}`;
  const files = one.attachments.map((file) => el("div", { class: "delivery" }, `${t("sent_file")}: ${file.filename || file.content_type}`));
  return el("li", { class: `moment ${mine ? "in" : one.direction}` },
    line(el("span", { class: "title" }, name), el("span", { class: "by" }, where, one.delivery ? ` · ${tick(one.delivery)}` : ""), one.at),
    one.text ? el("div", { class: "words" }, one.channel === "whatsapp" ? whatsappText(one.text) : one.text) : null,
    ...files,
  );
}

const tick = (delivery) => ({ queued: "…", sent: "✓", delivered: "✓✓", read: "✓✓ " + t("c_read_mark"), failed: "⚠ " + t("failed") })[delivery] || delivery;

function head(ticket) {
  const pill = { closed: "pill closed", awaiting_confirmation: "pill asking" }[ticket.status] || "pill";
  const facts = [
    ["service", ticket.service || "–"],
    ["in_team", ticket.team],
    ticket.offered_to && !ticket.assignee ? ["offered", ticket.offered_to.name] : ["holder", ticket.assignee?.name || t("nobody")],
    ticket.next_update_by ? ["promise", clock(ticket.next_update_by)] : null,
  ].filter(Boolean);
  return el("header", { class: "ticket-head" },
    el("div", { class: "line" }, el("span", { class: `prio ${ticket.priority}` }, ticket.priority), el("code", {}, ticket.reference), el("span", { class: pill }, status(ticket.status))),
    el("h3", {}, ticket.subject || "…"),
    el("dl", { class: "facts" }, facts.map(([name, value]) => el("div", {}, el("dt", {}, t(name)), el("dd", {}, value)))),
  );
}
