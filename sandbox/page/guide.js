// Six steps, each one button. A step does what a person would do on the phones, and looks at what came back.

import { el, post, toast } from "/page/api.js";
import { t } from "/page/words.js";

const STEPS = ["step1", "step2", "step3", "step4", "step5", "step6"];
const REFERENCE = /INC-[0-9A-Z]{8}/;
const PATIENCE_MS = 20000;
const DRAWN_MS = 4000;

export class Guide {
  // `look()` gives the newest {state, tickets}; `refresh()` fetches it anew and waits for it; `watch(column, person)`
  // brings the phone to the front on which something happens.
  constructor(look, refresh, watch) {
    this.look = look;
    this.refresh = refresh;
    this.watch = watch;
    this.busy = null;
    this.list = document.getElementById("steps");
    this.hint = document.getElementById("guide-hint");
    this.buttons = STEPS.map((key, index) => el("button", { type: "button", class: "step", on: { click: () => this.run(index) } }));
    this.list.replaceChildren(...this.buttons.map((button) => el("li", {}, button)));
  }

  // The report of Ani that the story is about: the newest reference on her phone.
  get reference() {
    const ani = this.look().state?.customers.find((one) => one.id === "ani");
    for (const bubble of [...(ani?.chat || [])].reverse()) {
      const found = !bubble.mine && bubble.text.match(REFERENCE);
      if (found) return found[0];
    }
    return null;
  }

  get ticket() {
    return this.look().tickets.whole[this.reference] || null;
  }

  // How many steps the story has behind it, read from what really happened.
  get done() {
    const ticket = this.ticket;
    if (!ticket) return this.reference ? 1 : 0;
    // After a reopening the story begins again with the same report.
    const begun = ticket.events.map((one) => one.type).lastIndexOf("reopened") + 1;
    const types = new Set(ticket.events.slice(begun).map((one) => one.type));
    const was = (...names) => names.some((name) => types.has(name));
    if (ticket.status === "closed") return 6;
    if (was("denied", "answer_unclear") && ticket.status === "awaiting_confirmation") return 5;
    if (was("confirmation_asked", "verified")) return 4;
    if (was("workaround_given", "workaround")) return 3;
    return was("replied") ? 2 : 1;
  }

  draw() {
    const done = this.done;
    this.buttons.forEach((button, index) => {
      const state = index < done ? "done" : index === done ? "next" : "later";
      const restart = done === 6 && index === 0;
      button.dataset.state = restart ? "next" : state;
      button.disabled = this.busy !== null || !(restart || index === done);
      button.setAttribute("aria-busy", String(this.busy === index));
      const mark = state === "done" && !restart ? "✓" : String(index + 1);
      const key = STEPS[index];
      const drawn = `${mark} ${t(key)}`;
      if (button.dataset.drawn === drawn) return;
      button.dataset.drawn = drawn;
      button.replaceChildren(el("span", { class: "number", "aria-hidden": "true" }, mark), el("span", { class: "what" }, t(key), el("span", { class: "detail" }, t(`${key}_detail`))));
    });
    // Where steps lie side by side, the lit one is brought into view; the page itself is not scrolled.
    if (this.lit !== done && this.list.scrollWidth > this.list.clientWidth) {
      const lit = this.buttons[done % 6].parentElement;
      this.list.scrollTo({ left: lit.offsetLeft - this.list.offsetLeft - 12 });
    }
    this.lit = done;
    this.hint.textContent = this.busy !== null ? t("guide_waits") : done === 6 ? t("guide_done") : t("guide_start");
  }

  async run(index) {
    this.busy = index;
    this.draw();
    try {
      await [() => this.report(), () => this.accept(), () => this.workaround(), () => this.resolve("agent_cause"), () => this.deny(), () => this.confirm()][index]();
    } catch (problem) {
      toast(problem.message === "stuck" ? t("guide_stuck") : t("not_done", { why: problem.message }), true);
    } finally {
      this.busy = null;
      this.draw();
      this.buttons[this.done % 6].focus({ preventScroll: true });
    }
  }

