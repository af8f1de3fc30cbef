// Constants of the IR, and how expressions represent values.

/**
 * `tri`: 0 false, 1 unknown, 2 true. `word`: a 64-bit integer. `bytes`: a string or an address, by
 * pointer and length. `cells`: a set or list by pointer and count. All representations except `tri` have
 * a flag that says whether the value is known.
 */
export type Rep = 'tri' | 'word' | 'bytes' | 'cells';

/** A word, a string, or the bytes of an address. */
export type IrScalar = bigint | string | Uint8Array;

export interface IrTyped {
  readonly rep: Rep;
  /** Whether time alone can change it: then it has an edge. */
  readonly timeful: boolean;
}

export interface IrConst extends IrTyped {
  readonly kind: 'const';
  /** tri: boolean; word: bigint; bytes: string or bytes; cells: their values. */
  readonly value: boolean | IrScalar | readonly IrScalar[];
}
