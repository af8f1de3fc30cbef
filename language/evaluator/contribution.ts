// The ways in which rules and bands of scores contribute to an answer.

import type { EffectName } from '@nhipol/runtime/abi';
import type { Band, Demand, Expr, MessagePart, Narrowing, Rule } from '../model/model.ts';
import type { Span } from '../support/source.ts';

/** One way in which a rule or a band of a score can contribute to the answer. */
export interface Contribution {
  readonly by: Rule | Band;
  readonly effect: EffectName;
  readonly fired: boolean;
  readonly edge: bigint | undefined;
  readonly reasons: readonly Reason[];
  readonly narrowing: Narrowing | undefined;
  /** The narrowing of a `deny` that would be a `narrow` if lower values were requested. */
  readonly lowered: Narrowing | undefined;
}
/** The details of one id if it is a reason of the answer. */
export interface Reason {
  readonly id: string;
  readonly message: readonly MessagePart[];
  readonly span: Span;
  readonly firedOn: 'true' | 'unknown';
  /** The condition whose unknown paths are reported. */
  readonly condition: Expr;
  /** Empty where the rule fires with another effect than the one that it declares. */
  readonly demands: readonly Demand[];
}
