// The members of small policies, each with every value that such a policy can distinguish, and with the
// result for a value of withholding it or letting it become stale.

export interface SmallMember {
  readonly name: string;
  readonly declaration: string;
  /** A signal or an outcome: its values are the payloads of a session's events, and it is declared on its own. */
  readonly of?: 'signal' | 'outcome';
  /** As JSON, or `undefined` if the member is absent, or there is no session. */
  readonly values: readonly (string | undefined)[];
  /** Withholding something from the value at the first index results in the value at the second. */
  readonly losses: readonly Loss[];
}

interface Loss {
  /** The path that a warning names, or a path around it. */
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

/** An external table is filled or not, like a member. */
export const tableName = 'sizes';

export const time = '2026-03-03T10:00:00Z';
const old = '2026-03-03T09:00:00Z';

/** The path of the losses for which a request has no session. */
export const historyPath = 'history';

/** The ways in which a present value becomes absent. */
function listWithheld(name: string, values: readonly (string | undefined)[]): readonly Loss[] {
  const to = values.indexOf(undefined);
  return values.flatMap((value, from) =>
    value === undefined ? [] : [{ path: `context.${name}`, from, to }],
  );
}

function member(
  name: string,
  declaration: string,
  values: readonly (string | undefined)[],
  losses: readonly Loss[] = listWithheld(name, values),
): SmallMember {
  return { name, declaration, values, losses };
}

/** A level that the enum does not list is present but not usable, or is the level of the enum's `else`. */
function ofLevels(name: string, declaration: string): SmallMember {
  const values = [undefined, '"LOW"', '"HIGH"', '"OTHER"'];
  const garbled = [1, 2].map((from) => ({ path: `context.${name}`, from, to: 3 }));
  return member(name, declaration, values, [...listWithheld(name, values), ...garbled]);
}

/** A record with a level that becomes stale. */
function ofRecords(): SmallMember {
  const record = (level: string | undefined, at: string | undefined) =>
    `{ ${[...(level ? [`"level": "${level}"`] : []), ...(at ? [`"observed_at": "${at}"`] : [])].join(', ')} }`;
  const levels = [undefined, 'LOW', 'HIGH'];
  const instants = [time, old, undefined];
  const values = [undefined, ...instants.flatMap((at) => levels.map((level) => record(level, at)))];
  const findIndex = (level: string | undefined, at: string | undefined) =>
    values.indexOf(record(level, at));
  const losses: Loss[] = values.flatMap((value, from) =>
    value === undefined ? [] : [{ path: 'context.r', from, to: 0 }],
  );
  for (const level of levels) {
    for (const at of instants) {
      const from = findIndex(level, at);
      if (level !== undefined)
        losses.push({ path: 'context.r.level', from, to: findIndex(undefined, at) });
      if (at !== undefined)
        losses.push({ path: 'context.r.observed_at', from, to: findIndex(level, undefined) });
      if (at !== time) continue;
      // The contents of a stale record can differ from those of a fresh one.
      for (const last of levels)
        if ((last === undefined) === (level === undefined))
          losses.push({ path: 'context.r', from, to: findIndex(last, old) });
    }
  }
  return member('r', 'r?: { level?: Level, observed_at?: Timestamp } fresh 5m', values, losses);
}

/** A list of records with a member that can be withheld. */
function ofLists(): SmallMember {
  const elements = ['{}', '{ "p": true }', '{ "p": false }'];
  const lists = [
    [],
    ...elements.map((one) => [one]),
    ...elements.flatMap((one) => elements.map((other) => [one, other])),
  ];
  const values = [undefined, ...lists.map((list) => `[${list.join(', ')}]`)];
  const losses: Loss[] = listWithheld('l', values).slice();
  for (const list of lists) {
    list.forEach((element, at) => {
      if (element === '{}') return;
      const without = list.map((each, index) => (index === at ? '{}' : each));
      losses.push({
        path: 'context.l[].p',
        from: values.indexOf(`[${list.join(', ')}]`),
        to: values.indexOf(`[${without.join(', ')}]`),
      });
    });
  }
  return member('l', 'l?: List<{ p?: Bool }>', values, losses);
}

/** All lists of up to two elements, of which one can lose what it has beyond another element. */
function createLists(
  elements: readonly string[],
  path: string,
  poorer: (element: string) => readonly string[],
): { readonly lists: readonly string[]; readonly losses: readonly Loss[] } {
  const lists = [
    [],
    ...elements.map((one) => [one]),
    ...elements.flatMap((one) => elements.map((other) => [one, other])),
  ];
  const writeList = (list: readonly string[]) => `[${list.join(', ')}]`;
  const texts = lists.map(writeList);
  const losses = lists.flatMap((list, from) =>
    list.flatMap((element, at) =>
      poorer(element).map((next) => ({
        path,
        from: from + 1,
        to: texts.indexOf(writeList(list.with(at, next))) + 1,
      })),
    ),
  );
  return { lists: texts, losses };
}

/** A list of records with an amount and a level with an `else`. */
function ofAmounts(): SmallMember {
  const elements = ['{}', '{ "v": -1 }', '{ "v": 1 }', '{ "v": 2 }'];
  const { lists, losses } = createLists(elements, 'context.a[].v', (one) =>
    one === '{}' ? [] : ['{}'],
  );
  const values = [undefined, ...lists];
  return member('a', 'a?: List<{ v?: Int }>', values, [...listWithheld('a', values), ...losses]);
}

/** Events whose payloads lose a member, or have a value that its enum does not list. */
function ofEvents(
  of: 'signal' | 'outcome',
  name: string,
  shape: string,
  path: string,
  elements: readonly string[],
  worst: string,
): SmallMember {
  const { lists, losses } = createLists(elements, path, (one) => (one === worst ? [] : [worst]));
  const values = [undefined, ...lists];
  const lost = lists.map((_, at) => ({ path: historyPath, from: at + 1, to: 0 }));
  return { ...member(name, `"${name}": { ${shape} }`, values, [...lost, ...losses]), of };
}

/** The last one is not a number that a policy can represent: it is unknown. */
const numbers = [undefined, '-2', '-1', '0', '1', '2', '1e30'];
const sets = [undefined, '[]', '["x"]', '["y"]', '["z"]', '["x", "y"]', '["x", "z"]', '["y", "z"]'];

/** The members of requests without a session, and without enums that have an `else`. */
export const requestMembers: readonly SmallMember[] = [
  member('n', 'n?: Int', numbers),
  member('k', 'k: Int = 0', numbers),
  member('g', 'g: Int = 1', numbers),
  member('q', 'q: Int', numbers.slice(1, -1), []),
  member('b', 'b?: Bool', [undefined, 'true', 'false']),
  member('d', 'd: Bool = false', [undefined, 'true', 'false']),
  member('t', 't: Bool = true', [undefined, 'true', 'false']),
  ofLevels('e', 'e?: Level'),
  ofLevels('f', 'f: Level = LOW'),
  member('s', 's: Set<String> = {}', sets),
  member('o', 'o?: Set<String>', sets),
  ofRecords(),
  ofLists(),
  {
    name: tableName,
    declaration: '',
    values: [undefined, '{ "0": 0, "1": 2 }', '{ "0": 2, "1": 1 }', '{ "0": 1 }'],
    losses: [1, 2, 3].map((from) => ({ path: 'sizes[…]', from, to: 0 })),
  },
];

export const members: readonly SmallMember[] = [
  ...requestMembers,
  ofLevels('m', 'm?: Calm'),
  ofLevels('w', 'w: Wild = LOW'),
  ofAmounts(),
  ofEvents(
    'signal',
    'ping',
    'm?: Int',
    'event.m',
    ['{}', '{ "m": 0 }', '{ "m": 1 }', '{ "m": 2 }'],
    '{}',
  ),
  ofEvents(
    'signal',
    'pong',
    'h: Bool = false',
    'event.h',
    ['{}', '{ "h": true }', '{ "h": false }'],
    '{}',
  ),
  ofEvents(
    'signal',
    'mood',
    'd: Calm',
    'event.d',
    ['{ "d": "OTHER" }', '{ "d": "HIGH" }', '{ "d": "LOW" }'],
    '{ "d": "OTHER" }',
  ),
  ofEvents(
    'outcome',
    'done',
    'n: Int(0..9) = 0',
    'event.result.n',
    ['{}', '{ "n": 0 }', '{ "n": 1 }', '{ "n": 3 }'],
    '{}',
  ),
];
