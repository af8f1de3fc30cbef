// Sessions with a common history that are restored from snapshots of different ages, in any order and several times, in
// a new module and in the same one. Together the snapshots contain all events. So answers are those of sessions that
// stayed; and if there are too few places for keys, they are never less strict than if there were enough.

import { compile } from '@nhipol/compiler';
import {
  decideInSession,
  type EvaluatedAnswer,
  type EvaluatorSession,
  noSharedHistory,
  openSession,
  recordSignal,
  reevaluate,
  type SharedHistory,
  withSharedHistory,
} from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { load, toAuthZen } from '@nhipol/runtime';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRegistry } from '../../../runtime/sessions/create-sessions.ts';
import type { SessionRegistry } from '../../../runtime/sessions/registry.ts';
import { runs } from '../../support/budget.ts';
import { assembleQuickly } from '../../support/modules/assembler.ts';
import { seed } from '../../support/policies/property-policies.ts';
import { policyAsking } from '../../support/sessions/shared-steps.ts';

async function compileModule(policy: PolicyModel) {
  const { wasm } = await compile(policy, assembleQuickly, { sessions: true });
  return load(wasm);
}

const owners = ['o', 'o', 'q', 'q', undefined, 'o', 'r'];
const ids = owners.map((_, at) => `s${at}`);

function writeRequest(at: number): string {
  return JSON.stringify({
    subject: { type: 'agent', id: `a${at % 3}`, properties: { owner: owners[at] } },
    action: { name: 'call', properties: { tool: 't', amount: at % 4 } },
    resource: { type: 'file', id: 'f' },
    context: { tenant: at % 2 },
  });
}

const who = fc.nat({ max: owners.length - 1 });
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('decide' as const), who }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('signal' as const), who }) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(0, 1, 700, 2_000, 7_000)
      .map((by) => ({ kind: 'wait' as const, by })),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('save' as const), who }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('again' as const), who }) },
  fc.record({
    kind: fc.constant('restart' as const),
    order: fc.shuffledSubarray(
      ids.map((_, at) => at),
      { minLength: ids.length },
    ),
  }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

interface Saved {
  readonly session: EvaluatorSession;
  readonly text: string;
}

const encoder = new TextEncoder();

interface Version {
  /** The policy of the evaluator. */
  readonly policy: PolicyModel;
  readonly open: () => SessionRegistry;
}

/** Sessions of the evaluator and of a module, whose snapshots are not always taken. Each restart has the next version. */
class Pair {
  readonly #versions: readonly Version[];
  readonly #expect: (expected: EvaluatedAnswer, found: EvaluatedAnswer) => void;
  #module: SessionRegistry;
  #restarts = 0;
  #shared: SharedHistory = noSharedHistory;
  readonly #sessions: EvaluatorSession[];
  readonly #saved: Saved[] = [];

  constructor(
    versions: readonly Version[],
    expectAnswer: (expected: EvaluatedAnswer, found: EvaluatedAnswer) => void,
  ) {
    this.#versions = versions;
    this.#expect = expectAnswer;
    this.#module = this.#version.open();
    this.#sessions = ids.map((id, at) => {
      this.#module.open(id, writeRequest(at));
      return openSession(writeRequest(at), BigInt(now));
    });
    for (const at of ids.keys()) this.#save(at);
  }

  get #version(): Version {
    return this.#versions[this.#restarts % this.#versions.length] as Version;
  }

  get #policy(): PolicyModel {
    return this.#version.policy;
  }

  do(step: Step): void {
    if (step.kind === 'wait') now += step.by;
    else if (step.kind === 'decide') this.#decide(step.who);
    else if (step.kind === 'signal') this.#signal(step.who);
    else if (step.kind === 'save') this.#save(step.who);
    else if (step.kind === 'again') {
      this.#module.close(getId(step.who));
      this.#restore(step.who);
    } else {
      this.#restarts += 1;
      this.#module = this.#version.open();
      for (const at of step.order) this.#restore(at);
    }
    this.#compareAll();
  }

  #present(at: number): EvaluatorSession {
    const session = this.#sessions[at];
    if (session === undefined) throw new Error('broken invariant: no such session');
    return withSharedHistory(this.#policy, session, this.#shared);
  }

  #decide(at: number): void {
    const { answer, session } = decideInSession(this.#policy, this.#present(at), BigInt(now));
    this.#expect(answer, this.#module.decide(getId(at)) as EvaluatedAnswer);
    this.#record(at, session);
  }

  #signal(at: number): void {
    const signal = { name: 'failed', payload: encoder.encode('{}'), time: undefined };
    const recorded = recordSignal(this.#policy, this.#present(at), signal, BigInt(now));
    if ('error' in recorded) throw new Error('broken invariant: the signal is valid');
    this.#module.record(getId(at), 'failed', '{}', undefined);
    this.#record(at, recorded.session);
  }

  #record(at: number, session: EvaluatorSession): void {
    this.#sessions[at] = session;
    this.#shared = session.shared;
    this.#save(at);
  }

  #save(at: number): void {
    this.#saved[at] = { session: this.#present(at), text: this.#module.snapshot(getId(at)) };
  }

  #restore(at: number): void {
    const saved = this.#saved[at];
    if (saved === undefined) throw new Error('broken invariant: each session was saved');
    this.#module.restore(saved.text);
    this.#sessions[at] = saved.session;
  }

  #compareAll(): void {
    for (const at of ids.keys()) {
      const { answer, session } = reevaluate(this.#policy, this.#present(at), BigInt(now));
      this.#expect(answer, this.#module.reevaluate(getId(at)) as EvaluatedAnswer);
      this.#sessions[at] = session;
    }
  }
}

