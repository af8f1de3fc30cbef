// Collects the shapes of subjects, actions, resources and context, and computes what a group can
// rely on: the members that all shapes in its scope have in common.

import type { Root, Scope } from '../model/model.ts';
import type { ExprNode, GroupNode, NameNode } from '../syntax/ast.ts';
import { type Member, type RecordType, sameMember, sameSecrecy } from '../types/types.ts';
import type { Context } from './context.ts';
import { checkCallDigest } from './declared-digest.ts';
import { checkNames } from './declared-names.ts';
import { checkTime } from './declared-time.ts';
import { firstHere } from './related.ts';
import { scopeNames } from './scope-names.ts';
import { collectSignals, type Signals } from './signals.ts';
import type { Types } from './types.ts';

export interface Shapes extends Signals {
  readonly subjects: ReadonlyMap<string, RecordType>;
  readonly actions: ReadonlyMap<string, RecordType>;
  readonly resources: ReadonlyMap<string, RecordType>;
  readonly anySubject: RecordType | undefined;
  readonly anyAction: RecordType | undefined;
  readonly anyResource: RecordType | undefined;
  readonly context: RecordType | undefined;
}

export function collectShapes(context: Context, types: Types): Shapes {
  const subjects = new Map<string, RecordType>();
  const actions = new Map<string, RecordType>();
  const resources = new Map<string, RecordType>();
  const single: {
    anySubject?: RecordType;
    anyAction?: RecordType;
    anyResource?: RecordType;
    context?: RecordType;
  } = {};
  const duplicate = (name: string, at: { span: NameNode['span'] }, first: RecordType) =>
    context.reporter.report(
      'duplicate-name',
      at.span,
      { name },
      { related: firstHere(first.span) },
    );
  const add = (into: Map<string, RecordType>, name: NameNode, shape: RecordType) => {
    const first = into.get(name.text);
    if (first === undefined) into.set(name.text, shape);
    else duplicate(name.text, name, first);
  };
  const set = (
    key: keyof typeof single,
    shape: RecordType,
    name: string,
    at: { span: NameNode['span'] },
  ) => {
    const first = single[key];
    if (first === undefined) single[key] = shape;
    else duplicate(name, at, first);
  };
  for (const file of context.files.values()) {
    if (!file.included) continue;
    for (const item of file.node.items) {
      if (item.kind === 'Subject') {
        const shape = types.record(item.type, undefined, 'subject');
        if (item.name === undefined) set('anySubject', shape, 'subject any', item);
        else add(subjects, item.name, shape);
      }
      if (item.kind === 'Action') {
        const shape = types.record(item.type, undefined, 'action');
        if (item.name === undefined) set('anyAction', shape, 'action any', item);
        else add(actions, item.name, shape);
      }
      if (item.kind === 'Resource') {
        const shape = types.record(item.type, undefined, 'resource');
        if (item.name === undefined) set('anyResource', shape, 'resource any', item);
        else add(resources, item.name, shape);
      }
      if (item.kind === 'Context')
        set('context', types.record(item.type, undefined), 'context', item);
    }
  }
  checkTime(context, single.context);
  checkCallDigest(context, single.context);
  return {
    subjects,
    actions,
    resources,
    anySubject: single.anySubject,
    anyAction: single.anyAction,
    anyResource: single.anyResource,
    context: single.context,
    ...collectSignals(context, types),
  };
}

/** A scope, with conditions for the names that it does not list. */
export interface GuardedScope {
  readonly scope: Scope;
  readonly guards: readonly ExprNode[];
}

export function scopeOf(
  context: Context,
  shapes: Shapes,
  group: Pick<GroupNode, 'subjects' | 'actions' | 'resources'>,
): GuardedScope {
  checkNames(context, shapes, 'subject', group.subjects);
  const actions = scopeNames(context, shapes, 'action', group.actions);
  const resources = scopeNames(context, shapes, 'resource', group.resources);
  const namesIn = (names: readonly NameNode[] | undefined) =>
    names && [...new Set(names.map((name) => name.text))];
  const scope = {
    subjects: namesIn(group.subjects),
    actions: actions.names,
    resources: resources.names,
  };
  return { scope, guards: [actions.guard, resources.guard].filter((guard) => guard !== undefined) };
}

/** A shape in a group's scope, with its name in messages. */
interface NamedShape {
  readonly label: string;
  readonly shape: RecordType;
}

const empty: ReadonlyMap<string, Member> = new Map();

/** The members of the request that a group can rely on. */
export class View {
  /** Whether the scope names an undeclared subject type. */
  readonly #hasUndeclaredSubject: boolean;
  readonly #shapes: Readonly<Record<Root, readonly NamedShape[]>>;

  constructor(shapes: Shapes, scope: Scope, at: RecordType['span']) {
    this.#hasUndeclaredSubject =
      shapes.anySubject === undefined &&
      (scope.subjects?.some((name) => !shapes.subjects.has(name)) ?? false);
    const nothing: RecordType = { kind: 'Record', name: undefined, members: empty, span: at };
    const select = (
      names: readonly string[] | undefined,
      declared: ReadonlyMap<string, RecordType>,
      others: RecordType | undefined,
      any: string,
    ): readonly NamedShape[] =>
      names === undefined
        ? [
            ...[...declared].map(([label, shape]) => ({ label: `\`${label}\``, shape })),
            { label: any, shape: others ?? nothing },
          ]
        : names.map((label) => ({
            label: `\`${label}\``,
            shape: declared.get(label) ?? others ?? nothing,
          }));
    const anySubject = shapes.anySubject === undefined ? 'any other subject' : '`subject any`';
    this.#shapes = {
      subject: select(scope.subjects, shapes.subjects, shapes.anySubject, anySubject),
      action: select(scope.actions, shapes.actions, shapes.anyAction, '`action any`'),
      resource: select(scope.resources, shapes.resources, shapes.anyResource, '`resource any`'),
      context: [{ label: '`context`', shape: shapes.context ?? nothing }],
    };
  }

  /** The member, or the shapes that do not declare it or declare it differently. */
  member(
    root: Root,
    name: string,
  ): Member | { readonly missing: readonly string[]; readonly somewhere: boolean } {
    const all = this.#shapes[root];
    const found = all.map(({ shape }) => shape.members.get(name));
    const first = found.find((member) => member !== undefined);
    const missing = all
      .filter((_, index) => {
        const member = found[index];
        if (member === undefined || first === undefined) return true;
        return !sameMember(first, member) || !sameSecrecy(first, member);
      })
      .map(({ label }) => label);
    return first !== undefined && missing.length === 0
      ? first
      : { missing, somewhere: first !== undefined };
  }

  /** Whether an error in the member, or in the names of the group, has been reported. */
  isExcused(root: Root, name: string): boolean {
    if (root === 'subject' && this.#hasUndeclaredSubject) return true;
    return this.#shapes[root].some(({ shape }) => shape.broken?.has(name));
  }

  /** The names of members with reported errors. */
  brokenNames(root: Root): readonly string[] {
    return this.#shapes[root].flatMap(({ shape }) => [...(shape.broken ?? [])]);
  }

  /** The shapes that are declared. */
  shapesOf(root: Root): readonly RecordType[] {
    const shapes = this.#shapes[root].map(({ shape }) => shape);
    return [...new Set(shapes)].filter(({ members }) => members !== empty);
  }

  names(root: Root): readonly string[] {
    return this.#shapes[root].flatMap(({ shape }) => [...shape.members.keys()]);
  }
}
