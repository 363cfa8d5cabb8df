// The one change to the spec that would take a candidate it turned down; null where there is none to offer.

const NOT_OF_TYPE = /^not an? |^no such |is not an? |^not /i;

export function remedyOf(name, source, candidate) {
  const { outcome } = candidate;
  if (outcome.startsWith("check failed")) {
    return setField(name, { check: null }, `− drop the check (${outcome.replace("check failed: ", "")})`);
  }
  if (outcome === "not the first" || outcome === "a better place had a good value") {
    return takeThisOne(name, source, candidate);
  }
  if (NOT_OF_TYPE.test(outcome) && outcome !== "nothing is written there") {
    return setField(name, { type: "string" }, "take it as text (type string)");
  }
  return null;
}

const setField = (field, changes, label) => ({ label, operation: { kind: "setField", field, changes } });

function takeThisOne(field, source, candidate) {
  const nth = source.candidates.indexOf(candidate) + 1;
  const operation = { kind: "setSource", field, position: source.position, changes: { nth } };
  return { label: `take this one (nth: ${nth})`, operation };
}
