// Syntax trees of declarations, rules and tests.

import { expect, test } from 'vitest';
import { items, parseText } from '../../support/parsing.ts';

const name = (text: string, quoted = false) => ({ kind: 'Name', text, quoted });
const reference = (text: string) => ({ kind: 'Reference', name: text });
const createNamedType = (text: string) => ({
  kind: 'NamedType',
  name: name(text),
  inSeconds: false,
});
const record = (...members: unknown[]) => ({ kind: 'RecordType', members });
const member = (text: string, type: unknown, more: object = {}) => ({
  kind: 'Member',
  name: name(text),
  inProperties: false,
  optional: false,
  secret: false,
  type,
  ...more,
});
const string = (value: string) => ({ kind: 'String', value });
const int = (value: bigint) => ({ kind: 'Int', value });

test('parses a header with and without a version', () => {
  expect(items('policy acme.support.agent version "1.0"\npolicy p')).toEqual([
    { kind: 'PolicyHeader', name: name('acme.support.agent'), version: string('1.0') },
    { kind: 'PolicyHeader', name: name('p') },
  ]);
});

test('parses imports', () => {
  expect(items('use { A, B, } from "a" use "b" use {} from "c"')).toEqual([
    { kind: 'Use', names: [name('A'), name('B')], from: string('a') },
    { kind: 'Use', from: string('b') },
    { kind: 'Use', names: [], from: string('c') },
  ]);
  expect(items('use nhi.{ A, B } use nhi use from')).toEqual([
    { kind: 'Use', names: [name('A'), name('B')], from: name('nhi') },
    { kind: 'Use', from: name('nhi') },
    { kind: 'Use', from: name('from') },
  ]);
});

test('parses predicates, functions and `let`s of a file', () => {
  const parameter = (id: string, type: string) => ({
    kind: 'Parameter',
    name: name(id),
    type: { kind: 'NamedType', name: name(type), inSeconds: false },
  });
  const text = `predicate p() = x predicate q(a: Int, b: Bool,) = a
    function function(predicate: Int): Int = let2
    let y = x`;
  expect(items(text)).toEqual([
    { kind: 'Function', name: name('p'), parameters: [], body: reference('x') },
    {
      kind: 'Function',
      name: name('q'),
      parameters: [parameter('a', 'Int'), parameter('b', 'Bool')],
      body: reference('a'),
    },
    {
      kind: 'Function',
      name: name('function'),
      parameters: [parameter('predicate', 'Int')],
      result: { kind: 'NamedType', name: name('Int'), inSeconds: false },
      body: reference('let2'),
    },
    { kind: 'Let', name: name('y'), value: reference('x') },
  ]);
});

test('parses the names in `where`', () => {
  const text = 'for any { deny a when where where where = 1, b = where covers c let d = e }';
  expect(items(text)).toEqual([
    {
      kind: 'Group',
      items: [
        rule('deny', 'a', {
          condition: reference('where'),
          where: [
            { kind: 'Let', name: name('where'), value: int(1n) },
            { kind: 'Let', name: name('b'), value: reference('where') },
          ],
          covers: [name('c')],
        }),
        { kind: 'Let', name: name('d'), value: reference('e') },
      ],
    },
  ]);
});

test('parses ordered and unordered enums, also with an `else` member', () => {
  expect(
    items('enum A { x < y < z, else z } enum B { x, y, } enum C { else, else, else x }'),
  ).toEqual([
    {
      kind: 'Enum',
      name: name('A'),
      members: [name('x'), name('y'), name('z')],
      ordered: true,
      otherwise: name('z'),
    },
    { kind: 'Enum', name: name('B'), members: [name('x'), name('y')], ordered: false },
    {
      kind: 'Enum',
      name: name('C'),
      members: [name('else'), name('else')],
      ordered: false,
      otherwise: name('x'),
    },
  ]);
});

