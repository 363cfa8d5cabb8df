// The address names the state, so that reload, back, forward and a shared link find it again.

import { on, set, state } from "./store.js";

const KEYS = ["sample", "page", "field", "view"];
const DEFAULTS = { sample: null, page: 1, field: null, view: "yaml" };
let following = false;

export function read() {
  const given = new URLSearchParams(location.search);
  return {
    sample: given.get("sample"),
    page: Math.max(1, Number.parseInt(given.get("page") ?? "1", 10) || 1),
    field: given.get("field"),
    view: given.get("view") === "form" ? "form" : "yaml",
  };
}

export function address() {
  const given = new URLSearchParams(location.search);
  for (const key of KEYS) {
    if (state[key] === DEFAULTS[key] || state[key] === null) given.delete(key);
    else given.set(key, state[key]);
  }
  const query = given.toString();
  return `${location.pathname}${query ? `?${query}` : ""}`;
}

export function start() {
  on(KEYS, () => following || queueMicrotask(write));
  window.addEventListener("popstate", () => {
    following = true;
    set(read());
    following = false;
  });
  history.replaceState(null, "", address() + location.hash);
}

function write() {
  const next = address();
  if (next !== location.pathname + location.search) history.pushState(null, "", next);
}

export function forgetRevision() {
  const given = new URLSearchParams(location.search);
  if (!given.has("revision")) return;
  given.delete("revision");
  history.replaceState(null, "", `${location.pathname}?${given}`);
}
