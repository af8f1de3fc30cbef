// Finds JSON that takes seconds to parse, before it is parsed: parsers take time in proportion to the length of a text, but much
// more for each new name, and more for each string and container than for each digit.

/** Shorter texts cannot be costly. */
const minLength = 262_144;
/** The number of different names of members in all objects. */
const maxNames = 50_000;
/** The number of strings that are values, of objects and arrays, and of members and elements. */
const maxStrings = 1_000_000;
const maxContainers = 1_000_000;
const maxValues = 2_000_000;

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openBracket, openBrace] = [0x5b, 0x7b];

/** Returns why a text takes long to parse, or `undefined` if it does not. It need not be valid JSON. */
export function findCostProblem(text: string): string | undefined {
  if (text.length < minLength) return undefined;
  const names = new Set<string>();
  let strings = 0;
  let containers = 0;
  let commas = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charCodeAt(index);
    if (character === openBrace || character === openBracket) {
      containers += 1;
      if (containers > maxContainers) return `more than ${maxContainers} objects and arrays`;
    } else if (character === comma) {
      commas += 1;
      // Each separates two members or elements.
      if (commas > maxValues) return `more than ${maxValues} members and elements`;
    } else if (character === quote) {
      const end = findStringEnd(text, index);
      // Not valid.
      if (end === undefined) return undefined;
      if (isName(text, end)) names.add(text.slice(index, end));
      else strings += 1;
      if (names.size > maxNames) return `more than ${maxNames} different names`;
      if (strings > maxStrings) return `more than ${maxStrings} strings`;
      index = end - 1;
    }
  }
  return undefined;
}

/** The place after the string that starts at a quote, or `undefined` if it does not end. */
function findStringEnd(text: string, start: number): number | undefined {
  for (let index = start + 1; ; ) {
    const end = text.indexOf('"', index);
    if (end < 0) return undefined;
    let slashes = 0;
    while (end - 1 - slashes > start && text.charCodeAt(end - 1 - slashes) === backslash) {
      slashes += 1;
    }
    if (slashes % 2 === 0) return end + 1;
    index = end + 1;
  }
}

function isName(text: string, end: number): boolean {
  let at = end;
  while (text.charCodeAt(at) <= 0x20) at += 1;
  return text.charCodeAt(at) === colon;
}
