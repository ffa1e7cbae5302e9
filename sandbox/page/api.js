// Talking to the sandbox: its control API, its stream of events, and the product behind it.

export async function get(path) {
  const answer = await fetch(`/sandbox/${path}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

export async function post(path, body = {}) {
  const answer = await fetch(`/sandbox/api/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const read = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(read.error || `${answer.status}`);
  return read;
}

// Calls `heard` with each entry of the ledger from now on; the browser connects again by itself.
export function follow(heard, opened) {
  const stream = new EventSource("/sandbox/api/events");
  stream.onmessage = (message) => heard(JSON.parse(message.data));
  stream.onopen = opened;
}

// An element with properties and children; strings become text, so nothing that people wrote is ever markup.
export function el(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") made.className = value;
    else if (name === "on") for (const [event, handler] of Object.entries(value)) made.addEventListener(event, handler);
    else if (name === "data") Object.assign(made.dataset, value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export function toast(text, bad = false) {
  const shown = el("div", { class: bad ? "toast bad" : "toast" }, text);
  document.getElementById("toasts").append(shown);
  setTimeout(() => shown.remove(), bad ? 6000 : 3500);
}
