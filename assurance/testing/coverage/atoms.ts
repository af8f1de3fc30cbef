// The atomic conditions of a condition: what remains after looking through `and`, `or`, `not`, `if`, `else`,
// `let`s and predicates. A quantifier is atomic, and so is its condition for each element.

import { isVocabulary } from '@nhipol/language';
import {
  type Expr,
  findAssumption,
  listOperands,
  listTermPatterns,
  type PolicyModel,
  splitCollections,
} from '@nhipol/language/model';
import type { Span } from '@nhipol/language/support';

export interface ConditionAtom {
  readonly expr: Expr;
  /** Evaluated for the events of a session, each by itself, and not for the request. */
  readonly ofEvents: boolean;
}

/** Each once, however often a `let` refers to it. */
export function listConditionAtoms(condition: Expr, policy: PolicyModel): readonly ConditionAtom[] {
  const atoms: ConditionAtom[] = [];
  const seen = { asked: new Set<Expr>(), value: new Set<Expr>() };
  const open: Open[] = [{ expr: condition, isAsked: true, ofEvents: false }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { expr, isAsked, ofEvents } = next;
    const before = seen[isAsked ? 'asked' : 'value'];
    if (before.has(expr)) continue;
    before.add(expr);
    const within = splitExpr(expr, isAsked, policy);
    if (within.isAtom) atoms.push({ expr, ofEvents });
    open.push(...within.parts.map((part) => ({ ...part, ofEvents: part.ofEvents ?? ofEvents })));
  }
  return atoms;
}

/** `isAsked`: whether it is a condition, and not a value in one. */
interface Open extends ConditionAtom {
  readonly isAsked: boolean;
}

interface Inside {
  readonly isAtom: boolean;
  readonly parts: readonly {
    readonly expr: Expr;
    readonly isAsked: boolean;
    readonly ofEvents?: boolean;
  }[];
}

function splitExpr(expr: Expr, isAsked: boolean, policy: PolicyModel): Inside {
  const markAsked = (...exprs: readonly Expr[]) =>
    exprs.map((each) => ({ expr: each, isAsked: true }));
  const alike = (...exprs: readonly Expr[]) => exprs.map((each) => ({ expr: each, isAsked }));
  const values = (exprs: readonly Expr[]) => exprs.map((each) => ({ expr: each, isAsked: false }));
  switch (expr.kind) {
    case 'Constant':
      return { isAtom: false, parts: [] };
    // Builtins are not the author's to test.
    case 'Binding':
      return isVocabulary(expr.binding.value.span.file)
        ? { isAtom: isAsked, parts: [] }
        : { isAtom: false, parts: alike(expr.binding.value) };
    case 'And':
    case 'Or': {
      const parts = splitCollections(expr);
      if (parts !== undefined)
        return {
          isAtom: true,
          parts: parts.flatMap((part) => splitExpr(part, true, policy).parts),
        };
      const premise = findAssumption(expr, policy);
      const operands = premise === undefined ? expr.operands : [premise, ...expr.operands.slice(1)];
      return { isAtom: false, parts: markAsked(...operands) };
    }
    case 'Not':
      return isContrary(expr.operand, expr.span)
        ? { isAtom: true, parts: values(listOperands(expr.operand)) }
        : { isAtom: false, parts: markAsked(expr.operand) };
    case 'If':
      return {
        isAtom: false,
        parts: [...markAsked(expr.condition), ...alike(expr.then, expr.else)],
      };
    case 'Else':
      return { isAtom: false, parts: alike(expr.value, expr.fallback) };
    case 'Quantifier':
      return { isAtom: true, parts: [...values([expr.collection]), ...markAsked(expr.body)] };
    case 'Aggregate': {
      const conditions = expr.condition === undefined ? [] : [expr.condition];
      return {
        isAtom: isAsked,
        parts: [...values([expr.collection, expr.body]), ...markAsked(...conditions)],
      };
    }
    case 'History': {
      const conditions = listTermPatterns(expr.term).flatMap(({ condition }) => condition ?? []);
      const parts = markAsked(...conditions).map((part) => ({ ...part, ofEvents: true }));
      return { isAtom: isAsked, parts: [...values(listOperands(expr)), ...parts] };
    }
    default:
      expr.kind satisfies
        | ('Read' | 'Selector' | 'Now' | 'Variable' | 'Lookup' | 'Apply' | 'Compare')
        | ('Age' | 'InWindow' | 'Calendar' | 'Known' | 'Presence' | 'Set');
      return { isAtom: isAsked, parts: values(listOperands(expr)) };
  }
}

/**
 * Written as one condition, such as `not in` with a window: the `otherwise` of a `given` depends on what is given.
 */
function isContrary(operand: Expr, { start, end }: Span): boolean {
  return operand.kind !== 'Known' && operand.span.start === start && operand.span.end === end;
}
