// Canonical JSON: the JSON Canonicalization Scheme, RFC 8785. Members are in the order of the UTF-16 code units of
// their names, strings and numbers are written as in ECMAScript, without whitespace. Documents that differ in
// meaning never have the same form: a document that the form cannot represent (a duplicate name, a number with
// more digits than a double, a lone surrogate) has none. Neither has one that is deeper
// than any request.

import { splitJson } from './json-tokens.ts';

/** The maximum level of nesting in a request, and the level of its members. */
const maxLevel = 16;
const firstLevel = 2;

/** Every decimal with this many significant digits is the shortest one of its double. */
const maxDigits = 15;
/** The same is true for integers up to 2^53, which have one digit more. */
const maxInteger = '9007199254740992';
/** The powers of ten above the greatest numbers and above the least, which doubles represent with all digits. */
const maxPower = 308;
const minPower = -306;

/** The members of an object that are read, or `undefined` if the value is read as a whole. */
export interface Selection {
  readonly members: ReadonlyMap<string, Selection | undefined>;
}

/** A selection of members that are read as a whole. */
export function selectWholeMembers(...names: readonly string[]): Selection {
  return { members: new Map(names.map((name) => [name, undefined])) };
}

/**
 * The canonical forms of the selected members of an object, by name; undefined for a member without one. `text`:
 * JSON; if it is not an object, there are no members.
 */
export function canonicalizeMembers(
  text: string,
  selection: Selection,
): ReadonlyMap<string, string | undefined> {
  return isJson(text) ? new Reader(splitJson(text)).members(selection) : new Map();
}

/** The canonical form of a value that JSON represents exactly. */
export function printCanonicalJson(value: unknown): string | undefined {
  return canonicalizeMembers(JSON.stringify({ value }), selectWholeMembers('value')).get('value');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Reads the tokens of a string that is JSON. */
class Reader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  members({ members }: Selection): ReadonlyMap<string, string | undefined> {
    const found = new Map<string, string | undefined>();
    if (this.#next() !== '{') return found;
    this.#items('}', () => {
      const name = this.#name();
      const start = this.#at;
      this.#skip();
      if (!members.has(name)) return;
      const isTwice = found.has(name);
      const tokens = this.#tokens.slice(start, this.#at);
      found.set(name, isTwice ? undefined : parseForm(tokens, members.get(name)));
    });
    return found;
  }

  /** Throws if the value has no canonical form. */
  value(depth = firstLevel, selection?: Selection): string {
    if (depth > maxLevel) throw new RangeError('deeper nesting');
    const next = this.#next();
    if (next === '{') return this.#object(depth, selection);
    if (next === '[') {
      const elements: string[] = [];
      this.#items(']', () => {
        elements.push(this.value(depth + 1));
      });
      return `[${elements.join(',')}]`;
    }
    if (next.startsWith('"')) return printString(String(JSON.parse(next)));
    return next === 'true' || next === 'false' || next === 'null' ? next : printNumber(next);
  }

  #object(depth: number, selection: Selection | undefined): string {
    const members: (readonly [name: string, form: string])[] = [];
    this.#items('}', () => {
      const name = this.#name();
      if (selection !== undefined && !selection.members.has(name)) this.#skip();
      else members.push([name, this.value(depth + 1, selection?.members.get(name))]);
    });
    const named = new Map(members);
    if (named.size < members.length) throw new RangeError('a duplicate name');
    const sorted = [...named].sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${sorted.map(([name, form]) => `${printString(name)}:${form}`).join(',')}}`;
  }

  #next(): string {
    this.#at += 1;
    return this.#tokens[this.#at - 1] ?? '';
  }

  /** Reads a name and its colon. */
  #name(): string {
    const name = String(JSON.parse(this.#next()));
    this.#at += 1;
    return name;
  }

  #items(end: string, item: () => void): void {
    if (this.#tokens[this.#at] === end) {
      this.#at += 1;
      return;
    }
    do item();
    while (this.#next() === ',');
  }

  #skip(): void {
    let depth = 0;
    do {
      const next = this.#next();
      if (next === '{' || next === '[') depth += 1;
      else if (next === '}' || next === ']') depth -= 1;
    } while (depth > 0);
  }
}

function parseForm(tokens: readonly string[], selection?: Selection): string | undefined {
  try {
    return new Reader(tokens).value(firstLevel, selection);
  } catch {
    return undefined;
  }
}

function printString(text: string): string {
  if (!text.isWellFormed()) throw new RangeError('a lone surrogate');
  return JSON.stringify(text);
}

/** The shortest form of the nearest double, if that is certain from the digits. Takes time linear in the digits. */
function printNumber(number: string): string {
  const [, whole = '', fraction = '', power = '0'] =
    /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  const all = `${whole}${fraction}`;
  let [first, end] = [0, all.length];
  while (first < end && all[first] === '0') first += 1;
  while (end > first && all[end - 1] === '0') end -= 1;
  if (first === end) return '0';
  // The number is `digits` × 10^exponent, and below 10^point.
  const digits = all.slice(first, end);
  const exponent = Number(power) - fraction.length + all.length - end;
  const point = exponent + digits.length;
  const isInteger = exponent === 0 && digits.length === maxInteger.length && digits <= maxInteger;
  if (digits.length > maxDigits && !isInteger) throw new RangeError('a number of more digits');
  if (point > maxPower || point < minPower) throw new RangeError('a number of another magnitude');
  return String(Number(number));
}
