// Random conditions over members with few values, each with its value for every request, by brute force. Nothing here uses
// the language: a condition is its text and a function, so that both are written by hand.

import fc from 'fast-check';

/** Kleene's three values; undefined is unknown. */
export type Truth = boolean | undefined;

/** The values of members, by name, or `undefined` if a member has no usable value. */
export type Request = Readonly<Record<string, unknown>>;

export interface Condition {
  readonly text: string;
  /** The members that it reads. */
  readonly reads: readonly string[];
  readonly evaluate: (request: Request) => Truth;
  /** The conditions that it joins by `and` or `or`. */
  readonly junction: boolean;
  readonly parts: readonly Condition[];
}

const hour = 3_600_000;
const levels = ['LOW', 'MEDIUM', 'HIGH'];
const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Every third hour of a week. Conditions distinguish 6:00, 12:00 and 18:00, and the times between them. */
const hours = Array.from({ length: 7 * 8 }, (_, index) => index * 3);

/** A present value that is outside of its range, and therefore unknown. */
const faulty = 1_000;

/** For each member, values that represent all others: conditions distinguish only what is listed here. */
const domains: Readonly<Record<string, readonly unknown[]>> = {
  'subject.on': [true, false],
  'subject.team': ['a', 'b', 'c', 'aa', 'bb', 'y', 'z'],
  'subject.other': ['a', 'b', 'c', 'aa', 'bb', 'y', 'z'],
  'subject.n': [undefined, 0, 1, 2, 3, 4, 5],
  'context.m': [undefined, faulty, -1, 0, 1, 2, 3, 4, 5, 6],
  'context.level': [undefined, 0, 1, 2],
  'context.word': [undefined, 'a', 'b', 'c', 'aa', 'bb', 'z'],
  'context.time': hours,
};

export const declarations = `policy p
enum Level { LOW < MEDIUM < HIGH }
subject agent { on: Bool, team: String, other: String, n: Int(0..5) }
context { time: Timestamp, m?: Int(-9..9), level?: Level, word?: String }
window office = Mon..Fri 06:00..18:00 in "UTC"
window night = 18:00..06:00 in "UTC"
`;

/** The JSON of the request. */
export function writeRequest(request: Request): { readonly text: string; readonly now: bigint } {
  const at = Date.UTC(2026, 2, 2) + Number(request['context.time'] ?? 0) * hour;
  const level = request['context.level'];
  const members = (root: string) =>
    Object.fromEntries(
      Object.entries(request)
        .filter(([path, value]) => path.startsWith(`${root}.`) && value !== undefined)
        .map(([path, value]) => [path.slice(root.length + 1), value]),
    );
  const defaults = { on: false, team: 'z', other: 'z', n: 9 };
  const text = JSON.stringify({
    subject: { type: 'agent', id: 'x', properties: { ...defaults, ...members('subject') } },
    action: { name: 'read' },
    resource: { type: 'file', id: 'f' },
    context: {
      ...members('context'),
      ...(level === undefined ? {} : { level: levels[Number(level)] }),
      time: new Date(at).toISOString(),
    },
  });
  return { text, now: BigInt(at) };
}

/** All requests that differ in the members. */
export function* enumerateRequests(reads: readonly string[]): Iterable<Request> {
  const [first, ...others] = reads;
  if (first === undefined) {
    yield {};
    return;
  }
  for (const rest of enumerateRequests(others)) {
    for (const value of domains[first] ?? []) yield { ...rest, [first]: value };
  }
}

// --- conditions without parts --------------------------------------------------------------------

function leaf(
  text: string,
  reads: readonly string[],
  value: (...values: readonly never[]) => Truth,
): Condition {
  const evaluate = (request: Request) => {
    const values = reads.map((path) => request[path]);
    return values.includes(undefined) || values.includes(faulty)
      ? undefined
      : value(...(values as unknown as readonly never[]));
  };
  return { text, reads, evaluate, junction: false, parts: [] };
}

const orders: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  is: (a, b) => a === b,
  'is not': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};
const operator = fc.constantFrom(...Object.keys(orders));
const equality = fc.constantFrom('is', 'is not');

function compareBounds(
  path: string,
  bounds: readonly number[],
  show: (bound: number) => string = String,
): fc.Arbitrary<Condition> {
  return fc
    .tuple(operator, fc.constantFrom(...bounds))
    .map(([op, bound]) =>
      leaf(`${path} ${op} ${show(bound)}`, [path], (value: number) => orders[op]?.(value, bound)),
    );
}

function testMembership(
  path: string,
  values: readonly unknown[],
  show: (value: unknown) => string,
) {
  return fc
    .tuple(fc.boolean(), fc.subarray([...values], { minLength: 1 }))
    .map(([isIn, list]) =>
      leaf(
        `${path} ${isIn ? 'in' : 'not in'} { ${list.map(show).join(', ')} }`,
        [path],
        (value: unknown) => list.includes(value) === isIn,
      ),
    );
}

const quoteValue = (value: unknown) => JSON.stringify(value);
const words = (path: string) =>
  fc.oneof(
    fc
      .tuple(equality, fc.constantFrom('a', 'b', 'c'))
      .map(([op, word]) =>
        leaf(
          `${path} ${op} "${word}"`,
          [path],
          (value: string) => (value === word) === (op === 'is'),
        ),
      ),
    testMembership(path, ['a', 'b', 'c'], quoteValue),
    fc
      .constantFrom('a', 'b')
      .map((word) =>
        leaf(`${path} starts_with "${word}"`, [path], (value: string) => value.startsWith(word)),
      ),
  );

