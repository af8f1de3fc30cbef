// Collects the signals and outcomes that a session can receive: each with its name and a record for its payload.
// They are declared in braces, or as the members of a record that is declared elsewhere. The payload of an outcome
// has one member, `result`; the call that it is the outcome of is not a part of it.

import type { Related } from '../../diagnostics/diagnostics.ts';
import { guess } from '../../diagnostics/guess.ts';
import type { Span } from '../../support/source.ts';
import type { SignalsNode } from '../../syntax/ast.ts';
import { isCollection, type Member, type RecordType, type Type } from '../../types/types.ts';
import type { Context } from '../context.ts';
import { relateDeclaration, relateFirstDeclaration } from '../related.ts';
import type { Types } from './types.ts';

export interface DeclaredSignals {
  readonly signals: ReadonlyMap<string, RecordType>;
  /** The signals that are outcomes of calls. */
  readonly outcomes: ReadonlySet<string>;
  /** Whether some signals are unknown, because an error in their declaration was reported. */
  readonly lacksSignals: boolean;
}

export function collectSignals(context: Context, types: Types): DeclaredSignals {
  let lacksSignals = false;
  const signals = new Map<string, RecordType>();
  const outcomes = new Set<string>();
  const first = new Map<string, Span>();
  for (const { node, included } of context.files.values()) {
    if (!included) continue;
    for (const item of node.items) {
      if (item.kind !== 'Signals') continue;
      const members = resolveMembers(context, types, item);
      lacksSignals ||= members === undefined;
      for (const member of members ?? []) {
        // The members of a named record are declared elsewhere.
        const span = item.type.kind === 'RecordType' ? member.span : item.type.span;
        const before = first.get(member.name);
        if (before !== undefined) {
          const related = relateFirstDeclaration(before);
          context.reporter.report('duplicate-name', span, { name: member.name }, { related });
          continue;
        }
        first.set(member.name, span);
        const payload = checkPayload(context, member, span);
        signals.set(member.name, item.of === 'outcome' ? withResult(payload) : payload);
        if (item.of === 'outcome') outcomes.add(member.name);
      }
    }
  }
  return { signals, outcomes, lacksSignals };
}

/** The payload of a declared signal or outcome; undefined after a report. */
export function findPayload(
  context: Context,
  { signals, outcomes, lacksSignals }: DeclaredSignals,
  of: 'signal' | 'outcome',
  { value, span }: { readonly value: string; readonly span: Span },
): RecordType | undefined {
  const hasKind = (name: string) => outcomes.has(name) === (of === 'outcome');
  const recordType = hasKind(value) ? signals.get(value) : undefined;
  if (recordType !== undefined || lacksSignals) return recordType;
  const names = [...signals.keys()].filter(hasKind);
  const near = guess(value, span, names, (name) => JSON.stringify(name));
  context.reporter.report('unknown-signal', span, { what: of, name: value }, near);
  return undefined;
}

/** The payload of an outcome, which may have no result. */
function withResult(result: RecordType): RecordType {
  const { span } = result;
  const member: Member = {
    name: 'result',
    type: result,
    span,
    optional: !hasRequired(result),
    secret: false,
    fresh: undefined,
    default: undefined,
  };
  return { kind: 'Record', name: undefined, members: new Map([['result', member]]), span };
}

function hasRequired({ members }: RecordType): boolean {
  return [...members.values()].some((member) => !member.optional && member.default === undefined);
}

/** Returns undefined after a report. */
function resolveMembers(
  context: Context,
  types: Types,
  { type }: SignalsNode,
): readonly Member[] | undefined {
  if (type.kind === 'RecordType') return [...types.record(type, undefined).members.values()];
  const resolved = types.resolve(type);
  if (resolved === undefined) return undefined;
  if (resolved.kind === 'Record') return [...resolved.members.values()];
  context.reporter.report('bad-signal', type.span, {
    why: `\`${type.name.text}\` is not a record of signals`,
  });
  return undefined;
}

/** Returns a record even after a report, so that the signal is known. */
function checkPayload(context: Context, member: Member, span: Span): RecordType {
  const { name, type, fresh } = member;
  const refuse = (why: string, place: Span) => {
    const related: readonly Related[] = place === span ? [] : relateDeclaration(place);
    context.reporter.report('bad-signal', span, { why: `\`${name}\` ${why}` }, { related });
  };
  if (type.kind !== 'Record') {
    refuse('needs a record as its payload: write its members in braces', span);
    return { kind: 'Record', name: undefined, members: new Map(), span };
  }
  const time = type.members.get('time');
  if (time !== undefined)
    refuse('cannot have a member `time`: it is the instant of every event', time.span);
  const staleMember = fresh === undefined ? findFreshMember(type) : member;
  if (staleMember !== undefined) {
    refuse(
      'cannot have a `fresh` member: the payload of a signal does not become stale',
      staleMember.span,
    );
  }
  return member.secret ? markSecret(type) : type;
}

/** The record with all of its members secret. */
function markSecret(type: RecordType): RecordType {
  const members = [...type.members].map(
    ([name, member]) => [name, { ...member, secret: true }] as const,
  );
  return { ...type, members: new Map(members) };
}

function findFreshMember(type: Type): Member | undefined {
  if (isCollection(type)) return findFreshMember(type.element);
  if (type.kind !== 'Record') return undefined;
  for (const member of type.members.values()) {
    const found = member.fresh === undefined ? findFreshMember(member.type) : member;
    if (found !== undefined) return found;
  }
  return undefined;
}
