// The truth values that a condition can have: a set of the three values, as three bits.

/** A set of truth values: a sum of `isFalse`, `isUnknown` and `isTrue`. */
export type TruthSet = number;

/** The empty set. */
export const noTruth: TruthSet = 0;
export const isFalse: TruthSet = 1;
export const isUnknown: TruthSet = 2;
export const isTrue: TruthSet = 4;
/** The set of all truth values. */
export const anyTruth: TruthSet = isFalse | isUnknown | isTrue;
/** The set of the values that are not false. */
export const possible: TruthSet = isUnknown | isTrue;

/** The truth values of a negation. */
export function negated(truthSet: TruthSet): TruthSet {
  return (
    (truthSet & isUnknown) | (truthSet & isFalse ? isTrue : 0) | (truthSet & isTrue ? isFalse : 0)
  );
}

/** The value that decides a junction, whatever the other operands are. */
export function deciding(kind: 'And' | 'Or'): TruthSet {
  return kind === 'And' ? isFalse : isTrue;
}

/** Kleene's junction of independent operands. */
export function joined(kind: 'And' | 'Or', operands: readonly TruthSet[]): TruthSet {
  const decides = deciding(kind);
  const identity = negated(decides);
  const isUndecided = operands.every((truthSet) => truthSet & (identity | isUnknown));
  return (
    (operands.some((truthSet) => truthSet & decides) ? decides : 0) |
    (isUndecided && operands.some((truthSet) => truthSet & isUnknown) ? isUnknown : 0) |
    (operands.every((truthSet) => truthSet & identity) ? identity : 0)
  );
}

/** Whether a junction is wanted to have only values that no single operand decides. */
export function isOpen(kind: 'And' | 'Or', wanted: TruthSet): boolean {
  const decides = deciding(kind);
  return (wanted & decides) === noTruth && (wanted & negated(decides)) !== noTruth;
}

/** The wanted values of each operand of an open junction. */
export function ofOperands(kind: 'And' | 'Or', wanted: TruthSet): TruthSet {
  const decides = deciding(kind);
  return wanted & isUnknown ? anyTruth & ~decides : negated(decides);
}