test('parses records with commas or line ends, and with keywords as names', () => {
  const text = `record R {
    a?: String, "b c": Set<List<Int>>
    in: Timestamp in seconds
    is: Bool = true
    fresh: { } fresh 5m
    and?: String="x"
    s: Set<Int>= {}
  }`;
  expect(items(text)).toEqual([
    {
      kind: 'Record',
      name: name('R'),
      type: record(
        member('a', createNamedType('String'), { optional: true }),
        {
          ...member('', {
            kind: 'CollectionType',
            collection: 'Set',
            element: {
              kind: 'CollectionType',
              collection: 'List',
              element: createNamedType('Int'),
            },
          }),
          name: name('b c', true),
        },
        member('in', { ...createNamedType('Timestamp'), inSeconds: true }),
        member('is', createNamedType('Bool'), { default: { kind: 'Bool', value: true } }),
        member('fresh', record(), {
          fresh: { kind: 'Duration', milliseconds: 300_000n, text: '5m' },
        }),
        member('and', createNamedType('String'), { optional: true, default: string('x') }),
        member(
          's',
          { kind: 'CollectionType', collection: 'Set', element: createNamedType('Int') },
          { default: { kind: 'Set', elements: [] } },
        ),
      ),
    },
  ]);
});

test('parses subjects, actions, resources and the context', () => {
  const text = `subject agent {} subject "a b" {} action any {} action "any" {} resource any {}
    resource file {} context { a: Int }`;
  expect(items(text)).toEqual([
    { kind: 'Subject', name: name('agent'), type: record() },
    { kind: 'Subject', name: name('a b', true), type: record() },
    { kind: 'Action', type: record() },
    { kind: 'Action', name: name('any', true), type: record() },
    { kind: 'Resource', type: record() },
    { kind: 'Resource', name: name('file'), type: record() },
    { kind: 'Context', type: record(member('a', createNamedType('Int'))) },
  ]);
});

test('parses the scope of a context', () => {
  const text = 'context for any doing "a.b", c {} context for agent on file {}';
  expect(items(text)).toEqual([
    {
      kind: 'Context',
      scope: { kind: 'ContextScope', actions: [name('a.b', true), name('c')] },
      type: record(),
    },
    {
      kind: 'Context',
      scope: { kind: 'ContextScope', subjects: [name('agent')], resources: [name('file')] },
      type: record(),
    },
  ]);
});

test('parses tables from a file, with one key, with pairs, and external ones', () => {
  const text = `table a: String -> Int from "a.json"
    table b: String -> Int { "x": 1, ("y"): 2, }
    table c: (String, Int) -> Int { ("x", 1): 2 }
    external table d: String -> Int`;
  const entry = (keys: unknown[], value: bigint) => ({
    kind: 'TableEntry',
    keys,
    value: int(value),
  });
  expect(items(text)).toEqual([
    {
      kind: 'Table',
      name: name('a'),
      keys: [createNamedType('String')],
      value: createNamedType('Int'),
      external: false,
      transitive: false,
      from: string('a.json'),
      entries: [],
    },
    {
      kind: 'Table',
      name: name('b'),
      keys: [createNamedType('String')],
      value: createNamedType('Int'),
      external: false,
      transitive: false,
      entries: [entry([string('x')], 1n), entry([string('y')], 2n)],
    },
    {
      kind: 'Table',
      name: name('c'),
      keys: [createNamedType('String'), createNamedType('Int')],
      value: createNamedType('Int'),
      external: false,
      transitive: false,
      entries: [entry([string('x'), int(1n)], 2n)],
    },
    {
      kind: 'Table',
      name: name('d'),
      keys: [createNamedType('String')],
      value: createNamedType('Int'),
      external: true,
      transitive: false,
      entries: [],
    },
  ]);
});

test.each([
  ['smallest wins', 'smallest wins'],
  ['largest   wins', 'largest wins'],
  ['intersects', 'intersects'],
  ['must agree', 'must agree'],
])('parses a constraint with %s', (text, merge) => {
  expect(items(`constraint to: Int ${text}`)).toEqual([
    { kind: 'Constraint', name: name('to'), type: createNamedType('Int'), merge, lowers: false },
  ]);
});

test.each([
  ['', false],
  [' or lower', true],
])('parses a constraint that limits a path%s', (text, lowers) => {
  expect(items(`constraint p: Privilege limits action.privilege${text}`)).toEqual([
    {
      kind: 'Constraint',
      name: name('p'),
      type: createNamedType('Privilege'),
      merge: 'limits',
      path: { kind: 'Access', object: reference('action'), name: name('privilege') },
      lowers,
    },
  ]);
});

const rule = (effect: string, id: string, more: object = {}) => ({
  kind: 'Rule',
  effect,
  name: name(id),
  otherwise: false,
  skipUnknown: false,
  settings: [],
  demands: [],
  covers: [],
  where: [],
  ...more,
});

