// Compares two versions of a policy: returns the differences between their answers, found with requests that are
// generated near the boundaries of both, or with those of a log. Uses the evaluator. The absence of a difference
// proves nothing, unless the structures of both are the same.

import { type EvaluatedAnswer, evaluate, type RequestClock } from '@nhipol/language';
import { collectPolicyHistory, type PolicyModel } from '@nhipol/language/model';
import { explore, listTestRequests } from '../explore/explore.ts';
import { simplify } from '../explore/shrink.ts';
import type { GeneratedRequest } from '../generate/requests.ts';
import { filledAsTaken, noTables } from '../generate/tables.ts';
import { toClock } from '../runner/ask.ts';
import { buildCauseKey, Causes, type ComparedRequest } from './causes.ts';
import { makeKindKey } from './compare.ts';
import { isSamePolicy, listRuleEdits } from './edits.ts';
import type { DiffChange, DiffKind, Example, PolicyDiff } from './policy-diff.ts';
import { diffSessions } from './sessions.ts';
import { type CountedDifference, DifferenceTally, type FoundDifference } from './tally.ts';

export interface DiffOptions {
  readonly samples: number;
  /** Default: 1. */
  readonly seed?: number;
}

/** External tables that are filled stay so; for others, contents are generated. */
export function diff(
  before: PolicyModel,
  after: PolicyModel,
  { samples, seed = 1 }: DiffOptions,
): PolicyDiff {
  const differ = new Differ(before, after);
  if (differ.isSame) return differ.result(0, () => []);
  for (const { sample, answers } of explore([before, after], { samples, seed })) {
    const [old, now] = answers;
    if (old !== undefined && now !== undefined) differ.tally.add(toAsked(sample), old, now);
  }
  const ofTests = [before, after].flatMap(listTestRequests).length;
  const policyDiff = differ.result(Math.min(ofTests, samples), (counted) => differ.shrunk(counted));
  if (policyDiff.history.length === 0) return policyDiff;
  const sessions = Math.ceil(samples / perSession);
  return { ...policyDiff, sessions: diffSessions(before, after, { sessions, seed }) };
}

/** A session takes as long as this many requests. */
const perSession = 5;

/** Compares the requests of a log, one by one. */
export class LogDiff {
  readonly #differ: Differ;

  constructor(before: PolicyModel, after: PolicyModel) {
    this.#differ = new Differ(before, after);
  }

  /** Returns the answer of the version before. */
  add(request: Uint8Array, clock: RequestClock, line: number): EvaluatedAnswer {
    const asked = { request, clock, tables: noTables };
    const [before, after] = this.#differ.answers(asked);
    this.#differ.tally.add(asked, before, after, line);
    return before;
  }

  get result(): PolicyDiff {
    return this.#differ.result(0, ({ kind, found }) =>
      removeDuplicates(found, getMaxExamples(kind)).map(toExample),
    );
  }
}

/** The maximum number of examples of a kind; one is enough if the same is permitted. */
function getMaxExamples({ direction }: DiffKind): number {
  return direction === 'neither' ? 1 : 3;
}

class Differ {
  readonly tally: DifferenceTally;
  readonly isSame: boolean;
  readonly #before: PolicyModel;
  readonly #after: PolicyModel;
  readonly #causes: Causes;
  readonly #edits: PolicyDiff['edits'];

  constructor(before: PolicyModel, after: PolicyModel) {
    this.#before = before;
    this.#after = after;
    this.isSame = isSamePolicy(before, after);
    this.#edits = listRuleEdits(before, after);
    this.#causes = new Causes(before, after, this.#edits);
    this.tally = new DifferenceTally(before, after, this.#causes);
  }

  answers({ request, clock, tables }: ComparedRequest) {
    const answer = (policy: PolicyModel) => evaluate(filledAsTaken(policy, tables), request, clock);
    return [answer(this.#before), answer(this.#after)] as const;
  }

  result(
    ofTests: number,
    examples: (counted: CountedDifference) => readonly Example[],
  ): PolicyDiff {
    const terms = [this.#before, this.#after]
      .flatMap(collectPolicyHistory)
      .map(({ term }) => term.text);
    return {
      asked: this.tally.asked,
      ofTests,
      isSame: this.isSame,
      edits: this.#edits,
      history: [...new Set(terms)],
      changes: this.tally.counted.map(
        (counted): DiffChange => ({
          ...counted.kind,
          count: counted.count,
          lines: counted.lines,
          examples: examples(counted),
        }),
      ),
      sessions: undefined,
    };
  }

  shrunk({ kind, found }: CountedDifference): readonly Example[] {
    const limit = getMaxExamples(kind);
    const shrunk = removeDuplicates(found, limit).map((difference) =>
      this.#shrink(difference, kind),
    );
    return removeDuplicates(shrunk, limit).map(toExample);
  }

  /** As long as it shows the same change with the same causes. */
  #shrink({ asked, causes }: FoundDifference, kind: DiffKind): FoundDifference {
    const allowed = new Set(causes.map(buildCauseKey));
    const findSameKind = (sample: GeneratedRequest): FoundDifference | undefined => {
      const asked = toAsked(sample);
      const [before, after] = this.answers(asked);
      const other = this.tally.compare(before, after);
      if (other === undefined || makeKindKey(other) !== makeKindKey(kind)) return undefined;
      const causes = this.#causes.of(asked, kind, before, after);
      const isSame = causes.length > 0 === allowed.size > 0;
      return isSame && causes.every((cause) => allowed.has(buildCauseKey(cause)))
        ? { asked, line: undefined, before, after, causes }
        : undefined;
    };
    const holds = (sample: GeneratedRequest) => findSameKind(sample) !== undefined;
    const once = simplify(this.#before, toSample(asked), holds);
    const shrunk = findSameKind(simplify(this.#after, once, holds));
    if (shrunk === undefined) throw new Error('broken invariant: a change is lost by shrinking');
    return shrunk;
  }
}

/** Without those that another one explains with fewer causes. */
function removeDuplicates(
  differences: readonly FoundDifference[],
  limit: number,
): readonly FoundDifference[] {
  const kept: FoundDifference[] = [];
  for (const difference of differences) {
    const keys = new Set(difference.causes.map(buildCauseKey));
    const isTold = kept.some(({ causes }) =>
      causes.every((cause) => keys.has(buildCauseKey(cause))),
    );
    if (!isTold) kept.push(difference);
    if (kept.length === limit) break;
  }
  return kept;
}

function toAsked(sample: GeneratedRequest): ComparedRequest {
  const { text, tables } = sample;
  return { request: new TextEncoder().encode(text), clock: toClock(sample), tables };
}

function toSample({ request, clock, tables }: ComparedRequest): GeneratedRequest {
  return { text: new TextDecoder().decode(request), now: clock.now, tables };
}

function toExample({ asked, line, before, after, causes }: FoundDifference): Example {
  const { text: request, now, tables } = toSample(asked);
  const isTold = asked.clock.precedence === 'host';
  return { request, now: isTold ? now : undefined, tables, line, before, after, causes };
}
