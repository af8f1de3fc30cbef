// The assembler calls AssemblyScript's functions, keeps parsed files, and includes a part of AssemblyScript's standard
// library. Its modules are those of AssemblyScript's command line.

import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Assembler } from '@nhipol/compiler';
import { makeAssembler } from '@nhipol/compiler/asc';
import type { PolicyModel } from '@nhipol/language/model';
import asc from 'assemblyscript/asc';
import { expect, test } from 'vitest';
import { loadTools } from '../../cli/engines/assemble.ts';
import { ascVersion } from '../../compiler/asc/library.generated.ts';
import {
  type AssemblerOptions,
  type CompileOptions,
  compile,
  compileMany,
} from '../../compiler/public.ts';
import { loadPolicy } from '../scenarios/load-policy.ts';
import { goldenCases } from '../support/golden-cases.ts';
import { layouts } from '../support/policies/layouts.ts';

/** Half a minute if nothing else runs. */
const timeout = 300_000;

interface Program {
  readonly sources: ReadonlyMap<string, string>;
  readonly options: AssemblerOptions;
}

const examples = readdirSync('examples', { withFileTypes: true })
  .filter(
    (each) => each.isDirectory() && readdirSync(`examples/${each.name}`).includes('policy.nhipol'),
  )
  .map(({ name }) => loadPolicy(`examples/${name}/policy.nhipol`).policy ?? expect.fail(name));

test('the modules of the examples are those of the command line of AssemblyScript, in any order', {
  timeout,
}, async () => {
  const everything = { sessions: true, possible: true };
  const programs = await Promise.all(
    examples.map((policy, index) =>
      linkPolicy(policy, index % 2 === 0 ? {} : { ...everything, simd: index % 3 === 0 }),
    ),
  );
  expect(programs.length).toBeGreaterThan(10);
  const expected: Uint8Array[] = [];
  for (const program of programs) expected.push(await assembleByCommandLine(program));
  const assemble = await strictAssembler();
  for (const [at, program] of programs.entries())
    expect(same(await assemble(program), expected[at])).toBe(true);
  for (const [at, program] of [...programs.entries()].reverse())
    expect(same(await assemble(program), expected[at])).toBe(true);
});

test('every part of the language compiles with the part of the standard library', {
  timeout,
}, async () => {
  const assemble = await strictAssembler();
  const cases = goldenCases();
  expect(cases.length).toBeGreaterThan(30);
  for (const { name, policy } of cases) {
    const parts = { sessions: true, possible: true, simd: true };
    expect({ name, ...(await assemble(await linkPolicy(policy, parts))) }).toHaveProperty('wasm');
  }
  const policies = cases.map(({ policy }) => policy);
  for (const { layout, planning } of layouts) {
    const program = await link((assembler) => compileMany(policies, assembler, planning, true));
    expect({ layout, ...(await assemble(program)) }).toHaveProperty('wasm');
  }
});

test('a program that needs more of the standard library is compiled with all of it', async () => {
  let loads = 0;
  const loadWholeLibrary = async () => {
    loads += 1;
    return asc.libraryFiles;
  };
  const assemble = makeAssembler({ ...(await loadTools()), loadWholeLibrary }, 'none');
  // AssemblyScript reports the first as an error, and throws for the second.
  for (const value of ['Math.sin(x)', 'f64.parse([1, 2].join("."))']) {
    const sources = new Map([['entry.ts', `export function f(x: f64): f64 { return ${value}; }`]]);
    const options = { memoryBase: 1 << 16, initialPages: 4, maximumPages: 4, text: false };
    expect(await assemble(sources, options)).toHaveProperty('wasm');
  }
  expect(loads).toBe(2);
});

test('a file that changed is parsed again', async () => {
  const assemble = await strictAssembler();
  const answers: number[] = [];
  for (const number of [1, 2, 1]) {
    const sources = new Map([
      ['entry.ts', "export { answer } from './answer';\n"],
      ['answer.ts', `export function answer(): i32 { return ${number}; }\n`],
    ]);
    const options = { memoryBase: 1024, initialPages: 1, maximumPages: 1, text: false };
    const result = await assemble({ sources, options });
    if ('failure' in result) throw new Error(result.failure);
    const module = new WebAssembly.Module(result.wasm as BufferSource);
    const { exports } = new WebAssembly.Instance(module);
    answers.push((exports as unknown as { answer: () => number }).answer());
  }
  expect(answers).toEqual([1, 2, 1]);
});

test('the part of the standard library is that of the installed version', () => {
  const { version } = createRequire(import.meta.url)('assemblyscript/package.json');
  // Otherwise, run `npm run generate:asc-library`.
  expect(ascVersion).toBe(version);
});

/** An assembler that fails when the part of the standard library is not enough. */
async function strictAssembler() {
  const loadWholeLibrary = (): never => {
    throw new Error('more of the standard library is needed');
  };
  const assemble = makeAssembler({ ...(await loadTools()), loadWholeLibrary }, 'none');
  return ({ sources, options }: Program) => assemble(sources, options);
}

function linkPolicy(policy: PolicyModel, parts: CompileOptions): Promise<Program> {
  return link((assembler) => compile(policy, assembler, parts));
}

/** Returns what a compilation gives to its assembler. */
function link(compilePolicy: (assembler: Assembler) => Promise<object>): Promise<Program> {
  return new Promise((resolve, reject) => {
    const capture: Assembler = async (sources, options) => {
      resolve({ sources, options });
      return { failure: 'only the sources are needed' };
    };
    compilePolicy(capture).catch(reject);
  });
}

async function assembleByCommandLine({ sources, options }: Program): Promise<Uint8Array> {
  let output: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      'entry.ts',
      '--outFile',
      'module.wasm',
      '--optimizeLevel',
      '0',
      '--runtime',
      'stub',
      '--noAssert',
      '--use',
      'abort=',
      ...['nontrapping-f2i', 'sign-extension', 'mutable-globals'].flatMap((name) => [
        '--disable',
        name,
      ]),
      ...(options.simd ? ['--enable', 'simd'] : []),
      '--memoryBase',
      String(options.memoryBase),
      '--initialMemory',
      String(options.initialPages),
      '--maximumMemory',
      String(options.maximumPages),
    ],
    {
      readFile: (name) => sources.get(name) ?? null,
      writeFile: (_, contents) => {
        output = contents as Uint8Array;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || output === undefined) throw new Error(stderr.toString());
  return new Uint8Array(output);
}

/** Whether a module has the expected bytes; printing a difference of them takes minutes. */
function same(result: Awaited<ReturnType<Assembler>>, expected: Uint8Array | undefined): boolean {
  if ('failure' in result) throw new Error(result.failure);
  return expected !== undefined && Buffer.from(result.wasm).equals(expected);
}
