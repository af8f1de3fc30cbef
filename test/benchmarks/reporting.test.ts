// The arguments and the reports of the benchmarks. These tests measure nothing.

import { expect, test } from 'vitest';
import { readPlan } from '../../benchmarks/arguments.mjs';
import { drawCharts } from '../../benchmarks/charts/charts.mjs';
import { check } from '../../benchmarks/checking.mjs';
import { comparison, computeRatios, isSlower } from '../../benchmarks/comparison.mjs';
import { asJson, compareFigures } from '../../benchmarks/results.mjs';
import { table } from '../../benchmarks/table.mjs';
import { caseName, createWorkload } from '../../benchmarks/workloads/workload.mjs';
import { summarise } from '../../cli/commands/bench/statistics.ts';

const p1 = { name: 'p1', kind: null, n: null } as const;
const ns = (median: number) => ({
  median,
  min: median / 2,
  lower: median - 1,
  upper: median + 1,
  rounds: 5,
});
const figures = [
  { engine: 'empty wasm call', way: 'decision', ns: ns(4) },
  { engine: 'handwritten', way: 'object', checked: 1000, ns: ns(10) },
  { engine: 'nhipol', way: 'object', checked: 1000, ns: ns(30) },
  { engine: 'json-logic-engine', way: 'object', checked: 1000, ns: ns(60) },
  { engine: '@bufbuild/cel', way: 'object', checked: 12, ns: ns(123_456) },
  { engine: '@casl/ability', way: 'object', failed: 'Maximum call stack size exceeded' },
] as const;
const compiled = { seconds: 1.25, bytes: 20_480, module: 'p1.wasm' };
const result = { case: p1, permitted: 392, compiled, rows: compareFigures(figures) };

test('measures all cases without arguments, small sizes first', () => {
  const { cases, peers, rounds } = readPlan([]);
  expect(cases.map(caseName)).toEqual([
    'p1',
    'p2',
    'p3-action-10',
    'p3-action-100',
    'p3-action-1000',
    'p3-action-10000',
    'p3-attribute-10',
    'p3-attribute-100',
    'p3-attribute-1000',
    'p3-attribute-10000',
    'p3-cidr-10',
    'p3-cidr-100',
    'p3-cidr-1000',
    'p3-cidr-10000',
    'p3-glob-10',
    'p3-glob-100',
    'p3-glob-1000',
    'p3-glob-10000',
    'p4-facts-1000000',
    'p4-due-1000000',
  ]);
  expect(peers).toBe(true);
  expect(rounds).toBe(21);
});

test('arguments select cases', () => {
  const words = ['--only', 'p3,p1', '--kinds', 'glob,action', '--sizes', '100,10', '--no-peers'];
  const { cases, peers } = readPlan(words);
  expect(cases.map(caseName)).toEqual([
    'p1',
    'p3-action-10',
    'p3-action-100',
    'p3-glob-10',
    'p3-glob-100',
  ]);
  expect(peers).toBe(false);
});

test('--quick selects small sizes and few rounds by default', () => {
  expect(readPlan(['--quick', '--only', 'p3', '--kinds', 'cidr']).cases.map(caseName)).toEqual([
    'p3-cidr-10',
    'p3-cidr-100',
  ]);
  expect(readPlan(['--quick', '--only', 'p4']).cases.map(caseName)).toEqual([
    'p4-facts-10000',
    'p4-due-10000',
  ]);
  expect(readPlan(['--quick', '--rounds', '3']).rounds).toBe(3);
});

test.for([
  [['--only', 'p5'], '--only: expected p1, p2, p3, p4, found p5'],
  [['--kinds', 'regex'], '--kinds: expected action, attribute, cidr, glob, found regex'],
  [['--sizes', '10,0'], '--sizes: expected a positive integer, found 0'],
  [['--rounds', 'many'], '--rounds: expected a positive integer, found many'],
  [['--slow'], "Unknown option '--slow'"],
] as const)('rejects %s', ([words, message]) => {
  expect(() => readPlan(words)).toThrow(message);
});

test('the table shows times, ratios within a way, failures and partial checks', () => {
  expect(`\n${table(result)}`).toBe(`
p1: 1,000 requests, 392 permitted; compiled in 1.3 s, module 20.0 KB

way       engine             ns/decision     min        quartiles  × hand  × peer
decision  empty wasm call            4.0     2.0          3.0–5.0
object    handwritten               10.0     5.0         9.0–11.0    1.00    0.17
object    nhipol                    30.0    15.0        29.0–31.0    3.00    0.50
object    json-logic-engine         60.0    30.0        59.0–61.0    6.00    1.00
object    @bufbuild/cel          123,456  61,728  123,455–123,457  12,346   2,058  checked on 12 of 1,000 only
object    @casl/ability                –                                           Maximum call stack size exceeded
`);
});