  async report() {
    const before = this.reference;
    this.watch("customers", "ani");
    await post("customers/ani/say", { text: t("ani_says") });
    await this.until(() => this.ticket && (this.reference !== before || this.ticket.status !== "closed"));
  }

  async accept() {
    if (!this.ticket.assignee) await this.press(await this.drawn(() => this.button("accept")));
    await this.until(() => this.ticket.assignee);
    await this.ask("reply", t("agent_replies"));
    await this.until(() => this.done >= 2);
  }

  async workaround() {
    await this.ask("workaround", t("agent_workaround"));
    await this.until(() => this.done >= 3);
  }

  // Resolve with a cause, test every service of the checklist, give a figure; then the reporter is asked.
  async resolve(cause) {
    await this.ask("resolve", t(cause));
    await this.until(() => this.ticket.status !== "investigating" && this.ticket.status !== "restored");
    for (let tries = 0; tries < 12 && this.ticket.status === "verifying"; tries += 1) {
      const before = this.ticket.version;
      const next = await this.drawn(() => this.button("check", /\.1$/) || this.button("verify"));
      if (next.data.startsWith("check:")) await this.press(next);
      else await this.answer(next, t("agent_figure"));
      await this.until(() => this.ticket.version > before);
    }
    await this.until(() => this.ticket.status === "awaiting_confirmation");
  }

  async deny() {
    const before = this.ticket.version;
    this.watch("customers", "ani");
    await post("customers/ani/say", { text: t("ani_denies") });
    await this.until(() => this.ticket.version > before && this.ticket.events.some((one) => ["denied", "answer_unclear"].includes(one.type)));
    if (this.ticket.status !== "awaiting_confirmation") await this.resolve("agent_cause_again");
  }

  async confirm() {
    this.watch("customers", "ani");
    const ani = this.look().state.customers.find((one) => one.id === "ani");
    const asked = [...ani.chat].reverse().find((one) => !one.mine && one.buttons.some((button) => button.payload.startsWith("yes")));
    if (asked) await post("customers/ani/press", { message: asked.id, button: asked.buttons.find((button) => button.payload.startsWith("yes")).payload });
    else await post("customers/ani/say", { text: t("ani_confirms") });
    await this.until(() => this.ticket.status === "closed");
  }

  // The newest button of an agent for this report with this verb: {agent, message, data}.
  button(verb, ending = /(?:)/) {
    const short = (this.reference || "").slice(4);
    const found = [];
    for (const agent of this.look().state.agents) {
      for (const message of agent.chat) {
        for (const one of message.keyboard.flat()) {
          const data = one.callback_data || "";
          if (data.startsWith(`${verb}:${short}:`) && ending.test(data)) found.push({ agent: agent.id, message: message.id, data, version: Number(data.split(":")[2]) });
        }
      }
    }
    return found.sort((a, b) => b.version - a.version || b.message - a.message)[0] || null;
  }

  press(button) {
    this.watch("agents", button.agent);
    return post(`agents/${button.agent}/press`, { message_id: button.message, button: button.data });
  }

  // Press a button that asks for words, and answer the question that comes.
  async ask(verb, text) {
    return this.answer(await this.drawn(() => this.button(verb)), text);
  }

  async answer(button, text) {
    const newest = Math.max(0, ...this.chat(button.agent).map((one) => one.id));
    await this.press(button);
    const question = await this.until(() => this.chat(button.agent).find((one) => one.id > newest && one.force_reply && !one.mine));
    await post(`agents/${button.agent}/reply`, { message_id: question.id, text });
  }

  // A button on a card that shows the ticket as it is now. A card that is not drawn anew within seconds will do too.
  async drawn(find) {
    try {
      return await this.until(() => {
        const button = find();
        return button && button.version >= this.ticket.version ? button : null;
      }, DRAWN_MS);
    } catch {
      return this.until(find);
    }
  }

  chat(agent) {
    return this.look().state.agents.find((one) => one.id === agent)?.chat || [];
  }

  async until(true_, patience_ms = PATIENCE_MS) {
    const end = Date.now() + patience_ms;
    while (Date.now() < end) {
      await this.refresh();
      const found = true_();
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    throw new Error("stuck");
  }
}