test('parses groups with `any`, lists and a condition', () => {
  const group = { kind: 'Group', items: [] };
  expect(items('for any {} for a, "b c" doing any on x when y {} for any doing z {}')).toEqual([
    group,
    {
      ...group,
      subjects: [name('a'), name('b c', true)],
      resources: [name('x')],
      condition: reference('y'),
    },
    { ...group, actions: [name('z')] },
  ]);
});

test('parses the clauses of rules in any order', () => {
  const text = `for any {
    permit when
    permit to otherwise
    deny a when x or y or deny unless z
    revoke b when x, if unknown skip covers NHI2:2025, PR.AA-05, 800-207, "own words" because "y"
    narrow c because "x" to { ttl: 60s, rows: 1, } or deny unless x
  }`;
  expect(items(text)).toEqual([
    {
      kind: 'Group',
      items: [
        rule('permit', 'when'),
        rule('permit', 'to', { otherwise: true }),
        rule('deny', 'a', {
          condition: {
            kind: 'Binary',
            operator: 'or',
            left: reference('x'),
            right: reference('y'),
          },
          unless: reference('z'),
        }),
        rule('revoke', 'b', {
          condition: reference('x'),
          skipUnknown: true,
          because: { kind: 'Message', parts: [string('y')] },
          covers: [name('NHI2:2025'), name('PR.AA-05'), name('800-207'), name('own words', true)],
        }),
        rule('narrow', 'c', {
          settings: [
            {
              kind: 'Setting',
              name: name('ttl'),
              value: { kind: 'Duration', milliseconds: 60_000n, text: '60s' },
            },
            { kind: 'Setting', name: name('rows'), value: int(1n) },
          ],
          unless: reference('x'),
          because: { kind: 'Message', parts: [string('x')] },
        }),
      ],
    },
  ]);
});

test('parses `let` and `given`, with and without `otherwise`', () => {
  const text = `for any {
    let let = a
    given x = t[a] { deny b } otherwise { permit c }
    given y = a {} otherwise ignore
    given z = { a } {}
  }`;
  const createGiven = (id: string, value: unknown, more: object) => ({
    kind: 'Given',
    name: name(id),
    value,
    items: [],
    ...more,
  });
  expect(items(text)).toEqual([
    {
      kind: 'Group',
      items: [
        { kind: 'Let', name: name('let'), value: reference('a') },
        createGiven(
          'x',
          { kind: 'Lookup', table: name('t'), keys: [reference('a')] },
          {
            items: [rule('deny', 'b')],
            otherwise: { kind: 'Otherwise', ignore: false, items: [rule('permit', 'c')] },
          },
        ),
        createGiven('y', reference('a'), {
          otherwise: { kind: 'Otherwise', ignore: true, items: [] },
        }),
        createGiven('z', { kind: 'Set', elements: [reference('a')] }, {}),
      ],
    },
  ]);
});

test('parses scores whose conditions are named like operators and clauses', () => {
  const text = `for any { score s {
    a counts 1 when x
    and counts 2 when x because "b" covers ASI02
    covers counts 3 when x
    from counts 4 when x
    from 1 narrow or deny unless y to { ttl: 1 }
    from 2 deny
  } }`;
  const condition = (id: string, weight: bigint, more: object = {}) => ({
    kind: 'ScoreCondition',
    name: name(id),
    weight: int(weight),
    condition: reference('x'),
    covers: [],
    ...more,
  });
  expect(items(text)).toEqual([
    {
      kind: 'Group',
      items: [
        {
          kind: 'Score',
          name: name('s'),
          conditions: [
            condition('a', 1n),
            condition('and', 2n, {
              because: { kind: 'Message', parts: [string('b')] },
              covers: [name('ASI02')],
            }),
            condition('covers', 3n),
            condition('from', 4n),
          ],
          bands: [
            {
              kind: 'Band',
              from: int(1n),
              effect: 'narrow',
              settings: [{ kind: 'Setting', name: name('ttl'), value: int(1n) }],
              unless: reference('y'),
            },
            { kind: 'Band', from: int(2n), effect: 'deny', settings: [] },
          ],
        },
      ],
    },
  ]);
});

