// Builtins on values that are strings, addresses, Bools or ordinals: evaluated by the builtin itself for each
// combination of constants. For other strings the result is exact where the lists of strings distinguish it, and
// otherwise any result, which is the same for the same strings.

import { type ApplyExpr, type Expr, findRole } from '@nhipol/language/model';
import { isBytes, type Value } from '@nhipol/language/types';
import { unbindExpr } from '../domains/flow.ts';
import type { Construct } from '../facts/constructs.ts';
import type { SymbolicEncoding } from '../facts/encoding.ts';
import type { SymbolicFact } from '../facts/fact.ts';
import { type Literal, no, yes } from '../formula/formula.ts';
import {
  createConstant,
  createNumberValue,
  createUnknown,
  guardValue,
  isHeld,
  mergeEither,
} from '../symbolic/algebra.ts';
import type { Finite, Symbolic } from '../symbolic/symbolic.ts';
import { findEncoding } from './builtins.ts';
import { asFinite } from './collections.ts';
import { createFreeValue } from './free.ts';
import { isCollectionValue } from './instances.ts';

/** More combinations would make formulas too large. */
const maxCombinations = 20_000;

/** More combinations with any result have one result together. */
const maxSeparate = 1_000;

/** One value of an operand. */
interface Option {
  readonly value: Value;
  readonly guard: Literal;
  readonly isConstant: boolean;
  /** The list of strings of which a value other than a constant stands for one. */
  readonly list: string;
}

export function applyFinite(
  encoding: SymbolicEncoding,
  expr: ApplyExpr,
  args: readonly Symbolic<SymbolicFact>[],
  anyResult: () => Symbolic<SymbolicFact>,
): Symbolic<SymbolicFact> {
  const options = args.map((arg, index) => listOptions(encoding, expr.args[index] as Expr, arg));
  const count = options.reduce((product, option) => product * (option?.length ?? 0), 1);
  const { formula } = encoding;
  if (options.includes(undefined) || count > maxCombinations) {
    encoding.approximate('functions of strings', expr.span, yes);
    return anyResult();
  }
  let result: Symbolic<SymbolicFact> = createUnknown(expr.type);
  const inexact: Inexact[] = [];
  const visit = (index: number, chosen: readonly Option[], guard: Literal) => {
    if (guard === no) return;
    const own = options[index];
    if (own !== undefined) {
      for (const option of own)
        visit(index + 1, [...chosen, option], formula.and(guard, option.guard));
      return;
    }
    const construct = findInexactness(encoding, expr, chosen);
    const value = expr.builtin.evaluate(chosen.map((option) => option.value));
    if (construct === undefined && isRepresented(encoding, expr, value)) {
      if (value !== undefined) {
        const found = encodeValue(encoding, expr, chosen, value);
        result = mergeEither(encoding, result, guardValue(formula, guard, found));
      }
    } else inexact.push({ chosen, guard, construct: construct ?? 'functions of strings' });
  };
  visit(0, [], yes);
  if (inexact.length === 0) return result;
  for (const construct of new Set(inexact.map((each) => each.construct))) {
    const sameConstruct = inexact.filter((each) => each.construct === construct);
    encoding.approximate(
      construct,
      expr.span,
      formula.any(sameConstruct.map((each) => each.guard)),
    );
  }
  if (inexact.length > maxSeparate) {
    const guard = formula.any(inexact.map((each) => each.guard));
    return mergeEither(encoding, result, guardValue(formula, guard, anyResult()));
  }
  for (const { chosen, guard } of inexact)
    result = mergeEither(
      encoding,
      result,
      guardValue(formula, guard, encodeResult(encoding, expr, chosen)),
    );
  return result;
}

interface Inexact {
  readonly chosen: readonly Option[];
  readonly guard: Literal;
  readonly construct: Construct;
}

/** Any result for some operands: one for all calls with these, as each stands for one string. */
function encodeResult(
  encoding: SymbolicEncoding,
  expr: ApplyExpr,
  operands: readonly Option[],
): Symbolic<SymbolicFact> {
  const key = operands.map(({ value, isConstant, list }) => [
    isConstant ? '' : list,
    typeof value,
    String(value),
  ]);
  return encoding.once(`${nameEncodedFunction(encoding, expr)} of ${JSON.stringify(key)}`, () => {
    const value = createFreeValue(encoding, expr, nameResultPlace(encoding, expr));
    if (findEncoding(expr.builtin.name).isTotal) encoding.require(isHeld(encoding.formula, value));
    return value;
  });
}

