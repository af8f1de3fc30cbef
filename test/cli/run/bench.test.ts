// `nhipol bench`: which requests are measured, what is reported about them, and that nothing is measured if
// module and evaluator disagree. The tests use a fake clock and assert no real durations.

import { afterEach, expect, test, vi } from 'vitest';
import * as validation from '../../../assurance/testing/runner/same-answer.ts';
import { measure } from '../../../cli/commands/bench/measure.ts';
import { benchRequests } from '../../../cli/commands/bench/requests.ts';
import { UsageError } from '../../../cli/io/exit-codes.ts';
import { Folder } from '../../support/system/run-cli.ts';
import { broken, createRequest, policy, request } from '../policies.ts';

vi.mock('../../../assurance/testing/runner/same-answer.ts', { spy: true });

afterEach(() => {
  vi.restoreAllMocks();
});

const shorter = ['--rounds', '2', '--seconds', '1'];

/** Makes each reading of the clock ten seconds later than the last, so that one pass is enough. */
function fastClock(): void {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => {
    now += 10_000;
    return now;
  });
}

const asLines = [
  request,
  '',
  createRequest({ risk: 'MEDIUM' }),
  '{"subject":',
  createRequest({ risk: 5 }),
];

test('measures the requests of a file in three ways, and reports invalid ones', async () => {
  fastClock();
  using folder = new Folder({
    'p.nhipol': policy,
    'request.json': request,
    'r.jsonl': asLines.join('\n'),
  });
  const { code, out, err } = await folder.run([
    'bench',
    '@p.nhipol',
    '--requests',
    '@r.jsonl',
    ...shorter,
  ]);
  expect(code).toBe(0);
  expect(err).toBe(
    [
      'r.jsonl:4: $: expected valid JSON, found an unexpected byte\n',
      'r.jsonl:5: $.context.risk: expected one of the strings LOW, MEDIUM, HIGH (Risk), found a number\n',
    ].join(''),
  );
  expect(out.split('\n').slice(0, 3)).toEqual([
    'p.nhipol: 4 requests, 2 of them invalid and therefore denied; module and evaluator agree on all',
    'answers: permit 1, narrow 1, deny 2',
    '',
  ]);
  for (const way of ['the decision alone', 'from JSON bytes', 'from an object'])
    expect(out).toMatch(new RegExp(`^  ${way} +[\\d,.]+ +[\\d,.]+ to [\\d,.]+ +[\\d,]+$`, 'm'));
});

test('measures a compiled module, and prints the figures with --json', async () => {
  fastClock();
  using folder = new Folder({ 'p.nhipol': policy, 'request.json': request });
  await folder.run(['compile', '@p.nhipol', '-o', '@p.wasm', '--no-validate']);
  const stdin = [
    JSON.stringify([JSON.parse(request), JSON.parse(createRequest({ risk: 'HIGH' }))]),
  ];
  const args = ['bench', '@p.wasm', '--requests', '-', '--json', ...shorter];
  const { code, out, err } = await folder.run(args, { stdin });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const figures = {
    median: expect.any(Number),
    lower: expect.any(Number),
    upper: expect.any(Number),
    min: expect.any(Number),
  };
  expect(JSON.parse(out)).toEqual({
    policy: 'p.wasm',
    requests: 2,
    invalid: 0,
    compared: false,
    counts: { permit: 1, narrow: 0, challenge: 0, deny: 1, revoke: 0 },
    rounds: 2,
    seconds: 1,
    ways: ['the decision alone', 'from JSON bytes', 'from an object'].map((name) => ({
      name,
      ns: figures,
      decisions_per_second: expect.any(Number),
    })),
  });
});

test('lists at most ten invalid requests', async () => {
  fastClock();
  using folder = new Folder({
    'p.nhipol': policy,
    'request.json': request,
    'r.jsonl': '{}\n'.repeat(13),
  });
  const { err } = await folder.run(['bench', '@p.nhipol', '--requests', '@r.jsonl', ...shorter]);
  expect(err.split('\n').slice(9)).toEqual([
    'r.jsonl:10: $.subject: expected an object, found nothing',
    'and 3 more invalid requests',
    '',
  ]);
});

