// Builtins for strings and SPIFFE IDs. Strings are sequences of code points, without normalization.

import { counts } from '../ranges.ts';
import { bool, int, spiffeId, string, type Type } from '../types.ts';
import type { Builtin, Resolution } from './builtin.ts';
import { isSpiffeId } from './spiffe.ts';

function test(
  name: string,
  doc: string,
  assembly: string,
  evaluate: (text: string, part: string) => boolean,
): Builtin {
  return {
    name,
    doc,
    operands: 2,
    cost: 'product',
    takes: 'two strings',
    resolve: ([text, part]) =>
      text?.kind === 'String' && part?.kind === 'String'
        ? {
            name,
            result: bool,
            assembly,
            mayFail: false,
            evaluate: ([a, b]) => evaluate(a as string, b as string),
          }
        : undefined,
  };
}

function unary(name: string, doc: string, operand: Type, rest: Omit<Resolution, 'name'>): Builtin {
  return {
    name,
    doc,
    operands: 1,
    cost: 'length',
    takes: operand.kind === 'SpiffeId' ? 'a SpiffeId' : 'a String',
    resolve: ([type]) => (type?.kind === operand.kind ? { name, ...rest } : undefined),
  };
}

export const text: readonly Builtin[] = [
  test(
    'starts_with',
    'Whether the first string begins with the second; unknown if the second is computed and empty.',
    'startsWith',
    (a, b) => a.startsWith(b),
  ),
  test(
    'ends_with',
    'Whether the first string ends with the second; unknown if the second is computed and empty.',
    'endsWith',
    (a, b) => a.endsWith(b),
  ),
  test(
    'contains',
    'Whether the first string contains the second; unknown if the second is computed and empty.',
    'contains',
    (a, b) => a.includes(b),
  ),
  unary(
    'lower',
    'The string with the ASCII letters A–Z in lower case; other characters are unchanged.',
    string,
    {
      result: string,
      assembly: 'lowerAscii',
      mayFail: false,
      evaluate: ([a]) => (a as string).replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
    },
  ),
  unary('length', 'The number of code points.', string, {
    result: int,
    assembly: 'codePointCount',
    mayFail: false,
    evaluate: ([a]) => BigInt([...(a as string)].length),
    reach: () => ({ range: counts, mayFail: false }),
  }),
  unary('spiffe', 'The string as a SPIFFE ID; unknown if it is not a valid one.', string, {
    result: spiffeId,
    assembly: 'toSpiffe',
    mayFail: true,
    evaluate: ([a]) => (isSpiffeId(a as string) ? (a as string) : undefined),
  }),
  unary('trust_domain', 'The trust domain of a SPIFFE ID.', spiffeId, {
    result: string,
    assembly: 'spiffeTrustDomain',
    mayFail: false,
    evaluate: ([a]) => (a as string).split('/')[2] ?? '',
  }),
  unary(
    'path',
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
];
