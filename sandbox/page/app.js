// Puts the stage together: fetch when something happened, then draw what changed.

import { follow, get, toast } from "/page/api.js";
import { Phones } from "/page/chats.js";
import { Guide } from "/page/guide.js";
import { drawBreaks, drawClock, drawCounters } from "/page/strip.js";
import { Tickets } from "/page/ticket.js";
import { choose, current, t } from "/page/words.js";

const seen = { state: null, figures: null, answers: true };
const customers = new Phones("customers", [{}]);
const agents = new Phones("agents");
const tickets = new Tickets(() => void fetchTickets().then(draw));
const guide = new Guide(() => ({ state: seen.state, tickets }), refresh, watch);

async function fetchState() {
  seen.state = await get("api/state");
}

// The list, and whole those reports that are on the stage: the shown one and the guide's.
async function fetchTickets() {
  try {
    const listed = await get("product/api/v1/tickets?limit=12");
    tickets.take(listed.items);
    for (const reference of new Set([tickets.shown, guide.reference].filter(Boolean))) {
      tickets.whole[reference] = await get(`product/api/v1/tickets/${reference}`);
    }
    seen.answers = true;
  } catch {
    seen.answers = false;
  }
}

async function refresh() {
  await fetchState();
  await fetchTickets();
  draw();
}

function draw() {
  if (!seen.state) return;
  const left = customers.draw(seen.state);
  const right = agents.draw(seen.state);
  fresh("customers", left);
  fresh("agents", right);
  tickets.draw(seen.answers);
  guide.draw();
  drawClock(seen.state.offset_seconds);
}

// A dot on the button of a column that is not on the screen (small screens show one column).
function fresh(column, is) {
  const button = document.querySelector(`[data-column="${column}"]`);
  const shown = document.body.dataset.show === column;
  button.querySelector(".fresh")?.remove();
  if (is || (!shown && changedSince(column))) button.append(Object.assign(document.createElement("span"), { className: "fresh" }));
}
const lookedAt = {};
function changedSince(column) {
  const mark = JSON.stringify(seen.state[column].map((one) => one.chat.filter((bubble) => !bubble.mine).map((bubble) => [bubble.id, bubble.revision])));
  if (document.body.dataset.show === column || lookedAt[column] === undefined) lookedAt[column] = mark;
  return lookedAt[column] !== mark;
}

function watch(column, person) {
  const phones = { customers, agents }[column];
  if (phones.shown !== person) phones.show(person);
  tickets.shown = guide.reference ?? tickets.shown;
  show(column);
}

function show(column) {
  document.body.dataset.show = column;
  for (const button of document.querySelectorAll("[data-column]")) button.setAttribute("aria-pressed", String(button.dataset.column === column));
  draw();
  // What was drawn while it was hidden has no height, and so no end to stand at.
  const list = document.querySelector(`#column-${column} .messages`);
  if (list) list.scrollTop = list.scrollHeight;
}

function translate() {
  document.documentElement.lang = current();
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of document.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", t(node.dataset.tLabel));
  for (const button of document.querySelectorAll("[data-language]")) button.setAttribute("aria-pressed", String(button.dataset.language === current()));
  drawBreaks();
  draw();
  drawCounters(seen.figures);
}

// Many things happen at once: one fetch for all of them, and one more when some came meanwhile.
function gathered(work, pause_ms) {
  let running = false;
  let again = false;
  return async function ask() {
    if (running) {
      again = true;
      return;
    }
    running = true;
    do {
      again = false;
      try {
        await work();
      } catch {
        // The sandbox is restarting; the next event or the next second asks again.
      }
      await new Promise((resolve) => setTimeout(resolve, pause_ms));
    } while (again);
    running = false;
  };
}

const askState = gathered(async () => { await fetchState(); draw(); }, 60);
const askTickets = gathered(async () => { await fetchTickets(); draw(); }, 250);
const askFigures = gathered(async () => { seen.figures = await get("api/counters"); drawCounters(seen.figures); }, 700);
const askAll = () => { askState(); askTickets(); askFigures(); };

for (const button of document.querySelectorAll("[data-language]")) button.addEventListener("click", () => { choose(button.dataset.language); translate(); });
for (const button of document.querySelectorAll("[data-column]")) button.addEventListener("click", () => show(button.dataset.column));
document.addEventListener("redraw", draw);
document.addEventListener("keydown", (event) => { if (event.key === "Escape") for (const open of document.querySelectorAll("#break, .attach")) open.open = false; });

// What a bot answers to a tap appears for a moment, as it does in the app.
function heard(entry) {
  const who = entry.kind === "telegram.answer" && entry.text && seen.state?.agents.find((one) => one.id === entry.person);
  if (who && guide.busy === null) toast(`${who.name}: ${entry.text}`);
  askAll();
}

translate();
show("customers");
askAll();
follow(heard, askAll);
setInterval(() => { askTickets(); askFigures(); if (seen.state) drawClock(seen.state.offset_seconds); }, 2000);