test('parses messages with strings, expressions, doubled braces and escapes', () => {
  const text = String.raw`for any { deny a because "{{x}} {a.\"b\\\"c\".d}{size({ 1 })}é{\"s\"}" }`;
  const { file, found } = parseText(text);
  expect(found).toEqual([]);
  const [group] = file.items;
  const [first] = group?.kind === 'Group' ? group.items : [];
  if (first?.kind !== 'Rule' || first.because === undefined) throw new Error('no message');
  expect(
    first.because.parts.map((part) => [part.kind, text.slice(part.span.start, part.span.end)]),
  ).toEqual([
    ['String', '{{x}} '],
    ['Access', String.raw`a.\"b\\\"c\".d`],
    ['Call', 'size({ 1 })'],
    ['String', String.raw`é{\"s\"}`],
  ]);
  expect(first.because.parts.at(-1)).toMatchObject({ value: 'és' });
});

test('parses tests with requests, steps and changes', () => {
  const text = `test "t" {
    request { a: -1.50e3, "b c": [5m, 250ms, -90s, x, null, true, "q", 2026-01-01T00:00Z,], d: {} }
    at 2026-01-01T00:00:00Z
    with { context."a b".c = missing, subject.in = [missing], x = HIGH, }
    expect narrow because a, b with { ttl: 60s } until 2026-01-01T00:00:01Z
    then with {} expect deny
  } test "u" { request from "r.json" expect permit }`;
  const scalar = (json: string) => ({ kind: 'JsonScalar', json });
  const jsonMember = (id: unknown, value: unknown) => ({ kind: 'JsonMember', name: id, value });
  const access = (object: unknown, id: unknown) => ({ kind: 'Access', object, name: id });
  const [first, second] = items(text) as [{ request: unknown; steps: unknown[] }, object];
  expect(first.request).toEqual({
    kind: 'JsonObject',
    members: [
      jsonMember(name('a'), scalar('-1.50e3')),
      jsonMember(name('b c', true), {
        kind: 'JsonArray',
        elements: ['300', '0.25', '-90', '"x"', 'null', 'true', '"q"', '"2026-01-01T00:00Z"'].map(
          scalar,
        ),
      }),
      jsonMember(name('d'), { kind: 'JsonObject', members: [] }),
    ],
  });
  expect(first.steps).toMatchObject([
    {
      at: { text: '2026-01-01T00:00:00Z' },
      changes: [
        { path: access(access(reference('context'), name('a b', true)), name('c')) },
        {
          path: access(reference('subject'), name('in')),
          value: { kind: 'JsonArray', elements: [scalar('"missing"')] },
        },
        { path: reference('x'), value: scalar('"HIGH"') },
      ],
      outcome: 'narrow',
      reasons: [name('a'), name('b')],
      settings: [{ name: name('ttl') }],
      until: { text: '2026-01-01T00:00:01Z' },
    },
    { changes: [], outcome: 'deny' },
  ]);
  expect(first.steps[0]).not.toHaveProperty('changes.0.value');
  expect(second).toEqual({
    kind: 'Test',
    name: string('u'),
    session: false,
    request: string('r.json'),
    steps: [
      {
        kind: 'Step',
        grants: [],
        signals: [],
        asks: false,
        asksLast: false,
        changes: [],
        outcome: 'permit',
      },
    ],
  });
});

test('parses history terms with events, conditions and keys', () => {
  const text = `for any { deny a when count(allowed doing "x", y on z where event.effect is narrow
      per resource.id up to 16, within 1m,) > 3 and since(signal "a", refused) }`;
  const [group] = items(text) as [{ items: [{ condition: object }] }];
  const access = (object: unknown, id: string) => ({ kind: 'Access', object, name: name(id) });
  expect(group.items[0].condition).toMatchObject({
    operator: 'and',
    left: {
      operator: '>',
      left: {
        kind: 'History',
        form: 'count',
        pattern: {
          kind: 'EventPattern',
          events: 'allowed',
          actions: [name('x', true), name('y')],
          resources: [name('z')],
          condition: { operator: 'is', left: access(reference('event'), 'effect') },
          key: { kind: 'EventKey', paths: [access(reference('resource'), 'id')], limit: int(16n) },
        },
        within: { kind: 'Duration', milliseconds: 60_000n },
      },
    },
    right: {
      form: 'since',
      pattern: { events: 'signal', signal: string('a') },
      start: { events: 'refused' },
    },
  });
});

