// The locals of a computed expression, and how they are written as operands and arguments.

import type { IrExpr } from '../../ir/expressions.ts';
import { collectIrExprs } from '../../ir/operands.ts';

/** The locals of a computed expression. */
export interface EmittedValue {
  /** i32, 1 or 0; a `tri` has none. */
  readonly known: string;
  /** tri: i32; word: i64; bytes and cells: the pointer, usize. */
  readonly value: string;
  /** i32, for bytes and cells. */
  readonly length: string;
  /** i32, 1 if elements are unknown. */
  readonly partial: string;
  /** i64, or `undefined` for never. */
  readonly edge: string | undefined;
  /** u64 */
  readonly mask: string;
}

const allocating = /^(union|intersect|minus)(Words|Bytes)$|^(lowerAscii|toIp|toCidr)$/;

export function formatWord(value: bigint): string {
  if (value === -(2n ** 63n)) return 'i64.MIN_VALUE';
  return value >= 2n ** 63n ? `<u64>${value}` : `${value}`;
}

/** 1 or 0. */
export function emitKnownTest(expr: IrExpr, local: EmittedValue): string {
  if (expr.rep !== 'tri') return local.known;
  return expr.kind === 'const' ? '1' : `i32(${local.value} != 1)`;
}

/** 1 if the value and all elements of a set or list are known, otherwise 0. */
export function emitUsable(expr: IrExpr, local: EmittedValue): string {
  const known = emitKnownTest(expr, local);
  return local.partial === '0' ? known : `(${known} & (${local.partial} ^ 1))`;
}

export function emitUnusable({ known, partial }: Pick<EmittedValue, 'known' | 'partial'>): string {
  return partial === '0' ? `!${known}` : `!${known} || ${partial}`;
}

/** The value as an argument of the assembly library. */
export function emitOperand(expr: IrExpr, local: EmittedValue): string {
  if (expr.rep === 'tri') return `<i64>(${local.value} >> 1)`;
  return expr.rep === 'word' ? local.value : printPointerAndLength(local);
}

export function printPointerAndLength(local: EmittedValue): string {
  return `${local.value}, ${local.length}`;
}

export function allocates(expr: IrExpr): boolean {
  return [...collectIrExprs([expr])].some(
    (part) => part.kind === 'set' || (part.kind === 'apply' && allocating.test(part.function)),
  );
}
