// Explains why an expression is unknown by itself, that is, although all of its operands are known.

import { asFact, isUsable } from '../evaluator/expressions.ts';
import type { Held } from '../evaluator/outcome.ts';
import { findRole } from '../model/builtins.ts';
import { listEntryKeys } from '../model/entries.ts';
import type {
  AggregateExpr,
  ApplyExpr,
  CompareExpr,
  Expr,
  LookupExpr,
  ReadExpr,
} from '../model/model.ts';
import { listOperands, listPartsPerElement } from '../model/operands.ts';
import { spellPath } from '../model/reads.ts';
import type { Fact } from '../request/fact.ts';
import { hasForm } from '../types/scalars.ts';
import { formatInstant } from '../types/time/instant.ts';
import { isCollection, type Type, type Value } from '../types/types.ts';
import { showDuration } from '../types/values.ts';
import type { CauseKind, UnknownCause } from './explanation.ts';
import { findHistoryCause } from './history.ts';
import { cut, describeExpectedForm } from './literals.ts';
import type { EvaluationView } from './view.ts';

/** Returns why an expression is unknown, or `undefined` if it is known or its operands explain it. */
export function findCause(expr: Expr, view: EvaluationView): UnknownCause | undefined {
  if (!isUnknown(expr, view)) return undefined;
  if (listPathKeys(expr).some((key) => isUnknown(key, view))) return undefined;
  if (expr.kind === 'Read') return explainRead(expr, view);
  if (expr.kind === 'Presence') return createFaultyCause(spellPath(expr.operand));
  if (expr.kind === 'Known') {
    return expr.operand.kind === 'Read' ? createFaultyCause(spellPath(expr.operand)) : undefined;
  }
  if (expr.kind === 'Aggregate') return explainAggregate(expr, view);
  if (expr.kind === 'Quantifier') return undefined;
  if (listOperands(expr).some((operand) => isUnknown(operand, view))) return undefined;
  const { text } = view.spot(expr.span);
  switch (expr.kind) {
    case 'Selector':
      return createFaultyCause(expr.which);
    case 'Now':
      return createInstantFault(text);
    case 'Age':
      return view.facts.now === undefined
        ? createInstantFault(text)
        : createAheadCause(view.spot(expr.of.span).text);
    case 'Variable':
      return explainUnreadValue(expr.type, text, undefined);
    case 'Lookup':
      return explainLookup(expr, view);
    case 'Compare':
      return explainCompare(expr, view);
    case 'InWindow':
      return explainZone(expr.window.zone.name);
    case 'Calendar':
      return explainZone(expr.zone.name);
    case 'History':
      return findHistoryCause(expr, view);
    case 'Apply':
      return explainApply(expr, view);
    default:
      expr.kind satisfies 'Constant' | 'Binding' | 'And' | 'Or' | 'Not' | 'If' | 'Else' | 'Set';
      return undefined;
  }
}

/** The keys on the path of a member, also if only its presence matters. */
export function listPathKeys(expr: Expr): readonly Expr[] {
  const read = expr.kind === 'Presence' || expr.kind === 'Known' ? expr.operand : expr;
  return read.kind === 'Read' ? listEntryKeys(read) : [];
}

/** A collection is also unknown if one of its elements is. */
export function isUnknown(expr: Expr, view: EvaluationView): boolean {
  if (expr.type.kind === 'Record') {
    return (
      listPathKeys(expr).some((key) => isUnknown(key, view)) ||
      explainRecord(expr, view) !== undefined
    );
  }
  const { value } = view.evaluateExpr(expr);
  if (!isUsable(value)) return true;
  return view.evaluateExpr(expr).clock === 'age' && view.value(expr) === undefined;
}

function explainRecord(expr: Expr, view: EvaluationView): UnknownCause | undefined {
  return expr.kind === 'Read' ? explainRead(expr, view) : undefined;
}

// --- members of the request ----------------------------------------------------------------------

function explainRead(read: ReadExpr, view: EvaluationView): UnknownCause | undefined {
  const { fact, within } = view.expressions.follow(read);
  const path = spellPath({ ...read, members: read.members.slice(0, within.length) });
  if (fact?.presence === 'faulty') return createFaultyCause(path);
  if (fact?.presence === 'absent') {
    return hasDefault(read, view)
      ? undefined
      : createCause('absent', path, `\`${path}\` is missing`);
  }
  const aged = read.latest ? undefined : explainAge(read, within, view);
  if (aged !== undefined) return aged;
  const { elements } = fact as Fact;
  if (read.type.kind === 'Record' || isUsable(elements ?? (fact?.value as Held | undefined))) {
    return explainRecordAge(read, fact as Fact, view);
  }
  const requestJson = view.findRequestJson(read);
  return elements === undefined || !isCollection(read.type)
    ? explainUnreadValue(read.type, path, requestJson)
    : createCause(
        'element',
        path,
        `\`${path}\` contains an element that is not ${describeExpectedForm(read.type.element)}`,
      );
}

function hasDefault(read: ReadExpr, view: EvaluationView): boolean {
  return view.evaluateExpr(read).value !== undefined;
}

