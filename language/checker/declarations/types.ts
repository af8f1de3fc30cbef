// Resolves written types: enums, records, and members with their freshness and defaults.

import type { Related } from '../../diagnostics/diagnostics.ts';
import { proposeReplacement } from '../../diagnostics/fix.ts';
import { guess } from '../../diagnostics/guess.ts';
import { isOwnName } from '../../model/selectors.ts';
import type {
  EnumNode,
  MapTypeNode,
  MemberNode,
  NameNode,
  RecordNode,
  RecordTypeNode,
  TypeNode,
} from '../../syntax/ast.ts';
import { contains } from '../../types/ranges.ts';
import { isScalarName, scalarKinds } from '../../types/scalars.ts';
import {
  duration,
  type EnumType,
  isCollection,
  isEquatable,
  type Member,
  makeMapType,
  type RecordType,
  type Type,
  typeName,
  type Value,
} from '../../types/types.ts';
import type { Context } from '../context.ts';
import { reportForeignType } from '../expressions/foreign.ts';
import { relateFirstDeclaration, relateMembers } from '../related.ts';
import { lasting, readRange } from './ranges.ts';

/** A reader stores the members that it has seen as the bits of one word. */
export const memberLimit = 64;

/** Checks an expression that must be a constant of the type. */
export type ConstantChecker = (
  node: import('../../syntax/ast.ts').ExprNode,
  type: Type,
  what: string,
) => Value | undefined;

export class Types {
  readonly #context: Context;
  readonly #constant: ConstantChecker;
  readonly #enums = new Map<EnumNode, EnumType>();
  readonly #records = new Map<RecordNode, RecordType | 'open'>();

  constructor(context: Context, constant: ConstantChecker) {
    this.#context = context;
    this.#constant = constant;
  }

  get enums(): readonly EnumType[] {
    return [...this.#enums.values()];
  }

  /** Returns undefined after a report. */
  resolve(node: TypeNode): Type | undefined {
    if (node.kind === 'RecordType') return this.record(node, undefined);
    if (node.kind === 'CollectionType') {
      const element = this.resolve(node.element);
      if (element === undefined) return undefined;
      const isAllowed =
        isEquatable(element) ||
        (node.collection === 'List' && (element.kind === 'Record' || element.kind === 'List'));
      if (!isAllowed) {
        const isRecord = element.kind === 'Record';
        this.#context.reporter.report(
          'bad-element',
          node.element.span,
          {
            type: isRecord
              ? 'records'
              : node.collection === 'List'
                ? 'sets or maps'
                : 'sets, lists or maps',
            collection: node.collection.toLowerCase(),
          },
          node.collection === 'List'
            ? {
                help: 'a list contains single values, records or lists: put the set or map into a record, `List<{ items: Set<String> }>`',
              }
            : isRecord
              ? { fix: proposeReplacement({ ...node.span, end: node.span.start + 3 }, 'List') }
              : {},
        );
        return undefined;
      }
      return { kind: node.collection, element };
    }
    if (node.kind === 'MapType') return this.#map(node);
    const name = node.name.text;
    if (isScalarName(name)) {
      const range = readRange(this.#context, node);
      return { kind: name, inSeconds: node.inSeconds, range };
    }
    if (node.range !== undefined) readRange(this.#context, node);
    const declared = this.#context.find(name, node.span.file);
    if (declared?.kind === 'Enum') return this.enum(declared);
    if (declared?.kind === 'Record') return this.#resolveRecord(declared);
    if (reportForeignType(this.#context, node.name)) return undefined;
    const names = [...this.#context.listVisibleNames(node.span.file)].filter(
      ([, d]) => d.kind === 'Enum' || d.kind === 'Record',
    );
    this.#context.unknown('unknown-type', node.name, [
      ...scalarKinds,
      ...names.map(([known]) => known),
    ]);
    return undefined;
  }

  #map({ key: keyNode, value: valueNode, span }: MapTypeNode): Type | undefined {
    const [key, value] = [this.resolve(keyNode), this.resolve(valueNode)];
    if (key === undefined || value === undefined) return undefined;
    const { reporter } = this.#context;
    if (key.kind !== 'String') {
      reporter.report('bad-map-key', keyNode.span, { type: typeName(key) });
      return undefined;
    }
    if (isCollection(value)) {
      const help = 'put the inner collection into a record: `Map<String, { items: List<String> }>`';
      const params = { type: 'sets, lists or maps', collection: 'map' };
      reporter.report('bad-element', valueNode.span, params, { help });
      return undefined;
    }
    return makeMapType(value, span);
  }

  enum(node: EnumNode): EnumType {
    const existingEnum = this.#enums.get(node);
    if (existingEnum !== undefined) return existingEnum;
    const members = node.members.map((member) => member.text);
    const repeated = node.members.find((member, index) => members.indexOf(member.text) !== index);
    if (repeated !== undefined) this.#duplicate(repeated, node.members);
    const otherwise =
      node.otherwise === undefined ? undefined : members.indexOf(node.otherwise.text);
    if (otherwise === -1 && node.otherwise !== undefined) {
      const { text, span } = node.otherwise;
      const why = `reads unlisted strings as \`${text}\`, which is not one of its members`;
      this.#context.reporter.report('bad-enum', span, { why }, guess(text, span, members));
    }
    const type: EnumType = {
      kind: 'Enum',
      name: node.name.text,
      members,
      ordered: node.ordered,
      otherwise: otherwise === -1 ? undefined : otherwise,
      span: node.name.span,
    };
    this.#enums.set(node, type);
    return type;
  }

  #resolveRecord(node: RecordNode): RecordType | undefined {
    const existingRecord = this.#records.get(node);
    if (existingRecord === 'open') {
      this.#context.reporter.report('recursive-record', node.name.span, { name: node.name.text });
      return undefined;
    }
    if (existingRecord !== undefined) return existingRecord;
    this.#records.set(node, 'open');
    const type = this.record(node.type, node.name.text);
    this.#records.set(node, type);
    return type;
  }

