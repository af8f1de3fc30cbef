// Requests from a stream: lines are independent of its chunks, and memory is limited to that of a request.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRequest, readRequestLines } from '../../cli/io/request-lines.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

async function* stream(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function readLines(chunks: Iterable<Uint8Array>): Promise<string[]> {
  const lines: string[] = [];
  for await (const batch of readRequestLines(stream(chunks))) {
    for (const line of batch) lines.push(decoder.decode(line));
  }
  return lines;
}

test.for([
  ['', []],
  ['a', ['a']],
  ['a\n', ['a']],
  ['\n', ['']],
  ['a\n\nb', ['a', '', 'b']],
  ['\n\na\n', ['', '', 'a']],
] as const)('%j has the lines %j', async ([text, lines]) => {
  expect(await readLines([encoder.encode(text)])).toEqual(lines);
});

test('lines do not depend on the chunks of the stream', async () => {
  const text = fc
    .array(fc.constantFrom('a', 'é', '\n'), { maxLength: 20 })
    .map((all) => all.join(''));
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.nat(4), { maxLength: 10 }), async (whole, sizes) => {
      const bytes = encoder.encode(whole);
      const chunks: Uint8Array[] = [];
      let at = 0;
      for (const size of sizes) {
        chunks.push(bytes.subarray(at, at + size));
        at += size;
      }
      chunks.push(bytes.subarray(at));
      expect(await readLines(chunks)).toEqual(await readLines([bytes]));
    }),
  );
});

test('yields a line as soon as it ends', async () => {
  const lines = readRequestLines(
    (async function* () {
      yield encoder.encode('a\nb');
      throw new Error('asked for more');
    })(),
  );
  expect(decoder.decode((await lines.next()).value?.[0])).toBe('a');
});

test('stores only the beginning of an endless request', async () => {
  const mebibyte = encoder.encode('x'.repeat(1024 * 1024));
  let taken = 0;
  async function* endless() {
    for (;;) {
      taken += 1;
      yield mebibyte;
    }
  }
  expect((await readRequest(endless())).length).toBe(1024 * 1024);
  expect(taken).toBeLessThan(3);
  const chunks = [...Array.from({ length: 64 }, () => mebibyte), encoder.encode('\nnext\n')];
  const lines = await readLines(chunks);
  expect(lines.map((line) => line.length)).toEqual([1024 * 1024, 4]);
});