/** The first record around the member that is not fresh. */
function explainAge(
  read: ReadExpr,
  within: readonly Fact[],
  view: EvaluationView,
): UnknownCause | undefined {
  for (const [index, record] of within.slice(1).entries()) {
    const unknownCause = explainFreshness(read, index, record, view);
    if (unknownCause !== undefined) return unknownCause;
  }
  return undefined;
}

/** Explains a record that is itself the operand. */
function explainRecordAge(
  read: ReadExpr,
  fact: Fact,
  view: EvaluationView,
): UnknownCause | undefined {
  if (read.latest || read.type.kind !== 'Record') return undefined;
  return explainFreshness(read, read.members.length - 1, fact, view);
}

function explainFreshness(
  read: ReadExpr,
  index: number,
  record: Fact,
  view: EvaluationView,
): UnknownCause | undefined {
  const span = read.members[index]?.fresh;
  if (span === undefined || view.expressions.freshness(record, span).value === true) {
    return undefined;
  }
  const path = spellPath({ ...read, members: read.members.slice(0, index + 1) });
  const observed = record.members?.get('observed_at')?.value as bigint | undefined;
  const { now } = view.facts;
  if (now === undefined) return createInstantFault(path);
  if (observed === undefined) {
    return createCause('unobserved', path, `\`${path}\` has no instant of observation`);
  }
  const seen = `it was observed at ${formatInstant(observed)}`;
  if (now < observed) {
    return createCause('ahead', path, `\`${path}\` is more than a minute in the future: ${seen}`);
  }
  const since = formatInstant(observed + span + 1n);
  const says = `\`${path}\` is stale since ${since}: ${seen} and is fresh for ${showDuration(span)}`;
  return { ...createCause('stale', path, says), since };
}

/** Explains a value that does not fit its type. */
function explainUnreadValue(type: Type, of: string, found: string | undefined): UnknownCause {
  const kind: CauseKind =
    type.kind === 'Enum' ? 'unlisted' : hasForm(type) ? 'malformed' : 'out_of_range';
  const says = `\`${of}\` is ${found ?? 'something else'}, which is not ${describeExpectedForm(type)}`;
  return { ...createCause(kind, of, says), ...(found === undefined ? {} : { found }) };
}

// --- computed values -----------------------------------------------------------------------------

function explainLookup(expr: LookupExpr, view: EvaluationView): UnknownCause {
  const { table } = expr;
  if (table.external && !view.policy.contents.has(table.name)) {
    return createCause('not_filled', `table.${table.name}`, `\`${table.name}\` is not loaded`);
  }
  const keys = expr.keys.map((key) => view.formatValue(key)).join(', ');
  return createCause('no_row', `table.${table.name}`, `\`${table.name}\` has no row for ${keys}`);
}

function explainCompare(expr: CompareExpr, view: EvaluationView): UnknownCause {
  const { text } = view.spot(expr.span);
  if (view.facts.now === undefined) return createInstantFault(text);
  return createCause('overflow', text, `\`${text}\` does not fit in 64 bits`);
}

function explainApply(expr: ApplyExpr, view: EvaluationView): UnknownCause {
  const { builtin, type, args, span } = expr;
  const { text } = view.spot(span);
  const values = args.map((arg) => view.value(arg));
  if (findRole(expr) === 'quotient' && values[1] === 0n) {
    return createCause('division_by_zero', text, `\`${text}\` divides by zero`);
  }
  const problem = builtin.problem?.(values as readonly Value[]);
  if (problem !== undefined) {
    const isSecret = args.some((arg) => view.isSecret(arg));
    const [fact = problem] = isSecret ? problem.split(':') : [];
    return createCause('malformed', text, fact);
  }
  if (hasForm(type)) {
    return createCause('malformed', text, `\`${text}\` is not ${describeExpectedForm(type)}`);
  }
  return createCause('overflow', text, `\`${text}\` does not fit in 64 bits`);
}

/** Returns why an aggregate is unknown, or `undefined` if a part of an element explains it. */
function explainAggregate(expr: AggregateExpr, view: EvaluationView): UnknownCause | undefined {
  const { value } = view.evaluateExpr(expr.collection);
  if (isUnknown(expr.collection, view) || !Array.isArray(value)) return undefined;
  const { condition } = expr;
  const counting = (value as readonly (Fact | Value)[])
    .map((element) => view.within(expr.variable, asFact(element)))
    .filter((element) => condition === undefined || element.truth(condition) !== false);
  const parts = listPartsPerElement(expr);
  if (counting.some((element) => parts.some((part) => isUnknown(part, element)))) return undefined;
  const { text } = view.spot(expr.span);
  return counting.length === 0
    ? createCause('no_elements', text, `\`${text}\` has no elements to compare`)
    : createCause('overflow', text, `\`${text}\` does not fit in 64 bits`);
}

function explainZone(zone: string): UnknownCause {
  return createCause('zone', zone, `the local time in ${zone} is not known at that instant`);
}

function createAheadCause(of: string): UnknownCause {
  return createCause('ahead', of, `\`${of}\` is more than a minute in the future`);
}

function createFaultyCause(of: string): UnknownCause {
  return createCause('faulty', of, `\`${of}\` is invalid`);
}

function createInstantFault(of: string): UnknownCause {
  return createCause('no_instant', of, 'the instant of evaluation is unknown');
}

function createCause(kind: CauseKind, of: string, says: string): UnknownCause {
  return { kind, of: cut(of), says };
}
