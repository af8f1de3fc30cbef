// Random logs of sessions: evaluator and module give the same answers to them, and the passage of time
// changes an answer only at the instant at which it ends.

import { compile } from '@nhipol/compiler';
import { load } from '@nhipol/runtime';
import {
  createComparingHost,
  createEvaluatorHost,
  createModuleHost,
  type ReplayLine,
  replay,
} from '@nhipol/testing/replay';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonMembers } from '../../../assurance/testing/generate/request-parts.ts';
import type { SessionInput } from '../../../assurance/testing/replay/log-line.ts';
import { runs } from '../../support/budget.ts';
import { assembleQuickly } from '../../support/modules/assembler.ts';
import { seed } from '../../support/policies/property-policies.ts';
import { sessionPolicy, sessionRequest } from '../../support/sessions/session-steps.ts';

const { wasm } = await compile(sessionPolicy, assembleQuickly, { sessions: true });

const request = JSON.parse(sessionRequest) as JsonMembers;

const action = fc.record(
  {
    name: fc.constantFrom('call', 'send', 'other'),
    properties: fc.constantFrom({ tool: 't', host: 'h' }, { tool: 'u' }, { tool: 't', host: null }),
  },
  { requiredKeys: ['name'] },
);
const resource = fc.constantFrom(
  { type: 'secret', id: 's', properties: { change: 'c' } },
  { type: 'secret', id: 's', properties: { change: 'd' } },
  { type: 'file', id: 'f' },
);
const risk = fc.constantFrom<JsonMembers>(
  { level: 'high' },
  { level: 'low', observed_at: '1970-01-01T00:00:04Z' },
  { observed_at: null },
  { level: 7 },
);
const context = fc.constantFrom({}, { note: 'n' }, { time: '2000-01-01T00:00:00Z' });

const part = fc.oneof(
  risk.map((level) => ({ subject: { properties: { risk: level } } })),
  fc.constantFrom<JsonMembers>(
    { action: { properties: { host: 'i' } } },
    { resource: { properties: { change: null } } },
    { resource: { id: null } },
    {},
  ),
);
const whole = fc.record<JsonMembers>(
  {
    subject: fc.constantFrom<JsonMembers>(
      request.subject as JsonMembers,
      { type: 'agent', id: 'b' },
      { type: 'agent' },
    ),
    action,
    resource,
    context,
  },
  { requiredKeys: [] },
);

/** A session can open before its action and resource are known. */
const { subject, ...others } = request;
const opening = fc.constantFrom<JsonMembers>(
  request,
  request,
  { subject: subject as JsonMembers },
  { subject: subject as JsonMembers, action: others.action as JsonMembers },
);

const payload: fc.Arbitrary<SessionInput> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .record<JsonMembers>({ action, resource, context }, { requiredKeys: [] })
      .map((query): SessionInput => ({ kind: 'decide', query })),
  },
  part.map((each): SessionInput => ({ kind: 'patch', part: each })),
  whole.map((each): SessionInput => ({ kind: 'replace', part: each })),
  fc
    .record({
      name: fc.constantFrom('read', 'failed'),
      payload: fc.constantFrom<JsonMembers>(
        {},
        { source: 'web' },
        { reason: 'test' },
        { source: 5 },
      ),
      time: fc.constantFrom(undefined, 0n, 2_000n, 1_000_000n),
      isPayloadUnknown: fc.option(fc.constant(true as const), { nil: undefined, freq: 3 }),
    })
    .map(({ isPayloadUnknown: unknown, ...rest }) =>
      unknown === undefined ? rest : { ...rest, isPayloadUnknown: unknown },
    )
    .map((each): SessionInput => ({ kind: 'signal', ...each })),
  opening.map((each): SessionInput => ({ kind: 'open', request: each })),
  fc.constant<SessionInput>({ kind: 'close' }),
);

const steps = fc.array(
  fc.record({
    session: fc.constantFrom('a', 'b'),
    by: fc.constantFrom(0, 1, 900, 3_000),
    input: payload,
  }),
  { maxLength: 40, size: 'max' },
);

const log = fc.tuple(opening, opening, steps).map(([first, second, rest]) => {
  let at = 0n;
  const opened = [first, second].map((each, index) => ({
    session: 'ab'.charAt(index),
    by: 0,
    input: { kind: 'open', request: each } as const,
  }));
  return [...opened, ...rest].map(({ by, ...line }, index): ReplayLine => {
    at += BigInt(by);
    return { line: index + 1, at, ...line };
  });
});

test('evaluator and module agree on a log', () => {
  const seen = new Set<string>();
  const property = fc.property(log, (lines) => {
    const host = createComparingHost(
      createEvaluatorHost(sessionPolicy),
      createModuleHost(load(wasm)),
    );
    const { timeline } = replay(host, lines, undefined);
    for (const { cause, isOther, instant: at, answer, before, session } of timeline.happenings) {
      seen.add(`${cause.kind}${isOther ? ' changes' : ''}`);
      if (cause.kind !== 'time') continue;
      expect(isOther).toBe(true);
      expect(before?.effect).not.toBe('revoke');
      expect(answer?.validUntil ?? Number(at) + 1).toBeGreaterThan(Number(at));
      expect(timeline.lanes.map(({ id }) => id)).toContain(session);
    }
    for (const { spans } of timeline.lanes) {
      for (const [index, { from, to }] of spans.entries()) {
        expect(to).toBeGreaterThanOrEqual(from);
        expect(from).toBeGreaterThanOrEqual(spans[index - 1]?.to ?? timeline.from);
      }
      expect(spans.at(-1)?.to ?? 0n).toBeLessThanOrEqual(timeline.until);
    }
  });
  fc.assert(property, { numRuns: runs(300, 40), seed });
  for (const kind of ['time', 'patch', 'replace', 'signal', 'decide'])
    expect(seen).toContain(`${kind} changes`);
});
