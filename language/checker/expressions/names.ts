// Resolves names in expressions: bindings, constants, enum members, and the members of the request
// that the shapes in a group's scope share. Returns a typed expression, or undefined after a
// report.

import { proposeReplacement } from '../../diagnostics/fix.ts';
import { guess } from '../../diagnostics/guess.ts';
import type { Expr, LookupExpr, ReadExpr, Root, Selector, Table } from '../../model/model.ts';
import { spellPath } from '../../model/reads.ts';
import { listSelectorMembers, selectors } from '../../model/selectors.ts';
import type { Span } from '../../support/source.ts';
import type {
  AccessNode,
  ExprNode,
  LetNode,
  NameNode,
  NameSetNode,
  ReferenceNode,
} from '../../syntax/ast.ts';
import type { ForeignWord } from '../../syntax/foreign/words.ts';
import { textMembers } from '../../types/builtins/index.ts';
import { getTextForm } from '../../types/string-forms.ts';
import {
  bool,
  type EnumType,
  type MemberDifference,
  makeSetType,
  type RecordType,
  string,
  type Type,
  timestamp,
  typeName,
} from '../../types/types.ts';
import type { Context } from '../context.ts';
import type { Declarations } from '../declarations/declarations.ts';
import { addTimeDeclaration } from '../declarations/declared-time.ts';
import { shapesOfPart } from '../history/events.ts';
import { splitPathNames } from '../paths.ts';
import { relateDeclaration, relateMembers, relateShapes } from '../related.ts';
import { expandNameSet } from '../rules/scope-names.ts';
import type { Env, Local } from './env.ts';
import { reportForeignMember, reportForeignName, reportWrapped } from './foreign.ts';
import { asLast, type LastExpr, withField } from './last.ts';
import { asLookup, asRead, makeConstant } from './parts.ts';
import { findView, isProperties, readProperties, readRoot } from './root-members.ts';

const roots: readonly string[] = ['subject', 'action', 'resource', 'context'] satisfies Root[];
const ofEnum = 'an enum has the members that it lists, and no others';

/** Types the other parts of an expression. */
export interface ExpressionTyping {
  readonly infer: (node: ExprNode) => Expr | undefined;
  readonly apply: (builtin: string, args: readonly Expr[], span: Span) => Expr | undefined;
}

export class NameResolver {
  readonly #context: Context;
  readonly #declarations: Declarations;
  readonly #env: Env;
  readonly #typing: ExpressionTyping;

  constructor(context: Context, declarations: Declarations, env: Env, typing: ExpressionTyping) {
    this.#context = context;
    this.#declarations = declarations;
    this.#env = env;
    this.#typing = typing;
  }

