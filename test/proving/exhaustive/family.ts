// Families of tiny policies: a few declared members with all their values, and all conditions that a small grammar has
// over them. The values include enough of each kind that the conditions distinguish.

export interface Family {
  readonly name: string;
  /** Everything before the rules. */
  readonly declarations: string;
  readonly scope?: string;
  /** The parts of a request that vary, by their paths, with all values as JSON, or `undefined` if they are absent. */
  readonly axes: Readonly<Record<string, readonly (string | undefined)[]>>;
  /** The rules of each policy. */
  readonly policies: readonly string[];
  /** The conditions of the grammar. */
  readonly conditions: readonly string[];
}

/** The JSON of a request for each combination of values. */
export function listRequests({ axes }: Family): readonly string[] {
  const paths = Object.entries(axes);
  const combinations = paths.reduce<readonly (readonly [string, string | undefined][])[]>(
    (all, [path, values]) =>
      all.flatMap((before) => values.map((value) => [...before, [path, value]] as never)),
    [[]],
  );
  return combinations.map(writeRequest);
}

function writeRequest(
  values: readonly (readonly [path: string, json: string | undefined])[],
): string {
  const request = {
    subject: { type: 'agent', id: 'x', properties: {} },
    action: { name: 'act', properties: {} },
    resource: { type: 'thing', id: 'y', properties: {} },
    context: {},
  };
  for (const [path, json] of values) {
    if (json === undefined) continue;
    const names = path.split('.');
    let at = request as unknown as Record<string, Record<string, never>>;
    for (const name of names.slice(0, -1)) {
      at[name] ??= {} as never;
      at = at[name] as never;
    }
    // A placeholder, since numbers can exceed those of JavaScript.
    at[names.at(-1) as string] = `\u0001${json}\u0002` as never;
  }
  return JSON.stringify(request).replace(/"\\u0001(.*?)\\u0002"/g, (_, json: string) =>
    json.replaceAll('\\"', '"').replaceAll('\\\\', '\\'),
  );
}

/** Distinguishes whether a condition is true, false or unknown: the answer is `revoke`, `permit` or `deny`. */
export function threeValued(condition: string): string {
  return `permit ok otherwise\n  revoke r when ${condition}`;
}

/** Distinguishes seven of the nine outcomes of two conditions. */
export function twoConditions(a: string, b: string): string {
  return `permit ok otherwise\n  revoke a when ${a}\n  revoke b when ${b}`;
}

/** All combinations of two conditions, and each alone and negated. */
export function junctions(atoms: readonly string[]): readonly string[] {
  const pairs = atoms.flatMap((a, index) =>
    atoms.slice(0, index).flatMap((b) => [`${a} and ${b}`, `${a} or ${b}`, `${b} implies ${a}`]),
  );
  return [...atoms, ...atoms.map((each) => `not (${each})`), ...pairs];
}

/** Each operator between each two operands. */
export function between(
  left: readonly string[],
  operators: readonly string[],
  right: readonly string[],
): readonly string[] {
  return left.flatMap((a) =>
    right.flatMap((b) => (a === b ? [] : operators.map((operator) => `(${a} ${operator} ${b})`))),
  );
}

/** All lists of up to `max` of the values. */
export function lists(values: readonly string[], max: number): readonly string[] {
  let all: readonly (readonly string[])[] = [[]];
  let last = all;
  for (let length = 1; length <= max; length += 1) {
    last = last.flatMap((before) => values.map((value) => [...before, value]));
    all = [...all, ...last];
  }
  return all.map((each) => `[${each.join(',')}]`);
}

/** All sets of the values. */
export function subsets(values: readonly string[]): readonly string[] {
  return Array.from({ length: 2 ** values.length }, (_, bits) => {
    const chosen = values.filter((_, index) => ((bits >> index) & 1) === 1);
    return `[${chosen.join(',')}]`;
  });
}
