// Collects the signals that a session can receive: each with its name and a record for its payload.
// They are declared in braces, or as the members of a record that is declared elsewhere.

import type { Related } from '../diagnostics/diagnostics.ts';
import { guess } from '../diagnostics/guess.ts';
import type { Span } from '../support/source.ts';
import type { SignalsNode } from '../syntax/ast.ts';
import { isCollection, type Member, type RecordType, type Type } from '../types/types.ts';
import type { Context } from './context.ts';
import { declaredHere, firstHere } from './related.ts';
import type { Types } from './types.ts';

export interface Signals {
  readonly signals: ReadonlyMap<string, RecordType>;
  /** Whether some signals are unknown, because an error in their declaration was reported. */
  readonly lacksSignals: boolean;
}

export function collectSignals(context: Context, types: Types): Signals {
  let lacksSignals = false;
  const signals = new Map<string, RecordType>();
  const first = new Map<string, Span>();
  for (const { node, included } of context.files.values()) {
    if (!included) continue;
    for (const item of node.items) {
      if (item.kind !== 'Signals') continue;
      const members = membersOf(context, types, item);
      lacksSignals ||= members === undefined;
      for (const member of members ?? []) {
        // The members of a named record are declared elsewhere.
        const span = item.type.kind === 'RecordType' ? member.span : item.type.span;
        const before = first.get(member.name);
        if (before !== undefined) {
          const related = firstHere(before);
          context.reporter.report('duplicate-name', span, { name: member.name }, { related });
          continue;
        }
        first.set(member.name, span);
        signals.set(member.name, payloadOf(context, member, span));
      }
    }
  }
  return { signals, lacksSignals };
}

/** Reports an unknown signal. */
export function reportUnknownSignal(
  context: Context,
  { signals, lacksSignals }: Signals,
  { value, span }: { readonly value: string; readonly span: Span },
): void {
  if (lacksSignals) return;
  const near = guess(value, span, signals.keys(), (name) => JSON.stringify(name));
  context.reporter.report('unknown-signal', span, { name: value }, near);
}

/** Returns undefined after a report. */
function membersOf(
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
function payloadOf(context: Context, member: Member, span: Span): RecordType {
  const { name, type, fresh } = member;
  const refuse = (why: string, place: Span) => {
    const related: readonly Related[] = place === span ? [] : declaredHere(place);
    context.reporter.report('bad-signal', span, { why: `\`${name}\` ${why}` }, { related });
  };
  if (type.kind !== 'Record') {
    refuse('needs a record as its payload: write its members in braces', span);
    return { kind: 'Record', name: undefined, members: new Map(), span };
  }
  const time = type.members.get('time');
  if (time !== undefined)
    refuse('cannot have a member `time`: it is the instant of every event', time.span);
  const staleMember = fresh === undefined ? staleMemberIn(type) : member;
  if (staleMember !== undefined) {
    refuse(
      'cannot have a `fresh` member: the payload of a signal does not become stale',
      staleMember.span,
    );
  }
  return member.secret ? allSecret(type) : type;
}

/** The record with all of its members secret. */
function allSecret(type: RecordType): RecordType {
  const members = [...type.members].map(
    ([name, member]) => [name, { ...member, secret: true }] as const,
  );
  return { ...type, members: new Map(members) };
}

function staleMemberIn(type: Type): Member | undefined {
  if (isCollection(type)) return staleMemberIn(type.element);
  if (type.kind !== 'Record') return undefined;
  for (const member of type.members.values()) {
    const found = member.fresh === undefined ? staleMemberIn(member.type) : member;
    if (found !== undefined) return found;
  }
  return undefined;
}
