// Emits conditions of atoms alone as tests of their bits: whether a condition is true, or whether it is
// true or unknown. `not` turns one question into the other, so that no unknown value is computed.

import type { IrExpr } from '../../ir/expressions.ts';
import type { AtomWords } from '../../layout/atom-words.ts';

export type Certainty = 'sure' | 'may';

const opposite: Readonly<Record<Certainty, Certainty>> = { sure: 'may', may: 'sure' };

/**
 * Emits a boolean over the words `sure…` and `may…`, or `undefined` if the condition does not consist of atoms
 * alone.
 */
export function emitTruthTest(
  question: Certainty,
  expr: IrExpr,
  atoms: AtomWords,
): string | undefined {
  const place = atoms.place(expr);
  if (place !== undefined) return `(${question}${place.pair} & ${place.mask}) != 0`;
  if (expr.kind === 'const') return `${expr.value}`;
  if (expr.kind === 'not') {
    const test = emitTruthTest(opposite[question], expr.operand, atoms);
    return test && `!(${test})`;
  }
  if (expr.kind !== 'and' && expr.kind !== 'or') return undefined;
  const bits = new Map<string, bigint>();
  const tests: string[] = [];
  for (const part of expr.operands) {
    const isNegated = part.kind === 'not';
    const own = atoms.place(isNegated ? part.operand : part);
    if (own !== undefined) {
      const word = `${isNegated ? opposite[question] : question}${own.pair}`;
      const key = `${word}${isNegated ? '!' : ''}`;
      bits.set(key, (bits.get(key) ?? 0n) | own.mask);
      continue;
    }
    const test = emitTruthTest(question, part, atoms);
    if (test === undefined) return undefined;
    tests.push(`(${test})`);
  }
  for (const [key, mask] of bits) tests.push(`(${emitBitTest(key, mask, expr.kind)})`);
  return tests.join(expr.kind === 'and' ? ' & ' : ' | ');
}

/** All or any of the bits of a word or, if they are negated, of those that are not set. */
function emitBitTest(key: string, mask: bigint, kind: 'and' | 'or'): string {
  const isNegated = key.endsWith('!');
  const bits = `(${isNegated ? key.slice(0, -1) : key} & ${mask})`;
  if (kind === 'and') return isNegated ? `${bits} == 0` : `${bits} == ${mask}`;
  return isNegated ? `${bits} != ${mask}` : `${bits} != 0`;
}
