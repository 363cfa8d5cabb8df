// The line above everything: which docType and revision, how it stands, and what can be done with it.

import { button, byId, h, icon, iconButton, redraw } from "./dom.js";
import { isSavable, lookedAt, newer } from "./libraries.js";
import { initial, permissions, urls } from "./initial.js";
import { showKeys } from "./keyboard.js";
import { nextProblem } from "./problems.js";
import { passing } from "./samples.js";
import { save } from "./save.js";
import { share } from "./share.js";
import { isUnsaved, on, state } from "./store.js";
import { isDark, onTheme, toggleTheme } from "./theme.js";
import { plural } from "./words.js";

export function start() {
  on(["text", "savedText", "baseNumber", "preview", "samples", "matrix", "stale", "saved"], draw);
  onTheme(draw);
}

// Each button has a key: it is drawn anew while somebody tabs through, and keeps the focus.
const keyed = (key) => ({ dataset: { key } });

function draw() {
  redraw(byId("standing"), [
    h("span", { class: "revision" }, revision()),
    h("span", { class: "subtle" }, initial.liveNumber ? `live: ${initial.liveNumber}` : "not live"),
    ...[problemCount(), newerLibraries()].flat().filter(Boolean),
    h("span", { class: "subtle" }, passing()),
    cost() ?? "",
  ]);
  redraw(byId("actions"), [
    ...(permissions.edit ? [button([icon("save"), "Save"], save, { class: `button${isSavable() ? " primary" : ""}`, title: "Save a revision (Ctrl-S)", ...keyed("save") })] : []),
    ...links(),
    iconButton("link", "Copy a link to what you see", share, keyed("share")),
    iconButton(isDark() ? "light_mode" : "dark_mode", isDark() ? "Light" : "Dark", toggleTheme, keyed("theme")),
    iconButton("keyboard", "Keys (?)", showKeys, keyed("keys")),
  ]);
}

function revision() {
  const number = state.baseNumber ? `revision ${state.baseNumber}` : "no revision yet";
  return isUnsaved() ? `${number}, unsaved changes ●` : number;
}

function problemCount() {
  const count = state.preview?.problems.length ?? 0;
  if (!state.preview) return null;
  if (!count) return [h("span", { class: "tone ok" }, "✓ no problems"), hintCount()];
  return button(`✗ ${plural(count, "problem")}`, nextProblem, { class: "link tone missing", title: "Next problem (F8)", ...keyed("problems") });
}

function hintCount() {
  const count = state.preview.hints.length;
  return count ? button(plural(count, "hint"), nextProblem, { class: "link subtle", title: "What is allowed and seldom meant (F8)", ...keyed("hints") }) : "";
}

function newerLibraries() {
  const found = newer();
  if (lookedAt()) return librariesOfThen();
  if (!found.length) return null;
  return h("span", { class: "tone doubtful", title: "A library it extends was saved since this revision: the preview shows the newer one, and saving takes it." }, `! ${found.join(", ")}`);
}

function librariesOfThen() {
  const pinned = Object.entries(state.preview?.libraries ?? {}).map(([name, number]) => `${name} ${number}`);
  if (!pinned.length) return null;
  const title = "A saved revision is shown with the shared fields it was saved with; as soon as it is changed, with the newest.";
  return h("span", { class: "subtle", title }, `with ${pinned.join(", ")}, as saved`);
}

function cost() {
  const told = state.preview?.cost;
  if (!told || typeof told.perPageUsd !== "number") return null;
  return h("span", { class: "subtle", title: `Textract ${(told.features ?? []).join(", ")}; prices of ${told.pricesDated}` }, `USD ${told.perPageUsd} a page`);
}

function links() {
  const found = [];
  const link = (label, url) => url && found.push(h("a", { class: "button", href: url, ...keyed(label) }, label));
  link("Revisions", urls.revisions);
  link("Compare", urls.compare);
  if (permissions.publish) found.push(publishLink());
  return found.filter(Boolean);
}

function publishLink() {
  if (!urls.publish || !state.baseNumber) return null;
  const ready = !isUnsaved() && state.preview?.problems.length === 0;
  const url = urls.publish.replace("/0/", `/${state.baseNumber}/`);
  if (ready) return h("a", { class: "button", href: url, ...keyed("publish") }, "Publish…");
  return h("button", { type: "button", class: "button", disabled: true, title: isUnsaved() ? "Save first" : "Mend the problems first" }, "Publish…");
}
