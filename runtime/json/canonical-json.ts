// JSON text in its one canonical form: the JSON Canonicalization Scheme, RFC 8785. Members stand in the order of
// their names' UTF-16 code units, strings and numbers as ECMAScript writes them, and nothing between. Of two texts
// that say something else no form is the same: what the form can't carry (a name twice, a number of more digits than
// a double keeps, a lone surrogate) has none.

/** As `encode.ts` has it, and far more than a module reads. */
const mostLevels = 64;

const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** Which members of an object are read; undefined: its value is read as a whole. */
export interface Selection {
  readonly members: ReadonlyMap<string, Selection | undefined>;
}

/** A selection of members that are read as a whole. */
export function wholeMembers(...names: readonly string[]): Selection {
  return { members: new Map(names.map((name) => [name, undefined])) };
}

/**
 * The selected members of an object by their names, each in its canonical form; undefined: that has none. `text`: JSON;
 * of anything else there are no members.
 */
export function canonicalMembers(
  text: string,
  selection: Selection,
): ReadonlyMap<string, string | undefined> {
  return isJson(text) ? new Reader(text.match(token) ?? []).members(selection) : new Map();
}

/** A value that JSON carries exactly. */
export function canonicalJson(value: unknown): string | undefined {
  return canonicalMembers(JSON.stringify({ value }), wholeMembers('value')).get('value');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Goes by the tokens of a text that is JSON. */
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
      found.set(name, isTwice ? undefined : formOf(tokens, members.get(name)));
    });
    return found;
  }

  /** Throws where it has no form. */
  value(depth = 1, selection?: Selection): string {
    if (depth > mostLevels) throw new RangeError('a deeper nesting');
    const next = this.#next();
    if (next === '{') return this.#object(depth, selection);
    if (next === '[') {
      const elements: string[] = [];
      this.#items(']', () => {
        elements.push(this.value(depth + 1));
      });
      return `[${elements.join(',')}]`;
    }
    if (next.startsWith('"')) return stringOf(String(JSON.parse(next)));
    return next === 'true' || next === 'false' || next === 'null' ? next : numberOf(next);
  }

  #object(depth: number, selection: Selection | undefined): string {
    const members: (readonly [name: string, form: string])[] = [];
    this.#items('}', () => {
      const name = this.#name();
      if (selection !== undefined && !selection.members.has(name)) this.#skip();
      else members.push([name, this.value(depth + 1, selection?.members.get(name))]);
    });
    const named = new Map(members);
    if (named.size < members.length) throw new RangeError('a name twice');
    const sorted = [...named].sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${sorted.map(([name, form]) => `${stringOf(name)}:${form}`).join(',')}}`;
  }

  #next(): string {
    this.#at += 1;
    return this.#tokens[this.#at - 1] ?? '';
  }

  /** With its colon. */
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

function formOf(tokens: readonly string[], selection?: Selection): string | undefined {
  try {
    return new Reader(tokens).value(1, selection);
  } catch {
    return undefined;
  }
}

function stringOf(text: string): string {
  if (!text.isWellFormed()) throw new RangeError('a lone surrogate');
  return JSON.stringify(text);
}

/** The shortest form of the nearest double, if that is the same number. It takes time in proportion to the digits. */
function numberOf(digits: string): string {
  const written = String(Number(digits));
  if (decimalOf(digits) !== decimalOf(written)) throw new RangeError('a number of more digits');
  return written;
}

/** The same of two texts that are the same number: its digits from the first that isn't 0 to the last, and where they stand. */
function decimalOf(number: string): string | undefined {
  const [, sign, whole, fraction = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  if (whole === undefined) return undefined;
  const all = `${whole}${fraction}`;
  let [first, end] = [0, all.length];
  while (first < end && all[first] === '0') first += 1;
  while (end > first && all[end - 1] === '0') end -= 1;
  if (first === end) return '0';
  return `${sign}${all.slice(first, end)}e${Number(power) - fraction.length + all.length - end}`;
}
