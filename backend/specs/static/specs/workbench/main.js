// Starts the parts, in the order in which they need one another.

import * as address from "./address.js";
import * as aiming from "./aiming.js";
import * as autosave from "./autosave.js";
import * as completions from "./completions.js";
import * as documentPane from "./document.js";
import * as editor from "./editor.js";
import * as form from "./form.js";
import * as keyboard from "./keyboard.js";
import * as matrix from "./matrix.js";
import * as preview from "./preview.js";
import * as problems from "./problems.js";
import * as proposal from "./proposal.js";
import * as result from "./result.js";
import * as samples from "./samples.js";
import { readShared } from "./share.js";
import * as splitters from "./splitters.js";
import { set } from "./store.js";
import * as tabs from "./tabs.js";
import * as theme from "./theme.js";
import * as topBar from "./top_bar.js";
import * as upload from "./upload.js";
import { initial } from "./initial.js";
import { savedAs } from "./libraries.js";

function fill() {
  const text = initial.revision?.text ?? "";
  const given = address.read();
  const known = initial.samples.some((sample) => sample.id === given.sample);
  const sample = known ? given.sample : (initial.samples[0]?.id ?? null);
  set({ ...given, sample, samples: initial.samples, samplesOf: initial.samplesOf, text, savedText: text, baseNumber: initial.revision?.number ?? null, saved: savedAs(initial.revision) });
}

theme.apply();
fill();
autosave.start();
await readShared();
address.start();
for (const part of [splitters, keyboard, tabs, editor, problems, form, aiming, documentPane, result, matrix, samples, topBar, completions, preview, upload, proposal]) {
  part.start();
}
document.body.dataset.ready = "true";
