// `nhipol test`: the report of passing, failing and invalid tests, the tests that are run, and the instants of their
// requests.

import { expect, test, vi } from 'vitest';
import { Folder } from '../../support/system/run-cli.ts';
import { broken, createRequest, policy, removeTimes, request } from '../policies.ts';

const quick = ['--engine', 'evaluator'] as const;

test('reports a test that passes in both engines once', async () => {
  using folder = new Folder({ 'p.nhipol': policy, 'request.json': request });
  const { code, out, err } = await folder.run(['test', '@p.nhipol']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^p\.nhipol \(\d+\.\d s\)\n {2}✓ low risk\n1 passed, 0 failed\n$/);
});

test('reports a failing test with the answer and its explanation', async () => {
  using folder = new Folder({
    'p.nhipol': policy,
    'request.json': createRequest({ risk: 'HIGH' }),
  });
  const { code, out } = await folder.run(['test', '@p.nhipol', ...quick]);
  expect(code).toBe(1);
  expect(removeTimes(out)).toBe(
    [
      'p.nhipol',
      '  ✗ low risk',
      '      p.nhipol:18:3: - expected + got',
      '        - effect      permit',
      '        + effect      deny',
      '        - reasons     acts',
      '        + reasons     risky',
      '',
      '        deny risky (p.nhipol:11)',
      '          "risk is HIGH"',
      '          fired because its condition is true:',
      '          11│   deny risky when context.risk is HIGH',
      '            │                   ^^^^^^^^^^^^^^^^^^^^ true',
      '            │ context.risk = HIGH',
      '',
      '        would be permitted by acts (p.nhipol:9)',
      '          but for deny risky (p.nhipol:11)',
      '0 passed, 1 failed',
      '',
    ].join('\n'),
  );
});

test('reports a failure once for both engines, and equally for each engine', async () => {
  using folder = new Folder({
    'p.nhipol': policy,
    'request.json': createRequest({ risk: 'HIGH' }),
  });
  const output = async (engine: string) =>
    removeTimes((await folder.run(['test', '@p.nhipol', '--engine', engine])).out);
  const [evaluator, wasm, both] = [
    await output('evaluator'),
    await output('wasm'),
    await output('both'),
  ];
  expect(wasm).toBe(evaluator);
  expect(both).toBe(evaluator);
});

test('explains why an expected rule did not fire', async () => {
  const waiting = policy.replace('expect permit because acts', 'expect deny because risky');
  using folder = new Folder({ 'p.nhipol': waiting, 'request.json': request });
  const { out } = await folder.run(['test', '@p.nhipol', ...quick]);
  expect(out).toContain(
    [
      '        permit acts (p.nhipol:9)',
      '          fired because its condition is true:',
      '          9│   permit acts when subject.active // allow fails-open: an agent is active by default',
      '           │                    ^^^^^^^^^^^^^^ true',
      '',
      '        did not fire',
      '          deny risky (p.nhipol:11): false, because',
      '            11│   deny risky when context.risk is HIGH',
      '              │                   ^^^^^^^^^^^^^^^^^^^^ false',
      '              │ context.risk = LOW',
      '',
    ].join('\n'),
  );
});

test('reports the end of an answer with the condition that causes it', async () => {
  const ending = policy.replace('because acts', 'because acts until 2026-01-01T18:00:01Z');
  using folder = new Folder({ 'p.nhipol': ending, 'request.json': request });
  const { out } = await folder.run(['test', '@p.nhipol', ...quick]);
  expect(out).toContain(
    [
      '        - until       2026-01-01T18:00:01.000Z',
      '        + until       2026-01-01T18:00:00.000Z',
      '',
      '        permit because acts',
      '          valid until 2026-01-01T18:00:00.000Z',
      '            when `context.time >= subject.shift_ends` becomes true, in shift_over (p.nhipol:10)',
      '1 failed',
    ]
      .join('\n')
      .replace(/1 failed$/, '0 passed, 1 failed'),
  );
});

test('reports missing and unexpected elements of long sets', async () => {
  const names = Array.from({ length: 30 }, (_, at) => `column_${at}`);
  const sets = (all: readonly string[]) => `{ ${all.map((name) => `"${name}"`).join(', ')} }`;
  const text = `policy p version "1.0.0"
subject agent {}
constraint columns: Set<String> intersects
for agent {
  permit ok otherwise
  narrow some when true to { columns: ${sets(names)} } // allow always-fires: for the test
}
test "columns" {
  request {
    subject: { type: agent, id: a },
    action: { name: x },
    resource: { type: r, id: i }
  }
  expect narrow with { columns: ${sets([...names.slice(0, 29), 'secret'])} }
  then expect narrow with { columns: [] }
}
`;
  using folder = new Folder({ 'p.nhipol': text });
  const { out } = await folder.run(['test', '@p.nhipol', ...quick]);
  expect(out).toContain(
    [
      '          constraints: 1 missing, 1 unexpected',
      '        - columns: "secret"',
      '        + columns: "column_29"',
      '',
    ].join('\n'),
  );
  expect(out).toContain('          constraints: 1 missing, 30 unexpected\n');
  expect(out).toContain('        + … 10 more\n');
});

