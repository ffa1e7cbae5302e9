// Text as the two apps show it, built from nodes: what people wrote is never taken for markup.

import { el } from "/page/api.js";

const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "code", blockquote: "em", spoiler: "span" };
const MARKS = { "*": "strong", _: "em", "~": "s", "`": "code" };

const safe = (url) => /^https?:\/\//.test(url);
const link = (url, text) => (safe(url) ? el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, text) : text);

// Plain text with its addresses made into links.
function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;!?)])/).map((part, index) => (index % 2 ? link(part, part) : part));
}

// WhatsApp's own marks: *bold* _italic_ ~struck~ `code`, each around whole words of one line.
export function whatsappText(text) {
  const out = el("span", {});
  const pattern = /(^|[\s(.,:;"'])([*_~`])(?=\S)((?:(?!\2)[^\n])+)(?<=\S)\2(?=$|[\s).,:;!?"'])/gm;
  let from = 0;
  for (const found of text.matchAll(pattern)) {
    const start = found.index + found[1].length;
    out.append(...linked(text.slice(from, start)), el(MARKS[found[2]], {}, found[3]));
    from = found.index + found[0].length;
  }
  out.append(...linked(text.slice(from)));
  return out;
}

// Telegram's entities. Offsets count UTF-16 units, as strings do here; entities inside others are cut at their ends.
export function telegramText(text, entities) {
  const out = el("span", {});
  const edges = [...new Set([0, text.length, ...entities.flatMap((one) => [one.offset, one.offset + one.length])])].sort((a, b) => a - b);
  for (let index = 0; index + 1 < edges.length; index += 1) {
    const [from, to] = [edges[index], edges[index + 1]];
    const piece = text.slice(from, to);
    const over = entities.filter((one) => one.offset <= from && one.offset + one.length >= to);
    let node = over.some((one) => one.type === "text_link") ? [link(over.find((one) => one.type === "text_link").url, piece)] : linked(piece);
    for (const one of over) if (TAGS[one.type]) node = [el(TAGS[one.type], {}, ...node)];
    out.append(...node);
  }
  return out;
}
