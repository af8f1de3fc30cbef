// Counts changes: by kind, and for each kind by causes, with the first request of each.

import type { EvaluatedAnswer } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { buildCauseKey, type Causes, type ComparedRequest } from './causes.ts';
import { type AnswerComparer, createAnswerComparer, makeKindKey } from './compare.ts';
import { type DiffCause, type DiffKind, rankDirection } from './policy-diff.ts';

export interface FoundDifference {
  readonly asked: ComparedRequest;
  /** The line of a log. */
  readonly line: number | undefined;
  readonly before: EvaluatedAnswer;
  readonly after: EvaluatedAnswer;
  readonly causes: readonly DiffCause[];
}

export interface CountedDifference {
  readonly kind: DiffKind;
  readonly count: number;
  readonly lines: readonly number[];
  /** The differences, one for each set of causes, those with the fewest causes first. */
  readonly found: readonly FoundDifference[];
}

interface Counting {
  readonly kind: DiffKind;
  count: number;
  readonly lines: number[];
  /** The pairs of answers. */
  readonly seen: Set<string>;
  /** The differences by their causes. */
  readonly found: Map<string, FoundDifference>;
}

const maxLines = 10;
/** The maximum number of answers of one kind that are examined. */
const maxSeen = 200;

export class DifferenceTally {
  readonly compare: AnswerComparer;
  readonly #causes: Causes;
  readonly #kinds = new Map<string, Counting>();
  #asked = 0;

  constructor(before: PolicyModel, after: PolicyModel, causes: Causes) {
    this.compare = createAnswerComparer(before, after);
    this.#causes = causes;
  }

  get asked(): number {
    return this.#asked;
  }

  add(
    asked: ComparedRequest,
    before: EvaluatedAnswer,
    after: EvaluatedAnswer,
    line?: number,
  ): void {
    this.#asked += 1;
    const kind = this.compare(before, after);
    if (kind === undefined) return;
    const counting = this.#getCounting(kind);
    counting.count += 1;
    if (line !== undefined && counting.lines.length < maxLines) counting.lines.push(line);
    const answers = JSON.stringify(
      [before, after].map(({ reasons, error }) => [reasons, error?.path]),
    );
    if (counting.seen.has(answers) || counting.seen.size >= maxSeen) return;
    counting.seen.add(answers);
    const causes = this.#causes.of(asked, kind, before, after);
    const key = causes.map(buildCauseKey).sort().join('\n');
    if (!counting.found.has(key)) counting.found.set(key, { asked, line, before, after, causes });
  }

  #getCounting(kind: DiffKind): Counting {
    const key = makeKindKey(kind);
    const existingKind = this.#kinds.get(key);
    if (existingKind !== undefined) return existingKind;
    const counting: Counting = { kind, count: 0, lines: [], seen: new Set(), found: new Map() };
    this.#kinds.set(key, counting);
    return counting;
  }

  /** Looser changes first, then the most frequent. */
  get counted(): readonly CountedDifference[] {
    const all = [...this.#kinds.values()].map(({ kind, count, lines, found }) => ({
      kind,
      count,
      lines,
      found: sortByCauses([...found.values()]),
    }));
    return all.sort((a, b) => rankDirection(a.kind) - rankDirection(b.kind) || b.count - a.count);
  }
}

/** Changes without known causes are reported only if there are no others. */
function sortByCauses(differences: readonly FoundDifference[]): readonly FoundDifference[] {
  const explained = differences.filter(({ causes }) => causes.length > 0);
  return explained.length === 0
    ? differences.slice(0, 1)
    : explained.sort((a, b) => a.causes.length - b.causes.length);
}
