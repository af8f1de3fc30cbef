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

/**
 * The tests that the list of strings of an operand must distinguish, so that the result for one of them is the result for
 * all strings that it represents. `everything`: no list does, so the result is exact for constants only.
 */
type Distinction =
  | ('nothing' | 'patterns' | 'lengths' | 'everything')
  /** Patterns, if the second operand is a constant. */
  | 'a constant part'
  /** The constant networks. */
  | 'networks'
  /** `nothing` for an address: it has the version of its representative. */
  | 'the version';

interface Encoding {
  readonly computation: Computation;
  readonly distinction: Distinction;
  /** Whether there is a result for all operands that have a value. */
  readonly isTotal: boolean;
  /** The construct that a proof relies on, if it is not that of the types of the operands. */
  readonly construct: Construct | 'that of its operands';
}

const opaque = { distinction: 'everything', isTotal: false } as const;
const ofOperands = { ...opaque, construct: 'that of its operands' } as const;
const composed = { ...opaque, computation: 'none', construct: 'composed functions' } as const;
const part = {
  ...opaque,
  computation: 'none',
  distinction: 'a constant part',
  construct: 'patterns',
} as const;
const parser = { ...opaque, computation: 'none', construct: 'functions of strings' } as const;

const encodings: Readonly<Record<BuiltinName, Encoding>> = {
  '+': { computation: 'sum', ...ofOperands },
  '-': { computation: 'difference', ...ofOperands },
  '*': { ...opaque, computation: 'product', construct: 'constant products' },
  '/': { ...opaque, computation: 'quotient', construct: 'constant products' },
  negate: { computation: 'negation', ...ofOperands },
  decimal: { computation: 'conversion', ...ofOperands },
  in: { ...ofOperands, computation: 'membership', distinction: 'networks' },
  'not in': { ...ofOperands, computation: 'membership', distinction: 'networks' },
  within: { computation: 'relation', ...ofOperands },
  'not within': { computation: 'relation', ...ofOperands },
  intersects: { computation: 'relation', ...ofOperands },
  union: { computation: 'algebra', ...ofOperands },
  intersect: { computation: 'algebra', ...ofOperands },
  minus: { computation: 'algebra', ...ofOperands },
  size: { ...opaque, computation: 'size', construct: 'lengths' },
  length: { ...opaque, computation: 'none', distinction: 'lengths', construct: 'lengths' },
  starts_with: part,
  ends_with: part,
  contains: part,
  matches: { ...part, distinction: 'patterns' },
  under: { ...composed, distinction: 'a constant part' },
  normal_path: { ...composed, distinction: 'patterns' },
  lower: { ...composed, isTotal: true },
  trust_domain: { ...composed, isTotal: true },
  path: { ...composed, isTotal: true },
  spiffe: { ...composed, distinction: 'nothing' },
  ip: parser,
  cidr: parser,
  int: parser,
  quantity: parser,
  version: { ...ofOperands, computation: 'none', distinction: 'the version' },
  prefix_length: { computation: 'none', ...ofOperands },
  interpolate: composed,
  'text of': composed,
  // The empty string is a constant of its list.
  'non-empty': { ...composed, distinction: 'nothing' },
  'segment of': { ...composed, distinction: 'patterns' },
  'root segment of': { ...composed, distinction: 'patterns' },
};

/** Returns how a builtin is encoded. */
export function findEncoding(name: BuiltinName): Encoding {
  return encodings[name];
}
