// Where in a YAML text a cursor stands: the keys above it by indentation, and inside flow mappings by brackets.

const KEY = /^(\s*)((?:- )*)(?:"([^"]+)"|'([^']+)'|([^\s:#'"[\]{}][^:#]*?))\s*:(?=\s|$)/;

// {path: [keys from the top], typing: "key" | "value", word: what stands before the cursor of it, inList}
export function placeOf(lines, row, column) {
  const before = lines[row].slice(0, column);
  const flow = flowOf(before);
  const keyed = KEY.exec(before);
  const depth = keyed && !flow.open ? indentOf(keyed) : before.search(/[^\s-]|$/);
  const above = keysAbove(lines, row, depth);
  if (flow.open) {
    const own = KEY.exec(before);
    return { path: [...above, ...(own ? [nameOf(own)] : []), ...flow.path], typing: flow.typing, word: flow.word };
  }
  if (keyed) return { path: [...above, nameOf(keyed)], typing: "value", word: before.slice(keyed[0].length).trimStart() };
  const word = before.replace(/^[\s-]*/, "");
  return { path: above, typing: "key", word, inList: /^\s*- /.test(before) };
}

const indentOf = (match) => match[1].length + match[2].length;
const nameOf = (match) => (match[3] ?? match[4] ?? match[5]).trim();

function keysAbove(lines, row, depth) {
  const path = [];
  let limit = depth;
  for (let above = row; above >= 0 && limit > 0; above -= 1) {
    const match = above === row ? null : KEY.exec(lines[above]);
    if (!match) continue;
    // "- a:" opens two depths: of the list's item and of the key.
    const indent = indentOf(match);
    if (indent >= limit) continue;
    path.unshift(nameOf(match));
    limit = match[2] ? Math.min(indent, match[1].length + 1) : indent;
  }
  return path;
}

// The keys of brackets still open before the cursor; quotes are skipped.
function flowOf(before) {
  const stack = [];
  let word = "";
  let quote = "";
  for (const character of before) {
    if (quote) {
      if (character === quote) quote = "";
      else word += character;
    } else if (character === "'" || character === '"') quote = character;
    else if (character === "{" || character === "[") {
      stack.push({ bracket: character, key: "" });
      word = "";
    } else if (character === "}" || character === "]") {
      stack.pop();
      word = "";
    } else if (character === "," && stack.length) {
      stack.at(-1).key = "";
      word = "";
    } else if (character === ":" && stack.length && stack.at(-1).bracket === "{") {
      stack.at(-1).key = word.trim();
      word = "";
    } else word += character;
  }
  const last = stack.at(-1);
  return {
    open: stack.length > 0,
    path: stack.map((level) => level.key).filter(Boolean),
    typing: last && last.bracket === "{" && !last.key ? "key" : "value",
    word: word.trimStart(),
  };
}
