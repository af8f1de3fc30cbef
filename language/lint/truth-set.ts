// What a condition may come to, as a set of the three values: a word of bits.

export type TruthSet = number;

export const nothing: TruthSet = 0;
export const isFalse: TruthSet = 1;
export const isUnknown: TruthSet = 2;
export const isTrue: TruthSet = 4;
export const whatever: TruthSet = isFalse | isUnknown | isTrue;
export const possible: TruthSet = isUnknown | isTrue;

export function negated(worth: TruthSet): TruthSet {
  return (worth & isUnknown) | (worth & isFalse ? isTrue : 0) | (worth & isTrue ? isFalse : 0);
}

/** The value that decides a junction whatever the other operands are. */
export function deciding(kind: 'And' | 'Or'): TruthSet {
  return kind === 'And' ? isFalse : isTrue;
}

/** Kleene's junction of operands of which nothing is known but what each may be. */
export function joined(kind: 'And' | 'Or', operands: readonly TruthSet[]): TruthSet {
  const decides = deciding(kind);
  const yields = negated(decides);
  const open = operands.every((worth) => worth & (yields | isUnknown));
  return (
    (operands.some((worth) => worth & decides) ? decides : 0) |
    (open && operands.some((worth) => worth & isUnknown) ? isUnknown : 0) |
    (operands.every((worth) => worth & yields) ? yields : 0)
  );
}

/** Whether a junction is to be worth something that no operand decides, and that all may yield. */
export function isOpen(kind: 'And' | 'Or', wanted: TruthSet): boolean {
  const decides = deciding(kind);
  return (wanted & decides) === nothing && (wanted & negated(decides)) !== nothing;
}

/** What each operand is to be where none is to decide, and each must be known where the whole is. */
export function ofOperands(kind: 'And' | 'Or', wanted: TruthSet): TruthSet {
  const decides = deciding(kind);
  return wanted & isUnknown ? whatever & ~decides : negated(decides);
}
