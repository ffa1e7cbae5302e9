// The strip below: figures of this play, the panel to break things, and the played clock above.

import { el, post, toast } from "/page/api.js";
import { clock, day, decimal, t } from "/page/words.js";

const BREAKS = [
  ["webhook50", () => post("breakit/webhook50")],
  ["redis", () => post("breakit/redis")],
  ["worker", () => post("breakit/worker")],
  ["twilio_63016", () => post("breakit/twilio_63016")],
  ["telegram_429", () => post("breakit/telegram_429")],
  ["statuses", () => post("breakit/statuses")],
  ["minutes", () => post("clock/forward", { seconds: 25 * 60 })],
  ["day", () => post("clock/forward", { seconds: 24 * 3600 })],
];

export function drawBreaks() {
  const made = BREAKS.map(([name, act]) =>
    el("button", { type: "button", data: { break: name }, on: { click: () => tried(name, act) } }, t(`break_${name}`), el("small", {}, t(`break_${name}_detail`))),
  );
  document.getElementById("break-buttons").replaceChildren(...made);
}

async function tried(name, act) {
  try {
    await act();
    toast(t("broken", { what: t(`break_${name}`) }));
  } catch (problem) {
    toast(t("not_done", { why: problem.message }), true);
  }
}

let counted = "";
export function drawCounters(figures) {
  const mark = JSON.stringify([figures, t("c_sent")]);
  if (!figures || mark === counted) return;
  counted = mark;
  const unknown = !figures.product;
  const show = (key, value, good, values) =>
    el("div", { class: unknown || good === undefined ? null : good ? "ok" : "bad" }, el("dt", {}, t(key, values)), el("dd", { data: { counter: key } }, value));
  const number = (value) => (value === undefined ? "–" : String(value));
  const lost = figures.lost;
  document.getElementById("counters").replaceChildren(
    show("c_sent", number(figures.sent)),
    show("c_stored", `${unknown ? "" : figures.stored === figures.sent ? "= " : "≠ "}${number(figures.stored)}`, figures.stored === figures.sent),
    show("c_lost", number(lost), lost === 0),
    show("c_doubled", number(figures.doubled), figures.doubled === 0),
    show("c_unconfirmed", number(figures.closed_without_yes), figures.closed_without_yes === 0),
    show("c_span", figures.to_agent_s === null ? "–" : `${decimal(figures.to_agent_s)} ${t("seconds")}`, undefined, { name: figures.to_agent || t("agent") }),
  );
}

// How far the play is ahead of real time, in its two largest units.
function ahead(seconds) {
  const parts = [["days", 86400], ["hours", 3600], ["minutes", 60]];
  let left = Math.round(seconds);
  const found = [];
  for (const [name, size] of parts) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count) found.push(`${count} ${t(name)}`);
  }
  return found.slice(0, 2).join(" ");
}

export function drawClock(offset_s) {
  const now = Date.now() + offset_s * 1000;
  const shown = [`${t("clock_now")} `, el("b", {}, `${day(now)} ${clock(now / 1000)} WIB`)];
  if (offset_s >= 60) shown.push(el("span", { class: "ahead" }, t("ahead", { n: ahead(offset_s) })));
  document.getElementById("clock").replaceChildren(...shown);
}