test('the table of sessions shows their memory, and how the time grows with their number', () => {
  const memory = { sessionBytes: 227.6, describedBytes: 102 };
  const sweeps = [
    { engine: 'nhipol, 1,000 sessions', way: 'sweep-due', checked: 1000, ns: ns(4000) },
    { engine: 'nhipol', way: 'sweep-due', checked: 10_000, ns: ns(6000), memory },
  ] as const;
  const case_ = { name: 'p4', kind: 'due', n: 10_000 } as const;
  const result = { case: case_, permitted: 392, compiled, rows: compareFigures(sweeps) };
  expect(`\n${table(result)}`).toBe(`
p4 due, N = 10,000: 1,000 requests, 392 permitted; compiled in 1.3 s, module 20.0 KB

way        engine                     ns    min    quartiles  × hand  × peer
sweep-due  nhipol, 1,000 sessions  4,000  2,000  3,999–4,001
sweep-due  nhipol                  6,000  3,000  5,999–6,001                  1.50 × the time with 1,000; 228 bytes per session, 102 by the manifest
`);
  expect(asJson([result])[1]).toMatchObject({ toFew: 1.5, ...memory });
});

test('JSON has a row for each engine and way, with null for missing values', () => {
  const rows = asJson([result]);
  expect(rows).toHaveLength(figures.length);
  expect(rows[2]).toMatchObject({
    workload: 'p1',
    kind: null,
    n: null,
    engine: 'nhipol',
    way: 'object',
    ns: 30,
    toHand: 3,
    toPeer: 0.5,
    compileSeconds: 1.25,
    moduleBytes: 20_480,
  });
  expect(rows[5]).toMatchObject({ ns: null, failed: 'Maximum call stack size exceeded' });
});

test('charts show bars for P1 and lines over the sizes of P3, and names are escaped', () => {
  const createResult = (n: number) => ({
    ...result,
    case: { name: 'p3', kind: 'glob', n } as const,
  });
  const sessions = { ...result, case: { name: 'p4', kind: 'facts', n: 10 } as const };
  const charts = drawCharts([result, createResult(10), createResult(100), sessions]);
  expect([...charts.keys()]).toEqual(['p1', 'p3-glob']);
  for (const svg of charts.values()) {
    expect(svg).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    expect(svg).toContain('json-logic-engine');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  }
  expect(charts.get('p1')).toContain('Maximum call stack size exceeded');
});

test('a comparison shows the ratios of pairs', () => {
  const row = (median: number) => [{ engine: 'nhipol', way: 'bytes', ns: ns(median) } as const];
  const ratios = computeRatios([
    [row(100), row(50)],
    [row(200), row(200)],
    [row(100), row(75)],
  ]);
  expect(ratios[0]?.ratio).toEqual({ median: 0.75, min: 0.5, lower: 0.75, upper: 1 });
  expect(`\n${comparison('p1', ['old', 'new'], ratios)}`).toBe(`
p1

way    engine  old   new  ratio   min  quartiles
bytes  nhipol  100  75.0   0.75  0.50  0.75–1.00
`);
});

test('a revision is slower if most pairs are above the limit, and nearly all above 1', () => {
  const slower = (...ratios: number[]) => isSlower(summarise(ratios), 1.05);
  expect(slower(1.06, 1.07, 1.08, 1.09, 1.1)).toBe(true);
  expect(slower(1.01, 1.02, 1.03, 1.04, 1.3)).toBe(false);
  expect(slower(0.8, 0.9, 1.06, 1.5, 1.6)).toBe(false);
});

test('many measurements result in their median and quartiles', () => {
  expect(summarise([9, 1, 3, 2, 4])).toEqual({ median: 3, min: 1, lower: 2, upper: 4 });
  expect(summarise([7])).toEqual({ median: 7, min: 7, lower: 7, upper: 7 });
});

test('reports an engine with a wrong decision, and the request', () => {
  const workload = createWorkload(p1);
  const wrong = workload.expected.lastIndexOf('deny');
  const decide = (index: number) =>
    index === wrong ? 'permit' : (workload.expected[index] ?? 'deny');
  expect(check(workload, { decide }, 60).disagreement).toEqual({
    request: workload.texts[wrong],
    index: wrong,
    expected: 'deny',
    found: 'permit',
  });
  const right = check(workload, { decide: (index) => workload.expected[index] ?? 'deny' }, 60);
  expect(right).toMatchObject({ checked: 1000 });
  expect(right.disagreement).toBeUndefined();
});
