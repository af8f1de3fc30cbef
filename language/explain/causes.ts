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
  if (expr.kind === 'Read') return ofRead(expr, view);
  if (expr.kind === 'Presence') return faulty(spellPath(expr.operand));
  if (expr.kind === 'Known') {
    return expr.operand.kind === 'Read' ? faulty(spellPath(expr.operand)) : undefined;
  }
  if (expr.kind === 'Aggregate') return ofAggregate(expr, view);
  if (expr.kind === 'Quantifier') return undefined;
  if (listOperands(expr).some((operand) => isUnknown(operand, view))) return undefined;
  const { text } = view.spot(expr.span);
  switch (expr.kind) {
    case 'Selector':
      return faulty(expr.which);
    case 'Now':
      return noInstant(text);
    case 'Age':
      return view.facts.now === undefined ? noInstant(text) : ahead(view.spot(expr.of.span).text);
    case 'Variable':
      return ofValue(expr.type, text, undefined);
    case 'Lookup':
      return ofLookup(expr, view);
    case 'Compare':
      return ofCompare(expr, view);
    case 'InWindow':
      return ofZone(expr.window.zone.name);
    case 'Calendar':
      return ofZone(expr.zone.name);
    case 'History':
      return findHistoryCause(expr, view);
    case 'Apply':
      return ofApply(expr, view);
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
      listPathKeys(expr).some((key) => isUnknown(key, view)) || ofRecord(expr, view) !== undefined
    );
  }
  const { value } = view.evaluateExpr(expr);
  if (!isUsable(value)) return true;
  return view.evaluateExpr(expr).clock === 'age' && view.value(expr) === undefined;
}

function ofRecord(expr: Expr, view: EvaluationView): UnknownCause | undefined {
  return expr.kind === 'Read' ? ofRead(expr, view) : undefined;
}

// --- members of the request ----------------------------------------------------------------------

function ofRead(read: ReadExpr, view: EvaluationView): UnknownCause | undefined {
  const { fact, within } = view.expressions.follow(read);
  const path = spellPath({ ...read, members: read.members.slice(0, within.length) });
  if (fact?.presence === 'faulty') return faulty(path);
  if (fact?.presence === 'absent') {
    return hasDefault(read, view) ? undefined : cause('absent', path, `\`${path}\` is missing`);
  }
  const aged = read.latest ? undefined : ofAge(read, within, view);
  if (aged !== undefined) return aged;
  const { elements } = fact as Fact;
  if (read.type.kind === 'Record' || isUsable(elements ?? (fact?.value as Held | undefined))) {
    return explainRecordAge(read, fact as Fact, view);
  }
  const requestJson = view.findRequestJson(read);
  return elements === undefined || !isCollection(read.type)
    ? ofValue(read.type, path, requestJson)
    : cause(
        'element',
        path,
        `\`${path}\` contains an element that is not ${describeExpectedForm(read.type.element)}`,
      );
}

function hasDefault(read: ReadExpr, view: EvaluationView): boolean {
  return view.evaluateExpr(read).value !== undefined;
}

/** The first record around the member that is not fresh. */
function ofAge(
  read: ReadExpr,
  within: readonly Fact[],
  view: EvaluationView,
): UnknownCause | undefined {
  for (const [index, record] of within.slice(1).entries()) {
    const unknownCause = ofFreshness(read, index, record, view);
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
  return ofFreshness(read, read.members.length - 1, fact, view);
}

function ofFreshness(
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
  if (now === undefined) return noInstant(path);
  if (observed === undefined) {
    return cause('unobserved', path, `\`${path}\` has no instant of observation`);
  }
  const seen = `it was observed at ${formatInstant(observed)}`;
  if (now < observed) {
    return cause('ahead', path, `\`${path}\` is more than a minute in the future: ${seen}`);
  }
  const since = formatInstant(observed + span + 1n);
  const says = `\`${path}\` is stale since ${since}: ${seen} and is fresh for ${showDuration(span)}`;
  return { ...cause('stale', path, says), since };
}

/** Explains a value that does not fit its type. */
function ofValue(type: Type, of: string, found: string | undefined): UnknownCause {
  const kind: CauseKind =
    type.kind === 'Enum' ? 'unlisted' : hasForm(type) ? 'malformed' : 'out_of_range';
  const says = `\`${of}\` is ${found ?? 'something else'}, which is not ${describeExpectedForm(type)}`;
  return { ...cause(kind, of, says), ...(found === undefined ? {} : { found }) };
}

// --- computed values -----------------------------------------------------------------------------

function ofLookup(expr: LookupExpr, view: EvaluationView): UnknownCause {
  const { table } = expr;
  if (table.external && !view.policy.contents.has(table.name)) {
    return cause('not_filled', `table.${table.name}`, `\`${table.name}\` is not loaded`);
  }
  const keys = expr.keys.map((key) => view.formatValue(key)).join(', ');
  return cause('no_row', `table.${table.name}`, `\`${table.name}\` has no row for ${keys}`);
}

function ofCompare(expr: CompareExpr, view: EvaluationView): UnknownCause {
  const { text } = view.spot(expr.span);
  if (view.facts.now === undefined) return noInstant(text);
  return cause('overflow', text, `\`${text}\` does not fit in 64 bits`);
}

function ofApply(expr: ApplyExpr, view: EvaluationView): UnknownCause {
  const { builtin, type, args, span } = expr;
  const { text } = view.spot(span);
  const values = args.map((arg) => view.value(arg));
  if (findRole(expr) === 'quotient' && values[1] === 0n) {
    return cause('division_by_zero', text, `\`${text}\` divides by zero`);
  }
  const problem = builtin.problem?.(values as readonly Value[]);
  if (problem !== undefined) {
    const isSecret = args.some((arg) => view.isSecret(arg));
    const [fact = problem] = isSecret ? problem.split(':') : [];
    return cause('malformed', text, fact);
  }
  if (hasForm(type)) {
    return cause('malformed', text, `\`${text}\` is not ${describeExpectedForm(type)}`);
  }
  return cause('overflow', text, `\`${text}\` does not fit in 64 bits`);
}

/** Returns why an aggregate is unknown, or `undefined` if a part of an element explains it. */
function ofAggregate(expr: AggregateExpr, view: EvaluationView): UnknownCause | undefined {
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
    ? cause('no_elements', text, `\`${text}\` has no elements to compare`)
    : cause('overflow', text, `\`${text}\` does not fit in 64 bits`);
}

function ofZone(zone: string): UnknownCause {
  return cause('zone', zone, `the local time in ${zone} is not known at that instant`);
}

function ahead(of: string): UnknownCause {
  return cause('ahead', of, `\`${of}\` is more than a minute in the future`);
}

function faulty(of: string): UnknownCause {
  return cause('faulty', of, `\`${of}\` is invalid`);
}

function noInstant(of: string): UnknownCause {
  return cause('no_instant', of, 'the instant of evaluation is unknown');
}

function cause(kind: CauseKind, of: string, says: string): UnknownCause {
  return { kind, of: cut(of), says };
}
