// `nhipol compile`: the files that it writes, the cases in which it writes none, and the stages that it prints.

import { type Bindings, LoadError, load } from '@nhipol/runtime';
import { afterEach, expect, test, vi } from 'vitest';
import * as testing from '../../../assurance/testing/validate/validate.ts';
import { Folder } from '../../support/system/run-cli.ts';
import { broken, policy, request } from '../policies.ts';

vi.mock('../../../assurance/testing/validate/validate.ts', { spy: true });

afterEach(() => {
  vi.resetAllMocks();
});

const files = { 'p.nhipol': policy, 'request.json': request };

test('writes a module after it agreed with the evaluator', async () => {
  using folder = new Folder(files);
  const args = ['compile', '@p.nhipol', '-o', '@p.wasm', '--requests', '20'];
  const { code, out, err } = await folder.run(args);
  expect({ code, out }).toEqual({ code: 0, out: '' });
  expect(err).toMatch(
    /^p\.wasm: \d+\.\d KB; module and evaluator agree on 20 generated requests and 1 step of its tests \(\d+ ms\)\n.*\n$/,
  );
  expect(WebAssembly.validate(folder.read('p.wasm') as BufferSource)).toBe(true);
  expect(folder.names).toEqual(['p.nhipol', 'p.wasm', 'request.json']);
});

test('writes bindings next to the module, and they fit this module only', async () => {
  using folder = new Folder(files);
  const args = ['compile', '@p.nhipol', '-o', '@p.wasm', '--no-validate', '--bindings', 'ts'];
  expect((await folder.run(args)).code).toBe(0);
  expect(folder.names).toEqual(['p.d.ts', 'p.js', 'p.nhipol', 'p.wasm', 'request.json']);
  const { bindings } = await importBindings(folder.read('p.js'));
  const policy = load(folder.read('p.wasm'), { bindings });
  expect(policy.decide(JSON.parse(request))).toEqual(policy.decideJson(request));
  const others = { ...bindings, sources: 'others' };
  expect(() => load(folder.read('p.wasm'), { bindings: others })).toThrow(
    new LoadError('the bindings were made for another version of the policy'),
  );
});

/** Imports bindings without their imports, which a data URL cannot resolve and only their own `load` needs. */
async function importBindings(source: Uint8Array): Promise<{ readonly bindings: Bindings }> {
  const text = new TextDecoder().decode(source).replace(/^import .*$/m, '');
  return import(`data:text/javascript,${encodeURIComponent(text)}`);
}

test('rejects --bindings without an output path', async () => {
  using folder = new Folder(files);
  const { code, err } = await folder.run(['compile', '@p.nhipol', '--bindings', 'ts']);
  expect(code).toBe(2);
  expect(err).toContain(
    '--bindings needs a path for the module (-o FILE.wasm), because they are written next to it',
  );
});

test('exits with an internal error if the engines disagree, and writes nothing', async () => {
  using folder = new Folder(files);
  folder.write('p.wasm', 'the old one');
  const answer = { effect: 'permit' } as never;
  vi.mocked(testing.validate).mockReturnValue({
    requests: 1,
    steps: 0,
    milliseconds: 1,
    disagreements: [
      {
        request: '{"subject":5}',
        now: undefined,
        tables: new Map([['t', '{"a":7}']]),
        evaluator: answer,
        module: answer,
      },
    ],
    invariants: [],
  });
  const { code, err } = await folder.run(['compile', '@p.nhipol', '-o', '@p.wasm']);
  expect(code).toBe(70);
  expect(err).toContain('p.wasm was not written: module and evaluator disagree');
  expect(err).toContain('{"subject":5}');
  expect(err).toContain('table t: {"a":7}');
  expect(Buffer.from(folder.read('p.wasm')).toString()).toBe('the old one');
});

test('does not write a module whose policy violates its invariants', async () => {
  const claim = 'invariant "nobody acts" for agent effect >= deny\n';
  using folder = new Folder({ ...files, 'p.nhipol': policy + claim });
  const { code, err } = await folder.run(['compile', '@p.nhipol', '-o', '@p.wasm']);
  expect(code).toBe(1);
  expect(err).toContain('p.wasm was not written: the policy violates its invariants');
  expect(err).toContain('✗ invariant nobody acts');
  expect(folder.names).toEqual(['p.nhipol', 'request.json']);
});

