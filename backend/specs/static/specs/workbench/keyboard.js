// The keys of the page, and the list of them that `?` shows.

import { h } from "./dom.js";
import { askIn } from "./dialogs.js";
import { nextSample } from "./document.js";
import { nextProblem } from "./problems.js";
import { runAll } from "./samples.js";
import { save } from "./save.js";

const KEYS = [
  { keys: "Ctrl-S", does: "save a revision", when: (event) => command(event) && event.key.toLowerCase() === "s", run: save },
  { keys: "Ctrl-Enter", does: "run all samples", when: (event) => command(event) && event.key === "Enter", run: runAll },
  { keys: "Alt-↓", does: "next sample", when: (event) => event.altKey && event.key === "ArrowDown", run: () => nextSample(1) },
  { keys: "Alt-↑", does: "previous sample", when: (event) => event.altKey && event.key === "ArrowUp", run: () => nextSample(-1) },
  { keys: "F8", does: "next problem, then the hints", when: (event) => event.key === "F8", run: nextProblem },
  { keys: "?", does: "this list", when: (event) => event.key === "?" && !typing(event.target), run: showKeys },
];
const EDITOR_KEYS = [
  ["Ctrl-Space", "complete: keywords, labels and headers printed on the samples"],
  ["Ctrl-F", "find in the YAML"],
  ["Ctrl-]  Ctrl-[", "indent, outdent"],
  ["Tab", "leave the YAML"],
  ["Esc", "close a menu or a dialog"],
];

const command = (event) => event.ctrlKey || event.metaKey;
const typing = (element) => Boolean(element.closest("input, textarea, select, [contenteditable]"));

export function start() {
  // Before the editor, which has its own meanings for some.
  window.addEventListener("keydown", handle, { capture: true });
}

function handle(event) {
  if (document.querySelector("dialog[open]")) return;
  const known = KEYS.find((key) => key.when(event));
  if (!known) return;
  event.preventDefault();
  event.stopPropagation();
  known.run();
}

export function showKeys() {
  const rows = [...KEYS.map(({ keys, does }) => [keys, does]), ...EDITOR_KEYS];
  askIn({
    title: "Keys",
    body: h("table", { class: "keys" }, h("tbody", {}, rows.map(([keys, does]) => h("tr", {}, h("th", { scope: "row" }, h("kbd", {}, keys)), h("td", {}, does))))),
    buttons: [{ label: "Close", primary: true }],
  });
}
