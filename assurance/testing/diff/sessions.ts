// The differences between two versions of a policy in sessions, with history. A session ends with its most severe
// change, the first of these, and is shrunk as far as it still shows that.

import type { Answer } from '@nhipol/language';
import type { Policy } from '@nhipol/language/model';
import { requestsOfTests } from '../explore/explore.ts';
import { exploreSessions } from '../explore/explore-sessions.ts';
import { SessionPair } from '../explore/paired-sessions.ts';
import { type SessionSample, sessionOf } from '../explore/sessions.ts';
import { sessionLog } from '../verify/session-log.ts';
import { type Compare, comparing, keyOf } from './compare.ts';
import { gravityOf, rankOf, type SessionChange, type SessionsDiff } from './policy-diff.ts';

interface Differing {
  readonly sample: SessionSample;
  readonly kind: NonNullable<ReturnType<Compare>>;
  readonly before: Answer;
  readonly after: Answer;
}

/**
 * First, each request of the tests is the only one of a session. `sessions`: the number of further ones; half of them are
 * generated for each version.
 */
export function diffSessions(
  before: Policy,
  after: Policy,
  { sessions, seed }: { readonly sessions: number; readonly seed: number },
): SessionsDiff {
  const differ = new SessionDiffer(before, after);
  const kinds = new Map<string, { readonly first: Differing; count: number }>();
  let asked = 0;
  for (const sample of samplesFor([before, after], Math.ceil(sessions / 2), seed)) {
    asked += 1;
    const found = differ.gravestIn(differ.pair.takenByBoth(sample));
    if (found === undefined) continue;
    const key = keyOf(found.kind);
    const known = kinds.get(key) ?? { first: found, count: 0 };
    kinds.set(key, known);
    known.count += 1;
  }
  const changes = [...kinds.values()].map(({ first, count }) => differ.change(first, count));
  return {
    asked,
    changes: changes.sort((a, b) => rankOf(a) - rankOf(b) || b.count - a.count),
  };
}

function* samplesFor(
  policies: readonly Policy[],
  samples: number,
  seed: number,
): Iterable<SessionSample> {
  for (const request of policies.flatMap(requestsOfTests)) yield sessionOf(request);
  for (const policy of policies) {
    for (const { sample } of exploreSessions(policy, { samples, seed, several: true }))
      yield sample;
  }
}

class SessionDiffer {
  readonly pair: SessionPair;
  readonly #compare: Compare;

  constructor(before: Policy, after: Policy) {
    this.pair = new SessionPair(before, after);
    this.#compare = comparing(before, after);
  }

  /** Up to the first step with the most severe change, so that a less strict answer is never hidden. */
  gravestIn(sample: SessionSample): Differing | undefined {
    let gravest: Differing | undefined;
    for (const [index, [before, after]] of this.pair.answers(sample).entries()) {
      const kind = this.#compare(before, after);
      if (kind === undefined) continue;
      if (gravest !== undefined && gravityOf(kind) >= gravityOf(gravest.kind)) continue;
      const steps = sample.steps.slice(0, index + 1);
      gravest = { sample: { ...sample, steps }, kind, before, after };
    }
    return gravest;
  }

  change({ sample, kind }: Differing, count: number): SessionChange {
    const same = (each: SessionSample) => {
      const found = this.gravestIn(each);
      const isAtEnd = found?.sample.steps.length === each.steps.length;
      return isAtEnd && keyOf(found.kind) === keyOf(kind) ? found : undefined;
    };
    const smallest = this.pair.shrink(sample, (each) => same(each) !== undefined);
    const found = same(smallest);
    if (found === undefined) throw new Error('broken invariant: a change is lost by shrinking');
    const { before, after } = found;
    const { tables } = smallest;
    return {
      ...kind,
      count,
      example: { events: sessionLog(smallest, 'example'), tables, before, after },
    };
  }
}
