// Compares the effects that a log has with those of a replay by the same policy: they must be equal, unless a fact is missing
// from the log.

import type { EffectName } from '@nhipol/runtime/abi';
import { isRequested } from './decision-inputs.ts';
import type { DecisionLogEntry, RecordedDecision } from './decision-log.ts';
import type { Timeline } from './timeline.ts';

export interface Contradiction {
  readonly line: number;
  readonly policyDigest: string;
  readonly logged: string;
  readonly replayed: EffectName;
}

/** The requested decisions of sessions whose effect differs in the replay: contradictions if their policy is the replayed one. */
export function listContradictions(
  { happenings }: Timeline,
  entries: readonly DecisionLogEntry[],
): readonly Contradiction[] {
  const decisions = new Map(
    entries.flatMap((entry) => (entry.kind === 'decision' ? [[entry.line, entry]] : [])),
  );
  return happenings.flatMap(({ line, cause, answer }) => {
    const entry = line === undefined ? undefined : decisions.get(line);
    if (entry === undefined || cause.kind !== 'decide' || answer === undefined) return [];
    return findLogContradiction(entry, answer.effect) ?? [];
  });
}

/**
 * `undefined` if the effects are equal, or the answer was not that of a policy: an engine restricted it, or refused
 * to decide.
 */
export function findLogContradiction(
  entry: DecisionLogEntry & RecordedDecision,
  replayed: EffectName,
): Contradiction | undefined {
  const { line, policyDigest, hostReasons, effect: logged } = entry;
  if (policyDigest === undefined || logged === replayed || !isRequested(entry)) return undefined;
  const isOfPolicy = hostReasons.every((reason) => policyReasons.has(reason));
  return isOfPolicy ? { line, policyDigest, logged, replayed } : undefined;
}

/** The reasons of answers of a policy that are not rules. */
const policyReasons: ReadonlySet<string> = new Set(['default_deny', 'revoked_before']);