function getId(at: number): string {
  return ids[at] ?? '';
}

let now = 0;
const clock = { now: () => now, at: () => () => {} };

/** `versions`: the terms of the module and of the evaluator. */
async function compareVersions(
  versions: readonly (readonly [term: string, known: string])[],
  expectAnswer: (expected: EvaluatedAnswer, found: EvaluatedAnswer) => void,
): Promise<void> {
  const all = await Promise.all(
    versions.map(async ([term, known]): Promise<Version> => {
      const module = await compileModule(policyAsking(term));
      const open = () => createRegistry(module, { clock, revokedIdLifetime: 0 });
      return { policy: policyAsking(known), open };
    }),
  );
  const property = fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
    now = 86_390_000;
    const pair = new Pair(all, expectAnswer);
    for (const each of steps) pair.do(each);
  });
  fc.assert(property, { numRuns: runs(60), seed });
}

/** The term with enough places for all keys. */
function widenLimit(term: string): string {
  return term.replace(/up to [\d_]+/, 'up to 100');
}

function expectStrict(expected: EvaluatedAnswer, found: EvaluatedAnswer): void {
  if (expected.effect === 'deny') expect(found.effect).toBe('deny');
}

test.each([
  'count(decided across sessions per subject.owner up to 3, within 6s) >= 4',
  'once(signal "failed" across sessions per subject.id up to 3, within 5s)',
  'count(allowed doing call across sessions per context.tenant up to 2, within 7s) is 3',
  'count(decided across sessions per (subject.id, subject.owner) up to 9, within today in "Europe/London") > 5',
  'count(allowed doing call across sessions per (context.tenant, action.tool) up to 4, within 7s) is 3',
  'count(decided across sessions per subject.id up to 3, within today in "Europe/London") > 9',
  'sum(event.action.amount of decided doing call across sessions per subject.owner up to 3, within 6s) > 12',
  'sum(event.action.amount of decided doing call across sessions per subject.id up to 3, within today in "Europe/London") > 90',
])('restored sessions know all events of their keys: %s', async (term) => {
  await compareVersions([[term, term]], (expected, found) => {
    expect(toAuthZen(found)).toEqual(toAuthZen(expected));
  });
});

test.each([
  'count(decided across sessions per subject.owner up to 2, within 6s) >= 3',
  'once(signal "failed" across sessions per subject.id up to 1, within 5s)',
  'not count(decided across sessions per subject.id up to 2, within 7s) < 4',
  'sum(event.action.amount of decided doing call across sessions per subject.owner up to 2, within 6s) > 8',
  'sum(event.action.amount of decided doing call across sessions per subject.type up to 8_192, within 1d) > 60',
])('restored sessions with too few places are never less strict: %s', async (term) => {
  await compareVersions([[term, widenLimit(term)]], expectStrict);
});

const counted = 'count(decided across sessions per subject.owner up to 4, within 6s) >= 3';

test.each([
  ['a longer window', counted.replace('6s', '15s')],
  ['a shorter window', counted.replace('6s', '2s')],
  ['a higher threshold', counted.replace('3', '6')],
  ['fewer places', counted.replace('up to 4', 'up to 1')],
  ['another pattern', counted.replace('decided', 'decided doing call')],
  ['no term', 'action.size is 77'],
])('sessions of another policy are never less strict: %s', async (_, other) => {
  let [denied, all] = [0, 0];
  await compareVersions(
    [
      [counted, widenLimit(counted)],
      [other, widenLimit(other)],
    ],
    (expected, found) => {
      expectStrict(expected, found);
      all += 1;
      if (found.effect === 'deny') denied += 1;
    },
  );
  expect(denied).toBeLessThan(all);
});
