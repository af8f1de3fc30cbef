// The maximum number of bytes that values take in a response. The strings of a set in the request are together no
// longer than a request, before their control characters are escaped.

import { requestLimits } from '@nhipol/runtime/abi';
import type { TypeDescription } from '../../ir/description.ts';
import type { IrExpr } from '../../ir/expressions.ts';
import type { IrScalar } from '../../ir/values.ts';
import { countJoinedBytes } from '../../layout/joined-strings.ts';
import { escapeJsonText } from './texts.ts';

/** The quotes of a string, and the comma after it. */
const quoteBytes = 3;
/** A control character is written as `\u0001`. */
const escapeBytes = 6;
const stringBytes = requestLimits.stringBytes * escapeBytes;
const stringsBytes = requestLimits.bytes * escapeBytes + requestLimits.elements * quoteBytes;
/** The bytes of other values: `-9223372036854775808`, an instant, `-106751991167d`, an address. */
const scalarBytes: Readonly<Record<string, number>> = {
  Bool: 5,
  Int: 20,
  Decimal: 21,
  Timestamp: 28,
  Duration: 24,
  Ip: 39,
  Cidr: 43,
};

/** The text of a value as JSON. */
export function countValueBytes(expr: IrExpr, type: TypeDescription): number {
  if (type.kind === 'Set') return 2 + setBytes(expr, type.element);
  return quoteBytes + countScalarRoom(expr, type);
}

function countScalarRoom(expr: IrExpr, type: TypeDescription): number {
  if (type.kind === 'Enum') return Math.max(0, ...type.members.map(countTextBytes));
  const bytes = scalarBytes[type.kind];
  if (bytes !== undefined) return bytes;
  if (expr.kind === 'const') return countTextBytes(String(expr.value));
  return Math.max(stringBytes, countJoinedBytes(expr) * escapeBytes);
}

/** The text of a set without its brackets. */
function setBytes(expr: IrExpr, element: TypeDescription): number {
  switch (expr.kind) {
    case 'const':
      return sumNumbers(
        (expr.value as readonly IrScalar[]).map((value) => countElementBytes(element, value)),
      );
    case 'cell':
      return isText(element)
        ? stringsBytes
        : requestLimits.elements * countElementBytes(element, undefined);
    case 'set':
      return sumNumbers(expr.elements.map((irExpr) => countValueBytes(irExpr, element)));
    case 'if':
      return Math.max(setBytes(expr.then, element), setBytes(expr.else, element));
    case 'else':
      return Math.max(setBytes(expr.value, element), setBytes(expr.fallback, element));
    case 'lookup':
      return expr.table.external === undefined
        ? Math.max(0, ...expr.table.rows.map(({ value }) => setBytes(value, element)))
        : requestLimits.elements * countElementBytes(element, undefined);
    case 'apply':
      return sumNumbers(expr.args.map((arg) => setBytes(arg, element)));
    default:
      expr.kind satisfies
        | ('entry' | 'presence' | 'knownRecord' | 'knownCell' | 'known' | 'knownAge')
        | ('compare' | 'compareNow' | 'compareAge' | 'inWindow' | 'calendar')
        | ('remembered' | 'and' | 'or' | 'not' | 'quantifier' | 'aggregate');
      throw new Error(`broken invariant: a set of the kind ${expr.kind}`);
  }
}

/** The maximum number of elements of a set. */
export function countMaxElements(expr: IrExpr): number {
  switch (expr.kind) {
    case 'const':
      return (expr.value as readonly IrScalar[]).length;
    case 'set':
      return expr.elements.length;
    case 'if':
      return Math.max(countMaxElements(expr.then), countMaxElements(expr.else));
    case 'else':
      return Math.max(countMaxElements(expr.value), countMaxElements(expr.fallback));
    case 'lookup':
      return expr.table.external === undefined
        ? Math.max(0, ...expr.table.rows.map(({ value }) => countMaxElements(value)))
        : requestLimits.elements;
    case 'apply':
      return sumNumbers(expr.args.map(countMaxElements));
    default:
      expr.kind satisfies
        | ('cell' | 'entry' | 'presence' | 'knownRecord' | 'knownCell' | 'known')
        | ('knownAge' | 'compare' | 'compareNow' | 'compareAge' | 'inWindow')
        | ('calendar' | 'remembered' | 'and' | 'or' | 'not' | 'quantifier')
        | 'aggregate';
      return requestLimits.elements;
  }
}

function countElementBytes(element: TypeDescription, value: IrScalar | undefined): number {
  if (isText(element)) {
    return quoteBytes + (typeof value === 'string' ? countTextBytes(value) : stringBytes);
  }
  const members = element.kind === 'Enum' ? element.members : [];
  return quoteBytes + (scalarBytes[element.kind] ?? Math.max(0, ...members.map(countTextBytes)));
}

function isText({ kind }: TypeDescription): boolean {
  return kind === 'String' || kind === 'SpiffeId';
}

/** A text as in a JSON string, without quotes. */
export function countTextBytes(text: string): number {
  return new TextEncoder().encode(escapeJsonText(text)).length;
}

export function sumNumbers(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