test('the words of history terms are names elsewhere', () => {
  const text = `record r { count: Int, last?: Int, signal: Bool, per: Int, since: Int }
  for once { deny once when context.last is 1 and count > since and event.signal and allowed }
  let last = count`;
  const kinds = (items(text) as readonly { kind: string }[]).map(({ kind }) => kind);
  expect(kinds).toEqual(['Record', 'Group', 'Let']);
});

test('parses session tests with times, signals and `ask`', () => {
  const text = `test "t" {
    session from "r.json"
    ask expect permit
    then after 2m signal "a" signal "b" at 2026-01-01T00:00:00Z { why: x } with { context.x = 1 }
    expect deny
    then at 2026-01-01T00:00:00Z ask 30 times expect deny
  }`;
  const [{ session, steps }] = items(text) as unknown as [{ session: boolean; steps: object[] }];
  expect(session).toBe(true);
  expect(steps).toMatchObject([
    { asks: true, signals: [] },
    {
      asks: false,
      after: { milliseconds: 120_000n },
      signals: [
        { kind: 'StepSignal', name: string('a') },
        {
          name: string('b'),
          at: { text: '2026-01-01T00:00:00Z' },
          payload: { kind: 'JsonObject' },
        },
      ],
    },
    { asks: true, times: int(30n) },
  ]);
});

test('parses grants in a test with their duration and approver', () => {
  const text = `test "t" { request from "r.json"
    after 1m granted for 10m granted for 5m by "ada" signal "a" ask expect permit
  }
  for any { permit granted when context.granted }`;
  const [{ steps }, group] = items(text) as unknown as [{ steps: object[] }, { kind: string }];
  expect(steps).toMatchObject([
    {
      grants: [
        { kind: 'Grant', lasts: { milliseconds: 600_000n } },
        { lasts: { milliseconds: 300_000n }, approver: string('ada') },
      ],
      signals: [{ name: string('a') }],
      asks: true,
    },
  ]);
  expect(group.kind).toBe('Group');
});

test('parses declared, required and expected obligations', () => {
  const text = `obligation step_up { acr: String } obligation page: custom {}
  for any { permit a otherwise with page, with { to: 1, with: 2, } because "x" }
  test "t" { request {} expect permit with { rows: 1 } with page {} until 2026-01-01T00:00:01Z }`;
  const [first, second, group, tested] = items(text) as [object, object, object, object];
  const setting = (id: string, value: bigint) => ({
    kind: 'Setting',
    name: name(id),
    value: int(value),
  });
  expect(first).toMatchObject({ kind: 'Obligation', name: name('step_up') });
  expect(first).not.toHaveProperty('type');
  expect(second).toMatchObject({ name: name('page'), type: name('custom') });
  expect(group).toMatchObject({
    items: [
      rule('permit', 'a', {
        otherwise: true,
        demands: [
          { kind: 'Demand', name: name('page'), settings: [] },
          {
            kind: 'Demand',
            name: name('with'),
            settings: [setting('to', 1n), setting('with', 2n)],
          },
        ],
        because: { kind: 'Message', parts: [string('x')] },
      }),
    ],
  });
  expect(tested).toMatchObject({
    steps: [
      {
        settings: [setting('rows', 1n)],
        demands: [{ kind: 'Demand', name: name('page'), settings: [] }],
        until: { text: '2026-01-01T00:00:01Z' },
      },
    ],
  });
});

test('parses the scope and the claim of invariants', () => {
  const text = `invariant "a" for any effect
  invariant "b" for x, "y z" doing p on q not a implies b`;
  const invariant = (id: string, more: object) => ({
    kind: 'Invariant',
    name: string(id),
    ...more,
  });
  expect(items(text)).toEqual([
    invariant('a', { claim: reference('effect') }),
    invariant('b', {
      subjects: [name('x'), name('y z', true)],
      actions: [name('p')],
      resources: [name('q')],
      claim: {
        kind: 'Binary',
        operator: 'implies',
        left: { kind: 'Unary', operator: 'not', operand: reference('a') },
        right: reference('b'),
      },
    }),
  ]);
});

test('ignores comments and a byte order mark', () => {
  expect(items('\ufeff// a\nconst x // b "c\n = // d\r\n 1 // e')).toEqual(items('const x = 1'));
});
