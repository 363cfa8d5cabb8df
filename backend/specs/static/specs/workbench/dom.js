// Elements from plain calls. No markup is ever parsed and no style attribute written: the policy forbids both.

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
  else if (name === "value") element.value = value;
  else element.setAttribute(name, value === true ? "" : value);
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

// Redraws what `root` holds; a field being typed into keeps its text, cursor and focus (found again by data-key).
export function redraw(root, children) {
  const active = root.contains(document.activeElement) ? document.activeElement : null;
  const key = active?.dataset.key;
  const typed = key && "value" in active ? { value: active.value, from: active.selectionStart, to: active.selectionEnd } : null;
  const scrolled = root.scrollTop;
  root.replaceChildren(...children);
  root.scrollTop = scrolled;
  if (!key) return;
  const again = root.querySelector(`[data-key="${CSS.escape(key)}"]`);
  again?.focus({ preventScroll: true });
  if (again && typed && again.type !== "checkbox" && again.tagName === "INPUT") {
    again.value = typed.value;
    if (typed.from !== null) again.setSelectionRange(typed.from, typed.to);
  }
}
