// The borders between the panes can be moved, by pointer and by arrow keys; the browser remembers.

const STEP_PX = 24;
const MIN_PX = 220;
const panes = document.getElementById("panes");

export function start() {
  for (const splitter of document.querySelectorAll(".splitter")) {
    const grows = splitter.dataset.pane === "source" ? 1 : -1;
    splitter.addEventListener("pointerdown", (event) => drag(event, splitter, grows));
    splitter.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -STEP_PX, ArrowRight: STEP_PX }[event.key];
      if (step) resize(propertyOf(splitter), paneOf(splitter, grows).offsetWidth + grows * step);
    });
  }
  for (const property of ["--source-width", "--form-width", "--result-width"]) {
    const kept = Number(localStorage.getItem(`workbench:${property}`));
    if (kept >= MIN_PX) panes.style.setProperty(property, `${kept}px`);
  }
  new ResizeObserver(tell).observe(panes.firstElementChild);
  new ResizeObserver(tell).observe(panes.lastElementChild);
}

// Where each stands, in percent of the page: for those who hear it.
function tell() {
  for (const splitter of document.querySelectorAll(".splitter")) {
    const percent = Math.round((100 * splitter.offsetLeft) / panes.clientWidth);
    splitter.setAttribute("aria-valuenow", String(Math.max(0, Math.min(100, percent || 0))));
  }
}

// The form is wider than the YAML; each keeps its own width.
function propertyOf(splitter) {
  if (splitter.dataset.pane === "result") return "--result-width";
  return panes.classList.contains("form-open") ? "--form-width" : "--source-width";
}

const paneOf = (splitter, grows) => (grows > 0 ? splitter.previousElementSibling : splitter.nextElementSibling);

function drag(event, splitter, grows) {
  const property = propertyOf(splitter);
  const from = event.clientX;
  const width = paneOf(splitter, grows).offsetWidth;
  const move = (moved) => resize(property, width + grows * (moved.clientX - from));
  splitter.setPointerCapture(event.pointerId);
  splitter.addEventListener("pointermove", move);
  splitter.addEventListener("pointerup", () => splitter.removeEventListener("pointermove", move), { once: true });
}

function resize(property, wanted) {
  const width = Math.max(MIN_PX, Math.min(wanted, window.innerWidth - 2.5 * MIN_PX));
  panes.style.setProperty(property, `${width}px`);
  localStorage.setItem(`workbench:${property}`, String(Math.round(width)));
}
