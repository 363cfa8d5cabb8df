// The YAML: Ace, its annotations from the server's own check, and the line of the selected field.

import { byId } from "./dom.js";
import { permissions } from "./initial.js";
import { on, set, state } from "./store.js";
import { completer } from "./completions.js";
import { isDark, onTheme } from "./theme.js";

let editor = null;
let selectedMarker = null;
let filling = false;

export function start() {
  ace.config.set("useStrictCSP", true);
  ace.config.set("basePath", byId("editor").dataset.ace.replace(/\/[^/]*$/, ""));
  editor = ace.edit(byId("editor"), {
    useWorker: false, // before the mode, which would start one
    mode: "ace/mode/yaml",
    fontSize: 13,
    tabSize: 2,
    useSoftTabs: true,
    showPrintMargin: false,
    wrap: false,
    readOnly: !permissions.edit,
    enableBasicAutocompletion: [completer],
    enableLiveAutocompletion: [completer],
  });
  editor.textInput.getElement().setAttribute("aria-label", "The spec as YAML");
  onTheme(() => editor.setTheme(isDark() ? "ace/theme/github_dark" : "ace/theme/github_light_default"));
  // Tab leaves the editor where nothing is to be indented by hand; Ctrl-] and Ctrl-[ indent.
  editor.commands.bindKey("Tab", null);
  editor.commands.bindKey("Shift-Tab", null);
  editor.session.on("change", () => filling || set({ text: editor.getValue() }));
  editor.selection.on("changeCursor", followCursor);
  editor.container.addEventListener("keydown", catchUp, true);
  fillIn();
  on(["text"], fillIn);
  on(["preview"], annotate);
  on(["field", "preview"], markField);
  on(["view"], () => state.view === "yaml" && editor.resize());
}

// Ace narrows its list of completions a moment after a letter is typed. A key that comes sooner, on a busy machine,
// would act on the list of the letter before: it would insert another name, or keep half of what was typed.
function catchUp() {
  const list = editor.completer;
  if (list?.activated && list.changeTimer.isPending()) list.changeTimer.call();
}

export function goTo(line, column = 1) {
  set({ view: "yaml" });
  editor.resize();
  editor.gotoLine(line, Math.max(0, column - 1), true);
  editor.focus();
}

// Only what differs is replaced: the cursor, the folds and the undo stack stay.
function fillIn() {
  const old = editor.getValue();
  if (old === state.text) return;
  filling = true;
  const [start, oldEnd, newEnd] = difference(old, state.text);
  const position = (index) => editor.session.doc.indexToPosition(index, 0);
  const from = position(start);
  const to = position(oldEnd);
  const changed = new ace.Range(from.row, from.column, to.row, to.column);
  editor.session.replace(changed, state.text.slice(start, newEnd));
  filling = false;
}

function difference(old, next) {
  let start = 0;
  while (start < old.length && start < next.length && old[start] === next[start]) start += 1;
  let oldEnd = old.length;
  let newEnd = next.length;
  while (oldEnd > start && newEnd > start && old[oldEnd - 1] === next[newEnd - 1]) {
    oldEnd -= 1;
    newEnd -= 1;
  }
  return [start, oldEnd, newEnd];
}

function annotate() {
  if (!state.preview) return;
  editor.session.setAnnotations(
    [...state.preview.problems, ...state.preview.hints].map((problem) => ({
      row: (problem.line ?? 1) - 1,
      column: (problem.column ?? 1) - 1,
      text: problem.message,
      type: problem.severity === "hint" ? "info" : "error",
    })),
  );
}

function markField() {
  if (selectedMarker !== null) editor.session.removeMarker(selectedMarker);
  selectedMarker = null;
  const lines = state.preview?.fieldLines ?? {};
  const line = lines[state.field];
  if (!line) return;
  const end = endOfField(line - 1);
  selectedMarker = editor.session.addMarker(new ace.Range(line - 1, 0, end, 1), "selected-field", "fullLine");
  const cursor = editor.getCursorPosition().row;
  const typing = editor.isFocused() && cursor >= line - 1 && cursor <= end;
  if (!typing && !editor.isRowFullyVisible(line - 1)) editor.scrollToLine(line - 1, true, true);
}

function endOfField(row) {
  const depth = indentOf(row);
  let end = row;
  for (let next = row + 1; next < editor.session.getLength(); next += 1) {
    const line = editor.session.getLine(next);
    if (!line.trim()) continue;
    if (indentOf(next) <= depth) break;
    end = next;
  }
  return end;
}

const indentOf = (row) => editor.session.getLine(row).search(/\S|$/);

function followCursor() {
  if (filling || !editor.isFocused() || !state.preview || state.stale) return;
  const row = editor.getCursorPosition().row;
  const lines = Object.entries(state.preview.fieldLines).sort((one, other) => other[1] - one[1]);
  const above = lines.find(([, line]) => line - 1 <= row);
  if (above && row <= endOfField(above[1] - 1)) set({ field: above[0] });
}
