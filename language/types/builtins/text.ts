// Builtins for strings and SPIFFE IDs. Strings are sequences of code points, without normalization.

import { countRange } from '../ranges.ts';
import { bool, int, spiffeId, string, type Type } from '../types.ts';
import type { BuiltinRow, BuiltinRows, Meaning } from './builtin.ts';
import { isSpiffeId } from './spiffe.ts';

function test(
  doc: string,
  assembly: string,
  evaluate: (text: string, part: string) => boolean,
): BuiltinRow {
  return {
    doc,
    operands: 2,
    cost: 'product',
    takes: 'two strings',
    resolve: ([text, part]) =>
      text?.kind === 'String' && part?.kind === 'String'
        ? {
            result: bool,
            assembly,
            mayFail: false,
            evaluate: ([a, b]) => evaluate(a as string, b as string),
          }
        : undefined,
  };
}

function createUnaryRow(doc: string, operand: Type, meaning: Meaning): BuiltinRow {
  return {
    doc,
    operands: 1,
    cost: 'length',
    takes: operand.kind === 'SpiffeId' ? 'a SpiffeId' : 'a String',
    resolve: ([type]) => (type?.kind === operand.kind ? meaning : undefined),
  };
}

export const textBuiltins = {
  starts_with: test(
    'Whether the first string begins with the second; unknown if the second is computed and empty.',
    'startsWith',
    (a, b) => a.startsWith(b),
  ),
  ends_with: test(
    'Whether the first string ends with the second; unknown if the second is computed and empty.',
    'endsWith',
    (a, b) => a.endsWith(b),
  ),
  contains: test(
    'Whether the first string contains the second; unknown if the second is computed and empty.',
    'contains',
    (a, b) => a.includes(b),
  ),
  lower: createUnaryRow(
    'The string with the ASCII letters A–Z in lower case; other characters are unchanged.',
    string,
    {
      result: string,
      assembly: 'lowerAscii',
      mayFail: false,
      evaluate: ([a]) => (a as string).replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
    },
  ),
  length: createUnaryRow('The number of code points.', string, {
    result: int,
    assembly: 'codePointCount',
    mayFail: false,
    evaluate: ([a]) => BigInt([...(a as string)].length),
    reach: () => ({ range: countRange, mayFail: false }),
  }),
  spiffe: createUnaryRow('The string as a SPIFFE ID; unknown if it is not a valid one.', string, {
    result: spiffeId,
    assembly: 'toSpiffe',
    mayFail: true,
    evaluate: ([a]) => (isSpiffeId(a as string) ? (a as string) : undefined),
  }),
  trust_domain: createUnaryRow('The trust domain of a SPIFFE ID.', spiffeId, {
    result: string,
    assembly: 'spiffeTrustDomain',
    mayFail: false,
    evaluate: ([a]) => (a as string).split('/')[2] ?? '',
  }),
  path: createUnaryRow(
    'The path of a SPIFFE ID with its leading slash; empty if there is none.',
    spiffeId,
    {
      result: string,
      assembly: 'spiffePath',
      mayFail: false,
      evaluate: ([a]) => {
        const rest = (a as string).slice('spiffe://'.length);
        const slash = rest.indexOf('/');
        return slash === -1 ? '' : rest.slice(slash);
      },
    },
  ),
} satisfies BuiltinRows;
