// The explanation of an answer, as data that can be serialized as JSON: instants are RFC 3339
// strings, and values are literals of the language. Only `answer` has the types of the evaluator.

import type { EffectName } from '@nhipol/runtime/abi';
import type { EvaluatedAnswer } from '../evaluator/answer.ts';

/** Why an answer is what it is. */
export interface Explanation {
  /** Only for a possibility: whether some completion of the request may be permitted. */
  readonly possible?: boolean;
  readonly answer: EvaluatedAnswer;
  /** The instant of evaluation; missing if neither the host nor the request provided one. */
  readonly now?: string;
  /** The condition that changes first, if time alone can change the answer. */
  readonly until?: ValidityEnd;
  /** The reasons that rules produced, in the order of the answer. */
  readonly reasons: readonly ExplainedReason[];
  /** The scores that reasons belong to. */
  readonly scores: readonly ScoreAccount[];
  /** The permits that grant or could grant; missing if the request is invalid. */
  readonly grant?: ExplainedGrant;
  /** Rules that apply to the request and did not fire, with the values of their conditions. */
  readonly silent: readonly SilentRule[];
  readonly error?: ExplainedError;
}

/** A position in the policy, and the source there. */
export interface Spot {
  /** Relative to the folder of the policy's entry file. */
  readonly file: string;
  /** Line and column count from 1; the column counts code points. */
  readonly line: number;
  readonly column: number;
  /** Offsets in UTF-16 code units, half-open. */
  readonly start: number;
  readonly end: number;
  /** On one line, cut if it is long. */
  readonly text: string;
}

/** A reference to a rule, score or band. */
export interface RuleRef {
  readonly id: string;
  readonly effect: EffectName;
  readonly at: Spot;
}

/** A rule or score that did not fire. */
export interface SilentRule extends RuleRef {
  readonly value: string | null;
  /** Why the condition has this value, for rules that were awaited. */
  readonly condition?: ExplanationPart;
}

/** A sub-expression, with its parts that decided it. */
export interface ExplanationPart {
  /** A value is shown below the condition that contains it. */
  readonly role: 'condition' | 'value';
  /** The kind of the expression. */
  readonly form: string;
  readonly at: Spot;
  /** The name of a value: the path of a member, otherwise its source. */
  readonly name: string;
  /** As a literal, cut if it is long; null: unknown. */
  readonly value: string | null;
  /** An explanation in words, if the value alone is not enough. */
  readonly says?: string;
  /** Why it is unknown, if it is so by itself and not through its operands. */
  readonly cause?: UnknownCause;
  readonly parts: readonly ExplanationPart[];
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
  | 'no_elements'
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

/** Why an expression is unknown. */
export interface UnknownCause {
  readonly kind: CauseKind;
  /** The path, table or expression that is the cause. */
  readonly of: string;
  /** The first instant at which it was stale. */
  readonly since?: string;
  /** The JSON in the request there, cut if it is long. */
  readonly found?: string;
  readonly says: string;
}

/** A reason of the answer, and why it fired. */
export interface ExplainedReason extends RuleRef {
  /** The declared effect of the rule; missing for a condition of a score. */
  readonly written?: EffectName;
  readonly message?: string;
  readonly fired: 'true' | 'unknown';
  /** The score that the condition belongs to. */
  readonly score?: string;
  readonly condition: ExplanationPart;
  /** Why it fired with another effect than the declared one. */
  readonly falls: readonly Downgrade[];
}

type DowngradeKind = 'uncertain' | 'limit' | 'value' | 'range' | 'asks' | 'unless' | 'conflict';

/** One reason why a rule became a `deny`. */
export interface Downgrade {
  readonly kind: DowngradeKind;
  readonly constraint?: string;
  readonly part?: ExplanationPart;
  /** The setting of each rule, if the settings of the constraint conflict. */
  readonly settings?: readonly (RuleRef & { readonly value: string })[];
  readonly says: string;
}

/** The result of a score. */
export interface ScoreAccount {
  readonly name: string;
  readonly at: Spot;
  /** The sum of the true conditions, and the sum that includes the unknown ones. */
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

/** Which permits grant the request, or come closest to it. */
export interface ExplainedGrant {
  readonly fired: readonly RuleRef[];
  /** The contributions that fired as well, and are stricter. */
  readonly against: readonly RuleRef[];
  /**
   * If no permit fired: of the permits that apply, the one with the fewest conditions that are not
   * true.
   */
  readonly nearest?: NearestPermit;
  /** If no permit applies: the scopes of the permits. */
  readonly scopes?: readonly MissedScope[];
}

/**
 * Counts the conditions of the permit and of the groups around it, split at every `and`: how many
 * there are, and which are not true. Among equals, the first in the source wins.
 */
export interface NearestPermit extends RuleRef {
  readonly conditions: number;
  readonly failing: readonly ExplanationPart[];
}

/** A scope to which the request does not belong. */
export interface MissedScope {
  /** The permits with this scope. */
  readonly permits: readonly RuleRef[];
  readonly missed: readonly ScopeMismatch[];
}

/** A part of a scope that the request does not match. */
export interface ScopeMismatch {
  readonly selector: 'subject.type' | 'action.name' | 'resource.type';
  /** Null if the request has none, or none that can be read. */
  readonly found: string | null;
  readonly wanted: readonly string[];
  readonly close: readonly string[];
}

/** The condition that ends the validity of the answer. */
export interface ValidityEnd {
  readonly at: string;
  readonly rule: RuleRef;
  readonly part: Spot;
  readonly turns: 'true' | 'false' | 'unknown' | 'known';
  readonly says: string;
}

/** The fault of the request and its place. */
export interface ExplainedError {
  readonly code: string;
  readonly path: string;
  readonly expected: string;
  readonly found: string;
  /** The line of the request at the error; missing if the request is not UTF-8 text. */
  readonly excerpt?: {
    readonly line: number;
    readonly column: number;
    readonly text: string;
    /** In UTF-16 code units of `text`. */
    readonly start: number;
    readonly end: number;
  };
}
