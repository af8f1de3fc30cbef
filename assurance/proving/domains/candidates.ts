// Adds strings to the lists so that examples exist: constants of functions' results, and operands for which a
// function has a constant as its result. No proof depends on them.

import { isInterpolation } from '@nhipol/language/model';
import type { BuiltinName, Value } from '@nhipol/language/types';
import type { Budget } from '../formula/budget.ts';
import type { DomainAnalysis, TextFunction } from './analysis.ts';
import type { StringFunctions } from './string-functions.ts';

const rounds = 3;
const maxCombinations = 100;
const maxNumbers = 8;

interface Operands {
  /** Operands that differ, of which some have one result. */
  readonly examples: readonly string[];
  /** An operand with a known result. */
  readonly findOperand: (result: string) => string;
}

/** For functions of one string; other functions have the strings of conditions. */
const operandsByName: Partial<Record<BuiltinName, Operands>> = {
  lower: { examples: ['part', 'Part', 'PART'], findOperand: (result) => result },
  ip: { examples: ['192.0.2.1', '::ffff:192.0.2.1'], findOperand: (result) => result },
  cidr: { examples: ['2001:db8::/32', '2001:DB8::/32'], findOperand: (result) => result },
  trust_domain: {
    examples: ['spiffe://part.example/part', 'spiffe://part.example/other'],
    findOperand: (result) => `spiffe://${result}/other`,
  },
  path: {
    examples: ['spiffe://part.example/part', 'spiffe://other.example/part'],
    findOperand: (result) => `spiffe://other.example${result}`,
  },
};

export function addCandidates(
  analysis: DomainAnalysis,
  functions: StringFunctions,
  budget: Budget,
): void {
  addNumerals(analysis);
  for (let round = 0; round < rounds; round += 1) {
    const groups = analysis.groups.mergeGroups();
    const listConstants = (place: string): readonly string[] => [
      ...(groups.get(analysis.groups.root(place))?.constants ?? []),
    ];
    for (const textFunction of analysis.functions) {
      // The lists of other functions have operands for all results.
      if (!functions.isComposed(textFunction.apply))
        addOperands(analysis, textFunction, listConstants);
      addResults(analysis, textFunction, listConstants, budget);
    }
  }
}

type ConstantsAt = (place: string) => readonly string[];

/** Operands with a known result. */
function addOperands(
  analysis: DomainAnalysis,
  { apply, from, to }: TextFunction,
  constantsAt: ConstantsAt,
): void {
  const results = constantsAt(to);
  const operands = operandsByName[apply.builtin.name];
  for (const place of from) {
    if (place === undefined) continue;
    if (operands !== undefined) {
      analysis.groups.addConstants(place, results.map(operands.findOperand));
      analysis.groups.addConstants(place, operands.examples);
    }
    if (isInterpolation(apply)) analysis.groups.addConstants(place, ['part']);
  }
}

/** Strings for numbers that conditions compare, in two spellings. */
function addNumerals({ numerals, numbers, groups }: DomainAnalysis): void {
  for (const { name, from } of numerals) {
    const texts =
      name === 'int'
        ? ['0', '-0', ...listNeighborNumbers(numbers.Int).map(String)]
        : [
            '1',
            '1.0',
            ...listNeighborNumbers(numbers.Decimal).map((millionths) => `${millionths}u`),
          ];
    groups.addConstants(from, texts);
  }
}

/** Numbers on both sides of those that conditions compare. */
function listNeighborNumbers(numbers: ReadonlySet<bigint>): readonly bigint[] {
  return [...numbers].slice(0, maxNumbers).flatMap((each) => [each - 1n, each, each + 1n]);
}

/** The results for constant operands, if there are few combinations. */
function addResults(
  analysis: DomainAnalysis,
  { apply, from, to }: TextFunction,
  constantsAt: ConstantsAt,
  budget: Budget,
): void {
  const operands = apply.args.map((arg, index): readonly Value[] => {
    const place = from[index];
    if (arg.kind === 'Constant') return [arg.value];
    if (place !== undefined) return constantsAt(place);
    if (arg.type.kind === 'Bool') return [true, false];
    return arg.type.kind === 'Enum' ? arg.type.members.map((_, ordinal) => ordinal) : [];
  });
  if (operands.reduce((count, { length }) => count * length, 1) > maxCombinations) return;
  const combinations = operands.reduce<readonly (readonly Value[])[]>(
    (all, values) => all.flatMap((before) => values.map((value) => [...before, value])),
    [[]],
  );
  budget.list(combinations.length);
  const results = combinations.map((values) => apply.builtin.evaluate(values));
  analysis.groups.addConstants(
    to,
    results.filter((value) => typeof value === 'string'),
  );
}
