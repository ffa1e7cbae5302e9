// "kenapa?": the stored reasons of a decision in words. Reasons are codes and figures; see router/ for what they mean.

import { el } from "/page/api.js";
import { known, t } from "/page/words.js";

const LEVELS = ["high", "medium", "low"];

// The body under "kenapa?", or null for an event that carries no reasons.
export function reasons(event, names) {
  const why = event.data?.why;
  if (!why || typeof why !== "object") return null;
  const parts = [
    Array.isArray(why.rules) ? rules(why.rules) : null,
    why.rating ? rating(why.rating) : null,
    Array.isArray(why.candidates) || why.chosen_by ? candidates(why, names) : null,
  ].filter(Boolean);
  if (!parts.length) return null;
  const config = event.config ? el("p", { class: "delivery" }, `${t("why_config")} `, el("code", {}, event.config.slice(0, 12))) : null;
  return el("div", { class: "why-body" }, parts, config);
}

function rules(matched) {
  const shown = matched.length ? el("p", {}, matched.flatMap((rule) => [el("code", {}, rule), " "])) : el("p", {}, t("why_no_rule"));
  return el("section", {}, el("h4", {}, t("why_rules")), shown);
}

function rating(found) {
  const steps = (found.steps || []).map((step) => {
    const key = `because_${step.because}`;
    const values = { level: t(step.level), to: t(step.to), of: step.of };
    return el("li", {}, known(key) ? t(key, values) : Object.values(step).join(" · "));
  });
  return el("section", {},
    el("h4", {}, t("why_matrix")),
    steps.length ? el("ul", {}, steps) : null,
    matrix(found),
    found.held_at_p2 ? el("p", {}, t("why_held")) : null,
  );
}

// The three by three cells; the one that decided is lit, and says what it gave.
function matrix(found) {
  const top = el("tr", {}, el("th", {}, ""), LEVELS.map((urgency) => el("th", { scope: "col" }, `${t("urgency")}: ${t(urgency)}`)));
  const rows = LEVELS.map((impact) =>
    el("tr", {}, el("th", { scope: "row" }, `${t("impact")}: ${t(impact)}`), LEVELS.map((urgency) => {
      const here = impact === found.impact && urgency === found.urgency;
      return el("td", { class: here ? "here" : null }, here ? found.matrix || found.priority : "·");
    })),
  );
  return el("table", { class: "matrix" }, top, rows);
}

function candidates(why, names) {
  const rows = (why.candidates || []).map((one) => {
    const chosen = one.account === why.account;
    const because = chosen ? t("chosen") : one.why_not ? t(`not_${one.why_not}`) : "";
    return el("tr", { class: chosen ? "chosen" : null }, el("td", {}, names[one.account] || t("colleague", { id: String(one.account).slice(-4) })), el("td", {}, `${one.open} / ${one.capacity}`), el("td", {}, because));
  });
  const head = el("tr", {}, ["candidate", "open_of", "reason"].map((name) => el("th", { scope: "col" }, t(name))));
  return el("section", {},
    el("h4", {}, t("why_candidates")),
    why.chosen_by ? el("p", {}, t(`chosen_${why.chosen_by}`)) : null,
    rows.length ? el("table", { class: "candidates" }, head, rows) : null,
    why.more_candidates ? el("p", {}, t("why_more", { n: why.more_candidates })) : null,
  );
}
