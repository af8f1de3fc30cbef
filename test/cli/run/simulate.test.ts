// `nhipol simulate`: the timeline of a log in each format, invalid logs, engines and exit codes.

import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { Folder } from '../../support/system/run-cli.ts';

const faulty = vi.hoisted(() => ({ module: false }));
vi.mock('../../../assurance/testing/replay/module-host.ts', async (original) => {
  const real = await original<typeof import('../../../assurance/testing/replay/module-host.ts')>();
  const createModuleHost: typeof real.createModuleHost = (module) => {
    const host = real.createModuleHost(module);
    if (!faulty.module) return host;
    return { ...host, judge: (id, now) => ({ ...host.judge(id, now), reasons: ['ok'] }) };
  };
  return { createModuleHost };
});

const policy = `policy acme.work version "3"
subject agent {}
context { time: Timestamp }
external table limits: String -> Int
signals { failed: {} }
for agent {
  permit ok otherwise
  deny stop when once(signal "failed", within 1m)
    because "it has failed"
  deny over when limits[subject.id] < 1, if unknown skip // allow fails-open: the table may be empty
}
`;

const request = {
  subject: { type: 'agent', id: 'a' },
  action: { name: 'x' },
  resource: { type: 'r', id: 'i' },
};
const at = (seconds: number) => new Date(1_772_532_000_000 + seconds * 1000).toISOString();
const log = (...rows: readonly (readonly [number, object, string?])[]) =>
  rows
    .map(([seconds, event, session = 'work-1']) =>
      JSON.stringify({ at: at(seconds), session, ...event }),
    )
    .join('\n');
const events = log(
  [0, { open: request }],
  [1, { decide: {} }],
  [2, { decide: {} }],
  [3, { open: request }, 'work-2'],
  [60, { signal: 'failed' }],
);
const files = { 'p.nhipol': policy, 'e.jsonl': events };
const simulate = ['simulate', '@p.nhipol', '--events', '@e.jsonl'];

/** Runs without a module, whose compilation takes a second. */
const quick = [...simulate, '--engine', 'evaluator'];

test('prints a timeline for the terminal', async () => {
  using folder = new Folder(files);
  const { code, out, err } = await folder.run(simulate);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatchInlineSnapshot(`
    "acme.work 3, 2026-03-03 10:00:00 to 10:01:00 UTC

              10:00:00               10:00:15              10:00:30               10:00:45      10:01:00
      work-1  ·▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▆
      work-2      ······················································································
      · no decision yet  ▁ permit  ▆ deny

    10:00:00      work-1                 opens
    10:00:01      work-1  permit         x on r i
                  because ok
                  same effect until 10:00:02: x
    10:00:03      work-2                 opens
    10:01:00      work-1  permit → deny  signal failed
                  stop: it has failed
                  valid until 10:02:00.001

    2 sessions: 2 open; 2 decisions: 2 permit
      work-1  permit 59s
      work-2  no decision

    Without further events:
    10:02:00.001  work-1  deny → permit  time passes
                  because ok
    "
  `);
});

test('prints colors, but writes a file without them', async () => {
  using folder = new Folder(files);
  const colored = await folder.run(['--color', ...quick]);
  expect(colored.out).toContain('\u001b[31mdeny\u001b[39m');
  expect(await folder.run(['--color', ...quick, '-o', '@t.txt'])).toMatchObject({ out: '' });
  const written = new TextDecoder().decode(folder.read('t.txt'));
  expect(written).toBe((await folder.run(quick)).out);
});

test('--until lets time pass after the last event', async () => {
  using folder = new Folder(files);
  const { out } = await folder.run([...quick, '--until', at(600)]);
  expect(out).toContain('10:02:00.001  work-1  deny → permit  time passes\n');
  expect(out).toContain('10:00:00 to 10:10:00 UTC');
  expect(out).toContain('The answers do not change without further events.\n');
  const early = await folder.run([...quick, '--until', at(59)]);
  expect(early).toEqual({
    code: 2,
    out: '',
    err: 'nhipol: --until is before the last event of e.jsonl, 2026-03-03T10:01:00.000Z\n',
  });
});

test('--session selects sessions', async () => {
  using folder = new Folder(files);
  const { out } = await folder.run([...quick, '--session', 'work-2']);
  expect(out).toContain('1 session: 1 open; 0 decisions\n');
  expect(out).not.toContain('work-1');
  const both = await folder.run([...quick, '--session', 'work-2', '--session', 'work-1']);
  expect(both.out).toBe((await folder.run(quick)).out);
  expect(await folder.run([...quick, '--session', 'work-3'])).toEqual({
    code: 2,
    out: '',
    err: 'nhipol: unknown session `work-3`: did you mean `work-1` or `work-2`?\n',
  });
});

