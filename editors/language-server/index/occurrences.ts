// The occurrences of names in the files of a policy: each with the name in the declaration that it refers to. Locals are
// resolved by the syntax, declarations by the checker's names, and members by the types of expressions, so that files with
// errors have the occurrences of their other parts.

import type { Analysis, Notes } from '@nhipol/language';
import type { Expr } from '@nhipol/language/model';
import type { Span } from '@nhipol/language/support';
import {
  type AstNode,
  type EnumNode,
  type ExprNode,
  type FileNode,
  type GivenNode,
  type GroupNode,
  listChildren,
  type NameNode,
} from '@nhipol/language/syntax';

/** The kinds of declarations that names refer to. */
export type TargetKind =
  | 'action'
  | 'constant'
  | 'constraint'
  | 'enum'
  | 'enumMember'
  | 'fixture'
  | 'function'
  | 'local'
  | 'member'
  | 'nameSet'
  | 'obligation'
  | 'record'
  | 'resource'
  | 'rule'
  | 'signal'
  | 'subject'
  | 'table'
  | 'window';

export interface Target {
  readonly kind: TargetKind;
  readonly name: string;
  /** The name in the declaration. */
  readonly span: Span;
  /** The whole declaration. */
  readonly node: AstNode;
}

export interface Occurrence {
  /** The name, without quotes around it. */
  readonly span: Span;
  readonly target: Target;
}

/** Names that are valid within a part of a file. */
type Locals = ReadonlyMap<string, Target>;

const none: Locals = new Map();

export function collectOccurrences(analysis: Analysis, notes: Notes): readonly Occurrence[] {
  const finder = new Finder(analysis, notes);
  for (const { node, path } of analysis.files.values()) finder.walk(node, path, none);
  return finder.found;
}

class Finder {
  readonly found: Occurrence[] = [];
  readonly #analysis: Analysis;
  readonly #notes: Notes;
  /** Members by the spans that types refer to. */
  readonly #members = new Map<string, Target>();
  readonly #shapes = new Map<string, Target>();
  readonly #rules = new Map<string, Target>();
  readonly #enums = new Map<string, EnumNode>();

  constructor(analysis: Analysis, notes: Notes) {
    this.#analysis = analysis;
    this.#notes = notes;
    for (const { node } of analysis.files.values()) this.#declare(node);
  }

  #declare(node: AstNode): void {
    switch (node.kind) {
      case 'Member':
        for (const span of [node.span, node.name.span]) {
          this.#members.set(makeSpanKey(span), createTarget('member', node.name, node));
        }
        break;
      case 'Subject':
      case 'Action':
      case 'Resource':
        if (node.name !== undefined) {
          const kind = node.kind.toLowerCase() as 'subject' | 'action' | 'resource';
          this.#shapes.set(`${kind} ${node.name.text}`, createTarget(kind, node.name, node));
        }
        break;
      case 'Enum':
        this.#enums.set(node.name.text, node);
        break;
      case 'Rule':
      case 'ScoreCondition':
        this.#rules.set(node.name.text, createTarget('rule', node.name, node));
        break;
    }
    for (const child of listChildren(node)) this.#declare(child);
  }

  walk(node: AstNode, file: string, locals: Locals): void {
    this.#visit(node, file, locals);
    const inner = withLocals(node, locals);
    for (const child of listChildren(node)) {
      // The name of a `let` is not valid in its own value, nor that of a quantifier in its collection.
      const isOutside =
        node.kind === 'Quantifier' && node.collections.some((collection) => collection === child);
      this.walk(child, file, isOutside ? locals : inner);
    }
  }

  #visit(node: AstNode, file: string, locals: Locals): void {
    switch (node.kind) {
      case 'Subject':
      case 'Action':
      case 'Resource':
      case 'Enum':
      case 'Record':
      case 'Const':
      case 'Table':
      case 'Constraint':
      case 'Function':
      case 'Window':
      case 'Obligation':
      case 'Fixture':
      case 'NameSet':
      case 'Member':
      case 'Rule':
      case 'ScoreCondition':
        if (node.name !== undefined) this.#add(node.name, this.#own(node));
        if (node.kind === 'Enum') this.#enumMembers(node);
        if (node.kind === 'NameSet') this.#scope({ [node.of]: node.entries }, file);
        break;
      case 'Let':
        this.#add(node.name, createTarget('local', node.name, node));
        break;
      case 'Given':
        this.#add(node.name, createTarget('local', node.name, node));
        break;
      case 'Quantifier':
      case 'Aggregate':
        this.#add(node.variable, createTarget('local', node.variable, node));
        break;
      case 'Parameter':
        this.#add(node.name, createTarget('local', node.name, node));
        break;
      case 'Use':
        for (const name of node.names ?? []) this.#addDeclared(name, file);
        break;
      case 'NamedType':
        this.#addDeclared(node.name, file);
        break;
      case 'Lookup':
        this.#addDeclared(node.table, file);
        break;
      case 'Call':
        this.#addDeclared(node.callee, file);
        break;
      case 'Demand':
        this.#addDeclared(node.name, file);
        break;
      case 'Reference':
        this.#reference(node.name, node.span, node, file, locals);
        break;
      case 'Access':
        this.#access(node.name, node);
        break;
      case 'Group':
      case 'ContextScope':
      case 'Invariant':
      case 'EventPattern':
        this.#scope(node, file);
        break;
      case 'Step':
      case 'Row':
        for (const name of node.reasons ?? []) this.#add(name, this.#rules.get(name.text));
        this.#settings(node.settings ?? [], file);
        break;
      case 'Band':
        this.#settings(node.settings, file);
        break;
      case 'Test':
        if (node.request.kind === 'Name') this.#addDeclared(node.request, file);
        break;
    }
    if (node.kind === 'Rule') this.#settings(node.settings, file);
    if (node.kind === 'Fixture' && node.request.kind === 'Name') {
      this.#addDeclared(node.request, file);
    }
  }

  #own(node: Extract<AstNode, { readonly name: unknown }>): Target | undefined {
    const name = node.name as NameNode | undefined;
    const kind = kinds[node.kind as keyof typeof kinds];
    return name === undefined || kind === undefined ? undefined : createTarget(kind, name, node);
  }

  #enumMembers(node: EnumNode): void {
    for (const member of node.members) this.#add(member, createTarget('enumMember', member, node));
    const { otherwise } = node;
    const meant = node.members.find(({ text }) => text === otherwise?.text);
    if (otherwise !== undefined && meant !== undefined) {
      this.#add(otherwise, createTarget('enumMember', meant, node));
    }
  }

  #settings(settings: readonly { readonly name: NameNode }[], file: string): void {
    for (const { name } of settings) this.#addDeclared(name, file);
  }

  #scope(
    node: {
      readonly subjects?: readonly NameNode[] | undefined;
      readonly actions?: readonly AstNode[] | undefined;
      readonly resources?: readonly AstNode[] | undefined;
    },
    file: string,
  ): void {
    const lists = { subject: node.subjects, action: node.actions, resource: node.resources };
    for (const [kind, names] of Object.entries(lists)) {
      for (const name of names ?? []) {
        if (name.kind !== 'Name') continue;
        const shape = this.#shapes.get(`${kind} ${name.text}`);
        if (shape !== undefined) this.#add(name, shape);
        else this.#addDeclared(name, file);
      }
    }
  }

  #addDeclared(name: NameNode, file: string): void {
    this.#add(name, this.#find(name.text, file));
  }

  #find(name: string, file: string): Target | undefined {
    const declared = this.#analysis.namesIn(file).get(name);
    if (declared === undefined) return undefined;
    const kind = kinds[declared.kind];
    return kind && createTarget(kind, declared.name, declared);
  }

  #reference(text: string, span: Span, node: ExprNode, file: string, locals: Locals): void {
    const found = locals.get(text) ?? this.#member(node, text) ?? this.#find(text, file);
    if (found !== undefined) this.found.push({ span, target: found });
  }

  #access(name: NameNode, node: ExprNode): void {
    const expr = this.#notes.get(node);
    const read = expr && toReadExpr(expr);
    const member = read?.members.at(-1);
    const found = member === undefined ? undefined : this.#members.get(makeSpanKey(member.span));
    this.#add(name, found ?? this.#member(node, name.text));
  }

  /** The member of an enum that an expression stands for. */
  #member(node: ExprNode, text: string): Target | undefined {
    const expr = this.#notes.get(node);
    if (expr?.kind !== 'Constant' || expr.type.kind !== 'Enum') return undefined;
    const declared = this.#enums.get(expr.type.name);
    const name = declared?.members.find((member) => member.text === text);
    return declared && name && createTarget('enumMember', name, declared);
  }

  #add(name: NameNode, found: Target | undefined): void {
    if (found !== undefined) this.found.push({ span: getInnerSpan(name), target: found });
  }
}

