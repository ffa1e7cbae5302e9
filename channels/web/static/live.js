// Keeps the tracking page fresh. The reply box stands outside of what is replaced, so nothing typed is lost.
"use strict";

const live = document.getElementById("live");
const news = document.getElementById("news");
let fetching = false;
let again = false;

const refresh = async () => {
  if (fetching) {
    again = true;
    return;
  }
  fetching = true;
  try {
    const answer = await fetch(live.dataset.page, { cache: "no-store", credentials: "omit" });
    if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    // The network is away; the next news brings it.
  } finally {
    fetching = false;
    if (again) {
      again = false;
      refresh();
    }
  }
};

const show = (page) => {
  const fresh = page.getElementById("live");
  if (!fresh || fresh.dataset.seen === live.dataset.seen) return;
  const before = document.getElementById("status").textContent;
  const focused = live.contains(document.activeElement) ? document.activeElement.value : null;
  live.replaceChildren(...fresh.childNodes);
  live.dataset.seen = fresh.dataset.seen;
  document.title = page.title;
  const status = document.getElementById("status").textContent;
  if (status !== before) news.textContent = status;
  if (focused) {
    const same = [...live.querySelectorAll("button")].find((button) => button.value === focused);
    if (same) same.focus();
  }
};

if ("EventSource" in window) {
  const source = new EventSource(`${live.dataset.events}?seen=${encodeURIComponent(live.dataset.seen)}`);
  source.addEventListener("changed", refresh);
} else {
  setInterval(refresh, 10000);
}
