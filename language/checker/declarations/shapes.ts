// Collects the shapes of subjects, actions, resources and context, and computes what a group can
// read: the members that the shapes in its scope share.

import { type ContextCase, type DeclaredContexts, listContextCases } from '../../model/contexts.ts';
import type { Root, Scope } from '../../model/model.ts';
import type { NameNode } from '../../syntax/ast.ts';
import { type Declaration, shareMember } from '../../types/shared-members.ts';
import {
  isSameMember,
  isSameSecrecy,
  type Member,
  type MemberDifference,
  noMembers,
  type RecordType,
} from '../../types/types.ts';
import type { Context } from '../context.ts';
import type { EntityShapes } from '../declared-names.ts';
import { relateFirstDeclaration } from '../related.ts';
import { declareContexts, type WrittenContext } from './contexts.ts';
import { checkCallDigest } from './declared-digest.ts';
import { checkTime } from './declared-time.ts';
import { collectSignals, type DeclaredSignals } from './signals.ts';
import type { Types } from './types.ts';

export interface Shapes extends EntityShapes, DeclaredContexts, DeclaredSignals {}

export function collectShapes(context: Context, types: Types): Shapes {
  const subjects = new Map<string, RecordType>();
  const actions = new Map<string, RecordType>();
  const resources = new Map<string, RecordType>();
  const contexts: WrittenContext[] = [];
  const single: {
    anySubject?: RecordType;
    anyAction?: RecordType;
    anyResource?: RecordType;
  } = {};
  const duplicate = (name: string, at: { span: NameNode['span'] }, first: RecordType) =>
    context.reporter.report(
      'duplicate-name',
      at.span,
      { name },
      { related: relateFirstDeclaration(first.span) },
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
      if (item.kind === 'Context')
        contexts.push({ node: item, type: types.record(item.type, undefined) });
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
    }
  }
  const entities: EntityShapes = {
    subjects,
    actions,
    resources,
    anySubject: single.anySubject,
    anyAction: single.anyAction,
    anyResource: single.anyResource,
  };
  const declared = declareContexts(context, entities, contexts);
  checkTime(context, declared.context);
  checkCallDigest(context, declared.context);
  return { ...entities, ...declared, ...collectSignals(context, types) };
}

/** A shape in a group's scope, with its name in messages. */
interface NamedShape {
  readonly label: string;
  readonly shape: RecordType;
}

/** The requests of a context in messages: `` `ai_agent` doing `payment.send` ``. */
function labelContext({ names: { subjects, actions, resources } }: ContextCase): string {
  const joinQuoted = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');
  const label = [
    subjects && joinQuoted(subjects),
    actions && `doing ${joinQuoted(actions)}`,
    resources && `on ${joinQuoted(resources)}`,
  ].filter((part) => part !== undefined);
  return label.length === 0 ? 'any other request' : label.join(' ');
}

/** The shapes that do not declare a member, or declare it differently. */
export interface MissingDeclarations {
  readonly missing: readonly string[];
  /** Whether one of the shapes declares the member. */
  readonly somewhere: boolean;
}

export type UnreadableMember = MissingDeclarations | MemberDifference;

/** The members of the request that a group can read. */
export class ScopeView {
  /** Whether the scope names an undeclared subject type. */
  readonly #hasUndeclaredSubject: boolean;
  readonly #shapes: Readonly<Record<Root, readonly NamedShape[]>>;
  readonly #contexts: DeclaredContexts;
  readonly #scope: Scope;

  constructor(shapes: Shapes, scope: Scope, span: RecordType['span']) {
    this.#hasUndeclaredSubject =
      shapes.anySubject === undefined &&
      (scope.subjects?.some((name) => !shapes.subjects.has(name)) ?? false);
    const nothing: RecordType = { kind: 'Record', name: undefined, members: noMembers, span: span };
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
      context: listContextCases(shapes, scope).map(({ type = nothing }) => ({
        label: '`context`',
        shape: type,
      })),
    };
    this.#contexts = shapes;
    this.#scope = scope;
  }

  /**
   * The member as it is for all shapes in the scope: it is optional if some of them do not declare it. A member of
   * the context must be declared by all of them.
   */
  member(root: Root, name: string): Member | UnreadableMember {
    if (root === 'context') return this.memberOfAll(root, name);
    const all = this.#shapes[root];
    const [first, ...others] = all.flatMap(({ label, shape }): Declaration[] => {
      const member = shape.members.get(name);
      return member === undefined ? [] : [{ label, of: member }];
    });
    if (first === undefined) return { missing: all.map(({ label }) => label), somewhere: false };
    const missing = all.find(({ shape }) => !shape.members.has(name));
    return shareMember([first, ...others], missing?.label);
  }

  /** The member if all shapes declare it alike. */
  memberOfAll(root: Root, name: string): Member | MissingDeclarations {
    const all = root === 'context' ? this.#listContexts(name) : this.#shapes[root];
    const foundMembers = all.map(({ shape }) => shape.members.get(name));
    const first = foundMembers.find((member) => member !== undefined);
    const missing = all
      .filter((_, index) => {
        const member = foundMembers[index];
        if (member === undefined || first === undefined) return true;
        return !isSameMember(first, member) || !isSameSecrecy(first, member);
      })
      .map(({ label }) => label);
    return first !== undefined && missing.length === 0
      ? first
      : {
          missing,
          somewhere: this.#listDeclarations(root).some(({ members }) => members.has(name)),
        };
  }

  /** Whether an error in the member, or in the names of the group, has been reported. */
  isExcused(root: Root, name: string): boolean {
    if (root === 'subject' && this.#hasUndeclaredSubject) return true;
    return this.#shapes[root].some(({ shape }) => shape.broken?.has(name));
  }

  /** The names of members with reported errors. */
  listBrokenNames(root: Root): readonly string[] {
    return this.#shapes[root].flatMap(({ shape }) => [...(shape.broken ?? [])]);
  }

  /** The shapes that are declared. */
  listShapes(root: Root): readonly RecordType[] {
    return [...new Set(this.#listDeclarations(root))].filter(
      ({ members }) => members !== noMembers,
    );
  }

  /** The declarations in the scope; with the declarations of contexts for requests outside of the scope. */
  #listDeclarations(root: Root): readonly RecordType[] {
    if (root !== 'context') return this.#shapes[root].map(({ shape }) => shape);
    const { context, contexts } = this.#contexts;
    return [...(context === undefined ? [] : [context]), ...contexts.map(({ type }) => type)];
  }

  /** The contexts of the requests in the scope by the declarations of this member. */
  #listContexts(name: string): readonly NamedShape[] {
    const { context, contexts } = this.#contexts;
    const declaring = contexts.filter(({ type }) => type.members.has(name));
    return listContextCases({ context, contexts: declaring }, this.#scope).flatMap((contextCase) =>
      contextCase.type === undefined
        ? []
        : [{ label: labelContext(contextCase), shape: contextCase.type }],
    );
  }

  names(root: Root): readonly string[] {
    return this.#shapes[root].flatMap(({ shape }) => [...shape.members.keys()]);
  }
}
