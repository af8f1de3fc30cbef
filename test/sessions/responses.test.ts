// The response that a module writes for a session is the host's answer as AuthZEN JSON, at every step of a session.

import { compile } from '@nhipol/compiler';
import { changeRequest, evaluate } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { stringify, toAuthZen } from '@nhipol/runtime';
import { forms, type ModuleExports, type SessionExports } from '@nhipol/runtime/abi';
import { noTables } from '@nhipol/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createModuleSessions } from '../../assurance/testing/runner/sessions.ts';
import { runs } from '../support/budget.ts';
import { assembleQuickly } from '../support/modules/assembler.ts';
import { createLoadedPolicy } from '../support/modules/engines.ts';
import { readResponse } from '../support/modules/written-response.ts';
import {
  examples,
  generateRequests,
  readRequestTime,
  seed,
} from '../support/policies/property-policies.ts';
import { sessionPolicy, sessionRequest, sessionStep } from '../support/sessions/session-steps.ts';

async function openModule(policy: PolicyModel) {
  const { wasm, manifest } = await compile(policy, assembleQuickly, { sessions: true });
  const { instance } = await WebAssembly.instantiate(wasm as BufferSource);
  const exports = instance.exports as unknown as ModuleExports & SessionExports;
  let isLatest = false;
  const observed: ModuleExports & SessionExports = {
    ...exports,
    session_decide: (...args) => {
      isLatest = true;
      return exports.session_decide(...args);
    },
  };
  const sessions = createModuleSessions(
    createLoadedPolicy({ manifest, encoding: undefined }, observed),
  );
  /** Whether the module holds the answer that its host returned last. */
  const takeLatest = () => {
    const was = isLatest;
    isLatest = false;
    return was;
  };
  return { exports, sessions, takeLatest };
}

function isValid(policy: PolicyModel, request: string, now: bigint): boolean {
  const bytes = new TextEncoder().encode(request);
  return evaluate(policy, bytes, { now, precedence: 'host' }).error === undefined;
}

test('every response of a session with history is its answer', async () => {
  const { exports, sessions, takeLatest } = await openModule(sessionPolicy);
  const compared = new Set<string>();
  const property = fc.property(fc.array(sessionStep, { maxLength: 40, size: 'max' }), (steps) => {
    const session = sessions(sessionRequest, 0n);
    let request = sessionRequest;
    let now = 0n;
    const check = (answer: ReturnType<typeof session.ask>) => {
      if (!takeLatest()) return;
      expect(readResponse(exports, forms.response).text).toBe(stringify(toAuthZen(answer)));
      for (const id of answer.reasons) compared.add(id);
    };
    for (const each of steps) {
      if (each.kind === 'wait') now += BigInt(each.by);
      else if (each.kind === 'ask') check(session.ask(now));
      else if (each.kind === 'patch') {
        const changed = changeRequest(request, [each.change]);
        if (!isValid(sessionPolicy, changed, now)) continue;
        request = changed;
        session.change([each.change], noTables);
      } else if (each.name !== 'unheard' && each.text !== 5) {
        const key = each.name === 'read' ? 'source' : 'reason';
        const payload = JSON.stringify({ [key]: each.text });
        const time = each.late === undefined ? undefined : now - BigInt(each.late);
        session.receive({ name: each.name, payload, time }, now);
      }
      check(session.judge(now));
    }
  });
  fc.assert(property, { numRuns: runs(300), seed });
  expect(compared.size).toBeGreaterThan(3);
});

test.each(examples)('every response of a session is its answer: %s', async (_, policy) => {
  const { exports, sessions, takeLatest } = await openModule(policy);
  let count = 0;
  for (const request of generateRequests(policy)) {
    const now = readRequestTime(request);
    if (!isValid(policy, request.text, now)) continue;
    const session = sessions(request.text, now);
    for (const ask of [() => session.ask(now), () => session.judge(now + 1000n)]) {
      const answer = ask();
      if (!takeLatest()) continue;
      expect(readResponse(exports, forms.response).text).toBe(stringify(toAuthZen(answer)));
      count += 1;
    }
  }
  expect(count).toBeGreaterThan(0);
});
