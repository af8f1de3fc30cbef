// Types the events of a pattern: a decision has its effect, action and resource, a signal has its
// payload, an outcome has action, resource and result, and all have the instant at which they occurred.
// All of these are members of a record, to which the name `event` refers.

import { effects } from '@nhipol/runtime/abi';
import { digestMember } from '@nhipol/runtime/call-digest';
import type { DecisionEvents, SignalEvents, Variable } from '../../model/model.ts';
import type { Span } from '../../support/source.ts';
import type { EventPatternNode, ExprNode } from '../../syntax/ast.ts';
import {
  type EnumType,
  type Member,
  type RecordType,
  string,
  type Type,
  timestamp,
} from '../../types/types.ts';
import type { Context } from '../context.ts';
import { ScopeView, type Shapes } from '../declarations/shapes.ts';
import { findPayload } from '../declarations/signals.ts';
import { scopeNames } from '../rules/scope-names.ts';

/** The events of a pattern, with conditions for the names that it does not list. */
interface GuardedEvents {
  readonly of: DecisionEvents | SignalEvents;
  readonly guards: readonly ExprNode[];
}

export class Events {
  readonly #context: Context;
  /** One type for all patterns, because enums are compared by the position of their declaration. */
  #effect: EnumType | undefined;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Resolves the events that a pattern selects; undefined after a report. */
  of(node: EventPatternNode, shapes: Shapes): GuardedEvents | undefined {
    const { events, signal } = node;
    const actions = scopeNames(this.#context, shapes, 'action', node.actions, 'event');
    const resources = scopeNames(this.#context, shapes, 'resource', node.resources, 'event');
    const names = { actions: actions.names, resources: resources.names };
    const guards = [actions.guard, resources.guard].filter((guard) => guard !== undefined);
    if (events !== 'signal' && events !== 'outcome') {
      return { of: { kind: 'decision', which: events, ...names }, guards };
    }
    if (signal === undefined) return undefined;
    if (findPayload(this.#context, shapes, events, signal) === undefined) return undefined;
    return { of: { kind: events, name: signal.value, ...names }, guards };
  }

  /** The variable `event` of a pattern. */
  variable(of: DecisionEvents | SignalEvents, shapes: Shapes, span: Span): Variable {
    return { name: 'event', type: this.#makeEventType(of, shapes, span), path: 'event' };
  }

  #makeEventType(of: DecisionEvents | SignalEvents, shapes: Shapes, span: Span): RecordType {
    if (of.kind === 'decision') return this.#decisionType(of, shapes, span);
    return of.kind === 'signal'
      ? createSignalType(of, shapes, span)
      : createOutcomeType(of, shapes, span);
  }

  #decisionType({ actions, resources }: DecisionEvents, shapes: Shapes, span: Span): RecordType {
    const view = new ScopeView(shapes, { subjects: undefined, actions, resources }, span);
    this.#effect ??= {
      kind: 'Enum',
      name: 'Effect',
      members: effects,
      ordered: true,
      otherwise: undefined,
      span,
    };
    // The digest of the call, as the host provided it with the request.
    const digest = shapes.context?.members.get(digestMember);
    return record('event', span, [
      makeRequiredMember('effect', this.#effect, span),
      ...makeCallMembers(view, span),
      makeRequiredMember('time', timestamp, span),
      ...(digest === undefined ? [] : [digest]),
    ]);
  }
}

/** The call of an outcome, and its result. */
function createOutcomeType({ name, actions, resources }: SignalEvents, shapes: Shapes, span: Span) {
  const view = new ScopeView(shapes, { subjects: undefined, actions, resources }, span);
  return record('event', span, [
    ...makeCallMembers(view, span),
    ...(shapes.signals.get(name)?.members.values() ?? []),
    makeRequiredMember('time', timestamp, span),
  ]);
}

function makeCallMembers(view: ScopeView, span: Span): readonly Member[] {
  return [
    makeRequiredMember('action', makePartType('action', ['name'], view, span), span),
    makeRequiredMember('resource', makePartType('resource', ['type', 'id'], view, span), span),
  ];
}

function createSignalType({ name }: SignalEvents, { signals }: Shapes, span: Span): RecordType {
  const payload = signals.get(name);
  const members = [...(payload?.members.values() ?? [])];
  return {
    ...record(payload?.name ?? 'event', payload?.span ?? span, [
      ...members,
      makeRequiredMember('time', timestamp, span),
    ]),
    broken: payload?.broken ?? new Set(),
  };
}

/** The shapes that a part of an event can have, by the type of the part. */
export const shapesOfPart = new WeakMap<
  Type,
  { readonly root: 'action' | 'resource'; readonly view: ScopeView }
>();

/** The strings that every request has, and the members that all declared shapes have in common. */
function makePartType(
  root: 'action' | 'resource',
  own: readonly string[],
  view: ScopeView,
  span: Span,
): RecordType {
  const [shape] = view.listShapes(root);
  const names = [...new Set(view.names(root))].filter((name) => !own.includes(name));
  const members = names.flatMap((name) => {
    const found = view.memberOfAll(root, name);
    return 'missing' in found ? [] : [found];
  });
  const type: RecordType = {
    ...record(`event.${root}`, shape?.span ?? span, [
      ...own.map((name) => makeRequiredMember(name, string, span)),
      ...members,
    ]),
    broken: new Set(view.listBrokenNames(root)),
  };
  shapesOfPart.set(type, { root, view });
  return type;
}

function record(name: string, span: Span, members: readonly Member[]): RecordType {
  return {
    kind: 'Record',
    name,
    members: new Map(members.map((member) => [member.name, member])),
    span,
  };
}

function makeRequiredMember(name: string, type: Type, span: Span): Member {
  return {
    name,
    type,
    span,
    optional: false,
    secret: false,
    fresh: undefined,
    default: undefined,
  };
}
