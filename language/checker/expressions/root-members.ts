// The roots of a request as values, `subject` and the like, and their members where a group reads them.

import type { Expr, ReadExpr, Root } from '../../model/model.ts';
import { selectors } from '../../model/selectors.ts';
import type { Span } from '../../support/source.ts';
import { type Member, type RecordType, string, type Type } from '../../types/types.ts';
import type { ScopeView } from '../declarations/shapes.ts';
import { asRead } from './parts.ts';

/**
 * The view of the group that read a root of the request, also for predicates that receive the root.
 */
const views = new WeakMap<Type, ScopeView>();

/** The types of `subject.properties` and the like, which have only declared members. */
const properties = new WeakSet<Type>();

/** `subject`, `action`, `resource` or `context` as the group of the view reads it. */
export function readRoot(root: Root, view: ScopeView, span: Span): ReadExpr {
  const type: RecordType = { kind: 'Record', name: root, members: new Map(), span };
  views.set(type, view);
  return { kind: 'Read', from: root, members: [], latest: false, type, span };
}

/** The view that a root was read with, or `undefined` if it is not a root. */
export function findView({ type }: ReadExpr): ScopeView | undefined {
  return views.get(type);
}

/** Whether the value is `subject.properties` or the like. */
export function isProperties({ type }: ReadExpr): boolean {
  return properties.has(type);
}

/** `subject.properties` and the like. */
export function readProperties(read: ReadExpr, view: ScopeView, span: Span): ReadExpr {
  const name = `${read.type.kind === 'Record' ? read.type.name : ''}.properties`;
  const type: RecordType = { kind: 'Record', name, members: new Map(), span };
  views.set(type, view);
  properties.add(type);
  return { ...read, type, span };
}

/** Looks up the members of a root of the request as they could be read there. */
export function findRootMember(expr: Expr): ((name: string) => Member | undefined) | undefined {
  const read = asRead(expr);
  const view = read && findView(read);
  if (read === undefined || view === undefined || typeof read.from !== 'string') return undefined;
  const root = read.from;
  return (name) => {
    if (!isProperties(read) && selectors.includes(`${root}.${name}`)) {
      const { span } = read;
      return {
        name,
        type: string,
        span,
        optional: false,
        secret: false,
        fresh: undefined,
        default: undefined,
      };
    }
    const found = view.member(root, name);
    return 'missing' in found || 'why' in found ? undefined : found;
  };
}

/** The members that a value has, for completion in editors. */
export function listReadableMembers(expr: Expr): readonly Member[] {
  const read = asRead(expr);
  if (read === undefined || read.type.kind !== 'Record') return [];
  const { from, members, type } = read;
  const view = members.length === 0 ? findView(read) : undefined;
  if (typeof from !== 'string' || view === undefined) return [...type.members.values()];
  return view.names(from).flatMap((name) => {
    const found = view.member(from, name);
    return 'type' in found ? [found] : [];
  });
}
