// A cell of an expected row to be taken from the page: the one that was gone into last. The next place clicked is for it.

import { on, set, state } from "./store.js";

const CELL = /^(\w+)\[(\d+)\]\.(\w+)$/;

export function start() {
  on(["sample"], () => set({ aim: null }));
  on(["field"], () => cellIn(state.aim)?.table !== state.field && set({ aim: null }));
  on(["aim"], show);
}

// Of `measurements[1].measured`: the row from 0. Null: the path names a field.
export function cellIn(path) {
  const [, table, row, column] = CELL.exec(path ?? "") ?? [];
  return table ? { table, row: Number(row), column } : null;
}

export const cellWords = ({ row, column }) => `${column} in row ${row + 1}`;

export function aimAt(path) {
  if (cellIn(path)) set({ aim: path });
}

// The path aimed at, as long as its row is expected.
export const aimed = () => (isExpected(state.aim) ? state.aim : null);

export function isExpected(path) {
  const cell = cellIn(path);
  return Boolean(cell) && cell.row < (state.preview?.expectedTables?.[cell.table]?.length ?? 0);
}

export function aimSaid() {
  const cell = cellIn(aimed());
  return cell ? `Click on the page what is printed for ${cellWords(cell)}.` : "Go into a cell, then click on the page what is printed for it.";
}

// Nothing is drawn anew: somebody is about to type there.
function show() {
  for (const input of document.querySelectorAll("#result input[data-path]")) {
    input.classList.toggle("aimed", input.dataset.path === state.aim);
  }
  const said = document.querySelector("#result .aim-said");
  if (said) said.textContent = aimSaid();
}
