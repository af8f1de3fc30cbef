// The response that a module writes is the evaluator's answer as AuthZEN JSON, byte for byte; and answers with the same
// key differ only in how long they are valid.

import { stringify, toAuthZen } from '@nhipol/runtime';
import { forms, type ModuleExports } from '@nhipol/runtime/abi';
import { fillModule } from '@nhipol/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../support/budget.ts';
import { evaluator, loadPolicies } from '../support/modules/engines.ts';
import { readResponse, type Written } from '../support/modules/written-response.ts';
import { compiled, generateRequests, seed } from '../support/policies/property-policies.ts';

const exportsOf: ModuleExports[] = [];
const modules = await loadPolicies(
  compiled.map(([, policy]) => policy),
  undefined,
  undefined,
  {
    change: (exports) => {
      exportsOf.push(exports);
      return exports;
    },
  },
);

function decide({ memory, request, decide }: ModuleExports, bytes: Uint8Array, now?: bigint): void {
  const address = request(bytes.length) >>> 0;
  if (address !== 0) new Uint8Array(memory.buffer).set(bytes, address);
  const instant = now === undefined ? Number.NaN : Number(now);
  decide(bytes.length, instant, now === undefined ? 1 : 0, forms.header);
}

/** Without the member that contains the instant until when it is valid. */
function removeExpiry({ text, untilOffset }: Written): string {
  if (untilOffset === 0) return text;
  const before = text.slice(0, untilOffset).replace(/,"valid_until":"$/, '');
  return before + text.slice(text.indexOf('"', untilOffset) + 1);
}

test.each(compiled.map(([name, policy], index) => ({ name, policy, index })))(
  'the response is the answer as JSON: $name',
  ({ policy, index }) => {
    const exports = exportsOf[index] ?? expect.fail('no module');
    const loaded = modules[index] ?? expect.fail('no module');
    const ask = evaluator(policy);
    const byKey = new Map<bigint, string>();
    const check = (
      bytes: Uint8Array,
      now: bigint | undefined,
      tables: Parameters<typeof ask>[2],
    ) => {
      fillModule(loaded, tables ?? new Map());
      decide(exports, bytes, now);
      const answer = readResponse(exports, forms.response);
      const expected = stringify(toAuthZen(ask(bytes, now, tables)));
      expect(answer.text).toBe(expected);
      const { key } = answer;
      const head = { ...answer, text: '', untilOffset: 0 };
      expect(readResponse(exports, forms.keyedHeader)).toEqual(head);
      expect(readResponse(exports, forms.header)).toEqual({ ...head, key: 0n });
      expect(readResponse(exports, forms.unlessKeyed).text === '').toBe(key !== 0n);
      if (key === 0n) return;
      const before = byKey.get(key) ?? removeExpiry(answer);
      expect(removeExpiry(answer)).toBe(before);
      byKey.set(key, before);
    };
    for (const { text, now, tables } of generateRequests(policy)) {
      check(new TextEncoder().encode(text), now, tables);
    }
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), {
      minLength: 1,
      maxLength: 3,
    });
    const property = fc.property(
      fc.constantFrom(...generateRequests(policy)),
      changes,
      (request, places) => {
        const bytes = new TextEncoder().encode(request.text);
        for (const [at, byte] of places) bytes[at % Math.max(1, bytes.length)] = byte;
        check(bytes, request.now, request.tables);
      },
    );
    fc.assert(property, { numRuns: runs(300, 50), seed });
  },
);
