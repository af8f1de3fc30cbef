// The differences between two versions of a policy in sessions, with history. A session ends with its most severe
// change, the first of these, and is shrunk as far as it still shows that.

import type { EvaluatedAnswer } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { listTestRequests } from '../explore/explore.ts';
import { exploreSessions } from '../explore/explore-sessions.ts';
import { SessionPair } from '../explore/paired-sessions.ts';
import { createSessionSample, type SessionSample } from '../explore/sessions.ts';
import { printSessionLog } from '../verify/session-log.ts';
import { type AnswerComparer, createAnswerComparer, makeKindKey } from './compare.ts';
import {
  type DiffSessionChange,
  rankDirection,
  rankSeverity,
  type SessionsDiff,
} from './policy-diff.ts';

interface Differing {
  readonly sample: SessionSample;
  readonly kind: NonNullable<ReturnType<AnswerComparer>>;
  readonly before: EvaluatedAnswer;
  readonly after: EvaluatedAnswer;
}

/**
 * First, each request of the tests is the only one of a session. `sessions`: the number of further ones; half of them are
 * generated for each version.
 */
export function diffSessions(
  before: PolicyModel,
  after: PolicyModel,
  { sessions, seed }: { readonly sessions: number; readonly seed: number },
): SessionsDiff {
  const differ = new SessionDiffer(before, after);
  const kinds = new Map<string, { readonly first: Differing; count: number }>();
  let asked = 0;
  for (const sample of generateSamples([before, after], Math.ceil(sessions / 2), seed)) {
    asked += 1;
    const differing = differ.findGravest(differ.pair.keepCommonSignals(sample));
    if (differing === undefined) continue;
    const key = makeKindKey(differing.kind);
    const kind = kinds.get(key) ?? { first: differing, count: 0 };
    kinds.set(key, kind);
    kind.count += 1;
  }
  const changes = [...kinds.values()].map(({ first, count }) => differ.change(first, count));
  return {
    asked,
    changes: changes.sort((a, b) => rankDirection(a) - rankDirection(b) || b.count - a.count),
  };
}

function* generateSamples(
  policies: readonly PolicyModel[],
  samples: number,
  seed: number,
): Iterable<SessionSample> {
  for (const request of policies.flatMap(listTestRequests)) yield createSessionSample(request);
  for (const policy of policies) {
    for (const { sample } of exploreSessions(policy, { samples, seed, several: true }))
      yield sample;
  }
}

class SessionDiffer {
  readonly pair: SessionPair;
  readonly #compare: AnswerComparer;

  constructor(before: PolicyModel, after: PolicyModel) {
    this.pair = new SessionPair(before, after);
    this.#compare = createAnswerComparer(before, after);
  }

  /** Up to the first step with the most severe change, so that a less strict answer is never hidden. */
  findGravest(sample: SessionSample): Differing | undefined {
    let gravest: Differing | undefined;
    for (const [index, [before, after]] of this.pair.answers(sample).entries()) {
      const kind = this.#compare(before, after);
      if (kind === undefined) continue;
      if (gravest !== undefined && rankSeverity(kind) >= rankSeverity(gravest.kind)) continue;
      const steps = sample.steps.slice(0, index + 1);
      gravest = { sample: { ...sample, steps }, kind, before, after };
    }
    return gravest;
  }

  change({ sample, kind }: Differing, count: number): DiffSessionChange {
    const same = (sessionSample: SessionSample) => {
      const differing = this.findGravest(sessionSample);
      const isAtEnd = differing?.sample.steps.length === sessionSample.steps.length;
      return isAtEnd && makeKindKey(differing.kind) === makeKindKey(kind) ? differing : undefined;
    };
    const smallest = this.pair.shrink(sample, (sessionSample) => same(sessionSample) !== undefined);
    const found = same(smallest);
    if (found === undefined) throw new Error('broken invariant: a change is lost by shrinking');
    const { before, after } = found;
    const { tables } = smallest;
    return {
      ...kind,
      count,
      example: { events: printSessionLog(smallest, 'example'), tables, before, after },
    };
  }
}