  /**
   * `root` is set for a subject, an action or a resource, whose properties must not hide the
   * strings that every request has.
   */
  record(
    node: RecordTypeNode,
    name: string | undefined,
    root?: 'subject' | 'action' | 'resource',
  ): RecordType {
    const members = new Map<string, Member>();
    const broken = new Set<string>();
    for (const memberNode of node.members) {
      this.#checkOwn(memberNode, root);
      if (members.has(memberNode.name.text)) {
        const names = node.members.map(({ name: each }) => each);
        this.#duplicate(memberNode.name, names);
        continue;
      }
      const member = this.#member(memberNode);
      if (member === undefined) broken.add(memberNode.name.text);
      else members.set(member.name, member);
    }
    if (members.size > memberLimit) {
      this.#context.reporter.report('too-many', node.span, {
        what: 'members in a record',
        limit: memberLimit,
      });
    }
    return { kind: 'Record', name, members, broken, span: node.span };
  }

  #checkOwn({ name, inProperties }: MemberNode, root: string | undefined): void {
    if (root === undefined && inProperties)
      this.#context.reporter.report('misplaced-properties', name.span, { name: name.text });
    if (root !== undefined && !inProperties && isOwnName(root, name.text))
      this.#context.reporter.report(
        'shadowed-property',
        name.span,
        { root, name: name.text },
        {
          help: `declare it as \`properties.${name.text}\` and read it as \`${root}.properties.${name.text}\`, or give the property another name`,
        },
      );
  }

  #duplicate(name: NameNode, all: readonly NameNode[]): void {
    const first = all.find(({ text }) => text === name.text) ?? name;
    this.#context.reporter.report(
      'duplicate-member',
      name.span,
      { name: name.text },
      { related: relateFirstDeclaration(first.span) },
    );
  }

  #member(node: MemberNode): Member | undefined {
    const type = this.resolve(node.type);
    if (type === undefined) return undefined;
    this.#checkSecret(node, type);
    return {
      name: node.name.text,
      type,
      optional: node.optional,
      secret: node.secret,
      fresh: this.#fresh(node, type),
      default: this.#default(node, type),
      span: node.name.span,
    };
  }

  #fresh(node: MemberNode, type: Type): bigint | undefined {
    if (node.fresh === undefined) return undefined;
    const report = (why: string, related: readonly Related[] = []) =>
      this.#context.reporter.report(
        'bad-fresh',
        node.fresh?.span ?? node.span,
        { why },
        { related },
      );
    const observed = type.kind === 'Record' ? type.members.get('observed_at') : undefined;
    if (observed?.type.kind !== 'Timestamp') {
      report(
        'needs a record with a member `observed_at: Timestamp`',
        type.kind === 'Record' ? [relateMembers(type.span, type.members.keys())] : [],
      );
      return undefined;
    }
    const span = this.#constant(node.fresh, duration, 'the duration of `fresh`') as
      | bigint
      | undefined;
    if (span !== undefined && !contains(lasting, span)) {
      report('takes a duration from 1 millisecond to 100 years');
      return undefined;
    }
    if (observed.secret) {
      const place = { span: observed.span, message: 'declared `secret` here' };
      report('would reveal a secret `observed_at` as the end of an answer', [place]);
    }
    return span;
  }

  /** Reports freshness within a secret member: an answer ends when it does, which reveals `observed_at`. */
  #checkSecret(node: MemberNode, type: Type): void {
    if (!node.secret) return;
    const fresh = node.fresh?.span ?? findFreshMember(type)?.span;
    if (fresh === undefined) return;
    this.#context.reporter.report(
      'bad-fresh',
      node.fresh?.span ?? node.name.span,
      { why: 'would reveal when a secret value was observed, as the end of an answer' },
      {
        help: 'declare the members that are secret, and not the record with `observed_at`',
        related: node.fresh ? [] : [{ span: fresh, message: 'declared `fresh` here' }],
      },
    );
  }

  #default(node: MemberNode, type: Type): Value | undefined {
    if (node.default === undefined) return undefined;
    if (node.optional) {
      const mark = { ...node.name.span, start: node.name.span.end, end: node.type.span.start };
      this.#context.reporter.report(
        'bad-default',
        node.default.span,
        { why: 'makes the `?` redundant: a member with a default can be omitted' },
        { help: 'remove the `?`', fix: proposeReplacement(mark, ': ', 'remove the `?`') },
      );
      return undefined;
    }
    if (type.kind === 'Record') {
      this.#context.reporter.report('bad-default', node.default.span, {
        why: 'is for a record: give its members defaults instead',
      });
      return undefined;
    }
    return this.#constant(node.default, type, 'a default');
  }
}

/** A member in the type that is declared `fresh`. */
function findFreshMember(type: Type): Member | undefined {
  if (isCollection(type)) return findFreshMember(type.element);
  if (type.kind !== 'Record') return undefined;
  const members = [...type.members.values()];
  const matchingMember = members.find(({ fresh }) => fresh !== undefined);
  return (
    matchingMember ??
    members.map((member) => findFreshMember(member.type)).find((member) => member !== undefined)
  );
}
