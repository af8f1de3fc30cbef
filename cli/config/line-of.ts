// Finds the line where a TOML document sets a key, because the parser returns values without positions.

const part = String.raw`(?:[\w-]+|"[^"]*"|'[^']*')`;
const path = String.raw`${part}(?:\s*\.\s*${part})*`;
const header = new RegExp(String.raw`^\s*\[\s*(${path})\s*\]`);
const assignment = new RegExp(String.raw`^\s*(${path})\s*=`);

/** Returns the first line, counted from 1, that matches the longest part of the path. */
export function findLine(text: string, wanted: readonly string[]): number {
  let [section, best, length]: [readonly string[], number, number] = [[], 1, 0];
  for (const [index, line] of text.split('\n').entries()) {
    const head = header.exec(line)?.[1];
    if (head !== undefined) section = splitPath(head);
    const set = assignment.exec(line)?.[1];
    const named = set === undefined ? section : [...section, ...splitPath(set)];
    const isPrefix = named.every((each, at) => at >= wanted.length || each === wanted[at]);
    const shared = Math.min(named.length, wanted.length);
    if ((head !== undefined || set !== undefined) && isPrefix && shared > length) {
      [best, length] = [index + 1, shared];
    }
  }
  return best;
}

function splitPath(text: string): readonly string[] {
  return (text.match(new RegExp(part, 'g')) ?? []).map((each) =>
    each.replace(/^(["'])(.*)\1$/, '$2'),
  );
}
