// nhipol.toml: which file applies, its settings and errors, and that the schema for editors accepts the same files.

import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { parse } from 'smol-toml';
import { expect, test } from 'vitest';
import { findLine } from '../../cli/config/line-of.ts';
import { readConfig } from '../../cli/config/read-config.ts';
import { buildConfigSchema, printConfigSchema } from '../../cli/config/schema.ts';
import { Folder } from '../support/system/run-cli.ts';
import { policy, removeTimes, request } from './policies.ts';

const valid = new Ajv().compile(buildConfigSchema());

/** Returns true if the schema accepts the file. As in an editor, a date is not an object. */
function isValid(text: string): boolean {
  return valid(JSON.parse(JSON.stringify(parse(text))));
}

const fine = [
  '',
  '[fmt]',
  'policies = ["a.nhipol", "b/**/*.nhipol"]',
  'check.format = "json"',
  '[check]\nformat = "pretty"\ndeny-warnings = false',
  'test = { engine = "both" }',
  '[compile]\noutput = "x.wasm"\nrequests = 0\nvalidate = true',
  'compile.requests = 999_999_999',
  'compile.requests = 5.0',
];

/** Invalid files with the expected problems, each with its line. */
const faulty: readonly (readonly [text: string, ...problems: string[]])[] = [
  ['policys = ["a"]', '1: unknown key `policys`: did you mean `policies`?'],
  ['\n[chekc]\nformat = "json"', '2: unknown key `chekc`: did you mean `check`?'],
  ['[check]\nformt = "json"', '2: unknown key `formt` in [check]: did you mean `format`?'],
  ['[check]\nengine = "wasm"', '2: unknown key `engine` in [check]: `engine` is a key of [test]'],
  [
    '[test]\nxyz = 1',
    '2: unknown key `xyz` in [test]: expected one of engine, coverage, coverage-output, min',
  ],
  ['[fmt]\nwidth = 80', '2: unknown key `width` in [fmt]: this section has no keys'],
  ['check = 5', '1: `check` is a section: write [check] and its keys below it'],
  ['check = []', '1: `check` is a section: write [check] and its keys below it'],
  ['check = 2026-01-01', '1: `check` is a section: write [check] and its keys below it'],
  [
    'policies = "a.nhipol"',
    '1: `policies`: expected a list of paths, such as ["policies/**/*.nhipol"], found "a.nhipol"',
  ],
  [
    'policies = []',
    '1: `policies`: expected a list of paths, such as ["policies/**/*.nhipol"], found []',
  ],
  [
    'policies = ["a", ""]',
    '1: `policies`: expected a list of paths, such as ["policies/**/*.nhipol"], found ["a",""]',
  ],
  [
    '# one\n[check]\n\nformat = "xml"',
    '4: `check.format`: expected one of "pretty", "json", "sarif", "github", found "xml"',
  ],
  ['[check]\ndeny-warnings = "yes"', '2: `check.deny-warnings`: expected a boolean, found "yes"'],
  ['compile.output = ""', '1: `compile.output`: expected a path in quotes, found ""'],
  ['compile.output = {}', '1: `compile.output`: expected a path in quotes, found a table'],
  [
    '[compile]\nrequests = -1\nvalidate = 1979-05-27',
    '2: `compile.requests`: expected a whole number from 0 to 999999999, found -1',
    '3: `compile.validate`: expected a boolean, found a date or time',
  ],
  [
    'compile.requests = 2.5',
    '1: `compile.requests`: expected a whole number from 0 to 999999999, found 2.5',
  ],
  [
    'compile.requests = 1_000_000_000',
    '1: `compile.requests`: expected a whole number from 0 to 999999999, found 1000000000',
  ],
];

test.for(fine)('%j is valid, also for the schema', (text) => {
  expect(readConfig(text).problems).toEqual([]);
  expect(isValid(text)).toBe(true);
});

test.for(faulty)('%j is reported, and rejected by the schema', ([text, ...expected]) => {
  const { problems } = readConfig(text);
  expect(problems.map(({ line, message }) => `${line}: ${message}`)).toEqual(expected);
  expect(isValid(text)).toBe(false);
});

