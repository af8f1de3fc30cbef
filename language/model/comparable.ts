// The right operands of comparisons of strings: an empty value, and one in a placeholder that is not one segment, is
// unknown, so that no value widens the comparison beyond what its author can see.

import type { Resolution } from '../types/builtins/builtin.ts';
import {
  findRootSegmentProblem,
  findSegmentProblem,
  listRefusedCharacters,
  toBitMask,
} from '../types/segments.ts';
import { int, string } from '../types/types.ts';
import {
  type Interpolation,
  isInterpolation,
  isShownValue,
  makeInterpolation,
} from './interpolation.ts';
import type { ApplyExpr, Expr } from './model.ts';

/** Names of internal builtins; they are not valid names in a policy. */
const nonEmptyName = 'non-empty';
const segmentName = 'segment of';
const rootName = 'root segment of';

type ComparableName = typeof nonEmptyName | typeof segmentName | typeof rootName;

/** An operand that is unknown if it would widen the comparison. Its first argument is the value. */
export interface Comparable extends ApplyExpr {
  readonly builtin: Resolution & {
    readonly name: ComparableName;
    /** Characters that a segment must not have. */
    readonly refused: string;
  };
}

export function isComparable(expr: Expr): expr is Comparable {
  const { name } = expr.kind === 'Apply' ? expr.builtin : { name: '' };
  return name === nonEmptyName || name === segmentName || name === rootName;
}

type Operator = 'is' | 'starts_with' | 'ends_with' | 'contains' | 'under';

/** Operators for which `comparable` makes the right operand. */
export function comparesParts(name: string): name is Operator {
  return ['starts_with', 'ends_with', 'contains', 'under'].includes(name);
}

export function convertToComparable(operator: Operator, operand: Expr): Expr {
  if (operand.type.kind !== 'String') return operand;
  if (isInterpolation(operand)) return convertParts(operator, operand);
  return operator === 'is' || operator === 'under' ? operand : requireNonEmpty(operator, operand);
}

function convertParts(operator: Operator, operand: Interpolation): Expr {
  const { args, span } = operand;
  const [only, ...others] = args;
  if (only === undefined) return operand;
  if (others.length === 0) return makeInterpolation([convertToComparable(operator, only)], span);
  // One placeholder in an equality stands for exactly one string.
  const open = args.filter(({ kind }) => kind !== 'Constant');
  if (operator === 'is' && open.length < 2) return operand;
  return makeInterpolation(
    args.map((arg, index) =>
      isFixed(arg)
        ? arg
        : requireSegment(
            arg,
            operand,
            findRefusedCharacters(operator, args, index),
            isRoot(operator, index),
          ),
    ),
    span,
  );
}

/** A constant, or a value whose type has no value that is empty or has other segments than the type says. */
function isFixed(expr: Expr): boolean {
  if (expr.kind === 'Binding') return isFixed(expr.binding.value);
  return expr.kind === 'Constant' || isShownValue(expr) || expr.type.kind === 'SpiffeId';
}

function isRoot(operator: Operator, index: number): boolean {
  return index === 0 && (operator === 'under' || operator === 'starts_with');
}

function requireNonEmpty(operator: Operator, operand: Expr): Expr {
  if (isFixed(operand)) return operand;
  const builtin: Comparable['builtin'] = {
    name: nonEmptyName,
    refused: '',
    result: string,
    evaluate: ([value]) => (value === '' ? undefined : value),
    problem: ([value]) => (value === '' ? `the operand of \`${operator}\` is empty` : undefined),
    assembly: 'nonEmpty',
    mayFail: true,
  };
  return { kind: 'Apply', builtin, args: [operand], type: string, span: operand.span };
}

function requireSegment(
  value: Expr,
  { span }: Interpolation,
  refused: string,
  isRoot: boolean,
): Expr {
  const findProblem = (text: string) =>
    isRoot ? findRootSegmentProblem(text, refused) : findSegmentProblem(text, refused);
  const builtin: Comparable['builtin'] = {
    name: isRoot ? rootName : segmentName,
    refused,
    result: string,
    evaluate: ([text]) => (findProblem(text as string) === undefined ? text : undefined),
    problem: ([text]) => {
      const problem = findProblem(text as string);
      return problem && `the value of the placeholder is not one segment: ${problem}`;
    },
    assembly: isRoot ? 'rootSegment' : 'segment',
    mayFail: true,
  };
  const mask = toBitMask(refused).map(
    (word): Expr => ({ kind: 'Constant', value: word, type: int, span }),
  );
  return { kind: 'Apply', builtin, args: [value, ...mask], type: string, span: value.span };
}

/**
 * The separator between the value and the rest of the string, which the value must not have: the rest follows it, and
 * in `ends_with` comes before it. In a URL also what ends a host or a path.
 */
function findRefusedCharacters(operator: Operator, args: readonly Expr[], index: number): string {
  const fromEnd = operator === 'ends_with';
  const neighbor = readConstant(args[fromEnd ? index - 1 : index + 1]).at(fromEnd ? -1 : 0) ?? '';
  // A domain at the end of a host name has several labels.
  const isDomain = fromEnd && neighbor === '.' && index === args.length - 1;
  const separator = isSeparator.test(neighbor) && !isDomain ? neighbor : '';
  return listRefusedCharacters(`${separator}${findUrlRefusals(args.slice(0, index))}`);
}

function findUrlRefusals(before: readonly Expr[]): string {
  const text = before
    .map((part) => (part.kind === 'Constant' ? readConstant(part) : placeholder))
    .join('');
  if (!text.includes('://')) return '';
  if (!/:\/\/[^/]*$/.test(text)) return '#';
  return /[A-Za-z0-9]$/.test(text) ? '#@.' : '#@';
}

/** Stands for a value in the text before another one. */
const placeholder = '\0';

/** ASCII characters other than letters, digits, `-` and `_`, which names contain. */
const isSeparator = /^[ -,./:-@[-^`{-~]$/;

function readConstant(part: Expr | undefined): string {
  return part?.kind === 'Constant' ? String(part.value) : '';
}
