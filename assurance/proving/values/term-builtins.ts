// Builtins on terms: a test is a literal, a function a new term, and a builtin that may have no value has a further
// literal for that. Constants are evaluated at once.

import {
  type ApplyExpr,
  findAffirmative,
  findRole,
  isComparable,
  isInterpolation,
} from '@nhipol/language/model';
import { type BuiltinName, isSpiffeId, type Value } from '@nhipol/language/types';
import {
  createAffixMonitor,
  createPatternMonitor,
  type Monitor,
  spiffeMonitor,
} from '../automata/monitors.ts';
import {
  createNormalPathMonitor,
  createUnderMonitor,
  isUnderKnownMonitor,
} from '../automata/path-monitors.ts';
import { compileSegmentProblems } from '../automata/path-tests.ts';
import {
  createAffixedPreimage,
  createConstantsMonitor,
  findFunctionPreimage,
} from '../automata/preimages.ts';
import { asFinite } from '../expressions/collections.ts';
import { createFreeValue } from '../expressions/free.ts';
import type { SymbolicEncoding } from '../facts/encoding.ts';
import type { SymbolicFact } from '../facts/fact.ts';
import { findRange } from '../facts/member-types.ts';
import { type Literal, yes } from '../formula/formula.ts';
import { createConstantTerm } from '../formula/linear.ts';
import {
  createConstant,
  createNumberValue,
  createTextValue,
  createTruthValue,
  createUnknown,
  guardValue,
  mergeEither,
} from '../symbolic/algebra.ts';
import type { NumberValue, Symbolic } from '../symbolic/symbolic.ts';
import { isTextKind, type Term, type TermMeaning, type Test } from '../terms/terms.ts';
import { isAtMostAsLong, isInNetwork, isVersion4 } from '../terms/tests.ts';

/** Longer than any string of a request. */
const maxLength = BigInt(Number.MAX_SAFE_INTEGER);

/** More combinations of operands have any result. */
const maxCombinations = 256;

/** One value of an operand: known, or that of a term. */
type Option = { readonly guard: Literal } & Operand;
type Operand = { readonly value: Value } | { readonly term: Term };

export function applyToTerms(
  encoding: SymbolicEncoding,
  expr: ApplyExpr,
  args: readonly Symbolic<SymbolicFact>[],
  anyResult: () => Symbolic<SymbolicFact>,
): Symbolic<SymbolicFact> {
  const { formula } = encoding;
  const options = args.map((arg) => listOptions(encoding, arg));
  const count = options.reduce((product, option) => product * (option?.length ?? 0), 1);
  if (options.includes(undefined) || count > maxCombinations) {
    encoding.approximate('functions of strings', expr.span, yes);
    return anyResult();
  }
  let combinations: readonly Combination[] = [{ guard: yes, operands: [] }];
  for (const own of options)
    combinations = combinations.flatMap(({ guard, operands }) =>
      (own ?? []).map((option) => ({
        guard: formula.and(guard, option.guard),
        operands: [...operands, option],
      })),
    );
  return combinations.reduce<Symbolic<SymbolicFact>>(
    (result, { guard, operands }) =>
      mergeEither(
        encoding,
        result,
        guardValue(formula, guard, new Call(encoding, expr, operands).result()),
      ),
    createUnknown(expr.type),
  );
}

interface Combination {
  readonly guard: Literal;
  readonly operands: readonly Operand[];
}

