// JSON with exact numbers: like `JSON.stringify`, except that a bigint and an `ExactDecimal` are written as their
// digits.

import { getExactDigits } from './exact-decimal.ts';

/** `indent`: spaces per level; 0, the default, writes a single line. */
export function stringify(value: unknown, indent = 0): string {
  // The engine's own function is three times as fast.
  if (indent === 0 && isPlain(value)) return JSON.stringify(value) ?? 'null';
  return write(value, indent, indent > 0 ? '\n' : '');
}

/** Whether `JSON.stringify` writes the value as `write` does. */
function isPlain(value: unknown): boolean {
  if (typeof value === 'bigint' || typeof value === 'function') return false;
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isPlain);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return Object.values(value).every(isPlain) && getExactDigits(value) === undefined;
}

function write(value: unknown, indent: number, line: string): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const digits = getExactDigits(value);
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
    .filter(([, member]) => member !== undefined && typeof member !== 'function')
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