const kinds = {
  Enum: 'enum',
  Record: 'record',
  Const: 'constant',
  Table: 'table',
  Constraint: 'constraint',
  Function: 'function',
  Let: 'local',
  Window: 'window',
  Obligation: 'obligation',
  Fixture: 'fixture',
  NameSet: 'nameSet',
  Subject: 'subject',
  Action: 'action',
  Resource: 'resource',
  Member: 'member',
  Rule: 'rule',
  ScoreCondition: 'rule',
} as const satisfies Partial<Record<AstNode['kind'], TargetKind>>;

function createTarget(kind: TargetKind, name: NameNode, node: AstNode): Target {
  return { kind, name: name.text, span: getInnerSpan(name), node };
}

/** The name without the quotes around it. */
function getInnerSpan({ span, quoted }: NameNode): Span {
  return quoted ? { file: span.file, start: span.start + 1, end: span.end - 1 } : span;
}

function toReadExpr(expr: Expr): Extract<Expr, { readonly kind: 'Read' }> | undefined {
  return expr.kind === 'Read' ? expr : undefined;
}

function makeSpanKey({ file, start, end }: Span): string {
  return `${file} ${start} ${end}`;
}

/** The names that are valid at the end of a path. */
export function listLocalNames(path: readonly AstNode[]): Iterable<string> {
  return path.reduce<Locals>((locals, node) => withLocals(node, locals), none).keys();
}

/** The names that a node adds for its children. */
function withLocals(node: AstNode, locals: Locals): Locals {
  const added: readonly (readonly [NameNode, AstNode])[] = listLocals(node);
  if (added.length === 0) return locals;
  return new Map([
    ...locals,
    ...added.map(([name, of]) => [name.text, createTarget('local', name, of)] as const),
  ]);
}

function listLocals(node: AstNode): readonly (readonly [NameNode, AstNode])[] {
  switch (node.kind) {
    case 'File':
      return lets(node);
    case 'Group':
      return lets(node);
    case 'Given':
      return [[node.name, node], ...lets(node)];
    case 'Rule':
      return node.where.map((letNode) => [letNode.name, letNode]);
    case 'Function':
      return node.parameters.map((parameter) => [parameter.name, parameter]);
    case 'Quantifier':
    case 'Aggregate':
      return [[node.variable, node]];
    default:
      return [];
  }
}

function lets({
  items,
}: FileNode | GroupNode | GivenNode): readonly (readonly [NameNode, AstNode])[] {
  return items.flatMap((item) => (item.kind === 'Let' ? [[item.name, item] as const] : []));
}
