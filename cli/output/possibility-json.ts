// A possibility as `eval` prints it: the members of `Possibility`, in the form of an AuthZEN response.

import type { EvaluatedAnswer } from '@nhipol/language';
import { formatInstant } from '@nhipol/language/types';
import type { Possibility } from '@nhipol/runtime';

/** The parts that engines agree on. */
export type EnginePossibility = Pick<Possibility, 'possible' | 'reasons' | 'validUntil'> & {
  readonly error: object | undefined;
};

/** The possibility that the answer of a possibility form states. */
export function toEnginePossibility({
  decision,
  reasons,
  validUntil,
  error,
}: EvaluatedAnswer): EnginePossibility {
  return { possible: decision, reasons: decision ? [] : reasons, validUntil, error };
}

export interface PossibilityJson {
  readonly possible: boolean;
  readonly reasons?: readonly string[];
  /** RFC 3339. */
  readonly valid_until?: string;
  readonly error?: object;
}

export function buildPossibilityJson({
  possible,
  reasons,
  validUntil,
  error,
}: EnginePossibility): PossibilityJson {
  return {
    possible,
    ...(possible ? {} : { reasons }),
    ...(validUntil === undefined ? {} : { valid_until: formatInstant(BigInt(validUntil)) }),
    ...(error === undefined ? {} : { error }),
  };
}
