// What two versions of a policy answer otherwise, as data: how many of the requests that both were
// asked, what kinds of change they show, an example or a few of each, and the rules behind them.

import type { EffectName } from '@nhipol/runtime/abi';
import type { Answer, RequestError } from '../../language/index.ts';
import type { TableTexts } from '../generate/tables.ts';

export interface PolicyDiff {
  /** How many requests both were asked. */
  readonly asked: number;
  /** How many of them came from tests of the policies. */
  readonly ofTests: number;
  /** Nothing that an answer is made of differs. */
  readonly isSame: boolean;
  /** Rules and scores that differ. */
  readonly edits: readonly Edit[];
  /** What rules ask of a session's events, which was taken as unknown. */
  readonly history: readonly string[];
  /** What is loosened first, and then the most frequent. */
  readonly changes: readonly Change[];
  /** undefined: neither asks what happened before, or the requests were those of a log. */
  readonly sessions: SessionsDiff | undefined;
}

export interface SessionsDiff {
  readonly asked: number;
  /** Each session by its gravest change; in the order of other changes. */
  readonly changes: readonly SessionChange[];
}

export interface SessionChange extends Kind {
  readonly count: number;
  readonly example: SessionExample;
}

export interface SessionExample {
  /** A log that can be replayed: JSON, an object a line. What the last line asks is answered otherwise. */
  readonly events: string;
  readonly tables: TableTexts;
  readonly before: Answer;
  readonly after: Answer;
}

/** A rule or a score that one of the versions lacks, or that is made of other conditions, types or tables. */
export interface Edit {
  readonly how: 'added' | 'removed' | 'changed';
  readonly rule: RuleAt;
}

export interface RuleAt {
  readonly kind: 'rule' | 'score';
  /** Of a score its name. */
  readonly id: string;
  /** As its reader named it; that of the old version where the new one lacks the rule. */
  readonly file: string;
  readonly line: number;
}

/** What a request gets; `invalid`: a deny since it is no request that the policy takes. */
export type State = EffectName | 'invalid';

/**
 * `looser`: something is let through that was not, or is bound or demanded no more. `both`: that, and
 * the other way round in other respects. `neither`: it lets through the same.
 */
export type Bearing = 'looser' | 'stricter' | 'both' | 'neither';

/** In what two answers of one effect differ; what is looser comes first. */
export const aspects = [
  ...(['wider constraints', 'fewer obligations'] as const),
  ...(['other constraints', 'other obligations'] as const),
  ...(['narrower constraints', 'more obligations'] as const),
  ...(['other access request', 'other reasons', 'other messages'] as const),
  ...(['holds longer', 'holds shorter'] as const),
] as const;

export type Aspect = (typeof aspects)[number];

export interface Kind {
  readonly before: State;
  readonly after: State;
  /** undefined where the effect is another. */
  readonly aspect: Aspect | undefined;
  readonly bearing: Bearing;
}

/** Whether the answers differ in nothing but until when they hold. */
export function isOfLasting({ aspect }: Kind): boolean {
  return aspect === 'holds longer' || aspect === 'holds shorter';
}

/** What is loosened goes first. */
export function rankOf({ bearing }: Kind): number {
  return ['looser', 'both', 'stricter', 'neither'].indexOf(bearing);
}

/** Lower for what is graver: what is looser, and of one bearing another effect before the same one. */
export function gravityOf(kind: Kind): number {
  const { aspect } = kind;
  const place = aspect === undefined ? 0 : aspects.indexOf(aspect) + 1;
  return rankOf(kind) * (aspects.length + 1) + place;
}

/** All requests of one kind. */
export interface Change extends Kind {
  readonly count: number;
  /** Of a log: the first lines. */
  readonly lines: readonly number[];
  /** One for each cause that was found, the simplest first; not all where there are many. */
  readonly examples: readonly Example[];
}

export interface Example {
  readonly request: string;
  /** When it was judged, in milliseconds; undefined: at the request's own time. */
  readonly now: bigint | undefined;
  readonly tables: TableTexts;
  /** Of a log. */
  readonly line: number | undefined;
  readonly before: Answer;
  readonly after: Answer;
  readonly causes: readonly Cause[];
}

/** Why the answers differ. */
export type Cause = RuleCause | RequestCause;

export interface RuleCause {
  readonly kind: 'rule';
  readonly rule: RuleAt;
  /** With which it bears on the answer. */
  readonly effect: EffectName;
  /** `otherwise`: it fires in both, and says something else or until another instant. */
  readonly now: 'fires' | 'silent' | 'otherwise';
  /** undefined: it is as before; what it depends on is not. */
  readonly edit: Edit['how'] | undefined;
}

/** One of the versions does not take the request. */
export interface RequestCause {
  readonly kind: 'request';
  readonly refusedBy: 'before' | 'after';
  readonly error: RequestError;
}
