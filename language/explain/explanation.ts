// Why an answer is what it is, as data that can be written as JSON without more ado: instants are RFC
// 3339 text, values are literals of the language. `answer` alone is as the evaluator gives it.

import type { EffectName } from '@nhipol/runtime/abi';
import type { Answer } from '../evaluator/answer.ts';

export interface Explanation {
  readonly answer: Answer;
  /** The instant of evaluation; none where neither host nor request told one. */
  readonly now?: string;
  /** By which condition the answer may change, if time alone can change it. */
  readonly until?: Until;
  /** In the order of the answer's reasons; none for what no rule brought about. */
  readonly reasons: readonly ExplainedReason[];
  /** Scores that reasons belong to. */
  readonly scores: readonly ScoreAccount[];
  /** What would grant; left out where the request is at fault. */
  readonly grant?: Grant;
  /** Rules that apply to the request and did not fire, with what their conditions came to. */
  readonly silent: readonly SilentRule[];
  readonly error?: ExplainedError;
}

/** A place in the policy and what is written there. */
export interface Spot {
  /** From the folder of the policy's entry file. */
  readonly file: string;
  /** Both count from 1; the column counts code points. */
  readonly line: number;
  readonly column: number;
  /** Offsets in UTF-16 code units, half-open. */
  readonly start: number;
  readonly end: number;
  /** On one line, cut where it is long. */
  readonly text: string;
}

/** A rule, score or band as it is referred to. */
export interface RuleRef {
  readonly id: string;
  readonly effect: EffectName;
  readonly at: Spot;
}

export interface SilentRule extends RuleRef {
  readonly value: string | null;
  /** Of a rule that was awaited: what made its condition come to that. */
  readonly condition?: Part;
}

/** A sub-expression, and what it was made of as far as that decided it. */
export interface Part {
  /** A value is shown beneath the condition that it stands in. */
  readonly role: 'condition' | 'value';
  /** What kind of expression it is. */
  readonly form: string;
  readonly at: Spot;
  /** What a value is called: the path of a member, else as it is written. */
  readonly name: string;
  /** As a literal, cut where it is long; null: unknown. */
  readonly value: string | null;
  /** In words, where the value alone says too little. */
  readonly says?: string;
  /** Why it is unknown, where it is so by itself and not through its operands. */
  readonly cause?: Cause;
  readonly parts: readonly Part[];
}

export type CauseKind =
  | 'absent'
  | 'stale'
  | 'ahead'
  | 'unobserved'
  | 'unlisted'
  | 'out_of_range'
  | 'malformed'
  | 'element'
  | 'no_row'
  | 'not_filled'
  | 'overflow'
  | 'division_by_zero'
  | 'zone'
  | 'no_instant'
  | 'no_session'
  | 'no_event'
  | 'uncertain_event'
  | 'lost_events'
  | 'faulty';

export interface Cause {
  readonly kind: CauseKind;
  /** The path, table or expression that it is about. */
  readonly of: string;
  /** The first instant at which it was stale. */
  readonly since?: string;
  /** What the request holds there, as JSON, cut where it is long. */
  readonly found?: string;
  readonly says: string;
}

export interface ExplainedReason extends RuleRef {
  /** The effect that it was written with; of a score's condition none. */
  readonly written?: EffectName;
  readonly message?: string;
  readonly fired: 'true' | 'unknown';
  /** The score whose condition it is. */
  readonly score?: string;
  readonly condition: Part;
  /** Why it did not keep the effect that it was written with. */
  readonly falls: readonly Downgrade[];
}

export type DowngradeKind =
  | 'uncertain'
  | 'limit'
  | 'value'
  | 'range'
  | 'asks'
  | 'unless'
  | 'conflict';

/** One reason why a rule fell to `deny`. */
export interface Downgrade {
  readonly kind: DowngradeKind;
  readonly constraint?: string;
  readonly part?: Part;
  /** What each rule sets the constraint to, where they contradict each other. */
  readonly settings?: readonly (RuleRef & { readonly value: string })[];
  readonly says: string;
}

export interface ScoreAccount {
  readonly name: string;
  readonly at: Spot;
  /** The counts of what is true, and of that with what is unknown. */
  readonly certain: string;
  readonly possible: string;
  readonly conditions: readonly {
    readonly id: string;
    readonly counts: string;
    readonly value: string | null;
    readonly at: Spot;
  }[];
  readonly bands: readonly {
    readonly from: string;
    readonly effect: EffectName;
    readonly reached: 'certainly' | 'possibly' | 'not';
  }[];
}

export interface Grant {
  readonly fired: readonly RuleRef[];
  /** What fired beside them, and is stricter. */
  readonly against: readonly RuleRef[];
  /** Where none fired: of the permits that apply the one with the fewest conditions to meet. */
  readonly nearest?: NearestPermit;
  /** Where none applies: of what permits are about. */
  readonly scopes?: readonly MissedScope[];
}

/**
 * Its condition and those of the groups around it, taken apart at every `and`, are counted: how many
 * there are and which are not true. Among equals the first in the source.
 */
export interface NearestPermit extends RuleRef {
  readonly conditions: number;
  readonly failing: readonly Part[];
}

export interface MissedScope {
  /** The permits with this scope. */
  readonly permits: readonly RuleRef[];
  readonly missed: readonly Missed[];
}

export interface Missed {
  readonly selector: 'subject.type' | 'action.name' | 'resource.type';
  /** null: the request has none that can be read. */
  readonly found: string | null;
  readonly wanted: readonly string[];
  readonly close: readonly string[];
}

export interface Until {
  readonly at: string;
  readonly rule: RuleRef;
  readonly part: Spot;
  readonly turns: 'true' | 'false' | 'unknown' | 'known';
  readonly says: string;
}

export interface ExplainedError {
  readonly code: string;
  readonly path: string;
  readonly expected: string;
  readonly found: string;
  /** The request's line at that place; none where it is no text. */
  readonly excerpt?: {
    readonly line: number;
    readonly column: number;
    readonly text: string;
    /** In UTF-16 code units of `text`. */
    readonly start: number;
    readonly end: number;
  };
}
