// Tests what a module writes when it explains an answer: nothing for a direct rule among many rows whose
// message has no placeholders.

import { forms } from '@nhipol/runtime/abi';
import { expect, test } from 'vitest';
import { compileMany } from '../../compiler/public.ts';
import { checkPolicy } from '../support/checking.ts';
import { createCachedAssembler } from '../support/modules/assembler.ts';

const alike = Array.from(
  { length: 40 },
  (_, at) =>
    `deny over_${at} when action.name is "act_${at}" and subject.used > ${at} because "used {subject.used}"`,
);
const policy = checkPolicy(`policy p
subject agent { used: Int, idle?: Bool }
for agent {
  permit ok otherwise
  deny idle when subject.idle
  ${alike.join('\n  ')}
}`);

const request = new TextEncoder().encode(
  JSON.stringify({
    subject: { type: 'agent', id: 'a', properties: { used: 0 } },
    action: { name: 'x' },
    resource: { type: 'r', id: 'i' },
    context: {},
  }),
);

test('memory before the first used address stays unchanged', async () => {
  const { wasm } = await compileMany([policy], createCachedAssembler('none'));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm as BufferSource));
  const { memory, request_0, decide_0 } = exports as {
    readonly memory: WebAssembly.Memory;
    readonly request_0: (length: number) => number;
    readonly decide_0: (length: number, now: number, clock: number, form: number) => number;
  };
  const start = new Uint8Array(memory.buffer, 0, 16);
  const marks = new Uint8Array(memory.buffer, 0, 4).fill(0xab);
  new Uint8Array(memory.buffer).set(request, request_0(request.length));
  decide_0(request.length, Number.NaN, 0, forms.response);
  expect([...marks]).toEqual([0xab, 0xab, 0xab, 0xab]);
  expect([...start.subarray(4)]).toEqual(Array.from({ length: 12 }, () => 0));
});
