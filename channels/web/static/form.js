// Small comforts for the forms; every page works without them.
"use strict";

// A double click sends once. The server would make one report of two anyway.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!("once" in form.dataset)) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
  const main = form.querySelector("button.main");
  if (main && form.dataset.sending) {
    main.dataset.words = main.textContent;
    main.textContent = form.dataset.sending;
  }
});

// Going back in the browser's history shows the page as it was left: let it be sent again, with what stands in it.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
    const main = form.querySelector("button.main");
    if (main && main.dataset.words) main.textContent = main.dataset.words;
  }
});

const size = (bytes) =>
  bytes >= 1048576 ? (bytes / 1048576).toFixed(1) + " MB" : Math.max(1, Math.round(bytes / 1024)) + " kB";

const line = (list, words, className) => {
  const item = document.createElement("li");
  item.textContent = words;
  if (className) item.className = className;
  list.append(item);
};

// Shows what was chosen, and says before sending what would not be kept.
for (const input of document.querySelectorAll("input.files")) {
  const shown = document.getElementById(input.id + "-chosen");
  input.addEventListener("change", () => {
    const list = document.createElement("ul");
    let total = 0;
    for (const file of input.files) {
      total += file.size;
      line(list, `${file.name} · ${size(file.size)}`);
      if (file.size > Number(input.dataset.mostBytes)) line(list, input.dataset.tooLarge, "mistake");
    }
    if (input.files.length > Number(input.dataset.most)) line(list, input.dataset.tooMany, "mistake");
    if (total > Number(input.dataset.totalBytes)) line(list, input.dataset.tooMuch, "mistake");
    shown.replaceChildren(list);
  });
}

const mistakes = document.getElementById("mistakes");
if (mistakes) mistakes.focus();