test('prints JSON', async () => {
  using folder = new Folder(files);
  const { code, out } = await folder.run([...quick, '--format', 'json']);
  expect(code).toBe(0);
  const timeline = JSON.parse(out);
  expect(timeline).toMatchObject({
    format: 'nhipol-timeline/1',
    policy: { name: 'acme.work', version: '3' },
    from: at(0),
    until: at(60),
    sessions: [
      { id: 'work-1', end: 'open', decisions: { permit: 2 } },
      { id: 'work-2', spans: [{ effect: null, from: at(3), to: at(60) }] },
    ],
    ahead: [{ line: null, cause: { kind: 'time' }, before: 'deny', changed: true }],
  });
  expect(timeline.happenings).toHaveLength(5);
  expect(timeline.happenings[4]).toMatchObject({
    at: at(60),
    session: 'work-1',
    line: 5,
    cause: { kind: 'signal', name: 'failed', payload: {} },
    before: 'permit',
    changed: true,
    response: {
      decision: false,
      context: { effect: 'deny', reasons: ['stop'], valid_until: '2026-03-03T10:02:00.001Z' },
    },
  });
});

test.for([
  ['html', '<!doctype html>', '<h2 id="work-1">work-1</h2>'],
  ['markdown', '# Sessions of acme.work', '\n## work-1\n'],
] as const)('prints or writes %s', async ([format, start, part]) => {
  using folder = new Folder(files);
  const printed = await folder.run([...quick, '--format', format]);
  expect(printed).toMatchObject({ code: 0, err: '' });
  expect(printed.out.startsWith(start)).toBe(true);
  expect(printed.out).toContain(part);
  const written = await folder.run([...quick, '--format', format, '-o', '@page']);
  expect(written).toEqual({ code: 0, out: '', err: '' });
  expect(new TextDecoder().decode(folder.read('page'))).toBe(printed.out);
});

// --- logs ----------------------------------------------------------------------------------------

test('reads standard input, and ignores empty lines', async () => {
  using folder = new Folder(files);
  const args = ['simulate', '@p.nhipol', '--events', '-', '--engine', 'evaluator'];
  const { code, out } = await folder.run(args, { stdin: [events.replaceAll('\n', '\r\n\n')] });
  expect(code).toBe(0);
  expect(out).toBe((await folder.run(quick)).out);
  const wrong = await folder.run(args, { stdin: ['\n{"at":1}\n'] });
  expect(wrong.err).toMatch(/^standard input:2: \$: expected one of /);
});

test('reports invalid lines, and shows nothing', async () => {
  const lines = [
    '{',
    log([0, { open: request, sesion: 'x' }]),
    log([0, { open: { ...request, action: {} } }]),
  ];
  using folder = new Folder({ ...files, 'e.jsonl': lines.join('\n') });
  expect(await folder.run(quick)).toEqual({
    code: 2,
    out: '',
    err: [
      'e.jsonl:1: $: expected valid JSON, found an unexpected byte, in column 2',
      'e.jsonl:2: $.sesion: unknown member `sesion`: did you mean `session`?',
      '',
    ].join('\n'),
  });
  folder.write('e.jsonl', `${lines[2]}\n${log([1, { decide: {} }, 'other'])}`);
  expect(await folder.run(quick)).toEqual({
    code: 2,
    out: '',
    err: [
      'e.jsonl:1: $.open.action.name: expected a string, found nothing',
      'e.jsonl:2: $.session: unknown session `other`: a line with `open` opens it',
      '',
    ].join('\n'),
  });
});

test('reports at most ten invalid lines', async () => {
  using folder = new Folder({ ...files, 'e.jsonl': '{}\n'.repeat(25) });
  const { code, err } = await folder.run(quick);
  expect(code).toBe(2);
  expect(err.split('\n')).toHaveLength(12);
  expect(err).toMatch(/\nand 15 more invalid lines\n$/);
});

test('accepts lines out of order by up to a minute, and rejects others', async () => {
  const rows = [
    [60, { open: request }],
    [40, { decide: {} }],
    [60, { decide: {} }],
  ] as const;
  using folder = new Folder({ ...files, 'e.jsonl': log(...rows) });
  const { code, err } = await folder.run(quick);
  expect({ code, err }).toEqual({
    code: 0,
    err: '1 line of e.jsonl is earlier than the preceding line, by at most 20 s; they are replayed at the later instant\n',
  });
  folder.write('e.jsonl', log(...rows, [-1, { close: true }]));
  expect(await folder.run(quick)).toMatchObject({
    code: 2,
    out: '',
    err: 'e.jsonl:4: $.at: it is earlier than the line above it, at 2026-03-03T10:01:00.000Z: sort the lines by time\n',
  });
});

