// Elements from plain calls. No markup is ever parsed and no style attribute written: the policy forbids both.

import { unlessPressed } from "./pressing.js";

export function h(tag, properties = {}, ...children) {
  return fill(document.createElement(tag), properties, children);
}

export function svg(tag, properties = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), properties, children);
}

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) setProperty(element, name, value);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function setProperty(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2).toLowerCase(), value);
  else if (name === "dataset") Object.assign(element.dataset, value);
  else if (name === "value") setValue(element, value);
  else element.setAttribute(name, value === true ? "" : value);
}

// Of an input it is the default too: what differs from it was typed.
function setValue(element, value) {
  if (element.tagName === "INPUT") element.defaultValue = value;
  element.value = value;
}

export const byId = (id) => document.getElementById(id);

export function icon(name) {
  return h("span", { class: "material-symbols-outlined", "aria-hidden": "true" }, name);
}

export function button(label, onClick, properties = {}) {
  return h("button", { type: "button", class: "button", ...properties, onClick }, label);
}

export function iconButton(name, label, onClick, properties = {}) {
  return h(
    "button",
    { type: "button", class: "icon-button", "aria-label": label, title: label, ...properties, onClick },
    icon(name),
  );
}

export function debounced(action, milliseconds) {
  let timer = null;
  const run = (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...given), milliseconds);
  };
  run.cancel = () => clearTimeout(timer);
  return run;
}

let drawing = false;

// Redraws what `root` holds, once nothing in it is pressed; a field being typed into (found again by data-key) keeps its
// cursor and focus, and its text unless that was saved meanwhile.
export function redraw(root, children, after = () => {}) {
  unlessPressed(root, () => {
    drawing = true;
    replace(root, children);
    drawing = false;
    after();
  });
}

function replace(root, children) {
  const active = root.contains(document.activeElement) ? document.activeElement : null;
  const key = active?.dataset.key;
  const typed = key && active.tagName === "INPUT" && active.type !== "checkbox" ? typedInto(active) : null;
  const scrolled = root.scrollTop;
  root.replaceChildren(...children);
  root.scrollTop = scrolled;
  if (!key) return;
  const again = root.querySelector(`[data-key="${CSS.escape(key)}"]`);
  again?.focus({ preventScroll: true });
  if (again && typed) typeAgain(again, typed);
}

function typedInto({ value, defaultValue, dataset, selectionStart, selectionEnd }) {
  const isKept = value === defaultValue || value === dataset.saved;
  return { value: isKept ? null : value, from: selectionStart, to: selectionEnd };
}

// Tells of a text once it is done with, by Enter or by leaving. The browser's own "change" comes too when a redraw takes the
// field away in the middle of a word, and need not come for what a redraw brought back.
export function whenTyped(input, told) {
  let known = input.value;
  const settle = () => {
    if (drawing || input.value === known) return;
    known = input.value;
    told(input);
    known = input.value;
  };
  input.addEventListener("change", settle);
  input.addEventListener("blur", settle);
  input.addEventListener("keydown", (event) => event.key === "Enter" && settle());
}

function typeAgain(input, { value, from, to }) {
  if (value !== null) input.value = value;
  if (from !== null) input.setSelectionRange(from, to);
}
