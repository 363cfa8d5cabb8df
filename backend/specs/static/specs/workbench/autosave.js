// Unsaved text stays in this browser, so that a reload, a crash or a closed lid loses nothing.

import { button, byId, debounced, h } from "./dom.js";
import { initial } from "./initial.js";
import { isUnsaved, on, set, state } from "./store.js";

const KEY = `workbench:${initial.user.username}:${initial.spec.id}`;
const WAIT_MS = 300;

export function start() {
  restore();
  const keepSoon = debounced(keep, WAIT_MS);
  on(["text", "savedText"], keepSoon);
  window.addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", () => document.hidden && keep());
}

function keep() {
  try {
    if (!isUnsaved()) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify({ text: state.text, baseNumber: state.baseNumber, at: new Date().toISOString() }));
  } catch {
    // A full or forbidden store: the text is still in the page.
  }
}

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEY));
  } catch {
    return null;
  }
}

function restore() {
  const draft = kept();
  if (!draft || draft.text === state.text || new URLSearchParams(location.search).has("revision")) return;
  const newest = state.baseNumber;
  set({ text: draft.text, baseNumber: draft.baseNumber });
  const banner = byId("banner");
  const close = () => {
    banner.replaceChildren();
    banner.hidden = true;
  };
  const discard = () => {
    set({ text: state.savedText, baseNumber: newest });
    close();
  };
  const later = newest !== draft.baseNumber ? ` Since then revision ${newest} was saved.` : "";
  banner.hidden = false;
  banner.replaceChildren(
    h("span", {}, `Your unsaved text of ${new Date(draft.at).toLocaleString()} is back.${later}`),
    button("Keep it", close, { class: "button small" }),
    button("Discard it", discard, { class: "button small" }),
  );
}