const clock = 'time_of_day(context.time, "UTC")';
const weekday = 'weekday(context.time, "UTC")';
const time = ['context.time'];
const isOffice = (at: number) => at < 5 * 24 && at % 24 >= 6 && at % 24 < 18;
const isNight = (at: number) => at % 24 >= 18 || at % 24 < 6;
const times = fc.oneof(
  fc
    .tuple(operator, fc.constantFrom(6, 12, 18))
    .map(([op, bound]) =>
      leaf(`${clock} ${op} ${bound}h`, time, (at: number) => orders[op]?.(at % 24, bound)),
    ),
  fc
    .tuple(equality, fc.constantFrom(...days))
    .map(([op, day]) =>
      leaf(
        `${weekday} ${op} ${day}`,
        time,
        (at: number) => (days[Math.floor(at / 24)] === day) === (op === 'is'),
      ),
    ),
  fc
    .subarray(days, { minLength: 1 })
    .map((list) =>
      leaf(`${weekday} in { ${list.join(', ')} }`, time, (at: number) =>
        list.includes(days[Math.floor(at / 24)] as string),
      ),
    ),
  fc.constantFrom(
    leaf('context.time in office', time, isOffice),
    leaf('context.time in night', time, isNight),
  ),
);

/** Conditions whose operands are known or not. */
const presences = fc
  .tuple(
    fc.constantFrom('context.m', 'context.word'),
    fc.constantFrom('present', 'missing', 'known'),
  )
  .map(([path, how]): Condition => {
    const text = how === 'known' ? `known(${path})` : `${path} is ${how}`;
    const evaluate = (request: Request) => {
      const value = request[path];
      return how === 'known'
        ? value !== undefined && value !== faulty
        : (value !== undefined) === (how === 'present');
    };
    return { text, reads: [path], evaluate, junction: false, parts: [] };
  });

const both = ['subject.team', 'subject.other'];
const pairs = equality.chain((op) =>
  fc
    .constantFrom(both, both.toReversed())
    .map((paths) =>
      leaf(
        `${paths[0]} ${op} ${paths[1]}`,
        paths,
        (a: unknown, b: unknown) => (a === b) === (op === 'is'),
      ),
    ),
);

const leaves: Readonly<Record<string, fc.Arbitrary<Condition>>> = {
  on: fc.constant(leaf('subject.on', ['subject.on'], (value: boolean) => value)),
  team: fc.oneof(words('subject.team'), pairs),
  word: fc.oneof(words('context.word'), presences),
  n: fc.oneof(
    compareBounds('subject.n', [1, 2, 3, 4]),
    testMembership('subject.n', [0, 1, 2, 3, 4, 5], String),
  ),
  m: fc.oneof(
    compareBounds('context.m', [0, 2, 3, 5]),
    testMembership('context.m', [0, 1, 2, 3], String),
    presences,
  ),
  level: fc.oneof(
    compareBounds('context.level', [0, 1, 2], (at) => levels[at] as string),
    testMembership('context.level', [0, 1, 2], (at) => levels[Number(at)] as string),
  ),
  times,
};

// --- operators -----------------------------------------------------------------------------------

function not(value: Truth): Truth {
  return value === undefined ? undefined : !value;
}

function joinConditions(word: 'and' | 'or', parts: readonly Condition[]): Condition {
  const decides = word === 'or';
  return {
    text: `(${parts.map(({ text }) => text).join(` ${word} `)})`,
    reads: [...new Set(parts.flatMap(({ reads }) => reads))],
    evaluate: (request) => {
      const values = parts.map((part) => part.evaluate(request));
      if (values.includes(decides)) return decides;
      return values.includes(undefined) ? undefined : !decides;
    },
    junction: true,
    parts,
  };
}

function negation(inner: Condition): Condition {
  return {
    text: `not (${inner.text})`,
    reads: inner.reads,
    evaluate: (request) => not(inner.evaluate(request)),
    junction: false,
    parts: [inner],
  };
}

function choice([test, yes, no]: readonly [Condition, Condition, Condition]): Condition {
  const parts = [test, yes, no];
  return {
    text: `(if (${test.text}) then (${yes.text}) else (${no.text}))`,
    reads: [...new Set(parts.flatMap(({ reads }) => reads))],
    evaluate: (request) => {
      const [decides, first, second] = parts.map((part) => part.evaluate(request));
      if (decides !== undefined) return decides ? first : second;
      return first === second ? first : undefined;
    },
    junction: false,
    parts,
  };
}

function fallback(inner: Condition, value: boolean): Condition {
  return {
    text: `((${inner.text}) else ${value})`,
    reads: inner.reads,
    evaluate: (request) => inner.evaluate(request) ?? value,
    junction: false,
    parts: [inner],
  };
}

/** Conditions that read one or two kinds of members, so that many are always true or always false. */
export const conditions: fc.Arbitrary<Condition> = fc
  .subarray(Object.keys(leaves), { minLength: 1, maxLength: 2 })
  .chain((kinds) => {
    const literal = fc.oneof(...kinds.map((kind) => leaves[kind] as fc.Arbitrary<Condition>));
    return fc.letrec<{ condition: Condition }>((tie) => ({
      condition: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        { weight: 4, arbitrary: literal },
        {
          weight: 5,
          arbitrary: fc
            .tuple(
              fc.constantFrom('and' as const, 'or' as const),
              fc.array(tie('condition'), { minLength: 2, maxLength: 3 }),
            )
            .map(([word, parts]) => joinConditions(word, parts)),
        },
        { weight: 2, arbitrary: tie('condition').map(negation) },
        {
          weight: 1,
          arbitrary: fc.tuple(tie('condition'), tie('condition'), tie('condition')).map(choice),
        },
        {
          weight: 1,
          arbitrary: fc
            .tuple(tie('condition'), fc.boolean())
            .map(([inner, value]) => fallback(inner, value)),
        },
      ),
    })).condition;
  });