test('reports invalid TOML with its line', () => {
  expect(readConfig('\n[check\n').problems).toEqual([
    { line: 2, message: expect.stringMatching(/^invalid TOML: .+/) },
  ]);
});

test('the published schema is generated from the same keys', () => {
  const file = new URL('../../docs/nhipol.schema.json', import.meta.url);
  expect(readFileSync(file, 'utf8')).toBe(printConfigSchema());
});

test.for([
  ['[a]\nb = 1', ['a', 'b'], 2],
  ['a.b = 1', ['a', 'b'], 1],
  ['"a" . \'b\' = 1', ['a', 'b'], 1],
  ['b = 1\n[c]\nb = 1\n[a]\nx = 1\nb = 1', ['a', 'b'], 6],
  ['x = 1\na = { b = 1 }', ['a', 'b'], 2],
  ['x = 1\n[a]\n', ['a'], 2],
] as const)('in %j the line of %j is %i', ([text, path, line]) => {
  expect(findLine(text, path)).toBe(line);
});

const files = { 'p.nhipol': policy, 'request.json': request };
const doubtful = policy
  .replace('risk?: Risk', 'risk?: Risk, score?: Int(0..9)')
  .replace(
    'deny risky when',
    'deny scored when context.score > 9, if unknown skip\n  deny risky when',
  );

test('without paths, commands use the policies that nhipol.toml lists', async () => {
  using folder = new Folder({
    'nhipol.toml': 'policies = ["policies/**/*.nhipol", "!**/draft.nhipol"]',
    'policies/b.nhipol': policy,
    'policies/inner/a.nhipol': policy,
    'policies/draft.nhipol': 'policy',
    'policies/request.json': request,
    'policies/inner/request.json': request,
    'node_modules/c/policies/d.nhipol': 'policy',
  });
  const checked = await folder.run(['check'], { inside: true });
  expect(checked).toEqual({ code: 0, out: '', err: '2 policies: no errors\n' });
  const tested = await folder.run(['test'], { inside: true });
  expect(removeTimes(tested.out).match(/^\S+\.nhipol$/gm)).toEqual([
    'policies/b.nhipol',
    'policies/inner/a.nhipol',
  ]);
  for (const command of [['verify', '--samples', '1'], ['report'], ['mutate', '--samples', '1']]) {
    const { err } = await folder.run(command, { inside: true });
    expect([command[0], err]).not.toEqual([
      command[0],
      expect.stringContaining('expected a policy'),
    ]);
  }
});

test('without paths and a list, the error explains how to name a policy', async () => {
  using folder = new Folder({ 'nhipol.toml': '' });
  const { code, err } = await folder.run(['check'], { inside: true });
  expect(code).toBe(2);
  expect(err).toBe(
    [
      'nhipol: expected a policy; nhipol.toml lists none',
      '  name one:                  nhipol check policy.nhipol',
      '  list them in nhipol.toml:  policies = ["policies/**/*.nhipol"]',
      '  or create one:             nhipol init',
      '',
    ].join('\n'),
  );
  folder.write('nhipol.toml', 'policies = ["no/*.nhipol"]');
  expect(await folder.run(['check'], { inside: true })).toEqual({
    code: 2,
    out: '',
    err: 'nhipol: no file matches `policies` of nhipol.toml: no/*.nhipol\n',
  });
});

test('the nearest file above the policy applies, and options override it', async () => {
  using folder = new Folder({
    'nhipol.toml': '[check]\ndeny-warnings = true',
    'inner/deep/p.nhipol': doubtful,
    'inner/deep/request.json': request,
  });
  const runCheck = async (...options: readonly string[]) =>
    (await folder.run(['check', '@inner/deep/p.nhipol', ...options])).code;
  expect(await runCheck()).toBe(1);
  expect(await runCheck('--no-deny-warnings')).toBe(0);
  folder.write('inner/nhipol.toml', '');
  expect(await runCheck()).toBe(0);
  expect(await runCheck('--deny-warnings')).toBe(1);
});

