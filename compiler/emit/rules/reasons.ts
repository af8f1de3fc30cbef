// Emits the explanation of a reason that fired, as the lines of two functions: the mask of the unknown
// paths, and the values of its message and its obligations, stored in cells.

import type { IrExpr } from '../../ir/expressions.ts';
import type { IrReason } from '../../ir/ir.ts';
import type { ExpressionEmitter, Masks } from '../expressions/expressions.ts';
import {
  type EmittedValue,
  emitOperand,
  emitUsable,
  formatWord,
  printPointerAndLength,
} from '../expressions/locals.ts';

export function emitWhyLines(
  { condition, falls, unknown }: IrReason,
  emitter: (bits: Masks) => ExpressionEmitter,
): readonly string[] {
  const emitting = emitter(
    new Map(unknown.map((path, bit) => [path, formatWord(1n << BigInt(bit))])),
  );
  const asItself = emitting.emit(condition).mask;
  const fallen = falls && emitting.emit(falls).mask;
  const value = fallen === undefined ? asItself : `falls ? ${fallen} : ${asItself}`;
  return [...emitting.lines, `  return ${value};`];
}

/** The lines that store the values, none if there are no values; `cell`: the address of a value. */
export function fillLines(
  emitter: ExpressionEmitter,
  { placeholders, properties }: IrReason,
  cell: (kind: 'placeholders' | 'properties', index: number) => string,
): readonly string[] {
  const stores = [
    ...placeholders.map(({ index, value }) => ({ value, at: cell('placeholders', index) })),
    ...properties.map(({ index, value }) => ({ value, at: cell('properties', index) })),
  ].map(({ value, at }) => emitStore(value, emitter.emit(value), at));
  return [...emitter.lines, ...stores];
}

/** Stores a value in a cell; a set that exceeded the memory counts as unknown. */
function emitStore(expr: IrExpr, local: EmittedValue, cell: string): string {
  const known = emitUsable(expr, local);
  const store =
    expr.rep === 'cells'
      ? `storeCollection(${cell}, ${printPointerAndLength(local)}, false)`
      : `store${expr.rep === 'bytes' ? 'Bytes' : 'Word'}(${cell}, ${emitOperand(expr, local)})`;
  return `  if (${known} && !exhausted) ${store}; else storeUnknown(${cell});`;
}
