// Light and dark as everywhere in the admin, which keeps the choice in the browser.

const KEY = "adminTheme";
const listeners = [];
const system = window.matchMedia("(prefers-color-scheme: dark)");

function chosen() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? "auto";
  } catch {
    return "auto";
  }
}

export const isDark = () => chosen() === "dark" || (chosen() === "auto" && system.matches);

export function onTheme(listener) {
  listeners.push(listener);
  listener();
}

export function toggleTheme() {
  localStorage.setItem(KEY, JSON.stringify(isDark() ? "light" : "dark"));
  apply();
}

export function apply() {
  document.documentElement.classList.toggle("dark", isDark());
  for (const listener of listeners) listener();
}

system.addEventListener("change", apply);
