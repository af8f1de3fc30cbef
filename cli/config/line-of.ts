// Where a TOML text sets a key: the parser tells values without their places, and a message wants one.

const part = String.raw`(?:[\w-]+|"[^"]*"|'[^']*')`;
const path = String.raw`${part}(?:\s*\.\s*${part})*`;
const header = new RegExp(String.raw`^\s*\[\s*(${path})\s*\]`);
const assignment = new RegExp(String.raw`^\s*(${path})\s*=`);

/** The first line that names most of the path, counted from 1. */
export function lineOf(text: string, wanted: readonly string[]): number {
  let [section, best, most]: [readonly string[], number, number] = [[], 1, 0];
  for (const [index, line] of text.split('\n').entries()) {
    const head = header.exec(line)?.[1];
    if (head !== undefined) section = partsOf(head);
    const set = assignment.exec(line)?.[1];
    const named = set === undefined ? section : [...section, ...partsOf(set)];
    const isOnTheWay = named.every((each, at) => at >= wanted.length || each === wanted[at]);
    const shared = Math.min(named.length, wanted.length);
    if ((head !== undefined || set !== undefined) && isOnTheWay && shared > most) {
      [best, most] = [index + 1, shared];
    }
  }
  return best;
}

function partsOf(text: string): readonly string[] {
  return (text.match(new RegExp(part, 'g')) ?? []).map((each) =>
    each.replace(/^(["'])(.*)\1$/, '$2'),
  );
}