/** Distinguishes functions, and the lists of strings of their results. */
export function nameEncodedFunction(encoding: SymbolicEncoding, expr: ApplyExpr): string {
  const { name, pattern } = expr.builtin;
  const types = expr.args.map(({ type }) => type.kind).join(' ');
  const list = isBytes(expr.type) ? nameResultPlace(encoding, expr) : '';
  return `${name} ${JSON.stringify(pattern?.source ?? null)} ${types} ${list}`;
}

export function nameResultPlace({ domains }: SymbolicEncoding, expr: Expr): string {
  const place = domains.flow.findPlace(expr);
  return place === undefined ? `result ${expr.span.start}` : domains.analysis.groups.root(place);
}

/** The result; the length of other than constants is any between those that it is compared with. */
function encodeValue(
  encoding: SymbolicEncoding,
  expr: ApplyExpr,
  [operand]: readonly Option[],
  value: Value,
): Symbolic<SymbolicFact> {
  const thresholds = encoding.domains.analysis.thresholds.get(expr) ?? [];
  const isExact = thresholds.includes(Number(value)) || operand?.isConstant !== false;
  if (findRole(expr) !== 'length' || isExact)
    return createConstant(encoding.values, expr.type, value);
  const below = thresholds.filter((threshold) => threshold < Number(value));
  const above = thresholds.filter((threshold) => threshold > Number(value));
  const [min, max] = [Math.max(-1, ...below) + 1, Math.min(maxLength + 1, ...above) - 1];
  const term = encoding.createNumber('a length', BigInt(min), BigInt(max));
  return createNumberValue([{ guard: yes, term }]);
}

/** Limits of requests: a string has at most 4,096 bytes. */
const maxLength = 4_096;

function listOptions(
  { domains }: SymbolicEncoding,
  expr: Expr,
  value: Symbolic<SymbolicFact>,
): readonly Option[] | undefined {
  const place = domains.flow.findPlace(expr);
  const isConstant = (each: Finite) =>
    place === undefined || !isBytes(expr.type) || domains.isConstant(place, each as string);
  const list = place === undefined ? '' : domains.analysis.groups.root(place);
  const finite = asFinite(value);
  if (finite !== undefined)
    return [...finite].map(([each, guard]) => ({
      value: each,
      guard,
      isConstant: isConstant(each),
      list,
    }));
  if (value.kind === 'number') {
    const terms = value.cases.map(({ guard, term }) => ({ guard, term }));
    if (terms.some(({ term }) => term.terms.size > 0)) return undefined;
    return terms.map(({ guard, term }) => ({
      value: term.constant,
      guard,
      isConstant: true,
      list,
    }));
  }
  if (!isCollectionValue(value) || value.kind !== 'set') return undefined;
  const fixed = [...value.elements].filter(([, literal]) => literal === yes);
  const isFixed = [...value.elements.values()].every(
    (element) => element === yes || element === no,
  );
  if (!isFixed || value.unusable !== no) return undefined;
  return [{ value: fixed.map(([each]) => each), guard: value.held, isConstant: true, list }];
}

/** Whether a result is one of the strings in the list of its place. */
function isRepresented(
  { domains }: SymbolicEncoding,
  expr: ApplyExpr,
  value: Value | undefined,
): boolean {
  if (domains.isComposed(expr)) return true;
  const place = domains.flow.findPlace(expr);
  if (value === undefined || place === undefined || !isBytes(expr.type)) return true;
  return domains.listValues(place, expr.type).includes(value as string);
}

/** Why the result for a combination of values is not the same for all strings that these represent. */
function findInexactness(
  { domains }: SymbolicEncoding,
  expr: ApplyExpr,
  chosen: readonly Option[],
): Construct | undefined {
  const { builtin, args } = expr;
  const [first, second] = chosen;
  if (chosen.every(({ isConstant }) => isConstant) || domains.isComposed(expr)) return undefined;
  const place = domains.flow.findPlace(args[0] as Expr);
  const isMonitored = place !== undefined && domains.isMonitored(place);
  const { distinction } = findEncoding(builtin.name);
  switch (distinction) {
    case 'nothing':
      return undefined;
    case 'patterns':
      return isMonitored ? undefined : 'large patterns';
    case 'lengths': {
      const isDistinguished = domains.analysis.thresholds.has(expr) && isMonitored;
      return isDistinguished ? undefined : 'large lengths';
    }
    case 'a constant part':
      if (unbindExpr(args[1] as Expr).kind !== 'Constant') return 'functions of strings';
      return isMonitored ? undefined : 'large patterns';
    case 'the version':
      return args[0]?.type.kind === 'Ip' ? undefined : 'functions of strings';
    case 'networks': {
      const isNetworkFixed = second?.isConstant === true;
      return isNetworkFixed && first !== undefined ? undefined : 'functions of strings';
    }
    case 'everything':
      return 'functions of strings';
    default:
      return distinction satisfies never;
  }
}
