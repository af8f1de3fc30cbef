// Lowers strings with placeholders. A comparison matches the other string part by part, so that nothing
// is copied; the value of an obligation is joined in memory that is reserved for it.

import { type Expr, type Interpolation, isShownValue } from '@nhipol/language/model';
import type { BuiltinName, EnumType, Type } from '@nhipol/language/types';
import { lowerScalar, lowerValue } from '../ir/cells.ts';
import type { IrApply, IrExpr } from '../ir/expressions.ts';
import type { IrTable } from '../ir/tables.ts';
import type { Rep } from '../ir/values.ts';

type Lower = (expr: Expr) => IrExpr;

const string: Type = { kind: 'String' };

/** A part as the library takes it: a string, or an Int that the library formats. */
interface Part {
  readonly value: IrExpr;
  readonly isInteger: boolean;
}

/** Compares `text` with a joined string. */
export function compareParts(
  operator: 'is' | 'starts_with' | 'ends_with',
  text: IrExpr,
  { args }: Interpolation,
  lower: Lower,
): IrExpr {
  const parts = args.map((arg) => lowerPart(arg, lower));
  const fromEnd = operator === 'ends_with';
  const side = fromEnd ? 'before' : 'after';
  const rest = (fromEnd ? parts.reverse() : parts).reduce(
    (left, { value, isInteger }) =>
      createCall('bytes', `${side}${isInteger ? 'Integer' : 'Text'}`, [left, value]),
    text,
  );
  return createCall('tri', operator === 'is' ? 'isConsumed' : 'isFound', [rest]);
}

/** How each builtin whose right operand may have placeholders compares a string with it. */
export const partComparisons: Partial<
  Record<BuiltinName, (text: IrExpr, right: Interpolation, lower: Lower) => IrExpr>
> = {
  under: compareRoot,
  starts_with: (text, right, lower) => compareParts('starts_with', text, right, lower),
  ends_with: (text, right, lower) => compareParts('ends_with', text, right, lower),
};

/** Whether `path` is under a joined root. */
function compareRoot(path: IrExpr, { args }: Interpolation, lower: Lower): IrExpr {
  const start: IrExpr = { kind: 'const', rep: 'word', timeful: false, value: 0n };
  let state: IrExpr = start;
  let rest = path;
  for (const arg of args) {
    const { value, isInteger } = lowerPart(arg, lower);
    const kind = isInteger ? 'Integer' : '';
    state = createCall('word', `pathAfter${kind}`, [state, value]);
    rest = createCall('bytes', `afterRoot${kind}`, [rest, value]);
  }
  return { ...createCall('tri', 'underParts', [state, path, rest]), mayFail: true };
}

/** Joins the string of an obligation. */
export function joinParts({ args }: Interpolation, lower: Lower): IrExpr {
  return args
    .map((arg) => lowerPart(arg, lower))
    .reduce<IrExpr>(
      (left, { value, isInteger }) => ({
        ...createCall('bytes', isInteger ? 'joinInteger' : 'joinText', [left, value]),
        mayFail: true,
      }),
      lowerValue(string, ''),
    );
}

function lowerPart(arg: Expr, lower: Lower): Part {
  if (!isShownValue(arg)) return { value: lower(arg), isInteger: false };
  const [value] = arg.args as [Expr];
  const lowered = lower(value);
  if (value.type.kind === 'Int') return { value: lowered, isInteger: true };
  return { value: lowerName(value.type, lowered), isInteger: false };
}

/** The name of a Bool or of a member of an enum. */
function lowerName(of: Type, value: IrExpr): IrExpr {
  const { timeful } = value;
  if (of.kind !== 'Enum') {
    return {
      kind: 'if',
      rep: 'bytes',
      timeful,
      condition: value,
      // biome-ignore lint/suspicious/noThenProperty: the branch is called what it is written as.
      then: lowerValue(string, 'true'),
      else: lowerValue(string, 'false'),
      elements: undefined,
    };
  }
  return { kind: 'lookup', rep: 'bytes', timeful, table: getNameTable(of), keys: [value] };
}

const tables = new WeakMap<object, IrTable>();

function getNameTable(of: EnumType): IrTable {
  const existingTable = tables.get(of);
  if (existingTable !== undefined) return existingTable;
  const table: IrTable = {
    name: of.name,
    rows: of.members.map((member, index) => ({
      keys: [lowerScalar(of, index)],
      value: lowerValue(string, member),
    })),
    external: undefined,
  };
  tables.set(of, table);
  return table;
}

function createCall(rep: Rep, name: string, args: readonly IrExpr[]): IrApply {
  return {
    kind: 'apply',
    rep,
    timeful: args.some(({ timeful }) => timeful),
    function: name,
    args,
    mayFail: false,
    countsOnly: false,
  };
}
