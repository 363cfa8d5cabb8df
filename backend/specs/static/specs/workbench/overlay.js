// What is drawn over the page image: found values, what no field took, tables as the engine understood them.

import { aimed } from "./aiming.js";
import { svg } from "./dom.js";
import { openMenu } from "./menu.js";
import { around, boxOf, inside, sameBox } from "./places.js";
import { set } from "./store.js";
import { SIGNS, printed, statusOf } from "./words.js";

const WIDTH = 1000; // units across the page: lines and signs keep their shape at any zoom

export function drawOverlay(state) {
  const { pageData, preview } = state;
  const height = (WIDTH * pageData.height) / pageData.width;
  const scene = { state, height, ...placesOn(state) };
  return svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${height}`, class: "drawing", role: "group", "aria-label": "What was found on the page" },
    ...pageData.lines.map((line) => lineTarget(scene, line)),
    ...pageData.tables.map((table) => tableTarget(scene, table)),
    ...pageData.keyValues.map((pair) => pairTarget(scene, pair)),
    ...(preview?.result ? scene.found.map((one) => foundTarget(scene, one)) : []),
  );
}

function placesOn({ preview, pageData, page }) {
  const result = preview?.result;
  const found = Object.keys(result?.fieldStatus ?? {})
    .map((name) => ({ name, place: boxOf(name, preview), evidence: result.evidence[name] }))
    .filter(({ place }) => place?.page === (pageData.number ?? page));
  const cells = Object.entries(result?.evidence ?? {})
    .flatMap(([name, rows]) => (Array.isArray(rows) ? rows.flatMap((row, index) => cellsRead(`${name}[${index}]`, row)) : []))
    .filter(({ evidence }) => evidence?.box && evidence.page === (pageData.number ?? page));
  return { found, cells, unmapped: preview?.unmapped ?? { keyValues: [], tables: [] } };
}

const cellsRead = (row, read) => Object.entries(read).map(([column, evidence]) => ({ kind: "read", path: `${row}.${column}`, evidence }));

function rectangle(scene, box, properties, pad = 0) {
  return svg("rect", {
    x: box.left * WIDTH - pad,
    y: box.top * scene.height - pad,
    width: Math.max(1, box.width * WIDTH + 2 * pad),
    height: Math.max(1, box.height * scene.height + 2 * pad),
    rx: 2,
    ...properties,
  });
}

function sign(scene, box, status) {
  const { sign: text, tone } = SIGNS[status];
  const x = (box.left + box.width) * WIDTH + 6;
  const y = (box.top + box.height / 2) * scene.height;
  return svg("text", { x, y, class: `sign ${tone}`, "aria-hidden": "true" }, text);
}

// Found again by its place when the page is drawn anew, so that it keeps the focus.
const placed = (kind, { left, top, width, height }) => ({ "data-key": [kind, left, top, width, height].join(" ") });

function target(properties, label, targets, ...children) {
  const open = (event) => {
    event.preventDefault();
    event.stopPropagation();
    openMenu(event, label, targets());
  };
  return svg(
    "g",
    {
      ...properties,
      role: "button",
      "aria-label": label,
      "aria-haspopup": "menu",
      onClick: open,
      onKeyDown: (event) => (event.key === "Enter" || event.key === " ") && open(event),
    },
    svg("title", {}, label),
    ...children,
  );
}

function lineTarget(scene, line) {
  const shape = rectangle(scene, line.box, { class: "hit" }, 2);
  return target({ class: "line" }, line.text, () => [{ kind: "line", ...line }, ...under(scene, line.box)], shape);
}

function pairTarget(scene, pair) {
  const free = scene.unmapped.keyValues.some((other) => sameBox(other.keyBox, pair.keyBox) && sameBox(other.box, pair.box));
  const label = `${pair.key}: ${pair.value || "(blank)"}${free ? ", in no field" : ""}`;
  const boxes = [pair.keyBox, pair.box].filter(Boolean);
  // What lies between key and value belongs to them: nobody has to aim.
  const reach = rectangle(scene, around(boxes), { class: "reach" }, 2);
  const shapes = [reach, ...boxes.map((box) => rectangle(scene, box, { class: "hit" }, 2))];
  const mark = free && sign(scene, pair.box ?? pair.keyBox, "unmapped");
  const properties = { class: free ? "pair unmapped" : "pair", tabindex: free ? 0 : null, ...placed("pair", around(boxes)) };
  return target(properties, label, () => [{ kind: "pair", ...pair }, ...under(scene, pair.box ?? pair.keyBox)], ...shapes, ...(mark ? [mark] : []));
}

// Everything else that is printed at the same place: a cell of a table, a value or a cell that was read from it.
function under(scene, box) {
  if (!box) return [];
  const cells = scene.state.pageData.tables.flatMap((table) =>
    (table.rows ?? []).flatMap((row) => row.cells.map((cell) => ({ kind: "cell", table, cell }))),
  );
  const found = scene.found.filter(({ place }) => inside(box, place.box)).map((one) => ({ kind: "found", ...one }));
  return [...found, ...readAt(scene, box), ...cells.filter(({ cell }) => cell.box && inside(box, cell.box))];
}

const readAt = (scene, box) => scene.cells.filter(({ evidence }) => inside(evidence.box, box));

function tableTarget(scene, table) {
  const free = scene.unmapped.tables.some((other) => sameBox(other.box, table.box)) && !holdsFound(scene, table);
  const name = table.title || table.headers?.filter(Boolean).join(", ") || "table";
  const rows = (table.rows ?? []).map((row) => rectangle(scene, row.box, { class: "row" }));
  const cells = (table.rows ?? []).flatMap((row, index) => row.cells.map((cell) => cellTarget(scene, table, cell, index)));
  return svg(
    "g",
    { class: free ? "table unmapped" : "table", "aria-label": `Table ${name}${free ? ", in no field" : ""}`, role: "group" },
    rectangle(scene, table.box, { class: "outline" }),
    ...rows,
    ...cells,
  );
}

// A form's frame is a table too; once fields were read from it, it is no loss.
const holdsFound = (scene, table) => scene.found.some(({ place }) => inside(place.box, table.box));

function cellTarget(scene, table, cell, row) {
  if (!cell.box) return svg("g", {});
  const isHeader = (table.headerRows ?? []).includes(row + 1);
  const label = cell.text || "(blank cell)";
  const targets = () => [{ kind: "cell", table, cell }, ...under(scene, cell.box).filter((one) => one.kind !== "cell")];
  const properties = { class: isHeader ? "cell header" : "cell", tabindex: isHeader ? 0 : null, ...placed("cell", cell.box) };
  return target(properties, isHeader ? `${label}, header` : label, targets, rectangle(scene, cell.box, { class: "hit" }));
}

function foundTarget(scene, { name, place, evidence }) {
  const status = statusOf(name, scene.state.preview);
  const { tone, word } = SIGNS[status];
  const selected = scene.state.field === name;
  const label = `${name}: ${printed(evidence.raw)}, ${word}`;
  const targets = () => {
    if (!aimed()) set({ field: name });
    return [{ kind: "found", name, place, evidence }, ...readAt(scene, place.box), ...pairsAt(scene, place.box)];
  };
  const shape = rectangle(scene, place.box, { class: "mark" }, 3);
  const classes = ["found", tone, selected && "selected", isLit(name) && "hovered"].filter(Boolean).join(" ");
  const drawn = target({ class: classes, tabindex: 0, ...placed(`found ${name}`, place.box) }, label, targets, shape, sign(scene, place.box, status));
  drawn.addEventListener("pointerenter", () => highlight(name, true));
  drawn.addEventListener("pointerleave", () => highlight(name, false));
  drawn.dataset.field = name;
  return drawn;
}

const pairsAt = (scene, box) =>
  scene.state.pageData.keyValues.filter((pair) => pair.box && inside(pair.box, box)).map((pair) => ({ kind: "pair", ...pair }));

let lit = null;

// What is drawn while the pointer rests on a field is marked from the first.
export const isLit = (name) => name === lit;

// Hovering a field marks it on the page, and the other way round.
export function highlight(name, isHovered) {
  if (lit !== null && lit !== name) toggleHovered(lit, false);
  lit = isHovered ? name : null;
  toggleHovered(name, isHovered);
}

function toggleHovered(name, isHovered) {
  for (const element of document.querySelectorAll(`[data-field="${CSS.escape(name)}"]`)) {
    element.classList.toggle("hovered", isHovered);
  }
}