test('exits with an internal error if the engines disagree, and measures nothing', async () => {
  vi.mocked(validation.isSameAnswer).mockReturnValueOnce(false);
  using folder = new Folder({ 'p.nhipol': policy, 'request.json': request });
  const { code, out, err } = await folder.run([
    'bench',
    '@p.nhipol',
    '--requests',
    '@request.json',
  ]);
  expect({ code, out }).toEqual({ code: 70, out: '' });
  expect(err).toContain('module and evaluator disagree on request.json');
});

test.for<[string, string, number, string]>([
  ['an empty file', '', 2, 'nhipol: r.json contains no requests\n'],
  ['an empty array', '[]', 2, 'nhipol: r.json contains no requests\n'],
  ['an array that is cut off', '[{},', 2, 'nhipol: r.json is not a JSON array\n'],
])('%s is a usage error', async ([, content, code, err]) => {
  using folder = new Folder({ 'p.nhipol': policy, 'request.json': request, 'r.json': content });
  const ran = await folder.run(['bench', '@p.nhipol', '--requests', '@r.json']);
  expect(ran).toEqual({ code, out: '', err });
});

test('rejects a policy with errors, a missing request file and a number of rounds below 1', async () => {
  using folder = new Folder({ 'p.nhipol': broken, 'r.json': request, 'request.json': request });
  expect((await folder.run(['bench', '@p.nhipol', '--requests', '@r.json'])).code).toBe(1);
  folder.write('p.nhipol', policy);
  expect((await folder.run(['bench', '@p.nhipol', '--requests', '@none.json'])).code).toBe(2);
  expect(
    (await folder.run(['bench', '@p.nhipol', '--requests', '@r.json', '--rounds', '0'])).code,
  ).toBe(2);
});

test('loads external tables for all ways of measuring', async () => {
  fastClock();
  const withTable = policy
    .replace('permit acts when', 'permit acts when quotas[subject.id] > 3 and')
    .concat('external table quotas: String -> Int\n');
  using folder = new Folder({
    'p.nhipol': withTable.replace(/test "low risk"[^}]*}/, ''),
    'request.json': request,
    'quotas.json': JSON.stringify(
      Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`${at}`, 5]).concat([['a', 5]])),
    ),
  });
  const args = [
    'bench',
    '@p.nhipol',
    '--requests',
    '@request.json',
    '--table',
    'quotas=@quotas.json',
  ];
  const { code, out, err } = await folder.run([...args, ...shorter]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('answers: permit 1\n');
});

test('a request may span lines, and requests of an array are located by index', () => {
  const spread = benchRequests('r.json', '{\n"a": 1\n}');
  expect(spread.map(({ place, value }) => [place, value])).toEqual([['r.json', { a: 1 }]]);
  const places = benchRequests('r.json', '[{}, 5]').map(({ place }) => place);
  expect(places).toEqual(['r.json[0]', 'r.json[1]']);
  expect(() => benchRequests('r.json', ' \n')).toThrow(UsageError);
});

test('the median and minimum ignore the warm-up rounds', () => {
  let now = 0;
  let held = 0;
  const durations = [9, 9, 9, 4, 1, 2];
  const way = {
    name: 'one',
    requests: 2,
    times: 5,
    hold: () => {
      held += 1;
    },
    decide: () => {
      now += (durations[Math.floor((held - 1) / 2)] ?? 0) / 1e6;
    },
  };
  const [measured] = measure([way], { rounds: 3, seconds: 1e-12, clock: () => now });
  expect(held).toBe(12);
  expect(measured?.name).toBe('one');
  expect(measured?.median).toBeCloseTo(2, 5);
  expect(measured?.min).toBeCloseTo(1, 5);
});
