// How the formula represents each construct of the language. `exact`: as the evaluator. `over`: the formula allows
// more outcomes than the evaluator has, so that proofs hold and a refutation must be confirmed. `none`: it has no
// representation, so that nothing is proved.

export type Precision = 'exact' | 'over' | 'none';

export interface ConstructRow {
  readonly precision: Precision;
  /** A noun phrase for reports. */
  readonly name: string;
  /** A sentence on the representation. */
  readonly how: string;
}

export const constructs = {
  logic: {
    precision: 'exact',
    name: 'three-valued logic',
    how: 'Each condition has two literals: it is certainly true, or certainly false.',
  },
  presence: {
    precision: 'exact',
    name: 'presence, defaults and unusable values',
    how: 'Each member has a literal for its presence, and one for whether its value is usable.',
  },
  strings: {
    precision: 'exact',
    name: 'comparisons of strings, SPIFFE IDs and addresses, and membership',
    how: 'Strings range over the constants of the policy and enough other strings.',
  },
  patterns: {
    precision: 'exact',
    name: 'patterns, and prefixes, suffixes and parts that are constant',
    how: 'The other strings are found by an automaton of all patterns that a string is compared with.',
  },
  'large patterns': {
    precision: 'over',
    name: 'patterns whose joint automaton is too large',
    how: 'For strings that are not constants of the policy, the result is any.',
  },
  'composed functions': {
    precision: 'exact',
    name: '`lower`, `path`, `trust_domain` and strings with one placeholder, compared with constants and patterns; `normal_path`, and `under` a constant root',
    how: 'The automaton tests the result of the function.',
  },
  'functions of strings': {
    precision: 'over',
    name: 'other functions of strings: compared with other values, operands of other functions, `ip`, `cidr`, `int` and `quantity`, several placeholders, and affixes that are not constant',
    how: 'Exact for constants of the policy; for other strings, the result is any, but the same for equal strings.',
  },
  lengths: {
    precision: 'exact',
    name: '`length` and `size`, compared with constants up to 24',
    how: 'Enough strings of each length, and enough elements.',
  },
  'large lengths': {
    precision: 'over',
    name: 'other uses of `length` and `size`',
    how: 'The number is any from a bound on.',
  },
  networks: {
    precision: 'exact',
    name: 'addresses in constant networks',
    how: 'Enough addresses in each combination of networks.',
  },
  numbers: {
    precision: 'exact',
    name: 'numbers, instants and durations: sums, differences, multiples by a constant, comparisons and overflow',
    how: 'Integer variables, and linear inequalities between them.',
  },
  'constant products': {
    precision: 'exact',
    name: 'products by a constant or by a number with at most 32 values, and quotients by a constant',
    how: 'Multiples; of a quotient or a product of Decimals, the integer that rounding determines.',
  },
  products: {
    precision: 'over',
    name: 'other products and quotients',
    how: 'Exact where an operand is 0, 1, 2 or 10; otherwise any number that the ranges of the operands allow.',
  },
  clock: {
    precision: 'exact',
    name: 'the clock, `fresh` and ages',
    how: 'The instant is a variable in the years 0 to 9999, with the tolerance of a minute.',
  },
  windows: {
    precision: 'over',
    name: 'windows and calendar fields',
    how: 'A literal for each window and instant, and a number for each time of day; related to the clock year by year where a proof needs it, in at most eight years.',
  },
  collections: {
    precision: 'exact',
    name: 'sets, lists, their operators, `any`, `all`, `min` and `max`',
    how: 'A literal for each possible element, and enough elements that are records or numbers.',
  },
  'small sums': {
    precision: 'exact',
    name: '`sum` over lists of records, lists of numbers and maps with few elements, and over sets of enum members',
    how: 'At least four elements, each with its part of the sum.',
  },
  sums: {
    precision: 'over',
    name: '`sum` over more elements, and over other sets',
    how: 'Any number; if no part can be negative, at least the sum of the parts that are represented.',
  },
  maps: {
    precision: 'exact',
    name: 'entries of maps by their keys, and `any`, `all`, `size`, `min` and `max` over them',
    how: 'An entry for each key that a string can be.',
  },
  tables: {
    precision: 'exact',
    name: 'tables in the policy, with records, and transitive ones',
    how: 'A condition for each row.',
  },
  'external tables': {
    precision: 'over',
    name: 'external tables',
    how: 'Not loaded, or with any value for each look-up.',
  },
  history: {
    precision: 'over',
    name: 'history',
    how: 'Unknown without a session; in one, any number of events and any sum that is not negative, the same for all terms about the same events. Refutations have a bounded number of events.',
  },
  digests: {
    precision: 'over',
    name: 'the digest of a call',
    how: 'Any string, or missing. A request without one has the digest that nhipol computes.',
  },
  equality: {
    precision: 'over',
    name: 'an `if` with an unknown condition between two lists',
    how: 'Known or unknown.',
  },
  decision: {
    precision: 'exact',
    name: 'effects, scores, limits, conflicts of constraints, and obligations',
    how: 'As the evaluator combines them.',
  },
  'common values': {
    precision: 'exact',
    name: 'members that two versions declare as different enums, as an enum and a String, or as numbers with different ranges',
    how: 'One value of the request, as each version reads it.',
  },
  'rival types': {
    precision: 'none',
    name: 'members that two versions declare with other types that can have a value in common',
    how: 'Requests with such a member are left out.',
  },
  lemmas: {
    precision: 'over',
    name: 'what no lemma about all strings, addresses and sets decides, such as sums, sets of numbers, lengths and sizes',
    how: 'Lists of values prove the claim, but nothing is proved by lists alone.',
  },
  'too many values': {
    precision: 'none',
    name: 'conditions that need more than 64 values or elements, or quantifiers that depend on each other in a cycle',
    how: 'The lists of values would be too short.',
  },
  'large lists': {
    precision: 'none',
    name: 'conditions whose lists of values are too large',
    how: 'The steps of the search for values are limited.',
  },
  'large formula': {
    precision: 'none',
    name: 'conditions whose formula is too large',
    how: 'The elements of a formula are limited, and the steps that make them.',
  },
  'long search': {
    precision: 'none',
    name: 'claims whose search takes too many steps',
    how: 'A larger `--effort` allows more steps.',
  },
} as const satisfies Record<string, ConstructRow>;

export type Construct = keyof typeof constructs;
