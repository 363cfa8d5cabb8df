// The problems of the text, each with its line, and with a button where the check knows the right word; then, quieter,
// its hints: what is allowed and seldom meant. Only problems keep a text from being published.

import { button, byId, h, redraw } from "./dom.js";
import { goTo } from "./editor.js";
import { permissions } from "./initial.js";
import { askNow } from "./preview.js";
import { on, set, state } from "./store.js";

let visited = -1;
let counted = 0;

export function start() {
  on(["preview", "stale"], draw);
  draw();
}

// In the order in which they are visited.
const found = () => [...(state.preview?.problems ?? []), ...(state.preview?.hints ?? [])];

function draw() {
  const list = byId("problems");
  // Another list is visited from its beginning: problems first.
  if (counted !== found().length) visited = -1;
  counted = found().length;
  list.hidden = found().length === 0;
  redraw(list, found().map(item));
}

function item(problem, index) {
  const isHint = problem.severity === "hint";
  const place = problem.line ? `line ${problem.line}: ` : "";
  return h(
    "li",
    { class: isHint ? "subtle" : "tone missing" },
    h("button", { type: "button", class: "problem", "data-key": `problem-${index}`, onClick: () => visit(index) }, `${isHint ? "i hint, " : "✗ "}${place}${problem.message}`),
    problem.suggestion && problem.line && permissions.edit && button(`use ${problem.suggestion}`, () => mend(problem), { class: "button small" }),
  );
}

export function nextProblem() {
  if (found().length) visit((visited + 1) % found().length);
}

function visit(index) {
  visited = index;
  const { line, column } = found()[index];
  if (line) goTo(line, column ?? 1);
}

const WORD = /[\w./-]/;

// The word that stands at the problem's place gives way to the suggestion. Where something was typed since, the place may
// be another: it is asked for first.
async function mend(problem) {
  if (state.stale && !(await askNow())) return;
  const now = found().find((one) => one.path === problem.path && one.suggestion === problem.suggestion);
  if (now) replaceWord(now);
}

function replaceWord(problem) {
  const lines = state.text.split("\n");
  const line = lines[problem.line - 1] ?? "";
  const [from, to] = wordAt(line, problem);
  if (from === to) return;
  lines[problem.line - 1] = line.slice(0, from) + problem.suggestion + line.slice(to);
  set({ text: lines.join("\n") });
}

function wordAt(line, problem) {
  const named = String(problem.path ?? "").split(".").at(-1);
  const quoted = /`([^`]+)`/.exec(problem.message)?.[1];
  for (const word of [quoted, named]) {
    const at = word ? line.indexOf(word, Math.max(0, (problem.column ?? 1) - 1)) : -1;
    if (at >= 0) return [at, at + word.length];
  }
  let from = Math.min((problem.column ?? 1) - 1, line.length);
  let to = from;
  while (from > 0 && WORD.test(line[from - 1])) from -= 1;
  while (to < line.length && WORD.test(line[to])) to += 1;
  return [from, to];
}
