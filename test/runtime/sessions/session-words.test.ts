// Sessions of a policy whose rules depend on atoms, numbers and instants alone are evaluated again without their
// other facts: as time passes and numbers change, sweeps find exactly the sessions to which the evaluator gives
// another answer. Members are missing in some sessions, so that leftovers of one session would show in the next.

import { compile } from '@nhipol/compiler';
import { evaluate } from '@nhipol/language';
import { load } from '@nhipol/runtime';
import { expect, test } from 'vitest';
import { createRegistry } from '../../../runtime/sessions/create-sessions.ts';
import { checkPolicy } from '../../support/checking.ts';
import { assemble } from '../../support/modules/assembler.ts';

const policy = checkPolicy(`policy p
subject agent { until?: Timestamp, scopes?: Set<String> }
subject user { born?: Timestamp }
resource any { tool?: String, limit: Int = 5 }
context { time: Timestamp, risk?: Int, grace: Duration = 5s }
for any {
  permit fine when context.risk < 50 and resource.limit > 3
}
for agent {
  deny over when context.time >= subject.until
  revoke gone when context.time > subject.until + context.grace, if unknown skip
  challenge tool when resource.tool not in subject.scopes
}
for user {
  deny old when age(subject.born) > 12s
}`);

const start = Date.parse('2026-03-03T10:00:00Z');
const after = (seconds: number) => new Date(start + seconds * 1000).toISOString();

const subjects = [
  ...[
    {},
    { until: after(4), scopes: ['a'] },
    { until: after(9) },
    { until: after(60), scopes: [] },
  ].map((properties) => ({ type: 'agent', id: 'x', properties })),
  ...[{}, { born: after(-3) }, { born: after(-10) }].map((properties) => ({
    type: 'user',
    id: 'x',
    properties,
  })),
];
const resources = [{}, { tool: 'a' }, { tool: 'b', limit: 2 }].map((properties) => ({
  type: 'file',
  id: 'f',
  properties,
}));
const contexts = [{}, { risk: 20 }, { risk: 60, grace: 1 }];

const requests = subjects.flatMap((subject) =>
  resources.flatMap((resource) =>
    contexts.map((context) => ({ subject, action: { name: 'use' }, resource, context })),
  ),
);

test('sweeps and decisions by numbers alone equal those of the evaluator', async () => {
  const { wasm, assembly } = await compile(policy, assemble, { sessions: true });
  // Atoms are stored in the session, and are too many for a packed answer.
  expect(assembly).toContain('store<u64>(session, sure);');
  expect(assembly).toContain('resource: i32): u32 { return 3; }');
  let now = start;
  const sessions = createRegistry(load(wasm), { clock: { now: () => now, at: () => () => {} } });
  const live = requests.map((request, index) => ({
    id: `s${index}`,
    request,
    answer: '',
  }));
  const evaluateRequest = (request: object) => {
    const text = new TextEncoder().encode(JSON.stringify(request));
    const { effect, reasons } = evaluate(policy, text, { now: BigInt(now), precedence: 'host' });
    return `${effect} ${reasons}`;
  };
  for (const each of live) {
    sessions.open(each.id, each.request);
    const { effect, reasons } = sessions.decide(each.id);
    each.answer = evaluateRequest(each.request);
    expect(`${effect} ${reasons}`).toBe(each.answer);
  }
  let changes = 0;
  for (let step = 1; step <= 40; step += 1) {
    now += 500;
    for (const each of live.filter(
      ({ request }, at) => at % 7 === step % 7 && 'risk' in request.context,
    )) {
      const risk = (step * 37) % 100;
      sessions.patch(each.id, 'context.risk', risk);
      each.request = { ...each.request, context: { ...each.request.context, risk } };
    }
    const expected = live.flatMap((each) => {
      const answer = each.answer.startsWith('revoke') ? each.answer : evaluateRequest(each.request);
      if (answer === each.answer) return [];
      each.answer = answer;
      return [`${each.id} ${answer}`];
    });
    const found = sessions
      .sweep()
      .map(({ id, answer }) => `${id} ${answer.effect} ${answer.reasons}`);
    expect(found.sort()).toEqual(expected.sort());
    changes += found.length;
  }
  expect(changes).toBeGreaterThan(40);
});
