// The assembler's thread: each call gets its own answer, and a thread that ends fails its calls, not the process.

import { createAssembler } from '@nhipol/cli';
import { expect, test } from 'vitest';
import { assemble } from '../../../cli/engines/assemble.ts';

const options = { memoryBase: 1024, initialPages: 1, maximumPages: 1, text: true };

/** The URL of a worker that runs `body` for each message `{ id, sources, options }`. */
function worker(body: string): URL {
  const script = `import { parentPort } from 'node:worker_threads';
    parentPort.on('message', ({ id, sources, options }) => { ${body} });`;
  return new URL(`data:text/javascript,${encodeURIComponent(script)}`);
}

test('each call gets its own answer', async () => {
  const assembler = createAssembler(
    worker(`setTimeout(() => parentPort.postMessage(
      { id, result: { failure: sources.get('entry.ts') + options.memoryBase } }), 60 - id * 20)`),
  );
  const calls = ['a', 'b', 'c'].map((text) => assembler(new Map([['entry.ts', text]]), options));
  expect(await Promise.all(calls)).toEqual([
    { failure: 'a1024' },
    { failure: 'b1024' },
    { failure: 'c1024' },
  ]);
});

test('a thread that ends fails its calls, and the next call starts a new one', async () => {
  const assembler = createAssembler(
    worker(`if (sources.has('crash')) process.exit(1);
      if (sources.has('throw')) throw new Error('out of luck');
      parentPort.postMessage({ id, result: { failure: 'fine' } });`),
  );
  const ended = { failure: 'the assembler ended without an answer' };
  expect(await assembler(new Map([['crash', '']]), options)).toEqual(ended);
  expect(await assembler(new Map([['throw', '']]), options)).toEqual({
    failure: 'the assembler failed: out of luck',
  });
  expect(await assembler(new Map(), options)).toEqual({ failure: 'fine' });
});

test('asc compiles several sources to one module in memory', async () => {
  const sources = new Map([
    [
      'entry.ts',
      "import { two } from './numbers';\nexport function four(): i32 { return two() * 2; }",
    ],
    [
      'numbers.ts',
      'export function two(): i32 { return load<i32>(1024); }\nmemory.data<i32>([2]);',
    ],
  ]);
  const made = await assemble(sources, { ...options, initialPages: 2, maximumPages: 2 });
  if ('failure' in made) throw new Error(made.failure);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(made.wasm as BufferSource));
  const { four, memory } = exports as unknown as { four: () => number; memory: WebAssembly.Memory };
  expect(four()).toBe(4);
  expect(memory.buffer.byteLength).toBe(2 * 65_536);
  expect(() => memory.grow(1)).toThrow();
  expect(made.wat).toContain('(export "four"');
});

test('sources that asc rejects fail with its message', async () => {
  const made = await assemble(
    new Map([['entry.ts', 'export function f(): i32 { return x; }']]),
    options,
  );
  expect(made).toMatchObject({ failure: expect.stringContaining("Cannot find name 'x'") });
});