test('--no-validate reports that nothing was compared', async () => {
  using folder = new Folder(files);
  const { err } = await folder.run(['compile', '@p.nhipol', '-o', '@p.wasm', '--no-validate']);
  expect(err).toMatch(/^p\.wasm: \d+\.\d KB; not compared with the evaluator\n.*\n$/);
  expect(testing.validate).not.toHaveBeenCalled();
});

test('reports the maximum steps of a decision and the memory', async () => {
  using folder = new Folder(files);
  const args = ['compile', '@p.nhipol', '-o', '@p.wasm', '--no-validate'];
  const bound =
    /^a decision takes at most [\d,]+ steps for a request of 1 KiB and [\d,]+ for the largest one of 64 KiB; [\d,]+ KiB of memory$/m;
  expect((await folder.run(args)).err).toMatch(bound);
  folder.write('p.nhipol', `${policy}external table quotas: String -> Int\n`);
  expect((await folder.run(args)).err).toContain(' KiB of memory plus the memory of its tables\n');
});

test('--simd writes a module with vector instructions after comparing it with the evaluator', async () => {
  using folder = new Folder(files);
  const args = ['compile', '@p.nhipol', '-o', '@p.wasm', '--requests', '20', '--simd'];
  const { code, err } = await folder.run([...args, '--emit', 'manifest']);
  expect(code).toBe(0);
  expect(err).toContain('module and evaluator agree on 20 generated requests');
  const { manifest } = load(folder.read('p.wasm'));
  expect(manifest.simd).toBe(true);
});

test('writes nothing for a policy with errors', async () => {
  using folder = new Folder({ 'p.nhipol': broken });
  const { code, out, err } = await folder.run(['compile', '@p.nhipol', '-o', '@p.wasm']);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain('error[unknown-member]');
  expect(folder.names).toEqual(['p.nhipol']);
});

test('reports an output that cannot be written, and leaves no files', async () => {
  using folder = new Folder(files);
  const nowhere = ['compile', '@p.nhipol', '-o', '@no/p.wasm', '--no-validate'];
  expect(await folder.run(nowhere)).toMatchObject({
    code: 2,
    err: 'nhipol: cannot write no/p.wasm: no such file or folder\n',
  });
  expect((await folder.run(['compile', '@p.nhipol'])).code).toBe(2);
  expect(folder.names).toEqual(['p.nhipol', 'request.json']);
});

test.for([
  ['ast', '"kind": "PolicyHeader"'],
  ['model', '"name": "acme.files"'],
  ['ir', 'permit #0'],
  ['as', 'export const abi_major: i32 = 2'],
  ['wat', '(export "decide"'],
  ['manifest', '"major": 2'],
] as const)('--emit %s prints that stage', async ([stage, part]) => {
  using folder = new Folder(files);
  const { code, out } = await folder.run(['compile', '@p.nhipol', '--emit', stage]);
  expect(code).toBe(0);
  expect(out).toContain(part);
  if (['ast', 'model', 'manifest'].includes(stage)) expect(JSON.parse(out)).toBeTypeOf('object');
  expect(folder.names).toEqual(['p.nhipol', 'request.json']);
});

test('--timings lists the stages of check and those of compile', async () => {
  using folder = new Folder({ 'p.nhipol': policy, 'request.json': request });
  const args = ['compile', '@p.nhipol', '-o', '@p.wasm', '--timings', '--requests', '20'];
  const { code, err } = await folder.run(args);
  expect(code).toBe(0);
  const stages = [...err.matchAll(/^(\w+) +\d+ ms$/gm)].map(([, stage]) => stage);
  expect(stages).toEqual([
    'start',
    'read',
    'parse',
    'check',
    'warn',
    'lower',
    'plan',
    'describe',
    'emit',
    'assemble',
    'validate',
    'write',
    'total',
  ]);
});
