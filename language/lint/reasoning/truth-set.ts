// The truth values that a condition can have: a set of the three values, as three bits.

/** A set of truth values: a sum of `onlyFalse`, `onlyUnknown` and `onlyTrue`. */
export type TruthSet = number;

/** The empty set. */
export const noTruth: TruthSet = 0;
export const onlyFalse: TruthSet = 1;
export const onlyUnknown: TruthSet = 2;
export const onlyTrue: TruthSet = 4;
/** The set of all truth values. */
export const anyTruth: TruthSet = onlyFalse | onlyUnknown | onlyTrue;
/** The set of the values that are not false. */
export const possible: TruthSet = onlyUnknown | onlyTrue;

/** The truth values of a negation. */
export function negateTruths(truthSet: TruthSet): TruthSet {
  return (
    (truthSet & onlyUnknown) |
    (truthSet & onlyFalse ? onlyTrue : 0) |
    (truthSet & onlyTrue ? onlyFalse : 0)
  );
}

/** The value that decides a junction, whatever the other operands are. */
export function getDecidingTruths(kind: 'And' | 'Or'): TruthSet {
  return kind === 'And' ? onlyFalse : onlyTrue;
}

/** Kleene's junction of independent operands. */
export function joinTruths(kind: 'And' | 'Or', operands: readonly TruthSet[]): TruthSet {
  const decides = getDecidingTruths(kind);
  const identity = negateTruths(decides);
  const isUndecided = operands.every((truthSet) => truthSet & (identity | onlyUnknown));
  return (
    (operands.some((truthSet) => truthSet & decides) ? decides : 0) |
    (isUndecided && operands.some((truthSet) => truthSet & onlyUnknown) ? onlyUnknown : 0) |
    (operands.every((truthSet) => truthSet & identity) ? identity : 0)
  );
}

/** Whether a junction is wanted to have only values that no single operand decides. */
export function isOpenJunction(kind: 'And' | 'Or', wanted: TruthSet): boolean {
  const decides = getDecidingTruths(kind);
  return (wanted & decides) === noTruth && (wanted & negateTruths(decides)) !== noTruth;
}

/** The wanted values of each operand of an open junction. */
export function getOperandTruths(kind: 'And' | 'Or', wanted: TruthSet): TruthSet {
  const decides = getDecidingTruths(kind);
  return wanted & onlyUnknown ? anyTruth & ~decides : negateTruths(decides);
}
