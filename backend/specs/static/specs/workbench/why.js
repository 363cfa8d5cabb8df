// Why a field is what it is, in words, best candidate first; each turned-down candidate offers the one change that takes it.

import { button, h } from "./dom.js";
import { edit } from "./edits.js";
import { goTo } from "./editor.js";
import { expectedInput, setExpected } from "./expected.js";
import { permissions } from "./initial.js";
import { nearestLabel } from "./nearest.js";
import { remedyOf } from "./remedies.js";
import { state } from "./store.js";
import { matchWord, percent, printed, sourceWord } from "./words.js";

export function whyPanel(name) {
  const { explain, result } = state.preview;
  const told = explain?.[name];
  return h(
    "div",
    { class: "why", role: "region", "aria-label": `Why ${name}` },
    ...result.warnings.filter((warning) => warning.field === name).map((warning) => h("p", { class: "notice doubtful" }, `! ${warning.message}`)),
    told && h("ul", { class: "sources" }, bestFirst(told.sources).map((source) => sourceItem(name, source))),
    calibrated(name),
    lowConfidence(name),
    expectedPart(name),
    h("p", {}, lineLink(name)),
  );
}

const bestFirst = (sources) => [...sources].sort((one, other) => Number(isTaken(other)) - Number(isTaken(one)));
const isTaken = (source) => source.outcome.startsWith("taken");

function sourceItem(name, source) {
  const looked = (source.lookedFor ?? []).map((text) => `“${text}”`).join(", ");
  const candidates = [...source.candidates].sort((one, other) => Number(other.outcome === "taken") - Number(one.outcome === "taken"));
  return h(
    "li",
    { class: isTaken(source) ? "taken" : "" },
    h("p", {}, h("strong", {}, sourceWord(source.source)), looked ? ` ${looked}` : "", h("span", { class: "subtle" }, `: ${source.outcome}`)),
    candidates.length > 0 && h("ul", {}, candidates.map((candidate) => candidateItem(name, source, candidate))),
    candidates.length === 0 && nothingFound(name, source),
  );
}

function candidateItem(name, source, candidate) {
  const taken = candidate.outcome === "taken";
  const where = [candidate.label && `by “${candidate.label}”`, candidate.label && candidate.match && matchWord(candidate.match), candidate.page && `page ${candidate.page}`];
  const remedy = taken ? null : remedyOf(name, source, candidate);
  return h(
    "li",
    { class: taken ? "candidate tone ok" : "candidate" },
    h("span", {}, taken ? "✓ " : "✗ ", h("q", {}, printed(candidate.raw ?? candidate.value))),
    h("span", { class: "subtle" }, ` ${where.filter(Boolean).join(", ")}${candidate.confidence ? `, ${percent(candidate.confidence)} %` : ""}`),
    !taken && h("span", { class: "reason" }, ` ${candidate.outcome}`),
    taken && candidate.doubts?.length > 0 && h("p", { class: "subtle" }, `Doubted: ${candidate.doubts.join("; ")}.`),
    remedy && permissions.edit && remedyButton(remedy),
  );
}

const remedyButton = ({ label, operation }) => button(label, () => edit(operation), { class: "button small remedy", "data-key": label });

const BY_LABEL = new Set(["key", "near", "checkbox"]);

function nothingFound(name, source) {
  if (source.outcome.startsWith("the heading")) return lookEverywhere(name, source);
  if (source.outcome.startsWith("not asked") || !source.lookedFor?.length) return null;
  const near = BY_LABEL.has(source.source) && nearestLabel(source.lookedFor);
  if (near) return h("p", {}, `Nearest printed label: “${near.label}” (${near.distance} of ${near.length} letters differ). `, addLabel(name, source, near.label));
  const [likest] = source.nearest ?? [];
  if (likest) return h("p", {}, `Printed like it: ${source.nearest.map((text) => `“${text}”`).join(", ")}. `, addLabel(name, source, likest));
  return BY_LABEL.has(source.source) ? h("p", { class: "subtle" }, "No label like it is printed on this sample.") : null;
}

function addLabel(field, source, label) {
  if (!permissions.edit || source.source !== "key") return null;
  return remedyButton({ label: `+ add “${label}” as a label`, operation: { kind: "addLabel", field, label } });
}

function lookEverywhere(field, source) {
  const operation = { kind: "setSource", field, position: source.position, changes: { section: null } };
  return permissions.edit && remedyButton({ label: "− look everywhere, not in this section", operation });
}

function calibrated(name) {
  const { evidence, confidenceScores } = state.preview.result;
  const own = evidence[name]?.uncalibrated;
  if (own === undefined) return null;
  return h("p", { class: "subtle" }, `${percent(own)} % by the evidence; of the samples' values read so, ${percent(confidenceScores[name])} % are right.`);
}

function lowConfidence(name) {
  const { result } = state.preview;
  const confidence = result.confidenceScores[name];
  if (result.fieldStatus[name] !== "check" || confidence === undefined) return null;
  if (result.warnings.some((warning) => warning.field === name)) return null;
  const bound = Math.floor(confidence);
  return h(
    "p",
    {},
    `Read with ${percent(confidence)} %, below what this field wants. `,
    permissions.edit && remedyButton({ label: `accept from ${bound} %`, operation: { kind: "setField", field: name, changes: { review_below: bound } } }),
  );
}

// --- what is expected ---------------------------------------------------------------------------

function expectedPart(name) {
  if (!state.sample) return null;
  const { result, comparison } = state.preview;
  const compared = comparison?.[name];
  const found = result.fields[name];
  const agrees = compared?.outcome === "right";
  const isNothing = compared && compared.expected === null;
  const small = (label, value, title) => button(label, () => setExpected({ set: { [name]: value } }), { class: "button small", "data-key": label, title });
  return h(
    "div",
    { class: "expected-line" },
    h("span", {}, agrees ? "✓ as expected" : "Expected"),
    expectedInput(name, `Expected value of ${name}`, compared),
    permissions.edit && found !== undefined && !agrees && small("Take what was found", found),
    permissions.edit && !isNothing && !(agrees && found !== undefined) && small("Expect nothing", null, "It does not stand on this document: a value is an error"),
  );
}

function lineLink(name) {
  const line = state.preview.fieldLines?.[name];
  return line ? button(`line ${line} of the YAML`, () => goTo(line), { class: "link" }) : null;
}