  text(value: string, span: Span, expected: Type | undefined): Expr | undefined {
    if (expected?.kind === 'Enum') return this.#enumMember(expected, { text: value, span }, span);
    const form = expected && getTextForm(expected);
    if (expected === undefined || form === undefined) return makeConstant(value, string, span);
    const read = form.read(value);
    if (read !== undefined) return makeConstant(read, expected, span);
    this.#context.reporter.report('wrong-type', span, {
      expected: form.name,
      found: JSON.stringify(value),
    });
    return undefined;
  }

  reference(node: ReferenceNode, expected: Type | undefined): Expr | undefined {
    const { name, span } = node;
    const local = this.#env.locals.get(name);
    if (local !== undefined) return useLocal(local, span);
    if (this.#env.locals.has(name)) return undefined;
    if (roots.includes(name)) return this.#root(name as Root, span);
    if (expected?.kind === 'Enum' && expected.members.includes(name)) {
      return makeConstant(expected.members.indexOf(name), expected, span);
    }
    const declared = this.#context.find(name, span.file);
    if (declared?.kind === 'Const') return this.#declarations.constant(declared, span);
    if (declared?.kind === 'Let') return this.#fileLet(declared, span);
    if (declared?.kind === 'NameSet') return this.#nameSet(declared, span);
    if (declared !== undefined) {
      const related = relateDeclaration(declared.name.span);
      this.#context.reporter.report('not-a-value', span, { what: `\`${name}\`` }, { related });
      return undefined;
    }
    const foreign = reportForeignName(this.#context, name, span);
    if (foreign !== undefined) return this.#substitute(foreign, span);
    this.#context.unknown(
      'unknown-name',
      { text: name, span },
      [
        ...this.#env.locals.keys(),
        ...(this.#env.outside ? [] : roots),
        ...(expected?.kind === 'Enum' ? expected.members : []),
        ...[...this.#context.listVisibleNames(span.file)]
          .filter(([, d]) => d.kind === 'Const' || d.kind === 'Let' || d.kind === 'Window')
          .map(([known]) => known),
      ],
      (meant) => this.#findDeclaration(meant, expected),
      expected?.kind === 'Enum'
        ? {
            related: [relateMembers(expected.span, expected.members)],
            help: ofEnum,
          }
        : {},
    );
    return undefined;
  }

  /** The meaning of a word of another language, so that the rest is checked as well. */
  #substitute({ instead }: ForeignWord, span: Span): Expr | undefined {
    if (instead === 'true' || instead === 'false')
      return makeConstant(instead === 'true', bool, span);
    if (instead !== undefined && roots.includes(instead) && this.#env.outside !== true)
      return this.#root(instead as Root, span);
    return undefined;
  }

  /** Handles `input.subject` if nothing is called `input`. */
  #readWrappedRoot({ object, name, span }: AccessNode): Expr | undefined | 'no' {
    if (object.kind !== 'Reference' || !roots.includes(name.text) || this.#env.outside) return 'no';
    if (this.#env.locals.has(object.name) || roots.includes(object.name)) return 'no';
    if (this.#context.find(object.name, span.file) !== undefined) return 'no';
    const { text } = name;
    if (!reportWrapped(this.#context, object.name, object.span, span, text)) return 'no';
    return this.#root(text as Root, span);
  }

  /** The declaration of a local, or of the expected enum, whose member may have another name. */
  #findDeclaration(meant: string, expected: Type | undefined): Span | undefined {
    const local = this.#env.locals.get(meant);
    if (local !== undefined && 'value' in local) return local.span;
    return expected?.kind === 'Enum' ? expected.span : undefined;
  }

  /** Whether a bare name has a meaning of its own, and not only as a member of an expected enum. */
  meansItself(node: ExprNode): boolean {
    return (
      node.kind !== 'Reference' ||
      this.#env.locals.has(node.name) ||
      roots.includes(node.name) ||
      ['Const', 'Let', 'NameSet'].includes(
        this.#context.find(node.name, node.span.file)?.kind ?? '',
      )
    );
  }

  /** The names in the set, as the right side of `action.name in writes`. */
  #nameSet(node: NameSetNode, span: Span): Expr | undefined {
    const names = expandNameSet(this.#context, this.#declarations.shapes, node);
    if (names === undefined) {
      const related = relateDeclaration(node.name.span);
      const word = node.of === 'actions' ? 'doing' : 'on';
      const help = `it contains a glob that also matches undeclared names: use it after \`${word}\`, or write \`matches glob"…"\``;
      const what = `\`${node.name.text}\``;
      this.#context.reporter.report('not-a-value', span, { what }, { related, help });
      return undefined;
    }
    const elements = names.map((name) => makeConstant(name, string, span));
    return { kind: 'Set', elements, type: makeSetType(string), span };
  }

  /** A `let` of a file. */
  #fileLet(node: LetNode, span: Span): Expr | undefined {
    if (this.#env.outside) {
      this.#context.reporter.report('not-constant', span, { what: 'this' });
      return undefined;
    }
    const binding = this.#declarations.functions.let(node);
    return binding && useLocal(binding, span);
  }

  #root(root: Root, span: Span): Expr | undefined {
    if (root === 'context' && !this.#env.hasContext) {
      this.#context.reporter.report('undeclared-context', span, {});
      return undefined;
    }
    return readRoot(root, this.#env.view, span);
  }

  access(node: AccessNode): Expr | undefined {
    const { name, span } = node;
    if (node.object.kind === 'Reference' && !this.#env.locals.has(node.object.name)) {
      const declared = this.#context.find(node.object.name, span.file);
      if (declared?.kind === 'Enum')
        return this.#enumMember(this.#declarations.types.enum(declared), name, span);
    }
    if (this.#env.outside && splitPathNames(node) !== undefined) {
      this.#context.reporter.report('not-constant', span, { what: 'this' });
      return undefined;
    }
    const wrapped = this.#readWrappedRoot(node);
    if (wrapped !== 'no') return wrapped;
    const object = this.#typing.infer(node.object);
    if (object === undefined) return undefined;
    const read = asRead(object);
    if (read?.members.length === 0 && typeof read.from === 'string')
      return this.#rootMember(read, read.from, node);
    if (read !== undefined && read.type.kind === 'Record')
      return this.#readMember(read, read.type, node);
    const last = asLast(object);
    if (last?.type.kind === 'Record') return this.#lastMember(last, last.type, node);
    const lookup = asLookup(object);
    if (lookup?.table.columns !== undefined)
      return this.#column(lookup, lookup.table.columns, node);
    if (textMembers[object.type.kind]?.includes(name.text)) {
      return this.#typing.apply(name.text, [object], span);
    }
    if (reportForeignMember(this.#context, node.object, object.type, name)) return undefined;
    if (object.type.kind === 'Map') {
      this.#reportKey(node, object.type);
      return undefined;
    }
    this.#context.reporter.report(
      'unknown-member',
      name.span,
      { owner: typeName(object.type), name: name.text },
      guess(name.text, name.span, textMembers[object.type.kind] ?? []),
    );
    return undefined;
  }

  /** A member of the record that a table has for a key. */
  #column(
    lookup: LookupExpr,
    columns: ReadonlyMap<string, Table>,
    { name, span }: AccessNode,
  ): Expr | undefined {
    const table = columns.get(name.text);
    if (table !== undefined) return { ...lookup, table, type: table.value, span };
    const related = [relateMembers(lookup.table.span, columns.keys())];
    const params = { owner: lookup.table.name, name: name.text };
    const extra = { ...guess(name.text, name.span, columns.keys()), related };
    this.#context.reporter.report('unknown-member', name.span, params, extra);
    return undefined;
  }

  /** Reports `labels.team`, where `labels["team"]` was meant. */
  #reportKey({ object, name, span }: AccessNode, type: Type): void {
    const key = `[${JSON.stringify(name.text)}]`;
    const [owner, fix] = [
      typeName(type),
      proposeReplacement({ ...span, start: object.span.end }, key),
    ];
    const help = `the keys of a map are not members: write \`${key}\` after it`;
    const params = { owner, name: name.text };
    this.#context.reporter.report('unknown-member', name.span, params, { help, fix });
  }

  #enumMember(
    type: EnumType,
    name: { readonly text: string; readonly span: Span },
    span: Span,
  ): Expr | undefined {
    const ordinal = type.members.indexOf(name.text);
    if (ordinal !== -1) return makeConstant(ordinal, type, span);
    this.#context.reporter.report(
      'unknown-member',
      name.span,
      { owner: type.name, name: name.text },
      {
        ...guess(name.text, name.span, type.members),
        related: [relateMembers(type.span, type.members)],
        help: ofEnum,
      },
    );
    return undefined;
  }

  #rootMember(read: ReadExpr, root: Root, node: AccessNode): Expr | undefined {
    const { name, span } = node;
    const view = findView(read) ?? this.#env.view;
    const selector = `${root}.${name.text}`;
    if (!isProperties(read)) {
      if (selectors.includes(selector))
        return { kind: 'Selector', which: selector as Selector, type: string, span };
      if (name.text === 'properties' && root !== 'context') return readProperties(read, view, span);
    }
    if (view.isExcused(root, name.text)) return undefined;
    const found = view.member(root, name.text);
    if ('why' in found) return this.#reportDiffering(found, name);
    if ('missing' in found) {
      if (found.somewhere) {
        this.#context.reporter.report(
          'member-not-everywhere',
          name.span,
          {
            name: name.text,
            root,
            missing: found.missing.join(', '),
          },
          this.#env.everywhere
            ? {
                related: relateShapes(view.listShapes(root)),
                help: `outside of groups, only members of every ${root} can be read: use \`let\` in a group`,
              }
            : { related: relateShapes(view.listShapes(root)) },
        );
      } else {
        this.#context.reporter.report(
          'unknown-member',
          name.span,
          { owner: isProperties(read) ? `${root}.properties` : root, name: name.text },
          {
            ...guess(name.text, name.span, [
              ...view.names(root),
              ...(isProperties(read) ? [] : listSelectorMembers(root)),
            ]),
            related: relateShapes(view.listShapes(root)),
          },
        );
      }
      return undefined;
    }
    if (selector === 'context.time') return { kind: 'Now', type: timestamp, span };
    return this.#steadyRead({
      kind: 'Read',
      from: root,
      members: [found],
      latest: false,
      type: found.type,
      span,
    });
  }

  #readMember(read: ReadExpr, type: RecordType, node: AccessNode): Expr | undefined {
    const member = type.members.get(node.name.text);
    if (type.broken?.has(node.name.text)) return undefined;
    if (member !== undefined) {
      return this.#steadyRead({
        ...read,
        members: [...read.members, member],
        type: member.type,
        span: node.span,
      });
    }
    if (this.#isPartial(type, node)) return undefined;
    const difference = type.differing?.get(node.name.text);
    if (difference !== undefined) return this.#reportDiffering(difference, node.name);
    this.#context.reporter.report(
      'unknown-member',
      node.name.span,
      { owner: type.name ?? spellPath(read), name: node.name.text },
      {
        ...guess(node.name.text, node.name.span, type.members.keys()),
        related: [relateMembers(type.span, type.members.keys())],
      },
    );
    return undefined;
  }

  /** Reports a member that the types or actions in the scope declare differently. */
  #reportDiffering({ why, declared }: MemberDifference, name: NameNode): undefined {
    const related = declared.map(({ span, type }) => ({
      span,
      message: `declared here as \`${type}\``,
    }));
    this.#context.reporter.report(
      'differing-member',
      name.span,
      { name: name.text, why },
      { related },
    );
    return undefined;
  }

  /** Reports a member that only some of the events of a pattern have. */
  #isPartial(type: RecordType, { name }: AccessNode): boolean {
    const { root, view } = shapesOfPart.get(type) ?? {};
    const found = root && view?.memberOfAll(root, name.text);
    if (root === undefined || found === undefined || !('missing' in found)) return false;
    if (!found.somewhere) return false;
    const word = root === 'action' ? 'doing' : 'on';
    this.#context.reporter.report(
      'member-not-everywhere',
      name.span,
      { name: name.text, root, missing: found.missing.join(', '), of: 'pattern' },
      {
        related: relateShapes(view?.listShapes(root) ?? []),
        help: `select the events with \`${word}\``,
      },
    );
    return true;
  }

  /** The data of an event does not become stale. */
  #lastMember(last: LastExpr, type: RecordType, node: AccessNode): Expr | undefined {
    const field = this.#readMember(last.term.field, type, node);
    if (field?.kind !== 'Read') return undefined;
    const staleMember = field.members.find(({ fresh }) => fresh !== undefined);
    if (staleMember === undefined) return withField(last, field);
    const related = relateDeclaration(staleMember.span);
    const what = 'a member that can become stale';
    this.#context.reporter.report('not-of-event', node.span, { what }, { related });
    return undefined;
  }

  #steadyRead(read: ReadExpr): Expr | undefined {
    const fresh = read.members.some((member) => member.fresh !== undefined);
    return fresh && !this.hasTime('a member of a `fresh` record', read.span) ? undefined : read;
  }

  hasTime(what: string, span: Span): boolean {
    if (!this.#env.hasTime) {
      const fix = addTimeDeclaration(this.#context);
      this.#context.reporter.report('undeclared-time', span, { what }, { fix });
    }
    return this.#env.hasTime;
  }
}

function useLocal(local: Local, span: Span): Expr {
  if ('value' in local) return { kind: 'Binding', binding: local, type: local.value.type, span };
  return ['Record', 'Map', 'List'].includes(local.type.kind)
    ? { kind: 'Read', from: local, members: [], latest: false, type: local.type, span }
    : { kind: 'Variable', variable: local, type: local.type, span };
}
