// The difference between two versions of a policy, as data: the number of common requests, the kinds of changes,
// examples of each, and the rules that cause them.

import type { EvaluatedAnswer, RequestError } from '@nhipol/language';
import type { EffectName } from '@nhipol/runtime/abi';
import type { TableTexts } from '../generate/tables.ts';

export interface PolicyDiff {
  /** The number of requests that both got. */
  readonly asked: number;
  /** The number of requests from tests of the policies. */
  readonly ofTests: number;
  /** The structures of both policies are equal. */
  readonly isSame: boolean;
  /** Rules and scores that differ. */
  readonly edits: readonly RuleEdit[];
  /** The history that rules read, which was taken as unknown. */
  readonly history: readonly string[];
  /** Looser changes first, then the most frequent. */
  readonly changes: readonly DiffChange[];
  /** `undefined` if neither uses history terms, or the requests were those of a log. */
  readonly sessions: SessionsDiff | undefined;
}

export interface SessionsDiff {
  readonly asked: number;
  /** Each session is counted by its most severe change; ordered like the other changes. */
  readonly changes: readonly DiffSessionChange[];
}

export interface DiffSessionChange extends DiffKind {
  readonly count: number;
  readonly example: SessionExample;
}

export interface SessionExample {
  /** A log that can be replayed: JSON, one object per line. The answers to the query in the last line differ. */
  readonly events: string;
  readonly tables: TableTexts;
  readonly before: EvaluatedAnswer;
  readonly after: EvaluatedAnswer;
}

/** A rule or a score that only one of the versions has, or whose conditions, types or tables differ. */
export interface RuleEdit {
  readonly how: 'added' | 'removed' | 'changed';
  readonly rule: RuleAt;
}

export interface RuleAt {
  readonly kind: 'rule' | 'score';
  /** For a score, its name. */
  readonly id: string;
  /** As its reader named it; from the old version if the new one does not have the rule. */
  readonly file: string;
  readonly line: number;
}

/** The outcome of a request; `invalid`: a deny since the policy rejects the request. */
export type AnswerState = EffectName | 'invalid';

/**
 * `looser`: something is permitted that was not, or a constraint or obligation was removed. `both`: looser in some
 * respects and stricter in others. `neither`: it permits the same.
 */
export type Direction = 'looser' | 'stricter' | 'both' | 'neither';

/** The aspects in which two answers of one effect differ; looser ones come first. */
export const aspects = [
  ...(['wider constraints', 'fewer obligations'] as const),
  ...(['other constraints', 'other obligations'] as const),
  ...(['narrower constraints', 'more obligations'] as const),
  ...(['other counter-offer', 'other access request'] as const),
  ...(['other reasons', 'other messages'] as const),
  ...(['holds longer', 'holds shorter'] as const),
] as const;

export type Aspect = (typeof aspects)[number];

export interface DiffKind {
  readonly before: AnswerState;
  readonly after: AnswerState;
  /** `undefined` if the effects differ. */
  readonly aspect: Aspect | undefined;
  readonly direction: Direction;
}

/** Whether the answers differ only in their end of validity. */
export function isOfLasting({ aspect }: DiffKind): boolean {
  return aspect === 'holds longer' || aspect === 'holds shorter';
}

/** Whether the new version permits more in some way. */
export function isLooser({ direction }: Pick<DiffKind, 'direction'>): boolean {
  return direction === 'looser' || direction === 'both';
}

/** Looser changes come first. */
export function rankDirection({ direction }: DiffKind): number {
  return ['looser', 'both', 'stricter', 'neither'].indexOf(direction);
}

/**
 * Lower for more severe changes: looser ones first, and within one direction another effect before the same
 * effect.
 */
export function rankSeverity(kind: DiffKind): number {
  const { aspect } = kind;
  const place = aspect === undefined ? 0 : aspects.indexOf(aspect) + 1;
  return rankDirection(kind) * (aspects.length + 1) + place;
}

/** All requests with one kind of change. */
export interface DiffChange extends DiffKind {
  readonly count: number;
  /** The first lines, for a log. */
  readonly lines: readonly number[];
  /** An example of each cause that was found, the simplest first; limited in number. */
  readonly examples: readonly Example[];
}

export interface Example {
  readonly request: string;
  /** The instant of evaluation, in milliseconds, or `undefined` for the request's own time. */
  readonly now: bigint | undefined;
  readonly tables: TableTexts;
  /** The line of a log. */
  readonly line: number | undefined;
  readonly before: EvaluatedAnswer;
  readonly after: EvaluatedAnswer;
  readonly causes: readonly DiffCause[];
}

/** Why the answers differ. */
export type DiffCause = RuleCause | RequestCause;

export interface RuleCause {
  readonly kind: 'rule';
  readonly rule: RuleAt;
  /** The effect with which it contributes to the answer. */
  readonly effect: EffectName;
  /** `otherwise`: it fires in both, with other texts or another end. */
  readonly now: 'fires' | 'silent' | 'otherwise';
  /** `undefined` if the rule is unchanged, but something it depends on is not. */
  readonly edit: RuleEdit['how'] | undefined;
}

/** One of the versions rejects the request. */
interface RequestCause {
  readonly kind: 'request';
  readonly refusedBy: 'before' | 'after';
  readonly error: RequestError;
}
