// `matches`: compares a string with a constant pattern.

import type { Pattern } from '../patterns/pattern.ts';
import type { PatternLanguage } from '../patterns/pattern-source.ts';
import { bool, type Type } from '../types.ts';
import type { BuiltinRows } from './builtin.ts';

/** The type of the operand for each kind of pattern. */
const subjects: Readonly<Record<PatternLanguage, Type['kind']>> = {
  glob: 'String',
  regex: 'String',
  spiffe: 'SpiffeId',
};

/** Whether a pattern can be matched against values of a type. */
export function acceptsType({ source }: Pattern, type: Type): boolean {
  return subjects[source.language] === type.kind;
}

export const patternBuiltins = {
  matches: {
    doc: 'Whether the pattern matches the whole string.',
    operands: 1,
    cost: 'length',
    takes: 'a String, or a SpiffeId with a SPIFFE pattern',
    resolve: ([operand], pattern) =>
      operand !== undefined && pattern !== undefined && acceptsType(pattern, operand)
        ? {
            result: bool,
            assembly: 'matches',
            mayFail: false,
            pattern,
            evaluate: ([text]) => pattern.matches(text as string),
          }
        : undefined,
  },
} satisfies BuiltinRows;
