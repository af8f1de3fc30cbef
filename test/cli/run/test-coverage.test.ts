// `nhipol test --coverage`: where the coverage is printed or written, and the required minimum.

import { expect, test } from 'vitest';
import { Folder } from '../../support/system/run-cli.ts';
import { broken, createRequest, policy, removeTimes, request } from '../policies.ts';

const quick = ['--engine', 'evaluator'] as const;
const files = { 'p.nhipol': policy, 'request.json': request };
const table = '  acme.files  1/4   25 %  0/4    0 %  5/15   33 %';

function readText(folder: Folder, name: string): string {
  return new TextDecoder().decode(folder.read(name));
}

test('prints the coverage after the tests', async () => {
  using folder = new Folder(files);
  const { code, out, err } = await folder.run(['test', '@p.nhipol', ...quick, '--coverage']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(removeTimes(out)).toMatch(
    /^p\.nhipol\n {2}✓ low risk\n1 passed, 0 failed\n\nTest coverage\n/,
  );
  expect(out).toContain(`${table}\n\nNot covered\n  p.nhipol:9:20  permit acts: `);
  expect(out).toContain('  p.nhipol:10:8  deny shift_over never fired\n');
});

test('engines and threads do not change the coverage', async () => {
  using folder = new Folder(files);
  const coverage = async (...args: readonly string[]) => {
    const { out } = await folder.run(['test', '@p.nhipol', ...args, '--coverage']);
    return out.slice(out.indexOf('Test coverage'));
  };
  const expected = await coverage(...quick);
  expect(await coverage('--engine', 'wasm')).toBe(expected);
  expect(await coverage('--engine', 'both')).toBe(expected);
  const two = await folder.run([
    'test',
    '@p.nhipol',
    '@p.nhipol',
    '--jobs',
    '2',
    ...quick,
    '--coverage',
  ]);
  expect(two.out.match(/^ {2}acme\.files .*$/gm)).toEqual([table, table]);
});

test('does not print the coverage into a JSON report', async () => {
  using folder = new Folder(files);
  const { out, err } = await folder.run([
    'test',
    '@p.nhipol',
    ...quick,
    '--format',
    'json',
    '--coverage',
  ]);
  expect(JSON.parse(out).policies[0].coverage).toEqual({
    rules: { covered: 1, all: 4 },
    conditions: { covered: 0, all: 4 },
    outcomes: { covered: 5, all: 15 },
  });
  expect(err).toContain(table);
  const written = await folder.run([
    'test',
    '@p.nhipol',
    ...quick,
    '--format',
    'json',
    '-o',
    '@r.json',
    '--coverage',
  ]);
  expect(written.out).toContain(table);
  expect(written.err).toBe('');
  const without = await folder.run(['test', '@p.nhipol', ...quick, '--format', 'json']);
  expect(JSON.parse(without.out).policies[0].coverage).toBeNull();
});

test.for([
  ['text', /^Test coverage\n/],
  ['lcov', /^TN:\nSF:.*p\.nhipol\nFN:9,acts\n/],
  ['html', /^<!doctype html>/],
] as const)('%s is written to a file', async ([form, begin]) => {
  using folder = new Folder(files);
  const args = ['test', '@p.nhipol', ...quick, `--coverage=${form}`, '--coverage-output', '@c'];
  const { code, out } = await folder.run(args);
  expect(code).toBe(0);
  expect(out).not.toContain('Covered');
  expect(readText(folder, 'c')).toMatch(begin);
});

test.for(['lcov', 'html'])('%s needs an output file', async (form) => {
  using folder = new Folder(files);
  const { code, out, err } = await folder.run(['test', '@p.nhipol', `--coverage=${form}`]);
  expect({ code, out, err }).toEqual({
    code: 2,
    out: '',
    err: `nhipol: --coverage=${form} needs a file to write to: --coverage-output\n`,
  });
});

test('--min fails below the minimum, and reports it', async () => {
  using folder = new Folder(files);
  const run = (min: string) => folder.run(['test', '@p.nhipol', ...quick, '--min', min]);
  const enough = await run('33');
  expect({ code: enough.code, err: enough.err }).toEqual({ code: 0, err: '' });
  expect(enough.out).toContain(table);
  const { code, err } = await run('34');
  expect(code).toBe(1);
  expect(err).toBe(
    'nhipol: the tests of p.nhipol cover 33 % of its outcomes, less than the minimum of 34 %\n',
  );
  expect((await run('101')).code).toBe(2);
  expect((await run('many')).code).toBe(2);
});

test('failing tests count, and policies with errors or without tests have no coverage', async () => {
  using folder = new Folder({
    ...files,
    'request.json': createRequest({ risk: 'HIGH' }),
    'broken.nhipol': broken,
    'untested.nhipol': policy.slice(0, policy.indexOf('test "')),
  });
  const names = ['@p.nhipol', '@broken.nhipol', '@untested.nhipol'];
  const { code, out } = await folder.run(['test', ...names, ...quick, '--coverage']);
  expect(code).toBe(1);
  expect(out.match(/^ {2}acme\.files .*$/gm)).toEqual([
    '  acme.files  2/4   50 %  0/4    0 %  6/15   40 %',
    '  acme.files  0/4    0 %  0/4    0 %  0/15    0 %',
  ]);
});

test('does not list a policy whose tests the filter excludes', async () => {
  using folder = new Folder({ ...files, 'q.nhipol': policy.replaceAll('low risk', 'other') });
  const args = ['test', '@p.nhipol', '@q.nhipol', ...quick, '-t', 'low', '--min', '33'];
  const { code, out } = await folder.run(args);
  expect(code).toBe(0);
  expect(out.match(/^ {2}acme\.files .*$/gm)).toEqual([table]);
});

test('nhipol.toml enables coverage', async () => {
  const settings = '[test]\ncoverage = "lcov"\ncoverage-output = "out/lcov.info"\nmin = 90\n';
  using folder = new Folder({ ...files, 'nhipol.toml': settings, 'out/there': '' });
  const { code, err } = await folder.run(['test', 'p.nhipol', ...quick], { inside: true });
  expect(code).toBe(1);
  expect(err).toContain('less than the minimum of 90 %');
  expect(readText(folder, 'out/lcov.info')).toContain('SF:p.nhipol\n');
});