test('summarizes a log of 10,000 lines', async () => {
  const rows = Array.from({ length: 10_000 }, (_, index) => {
    const id = `work-${index % 40}`;
    return [index, index < 40 ? { open: request } : { decide: {} }, id] as const;
  });
  using folder = new Folder({ ...files, 'e.jsonl': log(...rows) });
  const { code, out } = await folder.run(simulate);
  expect(code).toBe(0);
  expect(out).toContain('40 sessions: 40 open; 9960 decisions: 9960 permit\n');
  expect(out.split('\n').length).toBeLessThan(20);
});

// --- policies ------------------------------------------------------------------------------------

test('replays a log with a compiled module', async () => {
  using folder = new Folder(files);
  await folder.run(['compile', '@p.nhipol', '-o', '@p.wasm', '--no-validate']);
  const args = ['simulate', '@p.wasm', '--events', '@e.jsonl'];
  const { code, out } = await folder.run(args);
  expect(code).toBe(0);
  expect(out).toBe((await folder.run(simulate)).out);
  const evaluated = await folder.run([...args, '--engine', 'evaluator']);
  expect(evaluated).toEqual({
    code: 2,
    out: '',
    err: 'nhipol: p.wasm is a module: the evaluator needs the source of the policy\n',
  });
});

test('rejects a module without sessions', async () => {
  const plain = policy.replace(/ {2}deny stop .*\n.*\n/, '');
  using folder = new Folder({ ...files, 'p.nhipol': plain });
  await folder.run(['compile', '@p.nhipol', '-o', '@p.wasm', '--no-validate']);
  const { code, err } = await folder.run(['simulate', '@p.wasm', '--events', '@e.jsonl']);
  expect(code).toBe(2);
  expect(err).toBe('nhipol: p.wasm does not support sessions: compile it with --sessions\n');
  expect((await folder.run(simulate)).code).toBe(0);
});

test.for(['both', 'evaluator', 'wasm'])('loads tables: %s', async (engine) => {
  using folder = new Folder({ ...files, 'limits.json': '{"a":0}' });
  const args = [...simulate, '--engine', engine, '--table', 'limits=@limits.json'];
  expect((await folder.run(args)).out).toContain('because over\n');
  const wrong = await folder.run([...simulate, '--table', 'limit=@limits.json']);
  expect(wrong).toMatchObject({ code: 2, out: '' });
});

test('rejects a policy with errors, and missing or empty logs', async () => {
  using folder = new Folder({ ...files, 'b.nhipol': policy.replace('subject.id', 'subject.idd') });
  const broken = await folder.run(['simulate', '@b.nhipol', '--events', '@e.jsonl']);
  expect(broken).toMatchObject({ code: 1, out: '' });
  expect(broken.err).toContain('error[');
  const missing = await folder.run(['simulate', '@p.nhipol', '--events', '@none.jsonl']);
  expect(missing).toMatchObject({
    code: 2,
    err: 'nhipol: cannot read none.jsonl: no such file or folder\n',
  });
  folder.write('e.jsonl', '\n');
  expect((await folder.run(quick)).err).toBe('nhipol: e.jsonl contains no events\n');
});

test('shows nothing if module and evaluator disagree', async () => {
  using folder = new Folder(files);
  faulty.module = true;
  try {
    const { code, out, err } = await folder.run(simulate);
    expect({ code, out }).toEqual({ code: 70, out: '' });
    expect(err).toMatch(
      /^nothing was shown: module and evaluator disagree on the session work-1 at 2026-03-03T10:01:00.000Z\n/,
    );
    expect(err).toContain('"reasons": [\n    "stop"\n  ]');
    expect((await folder.run([...simulate, '--engine', 'evaluator'])).code).toBe(0);
  } finally {
    faulty.module = false;
  }
});

test('replays the log of the example', async () => {
  const example = new URL('../../../examples/agent-trifecta/', import.meta.url);
  using folder = new Folder({
    'policy.nhipol': readFileSync(new URL('policy.nhipol', example)),
    'fixtures/session.json': readFileSync(new URL('fixtures/session.json', example)),
    'incident.jsonl': readFileSync(new URL('incident.jsonl', example)),
  });
  const { code, err } = await folder.run([
    'simulate',
    '@policy.nhipol',
    '--events',
    '@incident.jsonl',
  ]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
});
