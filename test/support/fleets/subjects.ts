// The policies whose sessions are compared in long runs, with their opening requests and their steps.

import { changeRequest, evaluate } from '@nhipol/language';
import type { PolicyModel, TestSignal } from '@nhipol/language/model';
import fc from 'fast-check';
import { generateRequests } from '../policies/property-policies.ts';
import { sessionPolicy, sessionRequest, sessionStep } from '../sessions/session-steps.ts';
import { listSignals } from './steps.ts';

export interface Subject {
  readonly name: string;
  readonly policy: PolicyModel;
  /** The start of its sessions, in milliseconds. */
  readonly start: number;
  readonly requests: readonly string[];
  readonly signals: readonly TestSignal[];
  readonly waits: readonly number[];
}

const [second, hour, day] = [1000, 3_600_000, 86_400_000];
const defaultWaits = [0, 1, 500, 2 * second, 60 * second, 299 * second, hour, 5 * hour, day];

export function createSubject(
  name: string,
  policy: PolicyModel,
  requests = generateRequests(policy),
): Subject {
  const start = Date.UTC(2026, 2, 3, 10, 30);
  const texts = requests.map(({ text }) => text);
  return {
    name,
    policy,
    start,
    requests: valid(policy, start, texts),
    signals: listSignals(policy),
    waits: defaultWaits,
  };
}

/** The policy that uses history in every way. */
export function historySubject(seed: number): Subject {
  const payloads = ['web', 'web', 'test', undefined, 5].flatMap((text) =>
    (['read', 'failed', 'failed'] as const).map((name) => ({
      name,
      payload: JSON.stringify({ [name === 'read' ? 'source' : 'reason']: text }),
      time: undefined,
    })),
  );
  const texts = fc
    .sample(fc.array(sessionStep, { minLength: 6, maxLength: 12, size: 'max' }), {
      numRuns: 200,
      seed,
    })
    .map((steps) =>
      changeRequest(
        sessionRequest,
        steps.flatMap((step) => (step.kind === 'patch' ? [step.change] : [])),
      ),
    );
  return {
    name: 'history',
    policy: sessionPolicy,
    start: 10_000,
    requests: valid(sessionPolicy, 10_000, texts),
    signals: [...payloads, { name: 'unheard', payload: '{}', time: undefined }],
    waits: [0, 1, 500, 1_000, 2_500, 6_000, 20_000],
  };
}

/** The requests with which a session can open, serialized by JavaScript. */
function valid(policy: PolicyModel, start: number, texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => {
    const bytes = new TextEncoder().encode(text);
    const { error } = evaluate(policy, bytes, { now: BigInt(start), precedence: 'host' });
    const written = error === undefined ? JSON.stringify(JSON.parse(text)) : undefined;
    const isFine =
      written !== undefined && isExact(text) && isExact(written) && !/"context":null/.test(written);
    return isFine ? [written] : [];
  });
}

/** Whether JavaScript reads and writes it without changing a number. */
function isExact(text: string): boolean {
  return !/[0-9]{16}|e[+0-9]/i.test(text);
}
