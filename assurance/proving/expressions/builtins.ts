// How the formula computes each builtin, and which construct a proof relies on. What it does not compute is evaluated for
// operands that it lists, and is any value for others, so that a builtin without an exact entry can only make a claim unproved.

import type { BuiltinName } from '@nhipol/language/types';
import type { Construct } from '../facts/constructs.ts';

/** How the formula computes a builtin on numbers and collections. */
export type Computation =
  | ('sum' | 'difference' | 'negation' | 'conversion' | 'product' | 'quotient')
  /** On a collection as its left operand, or as its right one. */
  | ('size' | 'membership' | 'relation' | 'algebra')
  /** Not beyond its values for known operands. */
  | 'none';

interface Encoding {
  readonly computation: Computation;
  /** Whether there is a result for all operands that have a value. */
  readonly isTotal: boolean;
  /** The construct that a proof relies on, if it is not that of the types of the operands. */
  readonly construct: Construct | 'that of its operands';
}

const ofOperands = { isTotal: false, construct: 'that of its operands' } as const;
const composed = { computation: 'none', isTotal: false, construct: 'composed functions' } as const;
const pattern = { computation: 'none', isTotal: false, construct: 'patterns' } as const;
const parser = { computation: 'none', isTotal: false, construct: 'functions of strings' } as const;

const encodings: Readonly<Record<BuiltinName, Encoding>> = {
  '+': { computation: 'sum', ...ofOperands },
  '-': { computation: 'difference', ...ofOperands },
  '*': { computation: 'product', isTotal: false, construct: 'constant products' },
  '/': { computation: 'quotient', isTotal: false, construct: 'constant products' },
  negate: { computation: 'negation', ...ofOperands },
  decimal: { computation: 'conversion', ...ofOperands },
  in: { computation: 'membership', ...ofOperands },
  'not in': { computation: 'membership', ...ofOperands },
  within: { computation: 'relation', ...ofOperands },
  'not within': { computation: 'relation', ...ofOperands },
  intersects: { computation: 'relation', ...ofOperands },
  union: { computation: 'algebra', ...ofOperands },
  intersect: { computation: 'algebra', ...ofOperands },
  minus: { computation: 'algebra', ...ofOperands },
  size: { computation: 'size', isTotal: false, construct: 'lengths' },
  length: { computation: 'none', isTotal: false, construct: 'lengths' },
  starts_with: pattern,
  ends_with: pattern,
  contains: pattern,
  matches: pattern,
  under: composed,
  normal_path: composed,
  lower: { ...composed, isTotal: true },
  trust_domain: { ...composed, isTotal: true },
  path: { ...composed, isTotal: true },
  spiffe: composed,
  ip: parser,
  cidr: parser,
  int: parser,
  quantity: parser,
  version: { computation: 'none', ...ofOperands },
  prefix_length: { computation: 'none', ...ofOperands },
  interpolate: composed,
  'text of': composed,
  'non-empty': composed,
  'segment of': composed,
  'root segment of': composed,
};

/** Returns how a builtin is encoded. */
export function findEncoding(name: BuiltinName): Encoding {
  return encodings[name];
}
