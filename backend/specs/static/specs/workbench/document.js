// The middle pane: the page image, and over it what was found. Only the page shown is drawn.

import { get, sampleUrl } from "./api.js";
import { byId, h, iconButton, redraw } from "./dom.js";
import { on, sampleShown, set, state } from "./store.js";
import { drawOverlay } from "./overlay.js";
import { around, boxOf, inside } from "./places.js";
import { plural } from "./words.js";

const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4];
const IMAGE_WIDTHS = [1200, 2000, 3000];
const LEGIBLE_PX = 9;
let zoom = 1; // of the pane's width
let fit = "width";
let asked = 0;
let sheet = null;
let image = null;
let overlay = null;
let viewport = null;

export function start() {
  viewport = byId("viewport");
  image = h("img", { alt: "", class: "page-image", draggable: "false" });
  overlay = h("div", { class: "overlay" });
  sheet = h("div", { class: "sheet" }, image, overlay);
  on(["sample", "page", "samples"], load);
  on(["pageData", "preview", "field"], draw);
  on(["field", "preview"], showField);
  on(["samples", "sample", "page"], drawToolbar);
  new ResizeObserver(() => resize()).observe(viewport);
  drawToolbar();
  load();
}

let loaded = "";

async function load() {
  const sample = sampleShown();
  drawState(sample);
  const wanted = sample?.state === "DONE" ? `${sample.id}/${state.page}` : "";
  if (wanted === loaded) return;
  loaded = wanted;
  if (!wanted) return set({ pageData: null });
  const number = ++asked;
  const page = Math.min(state.page, sample.pageCount || 1);
  image.alt = `Page ${page} of ${sample.name}`;
  showImage();
  const pageData = await get(sampleUrl(sample.id, `/pages/${page}.json`)).catch(() => null);
  if (number === asked) set({ pageData });
}

function drawState(sample) {
  if (sample?.state === "DONE") return viewport.firstElementChild === sheet || viewport.replaceChildren(sheet);
  const message = !sample
    ? "No sample yet. Drop a PDF, a photo or a Textract answer (.json) here."
    : sample.state === "FAILED"
      ? `Textract could not read ${sample.name}: ${sample.error?.message ?? "no reason given"}`
      : `Reading ${sample.name} …`;
  return viewport.replaceChildren(h("p", { class: "empty", role: "status" }, message));
}

function showImage() {
  const sample = sampleShown();
  if (sample?.state !== "DONE") return;
  const shown = zoom * viewport.clientWidth * window.devicePixelRatio;
  const width = IMAGE_WIDTHS.find((one) => one >= shown) ?? IMAGE_WIDTHS.at(-1);
  const page = Math.min(state.page, sample.pageCount || 1);
  const source = sampleUrl(sample.id, `/pages/${page}.png?width=${width}`);
  if (image.getAttribute("src") !== source) image.setAttribute("src", source);
}

function draw() {
  resize();
  redraw(overlay, state.pageData ? [drawOverlay(state)] : []);
}

function resize() {
  if (!state.pageData) return;
  const { width, height } = state.pageData;
  const available = viewport.clientWidth - 24;
  if (fit === "width") zoom = 1;
  if (fit === "page") zoom = Math.min(1, ((viewport.clientHeight - 24) * width) / height / available);
  sheet.style.width = `${Math.round(available * zoom)}px`;
  sheet.style.aspectRatio = `${width} / ${height}`;
  byId("zoom").textContent = `${Math.round(zoom * 100)} %`;
  showImage();
}

function zoomBy(steps) {
  const near = ZOOMS.findIndex((one) => one >= zoom - 0.01);
  const next = ZOOMS[Math.max(0, Math.min(ZOOMS.length - 1, near + steps))];
  setZoom(next);
}

function setZoom(next) {
  fit = "none";
  zoom = next;
  resize();
}

function fitTo(what) {
  fit = what;
  resize();
}

// The selected field's box is brought to the middle, and near enough to be read.
function showField() {
  const place = boxOf(state.field, state.preview);
  if (!place) return;
  const sample = sampleShown();
  if (place.page !== state.page && sample && place.page <= sample.pageCount) return set({ page: place.page });
  if (!state.pageData) return;
  const height = place.box.height * sheet.clientHeight;
  if (height && height < LEGIBLE_PX && zoom < 3) setZoom(Math.min(3, (zoom * LEGIBLE_PX) / height));
  bringIntoView(withLabel(place.box));
}

function withLabel(box) {
  const pair = state.pageData.keyValues.find((one) => one.box && one.keyBox && inside(one.box, box));
  return pair ? around([pair.keyBox, box]) : box;
}

function bringIntoView(box) {
  const left = box.left * sheet.clientWidth;
  const top = box.top * sheet.clientHeight;
  const right = left + box.width * sheet.clientWidth;
  const bottom = top + box.height * sheet.clientHeight;
  const { scrollLeft, scrollTop, clientWidth, clientHeight } = viewport;
  const seen = left >= scrollLeft && right <= scrollLeft + clientWidth && top >= scrollTop && bottom <= scrollTop + clientHeight;
  if (!seen) viewport.scrollTo({ left: (left + right - clientWidth) / 2, top: (top + bottom - clientHeight) / 2 });
}

export function nextSample(steps) {
  if (!state.samples.length) return;
  const at = state.samples.findIndex((sample) => sample.id === state.sample);
  const next = (at + steps + state.samples.length) % state.samples.length;
  openSample(state.samples[next].id);
}

export function openSample(id) {
  const sample = state.samples.find((one) => one.id === id);
  set({ sample: id, page: Math.min(state.page, sample?.pageCount || 1) });
}

function nextPage(steps) {
  const count = sampleShown()?.pageCount || 1;
  set({ page: Math.max(1, Math.min(count, state.page + steps)) });
}

function drawToolbar() {
  const sample = sampleShown();
  const count = sample?.pageCount || 1;
  const few = state.samples.length < 2;
  redraw(byId("document-toolbar"), [
    h(
      "span",
      { class: "group sample-group" },
      tool("chevron_left", "Previous sample (Alt-↑)", () => nextSample(-1), { disabled: few }),
      h("strong", { class: "sample-name", title: sample?.name }, sample?.name ?? plural(state.samples.length, "sample")),
      tool("chevron_right", "Next sample (Alt-↓)", () => nextSample(1), { disabled: few }),
    ),
    group(
      tool("arrow_back", "Previous page", () => nextPage(-1), { disabled: state.page <= 1 }),
      h("span", { class: "page-number" }, `page ${Math.min(state.page, count)} of ${count}`),
      tool("arrow_forward", "Next page", () => nextPage(1), { disabled: state.page >= count }),
    ),
    h("span", { class: "spacer" }),
    group(
      tool("remove", "Smaller", () => zoomBy(-1)),
      h("output", { id: "zoom", class: "zoom", "aria-label": "Zoom" }, `${Math.round(zoom * 100)} %`),
      tool("add", "Larger", () => zoomBy(1)),
      tool("fit_width", "Fit the width", () => fitTo("width")),
      tool("fit_page", "Fit the page", () => fitTo("page")),
    ),
  ]);
}

// Found again by its key when the bar is drawn anew, so that it keeps the focus.
const tool = (name, label, onClick, properties = {}) => iconButton(name, label, onClick, { dataset: { key: name }, ...properties });

const group = (...parts) => h("span", { class: "group" }, ...parts);