test('explains a step of a session by its history, also after a revoke', async () => {
  const text = `policy p
subject agent {}
context { time: Timestamp }
record News { failed: {} }
signals News
for agent {
  permit ok otherwise
  revoke stop when once(signal "failed")
}
test "of a session" {
  session {
    subject: { type: agent, id: a },
    action: { name: x },
    resource: { type: r, id: i },
    context: { time: 2026-01-01T00:00:00Z }
  }
  ask
  expect permit
  then after 1m signal "failed" ask
  expect permit
}
`;
  using folder = new Folder({ 'p.nhipol': text });
  const { code, out } = await folder.run(['test', '@p.nhipol', '--engine', 'both']);
  expect(code).toBe(1);
  expect(out).toContain('      p.nhipol:19:8 (step 2): - expected + got\n');
  expect(out).toContain(
    '        revoke stop (p.nhipol:8)\n          fired because its condition is true:\n',
  );
});

test('reports an invariant with the number of requests that tested it', async () => {
  const claims = `invariant "who acts is active" for agent effect is permit implies subject.active
invariant "nobody acts" for agent effect >= deny
invariant "of strangers" for agent doing "write" on "none" risky in reasons implies effect is deny
`;
  using folder = new Folder({ 'p.nhipol': policy + claims, 'request.json': request });
  const { code, out } = await folder.run(['test', '@p.nhipol']);
  expect(code).toBe(1);
  const lines = removeTimes(out).split('\n');
  expect(lines).toContainEqual(
    expect.stringMatching(
      /^ {2}✓ invariant who acts is active \(not refuted by [1-9]\d+ requests\)$/,
    ),
  );
  const broken = lines.indexOf('  ✗ invariant nobody acts');
  expect(lines.slice(broken + 1, broken + 3)).toEqual([
    '      p.nhipol:21:11',
    expect.stringMatching(/^ {8}answer {2}(permit|narrow), because (acts|careful)$/),
  ]);
  expect(lines[broken + 4]).toMatch(/^ {8}request \{/);
  expect(lines.at(-2)).toBe('3 passed, 1 failed');
});

test('reports an invalid request with its error', async () => {
  using folder = new Folder({ 'p.nhipol': policy, 'request.json': createRequest({ time: 5 }) });
  const { code, out } = await folder.run(['test', '@p.nhipol', ...quick]);
  expect(code).toBe(1);
  expect(out).toContain(
    '        $.context.time: expected an RFC 3339 string (Timestamp), found a number\n',
  );
});

test('fails a policy with errors, and tests the others', async () => {
  using folder = new Folder({ 'b.nhipol': broken, 'p.nhipol': policy, 'request.json': request });
  const { code, out, err } = await folder.run(['test', '@b.nhipol', '@p.nhipol', ...quick]);
  expect(code).toBe(1);
  expect(removeTimes(out)).toBe(
    'p.nhipol\n  ✓ low risk\n2 policies\n1 passed, 0 failed, 1 of 2 policies have errors\n',
  );
  expect(err).toContain('error[unknown-member]');
});

test('reports a missing policy after the results of the preceding ones', async () => {
  using folder = new Folder({ 'p.nhipol': policy, 'request.json': request });
  const { code, out, err } = await folder.run(['test', '@p.nhipol', '@no.nhipol', ...quick]);
  expect({ code, out: removeTimes(out), err }).toEqual({
    code: 2,
    out: 'p.nhipol\n  ✓ low risk\n',
    err: 'nhipol: cannot read no.nhipol: no such file or folder\n',
  });
});

// --- filters -------------------------------------------------------------------------------------

const several = `${policy}
test "High risk" { request from "request.json" with { context.risk = HIGH } expect deny }
test "unknown risk" { request from "request.json" with { context.risk = missing } expect deny }
invariant "high risk never acts" for agent context.risk is HIGH implies effect >= deny
`;

test.for([
  ['low', ['low risk'], 3],
  ['HIGH', ['High risk', 'invariant high risk never acts'], 2],
  ['/^(low|unknown)/', ['low risk', 'unknown risk'], 2],
  ['/high/', ['invariant high risk never acts'], 3],
  ['/^high risk$/i', ['High risk'], 3],
  ['/', [], 4],
] as const)('--filter %s selects the tests that match', async ([filter, named, leftOut]) => {
  using folder = new Folder({ 'p.nhipol': several, 'request.json': request });
  const { code, out, err } = await folder.run(['test', '@p.nhipol', '-t', filter, ...quick]);
  const passed = [...out.matchAll(/^ {2}✓ (.*?)( \(not refuted.*)?$/gm)].map(([, name]) => name);
  expect(passed).toEqual(named);
  expect(removeTimes(out)).toContain(`${named.length} passed, 0 failed, ${leftOut} left out\n`);
  expect({ code, err }).toEqual(
    named.length > 0
      ? { code: 0, err: '' }
      : { code: 1, err: `nhipol: none of 4 tests and invariants matches ${filter}\n` },
  );
});

test('does not list a policy whose tests the filter excludes', async () => {
  const other = several.replace('"High risk"', '"other"');
  using folder = new Folder({
    'p.nhipol': several,
    'q.nhipol': other,
    'request.json': request,
  });
  const { code, out } = await folder.run(['test', '@p.nhipol', '@q.nhipol', '-t', 'other']);
  expect({ code, out: removeTimes(out) }).toEqual({
    code: 0,
    out: 'q.nhipol\n  ✓ other\n2 policies\n1 passed, 0 failed, 7 left out\n',
  });
});

test.for([
  [['--filter', '/(/'], 'Invalid regular expression'],
  [['--jobs', '0'], 'Expected a number greater than 0'],
  [['--format', 'xml'], 'Allowed choices are pretty, json, junit'],
] as const)('%j is a usage error', async ([args, message]) => {
  using folder = new Folder({ 'p.nhipol': policy, 'request.json': request });
  const { code, err } = await folder.run(['test', '@p.nhipol', ...args]);
  expect(code).toBe(2);
  expect(err).toContain(message);
});

// --- instants ------------------------------------------------------------------------------------

const timeless = `policy p
subject agent { until?: Timestamp }
context { time: Timestamp }
for agent {
  permit ok otherwise
  deny over when context.time >= subject.until, if unknown skip // allow fails-open: some have none
}
test "no instant" {
  request {
    subject: { type: agent, id: a, properties: { until: 2026-01-01T12:00:00Z } },
    action: { name: x },
    resource: { type: r, id: i }
  }
  expect permit
}
`;

test.for([
  [[], '        $.context.time: expected an RFC 3339 string (Timestamp), found nothing\n'],
  [['--now', '2026-01-01T11:59:59Z'], undefined],
  [['--now', '2026-01-01T12:00:00Z'], '        + reasons     over\n'],
] as const)('a request without a time is evaluated with %j', async ([args, message]) => {
  const text = timeless.replace('expect permit', 'expect permit because ok');
  using folder = new Folder({ 'p.nhipol': text });
  const { code, out } = await folder.run(['test', '@p.nhipol', ...args]);
  expect(code).toBe(message === undefined ? 0 : 1);
  expect(out).toContain(message ?? '1 passed');
});

// --- engines that disagree -----------------------------------------------------------------------

test('reports engines that disagree as a failure with both answers', async () => {
  const engines = await import('../../../cli/engines/engines.ts');
  const compiled = vi.spyOn(engines, 'startCompiling');
  const other = policy.replace('deny risky when context.risk is HIGH', 'deny risky when true');
  compiled.mockImplementation(async () => {
    const { check } = await import('@nhipol/language');
    const { policy: wrong } = check(
      'p.nhipol',
      new Map([['p.nhipol', other.slice(0, other.indexOf('test "'))]]),
    );
    const module = await engines.compilePolicy(wrong as never);
    return async () => module;
  });
  try {
    const claim =
      'invariant "an inactive agent never acts" for agent subject.active is false implies effect >= deny\n';
    using folder = new Folder({ 'p.nhipol': policy + claim, 'request.json': request });
    const { code, out } = await folder.run(['test', '@p.nhipol']);
    expect(code).toBe(70);
    expect(out).toContain(
      '  ✗ low risk\n      p.nhipol:18:3\n        evaluator and module disagree: ',
    );
    expect(out).toMatch(/^ {8}evaluator \{"decision":true,/m);
    expect(out).toMatch(/^ {8}module {4}\{"decision":false,/m);
    expect(out).toContain('  ✓ invariant an inactive agent never acts (not refuted by ');
    expect(out).toContain(
      '  ✗ a request of the invariants\n        evaluator and module disagree: ',
    );
    expect(removeTimes(out)).toContain('\n1 passed, 2 failed\n');
    const junit = await folder.run(['test', '@p.nhipol', '--format', 'junit']);
    expect(
      junit.out.match(/<error message="evaluator and module disagree" type="disagreement">/g),
    ).toHaveLength(2);
    const json = await folder.run(['test', '@p.nhipol', '--format', 'json', '-t', 'low']);
    const report = JSON.parse(json.out);
    expect(report).toMatchObject({ passed: 0, failed: 1, disagreements: 1, left_out: 1 });
    expect(report.policies[0].tests[0].steps[0]).toMatchObject({
      passed: false,
      differences: [],
      explanation: null,
      disagreement: { now: null, evaluator: { decision: true }, wasm: { decision: false } },
    });
  } finally {
    compiled.mockRestore();
  }
});
