// Small questions in a dialog, and passing messages.

import { button, byId, h } from "./dom.js";

export function askIn({ title, body, buttons, initialFocus }) {
  return new Promise((resolve) => {
    const titleId = `dialog-${Math.random().toString(36).slice(2)}`;
    const form = h("form", { method: "dialog" }, h("h2", { id: titleId }, title), body);
    const dialog = h("dialog", { class: "dialog", "aria-labelledby": titleId }, form);
    form.append(h("div", { class: "buttons" }, buttons.map((one) => answerButton(one, dialog))));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      dialog.close(buttons.find((one) => one.primary)?.answer ?? "");
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue);
    });
    document.body.append(dialog);
    dialog.showModal();
    initialFocus?.focus();
  });
}

function answerButton({ label, answer, primary }, dialog) {
  if (primary) return h("button", { type: "submit", class: "button primary" }, label);
  return button(label, () => dialog.close(answer ?? ""));
}

const SHOWN_FOR_MS = 6000;

export function say(message, kind = "info") {
  // Said again while it still stands there, it stays longer; it does not pile up.
  for (const shown of byId("notes").querySelectorAll(".note")) if (shown.textContent === message) shown.remove();
  const note = h("p", { class: `note ${kind}` }, message);
  byId("notes").append(note);
  setTimeout(() => note.remove(), SHOWN_FOR_MS);
}

export function sayRefused(error) {
  if (error.name === "AbortError") return;
  const quoted = error.requestId && error.status >= 500 ? ` (request ${error.requestId})` : "";
  const { maxBytes } = error.details ?? {};
  const limit = maxBytes ? ` At most ${Math.floor(maxBytes / 1024 / 1024)} MB.` : "";
  say(`${error.message}${limit}${quoted}`, "error");
}
