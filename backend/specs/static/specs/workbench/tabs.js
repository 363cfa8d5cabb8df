// YAML and form: two views of one text.

import { byId } from "./dom.js";
import { on, set, state } from "./store.js";

const VIEWS = ["yaml", "form"];

export function start() {
  for (const view of VIEWS) {
    const tab = byId(`tab-${view}`);
    tab.addEventListener("click", () => set({ view }));
    tab.addEventListener("keydown", move);
  }
  on(["view"], draw);
  draw();
}

function move(event) {
  if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
  const view = VIEWS.find((one) => one !== state.view);
  set({ view });
  byId(`tab-${view}`).focus();
}

function draw() {
  byId("panes").classList.toggle("form-open", state.view === "form");
  for (const view of VIEWS) {
    const chosen = state.view === view;
    byId(`tab-${view}`).setAttribute("aria-selected", String(chosen));
    byId(`tab-${view}`).tabIndex = chosen ? 0 : -1;
    byId(`panel-${view}`).hidden = !chosen;
  }
}
