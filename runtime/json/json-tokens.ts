// Splits JSON into tokens, without the whitespace between them. A regular expression for strings would exhaust the stack with a
// long one.

/** A token, of a string only its first character. */
const token = /["{}[\],:]|[^\s{}[\],:"]+/g;

/** Returns the tokens of a text that is JSON, with strings and numbers as they are written. */
export function splitJson(text: string): readonly string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    if (match[0] === '"') token.lastIndex = findStringEnd(text, match.index);
    tokens.push(match[0] === '"' ? text.slice(match.index, token.lastIndex) : match[0]);
  }
  return tokens;
}

/** `start`: the position of the quotation mark before the string. Returns the position after the one at its end. */
function findStringEnd(text: string, start: number): number {
  let end = start;
  let first: number;
  do {
    end = text.indexOf('"', end + 1);
    // A quotation mark after an odd number of backslashes is part of the string.
    first = end;
    while (text[first - 1] === '\\') first -= 1;
  } while ((end - first) % 2 === 1);
  return end + 1;
}