/** Returns `undefined` if the formula does not list what the operand can be. */
function listOptions(
  { terms }: SymbolicEncoding,
  value: Symbolic<SymbolicFact>,
): readonly Option[] | undefined {
  if (value.kind === 'text')
    return value.cases.map(({ guard, term }) => {
      const constant = terms.findValue(term);
      return constant === undefined ? { guard, term } : { guard, value: constant };
    });
  const finite = asFinite(value);
  if (finite !== undefined) return [...finite].map(([each, guard]) => ({ guard, value: each }));
  if (value.kind === 'number') {
    const isKnown =
      value.clock === 'none' && value.cases.every(({ term }) => term.terms.size === 0);
    return isKnown
      ? value.cases.map(({ guard, term }) => ({ guard, value: term.constant }))
      : undefined;
  }
  if (value.kind !== 'texts' || value.bases.length > 0) return undefined;
  const values = value.fixed.flatMap((term) =>
    value.has(term) === yes ? (terms.findValue(term) ?? []) : [],
  );
  return values.length === value.fixed.length ? [{ guard: value.held, value: values }] : undefined;
}

/** The strings for which a builtin has a value, with its second operand if that is known. */
type DefinedStrings = (expr: ApplyExpr, root: string | undefined) => TermMeaning | undefined;

const definedStrings: Partial<Record<BuiltinName, DefinedStrings>> = {
  // The monitor does not know how long a SPIFFE ID may be.
  spiffe: () => ({ kind: 'strings', monitor: spiffeMonitor, atLeast: true }),
  normal_path: () => testExactly(createNormalPathMonitor()),
  'non-empty': () => testExactly(negateMonitor(createConstantsMonitor(['']))),
  'segment of': (expr) =>
    isComparable(expr)
      ? testExactly(
          negateMonitor(createPatternMonitor(compileSegmentProblems(expr.builtin.refused))),
        )
      : undefined,
  under: (_, root) => (root === undefined ? undefined : testExactly(isUnderKnownMonitor(root))),
};

/** The strings for which a test of a part is true. */
const partMonitors: Partial<Record<BuiltinName, (part: string) => Monitor>> = {
  starts_with: (part) => createAffixMonitor('starts_with', part),
  ends_with: (part) => createAffixMonitor('ends_with', part),
  contains: (part) => createAffixMonitor('contains', part),
  under: createUnderMonitor,
};

/** How the result depends on the string; without an entry it is equal for equal strings. `operand`: where there is a value. */
type Result = 'operand' | 'version' | 'length' | 'numeral' | 'part of a SPIFFE ID';

const results: Partial<Record<BuiltinName, Result>> = {
  normal_path: 'operand',
  spiffe: 'operand',
  'non-empty': 'operand',
  'segment of': 'operand',
  'root segment of': 'operand',
  version: 'version',
  length: 'length',
  int: 'numeral',
  quantity: 'numeral',
  trust_domain: 'part of a SPIFFE ID',
  path: 'part of a SPIFFE ID',
};

/** A builtin with one combination of operands. */
class Call {
  readonly #encoding: SymbolicEncoding;
  readonly #expr: ApplyExpr;
  readonly #operands: readonly Operand[];
  /** The operands that are not known. */
  readonly #open: readonly Term[];
  /** Calls with one key and equal terms have equal results. */
  readonly #key: string;

  constructor(encoding: SymbolicEncoding, expr: ApplyExpr, operands: readonly Operand[]) {
    this.#encoding = encoding;
    this.#expr = expr;
    this.#operands = operands;
    this.#open = operands.flatMap((operand) => ('term' in operand ? [operand.term] : []));
    this.#key = toKey(expr, operands);
  }

  result(): Symbolic<SymbolicFact> {
    const { formula } = this.#encoding;
    const { type, builtin } = this.#expr;
    if (this.#open.length === 0) return this.#encodeKnown();
    const isDefined = builtin.mayFail ? this.#isDefined() : yes;
    if (type.kind === 'Bool') {
      const found = this.#test();
      return createTruthValue(formula.and(isDefined, found), formula.and(isDefined, -found));
    }
    return guardValue(formula, isDefined, this.#value());
  }

  #encodeKnown(): Symbolic<SymbolicFact> {
    const { type } = this.#expr;
    const value = this.#evaluate([]);
    return value === undefined
      ? createUnknown(type)
      : createConstant(this.#encoding.values, type, value);
  }

  #evaluate(values: readonly string[]): Value | undefined {
    const rest = [...values];
    return this.#expr.builtin.evaluate(
      this.#operands.map((operand) => ('term' in operand ? (rest.shift() ?? '') : operand.value)),
    );
  }

