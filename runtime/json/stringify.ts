// JSON with exact numbers: like `JSON.stringify`, except that a bigint and an `ExactDecimal` are written as their
// digits.

import { exactDigits } from './exact-decimal.ts';

/** `indent`: spaces per level; 0, the default, writes a single line. */
export function stringify(value: unknown, indent = 0): string {
  return write(value, indent, indent > 0 ? '\n' : '');
}

function write(value: unknown, indent: number, line: string): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const digits = exactDigits(value);
  if (digits !== undefined) return digits;
  const inner = line === '' ? '' : line + ' '.repeat(indent);
  if (Array.isArray(value)) {
    return enclose(
      '[',
      ']',
      value.map((element) => write(element, indent, inner)),
      line,
      inner,
    );
  }
  const colon = line === '' ? ':' : ': ';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => JSON.stringify(name) + colon + write(member, indent, inner));
  return enclose('{', '}', members, line, inner);
}

function enclose(
  open: string,
  close: string,
  parts: readonly string[],
  line: string,
  inner: string,
): string {
  return parts.length === 0 ? open + close : open + inner + parts.join(`,${inner}`) + line + close;
}
