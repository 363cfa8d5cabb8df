// A session that ended: the password is asked for in place, and what was asked goes on. Nothing typed is lost.

import { button, h } from "./dom.js";
import { initial, urls } from "./initial.js";
import { Refused, csrfToken } from "./refused.js";

let asking = null;

export function signInAgain() {
  asking ??= ask().finally(() => {
    asking = null;
  });
  return asking;
}

function ask() {
  return new Promise((resolve, reject) => {
    const password = h("input", { type: "password", name: "password", autocomplete: "current-password", required: true });
    const trouble = h("p", { class: "trouble", role: "alert" });
    const form = h(
      "form",
      { method: "dialog" },
      h("h2", { id: "sign-in-title" }, "Your session ended"),
      h("p", {}, "Nothing you typed is lost. Sign in again to go on."),
      h("label", {}, "Username", h("input", { value: initial.user.username, disabled: true })),
      h("label", {}, "Password", password),
      trouble,
      h("div", { class: "buttons" }, button("Not now", () => dialog.close("cancelled")), submit("Sign in")),
    );
    const dialog = h("dialog", { "aria-labelledby": "sign-in-title", class: "dialog" }, form);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      trouble.textContent = await attempt(password.value);
      if (!trouble.textContent) dialog.close("signed in");
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (dialog.returnValue === "signed in") resolve();
      else reject(new Refused(401, { code: "AUTH", message: "You are signed out. What you typed is kept here." }));
    });
    document.body.append(dialog);
    dialog.showModal();
    password.focus();
  });
}

const submit = (label) => h("button", { type: "submit", class: "button primary" }, label);

async function attempt(password) {
  const response = await fetch(urls.signIn, {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify({ username: initial.user.username, password }),
  }).catch(() => null);
  if (response?.ok) return "";
  const body = await response?.json().catch(() => null);
  return body?.error?.message ?? "That did not work. Try again.";
}
