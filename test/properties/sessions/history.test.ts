// History terms over generated events: they agree with a second implementation that stores no more than a
// session must; they are unchanged until the instant that they report, and changed then; and they do not
// depend on the order in which signals arrive.

import { decode, ExpressionEvaluator, type HistoryEvent } from '@nhipol/language';
import type { Expr, PolicyModel } from '@nhipol/language/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EvaluatedValue } from '../../../language/evaluator/outcome.ts';
import { decodePayload } from '../../../language/request/decode.ts';
import {
  type Asked,
  asked,
  computeExpected,
  events,
  start,
  type Term,
  type Told,
  term,
  termText,
} from '../../support/arbitraries/histories.ts';
import { checkPolicy } from '../../support/checking.ts';
import { sessionNodeKinds } from '../../support/constructs/existing.ts';
import { listSyntax } from '../../support/constructs/in-use.ts';
import { missing } from '../../support/constructs/names.ts';

const terms = fc.sample(term, { numRuns: 400, seed: 1 });
const text = `policy p
subject agent {}
action call { host?: String, amount?: Int(0..) }
action any {}
resource any {}
context { time: Timestamp }
signals { a: { text?: String, resource?: { id?: String }, amount?: Int(0..) }, b: {} }
for agent doing call {
${terms.map((each, at) => `deny r${at} when ${termText(each)}`).join('\n')}
}`;
const policy: PolicyModel = checkPolicy(text);
const conditions = policy.rules.map(({ condition }) => condition);

function writeRequest({
  action,
  host,
  type,
  id,
  amount,
}: Pick<Told, 'action' | 'host' | 'type' | 'id' | 'amount'>) {
  const request = {
    subject: { type: 'agent', id: 's' },
    action: { name: action, properties: { host, amount } },
    resource: { type, id },
  };
  const bytes = new TextEncoder().encode(JSON.stringify(request));
  const { facts } = decode(policy, bytes, { now: 0n, precedence: 'host' });
  if (facts === undefined) throw new Error('a request that can be read');
  return facts;
}

function toEvent(generated: Told): HistoryEvent {
  const at = { time: BigInt(generated.time), recorded: BigInt(generated.recorded) };
  if (generated.kind === 'decision')
    return { ...at, kind: 'decision', effect: generated.effect, facts: writeRequest(generated) };
  const json =
    generated.kind === 'a'
      ? { text: generated.text, resource: { id: generated.id }, amount: generated.amount }
      : {};
  const bytes = new TextEncoder().encode(JSON.stringify(json));
  const shape = policy.signals.get(generated.kind);
  const payload = shape && decodePayload(policy, shape, bytes);
  if (payload === undefined || 'code' in payload) throw new Error('a signal that can be read');
  return { ...at, kind: 'signal', name: generated.kind, payload, call: undefined };
}

/** The result of a condition in a session with these events. */
function evaluateCondition(
  condition: Expr,
  all: readonly Told[],
  present: Asked,
  now: number,
): EvaluatedValue {
  const facts = writeRequest({ action: 'call', type: 'file', ...present });
  const session = { ...facts, now: BigInt(now), events: all.map(toEvent) };
  return new ExpressionEvaluator(session, new Map()).evaluate(condition);
}

const cases = fc.record({
  at: fc.nat({ max: terms.length - 1 }),
  all: events,
  present: asked,
  later: fc.constantFrom(0, 0, 1, 3, 9),
});

function computeNow(all: readonly Told[], later: number): number {
  return (all.at(-1)?.recorded ?? start) + later;
}

test('the evaluator agrees with the second implementation', () => {
  fc.assert(
    fc.property(cases, ({ at, all, present, later }) => {
      const now = computeNow(all, later);
      const { value, edge } = evaluateCondition(conditions[at] as Expr, all, present, now);
      const found = { value, edge: edge === undefined ? undefined : Number(edge) };
      expect(found).toEqual(computeExpected(terms[at] as Term, all, present, now));
    }),
    { numRuns: 6_000 },
  );
});

test('a value is valid until the reported instant, and no longer', () => {
  const seen = new Set<unknown>();
  fc.assert(
    fc.property(cases, ({ at, all, present, later }) => {
      const now = computeNow(all, later);
      const evaluateInstant = (instant: number) =>
        evaluateCondition(conditions[at] as Expr, all, present, instant);
      const { value, edge } = evaluateInstant(now);
      const end = edge === undefined ? now + 40 : Number(edge);
      for (let instant = now; instant < Math.min(end, now + 40); instant += 1)
        expect(evaluateInstant(instant).value).toBe(value);
      expect(evaluateInstant(end - 1).value).toBe(value);
      if (edge === undefined) return;
      seen.add(value);
      expect(evaluateInstant(end).value).not.toBe(value);
    }),
    { numRuns: 700 },
  );
  expect(seen).toEqual(new Set([true, false, undefined]));
});

test('the order in which signals arrive changes nothing', () => {
  const unkeyed = terms.flatMap(({ pattern, start }, at) =>
    pattern.key === undefined && start.key === undefined ? [at] : [],
  );
  const arrivals = events.chain((all) => {
    // Each at its own instant, and all of them received at the end.
    const signals = all
      .filter(({ kind }) => kind !== 'decision')
      .map((event, index) => ({ ...event, time: start + index, recorded: start + 20 }));
    return fc.record({
      signals: fc.constant(signals),
      shuffled: fc.shuffledSubarray(signals, { minLength: signals.length }),
    });
  });
  fc.assert(
    fc.property(
      arrivals,
      fc.constantFrom(...unkeyed),
      asked,
      ({ signals, shuffled }, at, present) => {
        const condition = conditions[at] as Expr;
        expect(evaluateCondition(condition, shuffled, present, start + 20)).toEqual(
          evaluateCondition(condition, signals, present, start + 20),
        );
      },
    ),
    { numRuns: 1_000 },
  );
});

test('the generated policies use every construct about sessions', () => {
  const steps = new Set(['node StepSignal', 'node Grant']);
  const due = new Set([...sessionNodeKinds].filter((name) => !steps.has(name)));
  expect(missing(due, listSyntax([text]))).toEqual([]);
});