  /** The value of an operand, if it is known, or `undefined` if it is not, or if there is none. */
  #findText(index: number): string | undefined {
    const operand = this.#operands[index];
    if (operand === undefined || 'term' in operand) return undefined;
    return typeof operand.value === 'string' ? operand.value : undefined;
  }

  // --- tests -------------------------------------------------------------------------------------

  #isDefined(): Literal {
    const { terms } = this.#encoding;
    const meaning = this.#defineMeaning();
    const test: Test = {
      key: `defined ${this.#key}`,
      evaluate: (values) => this.#evaluate(values) !== undefined,
      ...(meaning === undefined ? {} : { meaning }),
    };
    return terms.test(test, this.#open);
  }

  #defineMeaning(): TermMeaning | undefined {
    const root = this.#open.length === 1 ? this.#findText(1) : undefined;
    return definedStrings[this.#expr.builtin.name]?.(this.#expr, root);
  }

  #test(): Literal {
    const { terms } = this.#encoding;
    const [first, second] = this.#operands;
    const isAddress =
      this.#expr.args[0]?.type.kind === 'Ip' && this.#expr.args[1]?.type.kind === 'Cidr';
    if (findRole(this.#expr) === 'membership' && isAddress && first && second) {
      const found = isInNetwork(terms, this.#findTerm(first), this.#findTerm(second));
      return findAffirmative(this.#expr) === undefined ? found : -found;
    }
    const meaning = this.#meaning();
    const test: Test = {
      key: this.#key,
      evaluate: (values) => this.#evaluate(values) === true,
      ...(meaning === undefined ? {} : { meaning }),
    };
    return terms.test(test, this.#open);
  }

  #findTerm(operand: Operand): Term {
    return 'term' in operand ? operand.term : this.#encoding.terms.constant(String(operand.value));
  }

  #meaning(): TermMeaning | undefined {
    const { name, pattern } = this.#expr.builtin;
    const [first] = this.#operands;
    if (first === undefined || !('term' in first)) return undefined;
    if (pattern !== undefined)
      return this.#operands.length === 1 ? testExactly(createPatternMonitor(pattern)) : undefined;
    const second = this.#findText(1);
    if (second === undefined || this.#operands.length !== 2) return undefined;
    const monitor = partMonitors[name]?.(second);
    return monitor && testExactly(monitor);
  }

  // --- other results -----------------------------------------------------------------------------

  #value(): Symbolic<SymbolicFact> {
    const { terms } = this.#encoding;
    const { type, builtin } = this.#expr;
    const [first] = this.#open;
    const result = results[builtin.name];
    if (result === 'operand' && first !== undefined)
      return createTextValue([{ guard: yes, term: first }]);
    if (isTextKind(type.kind)) {
      const term = terms.apply({
        key: this.#key,
        args: this.#open,
        type: type.kind,
        evaluate: (values) => this.#joinText(values),
        preimage: this.#open.length === 1 ? this.#preimage() : undefined,
      });
      return createTextValue([{ guard: yes, term }]);
    }
    if (result === 'version' && first !== undefined && this.#expr.args[0]?.type.kind === 'Ip') {
      const is4 = isVersion4(terms, first);
      return createNumberValue([
        { guard: is4, term: createConstantTerm(4n) },
        { guard: -is4, term: createConstantTerm(6n) },
      ]);
    }
    if (result === 'length' && first !== undefined) return this.#length(first);
    if (result === 'numeral' && first !== undefined) return this.#numeral(first);
    const key = `${this.#key} of ${this.#open.join(' ')}`;
    return this.#encoding.once(key, () => createFreeValue(this.#encoding, this.#expr, key));
  }

  /** Any number, and a test of the string for each constant that the length is compared with. */
  #length(operand: Term): Symbolic<SymbolicFact> {
    const { formula, require, terms, domains } = this.#encoding;
    const made = this.#encoding.once(`length of ${operand}`, () =>
      createNumberValue([
        { guard: yes, term: this.#encoding.createNumber('a length', 0n, maxLength) },
      ]),
    ) as NumberValue;
    const [only] = made.cases;
    if (only === undefined) throw new Error('broken invariant: a length is a number');
    const compared = domains.analysis.thresholds.get(this.#expr) ?? [];
    for (const most of new Set(compared.flatMap((each) => [each - 1, each])))
      if (most >= 0)
        require(
          formula.equivalent(
            terms.test(isAtMostAsLong(most), [operand]),
            formula.atMost(only.term, createConstantTerm(BigInt(most))),
          ),
        );
    return made;
  }

  /** Any number, and that of each constant if the string is one. */
  #numeral(operand: Term): Symbolic<SymbolicFact> {
    const { formula, require, terms, domains } = this.#encoding;
    const [arg] = this.#expr.args;
    return this.#encoding.once(`${this.#key} of ${operand}`, () => {
      const { min, max } = findRange(this.#expr.type);
      const term = this.#encoding.createNumber('a number in a string', min, max);
      const place = arg && domains.flow.findPlace(arg);
      for (const each of place === undefined ? [] : domains.analysis.groups.listConstants(place)) {
        const value = this.#evaluate([each]);
        if (value === undefined) continue;
        const isEqual = terms.equal(operand, terms.constant(each));
        require(formula.implies(isEqual, formula.equal(term, createConstantTerm(value as bigint))));
      }
      return createNumberValue([{ guard: yes, term }]);
    });
  }

  #joinText(values: readonly string[]): string | undefined {
    const isPart = results[this.#expr.builtin.name] === 'part of a SPIFFE ID';
    if (isPart && !isSpiffeId(values[0] ?? '')) return undefined;
    const value = this.#evaluate(values);
    return value === undefined ? undefined : String(value);
  }

  /** How the test of a result is one of the only operand that is not known. */
  #preimage(): ((inner: Monitor) => Monitor) | undefined {
    const preimage = findFunctionPreimage(this.#expr.builtin.name);
    if (preimage !== undefined) return preimage;
    if (!isInterpolation(this.#expr)) return undefined;
    const open = this.#operands.findIndex((operand) => 'term' in operand);
    const listTexts = (operands: readonly Operand[]) =>
      operands.map((operand) =>
        'value' in operand && typeof operand.value === 'string' ? operand.value : undefined,
      );
    const before = listTexts(this.#operands.slice(0, open));
    const after = listTexts(this.#operands.slice(open + 1));
    if (before.includes(undefined) || after.includes(undefined)) return undefined;
    return (inner) => createAffixedPreimage(inner, before.join(''), after.join(''));
  }
}

/** The builtin with its pattern, and of each operand its type, and its value if that is known. */
function toKey({ builtin, args }: ApplyExpr, operands: readonly Operand[]): string {
  const { name, pattern } = builtin;
  const shown = operands.map((operand, index) => {
    const type = args[index]?.type.kind ?? '';
    return 'term' in operand ? type : `${type} ${buildValueKey(operand.value)}`;
  });
  return `${name}(${shown.join(', ')})${pattern === undefined ? '' : ` ${JSON.stringify(pattern.source)}`}`;
}

function buildValueKey(value: Value): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'bigint' ? `${part}n` : part,
  );
}

function testExactly(monitor: Monitor): TermMeaning {
  return { kind: 'strings', monitor, atLeast: false };
}

function negateMonitor(monitor: Monitor): Monitor {
  return { ...monitor, label: (state) => Number(monitor.label(state) === 0) };
}