test('sets the format of a report and the engine of tests', async () => {
  using folder = new Folder({
    ...files,
    'nhipol.toml': '[check]\nformat = "json"\n[test]\nengine = "wasm"',
  });
  const { out } = await folder.run(['check', '@p.nhipol']);
  expect(JSON.parse(out)).toMatchObject({ errors: 0 });
  expect((await folder.run(['check', '@p.nhipol', '--format', 'pretty'])).out).toBe('');
  const listEngines = async (...options: readonly string[]) => {
    const tested = await folder.run(['test', '@p.nhipol', '--format', 'json', ...options]);
    return JSON.parse(tested.out).policies[0].engines;
  };
  expect(await listEngines()).toEqual(['wasm']);
  expect(await listEngines('--engine', 'evaluator')).toEqual(['evaluator']);
  folder.write('nhipol.toml', '');
  expect(await listEngines()).toEqual(['evaluator', 'wasm']);
});

test('the output path is relative to the folder of the file, and --emit alone writes no module', async () => {
  using folder = new Folder({
    ...files,
    'nhipol.toml': '[compile]\noutput = "out/{name}.wasm"\nvalidate = false',
  });
  expect((await folder.run(['compile', '@p.nhipol', '--emit', 'ast'])).code).toBe(0);
  expect(folder.names).not.toContain('out');
  const { code, err } = await folder.run(['compile', '@p.nhipol']);
  expect(code).toBe(0);
  expect(err).toMatch(/out\/acme\.files\.wasm: .* KB; not compared with the evaluator\n.*\n$/);
  expect(folder.read('out/acme.files.wasm').length).toBeGreaterThan(0);
});

test('reports all errors of the file, which does not affect commands without settings', async () => {
  using folder = new Folder({ ...files, 'nhipol.toml': 'polices = 1\n[check]\nformat = 2' });
  const { code, err } = await folder.run(['check'], { inside: true });
  expect(code).toBe(2);
  expect(err).toBe(
    [
      'nhipol: nhipol.toml:1: unknown key `polices`: did you mean `policies`?',
      'nhipol: nhipol.toml:3: `check.format`: expected one of "pretty", "json", "sarif", "github", found 2',
      '',
    ].join('\n'),
  );
  const args = ['eval', 'p.nhipol', '--request', 'request.json', '--engine', 'evaluator'];
  expect((await folder.run(args, { inside: true })).code).toBe(0);
});

test('`config` prints each value and its source', async () => {
  using folder = new Folder({ 'nhipol.toml': '[compile]\nrequests = 9\n' });
  const shown = await folder.run(['config'], { inside: true });
  expect(shown).toEqual({
    code: 0,
    err: '',
    out: [
      'nhipol.toml',
      '',
      '  policies              not set            default',
      '  check.format          "pretty"           default',
      '  check.deny-warnings   false              default',
      '  check.advise          false              default',
      '  test.engine           "both"             default',
      '  test.coverage         not set            default',
      '  test.coverage-output  not set            default',
      '  test.min              not set            default',
      '  verify.samples        10000              default',
      '  verify.output         "counterexamples"  default',
      '  mutate.samples        1000               default',
      '  mutate.min            not set            default',
      '  compile.output        not set            default',
      '  compile.requests      9                  nhipol.toml:2',
      '  compile.validate      true               default',
      '  compile.simd          false              default',
      '  compile.sessions      false              default',
      '  compile.possible      false              default',
      '',
    ].join('\n'),
  });
  const { out } = await folder.run(['config', '--format', 'json'], { inside: true });
  const { file, settings } = JSON.parse(out);
  expect(file).toBe('nhipol.toml');
  expect(settings).toContainEqual({ key: 'policies', value: null, source: 'default' });
  expect(settings).toContainEqual({ key: 'compile.requests', value: 9, source: 'file', line: 2 });
});

test('`config` of a policy uses the file of its folder, if there is one', async () => {
  using folder = new Folder({ 'a/nhipol.toml': 'policies = ["x"]', 'b/p.nhipol': policy });
  const there = await folder.run(['config', 'a/p.nhipol'], { inside: true });
  expect(there.out).toMatch(/\["x"\] +a\/nhipol\.toml:1\n/);
  const none = await folder.run(['config', 'b/p.nhipol'], { inside: true });
  expect(none.out).toMatch(/^no nhipol\.toml found\n/);
});
