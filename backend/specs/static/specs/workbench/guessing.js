// A first name and type for a field from what is printed; the analyst has the last word.

export function guessedName(label, taken = []) {
  const plain = label
    .normalize("NFKD")
    .toLowerCase()
    .replace(/['’]/g, "")
    .replace(/\bno\.?(?=\s|$)/g, "number")
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[\d_]+|_+$/g, "")
    .slice(0, 40)
    .replace(/_+$/, "");
  const name = plain || "field";
  if (!taken.includes(name)) return name;
  let number = 2;
  while (taken.includes(`${name}_${number}`)) number += 1;
  return `${name}_${number}`;
}

const MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec";
const SHAPES = [
  ["email", /^\S+@\S+\.\w+$/],
  ["date", new RegExp(`^(\\d{1,2}[./-]\\d{1,2}[./-]\\d{2,4}|\\d{4}-\\d{2}-\\d{2}|\\d{1,2}(st|nd|rd|th)? (${MONTH})[a-z]* \\d{4})$`, "i")],
  ["phone", /^(\+\d{1,3}|0)[\d ()-]{8,14}$/],
  ["money", /^(kshs?|kes|usd|eur|gbp|\$|€|£)\.? ?[\d,. ]+(\/-|\/=)?$/i],
  ["percent", /^[\d.,]+ ?%$/],
  ["integer", /^(\d{1,3}(,\d{3})+|[1-9]\d{0,6})$/],
  ["number", /^\d{1,3}(,\d{3})*\.\d+$|^\d+\.\d+$/],
];

export function guessedType(value) {
  const text = (value ?? "").trim();
  return SHAPES.find(([, shape]) => shape.test(text))?.[0] ?? "string";
}
