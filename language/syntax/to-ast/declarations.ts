// Converts declarations and types.

import type { IToken } from 'chevrotain';
import { guess } from '../../diagnostics/guess.ts';
import type {
  ConstraintNode,
  ContextNode,
  ContextScopeNode,
  DecimalNode,
  EnumNode,
  ExprNode,
  IntNode,
  ItemNode,
  MemberNode,
  MergeRule,
  NameNode,
  NameSetNode,
  PolicyHeaderNode,
  RangeNode,
  RecordTypeNode,
  SignalsNode,
  TableNode,
  TableRowNode,
  TypeNode,
  UseNode,
} from '../ast.ts';
import type {
  BoundCstNode,
  ConstraintDeclarationCstNode,
  ContextDeclarationCstNode,
  ContextScopeCstNode,
  EnumDeclarationCstNode,
  ExternalTableDeclarationCstNode,
  MemberCstNode,
  NameSetDeclarationCstNode,
  PolicyDeclarationCstNode,
  RangeCstNode,
  RecordTypeCstNode,
  SchemaDeclarationCstNode,
  SignalsDeclarationCstNode,
  TableContentsCstNode,
  TableDeclarationCstNode,
  TableEntryCstNode,
  TableSignatureCstNode,
  TypeReferenceCstNode,
  UseDeclarationCstNode,
} from '../cst.generated.ts';
import {
  broken,
  convertAll,
  isAny,
  nodeSpan,
  only,
  optional,
  refuseBroken,
  type Source,
  separated,
  tokenSpan,
  toName,
  toNameList,
  toNameOrText,
  toScopeList,
  toScopeName,
  toText,
  whole,
} from './cst.ts';
import { toExpr, toKeys } from './expressions.ts';
import { reportBadNumber, toNumber } from './numbers.ts';
import { toSettings } from './settings.ts';

export function toPolicyHeader(source: Source, node: PolicyDeclarationCstNode): PolicyHeaderNode {
  refuseBroken(source, node);
  const words = whole(node.children.Word);
  const [first, last] = [words[0], words.at(-1)];
  if (first === undefined || last === undefined) throw broken;
  const version = optional(node.children.Text);
  return {
    kind: 'PolicyHeader',
    span: nodeSpan(source, node),
    name: {
      kind: 'Name',
      span: { ...tokenSpan(source, first), end: tokenSpan(source, last).end },
      text: words.map((word) => word.image).join('.'),
      quoted: false,
    },
    version: version && toText(source, version),
  };
}

export function toUse(source: Source, node: UseDeclarationCstNode): UseNode {
  refuseBroken(source, node);
  const { usedNames, Word, Text } = node.children;
  const names = optional(usedNames)?.children;
  return {
    kind: 'Use',
    span: nodeSpan(source, node),
    names: names && toNames(source, separated(source, names.Word, names.Comma)),
    from: Text ? toText(source, only(Text)) : toName(source, only(Word)),
  };
}

function toNames(source: Source, tokens: readonly IToken[] | undefined): NameNode[] {
  return whole(tokens).map((token) => toName(source, token));
}

export function toEnum(source: Source, node: EnumDeclarationCstNode): EnumNode {
  refuseBroken(source, node);
  const { Word, member, Comma, Less, catchAll } = node.children;
  const name = toName(source, only(Word));
  const ordered = whole(Less).length > 0;
  const comma = optional(Comma);
  if (ordered && comma) {
    const first = only(Less);
    source.reporter.report(
      'mixed-enum',
      tokenSpan(source, comma),
      { name: name.text },
      { related: [{ span: tokenSpan(source, first), message: 'a `<` here' }] },
    );
  }
  const otherwise = optional(catchAll);
  return {
    kind: 'Enum',
    span: nodeSpan(source, node),
    name,
    members: whole(member).map((each) => toNameOrText(source, each)),
    ordered,
    otherwise: otherwise && toNameOrText(source, otherwise),
  };
}

export function toSchema(source: Source, node: SchemaDeclarationCstNode): ItemNode {
  const { Subject, Action, nameOrText, recordType } = node.children;
  const span = nodeSpan(source, node);
  const name = toNameOrText(source, only(nameOrText));
  const type = toRecordType(source, only(recordType));
  const kind = Subject ? 'Subject' : Action ? 'Action' : 'Resource';
  return { kind, span, name: isAny(name) ? undefined : name, type };
}

export function toContext(source: Source, node: ContextDeclarationCstNode): ContextNode {
  const { contextScope, recordType } = node.children;
  const scope = optional(contextScope);
  return {
    kind: 'Context',
    span: nodeSpan(source, node),
    scope: scope && toContextScope(source, scope),
    type: toRecordType(source, only(recordType)),
  };
}

function toContextScope(source: Source, node: ContextScopeCstNode): ContextScopeNode {
  refuseBroken(source, node);
  const { subjects, actions, resources } = node.children;
  return {
    kind: 'ContextScope',
    span: nodeSpan(source, node),
    subjects: toNameList(source, only(subjects)),
    actions: toScopeList(source, optional(actions)),
    resources: toScopeList(source, optional(resources)),
  };
}

export function toSignals(source: Source, node: SignalsDeclarationCstNode): SignalsNode {
  const { Outcomes, recordType, Word } = node.children;
  const span = nodeSpan(source, node);
  const of = Outcomes === undefined ? 'signal' : 'outcome';
  if (recordType) {
    return { kind: 'Signals', span, of, type: toRecordType(source, only(recordType)) };
  }
  const name = toName(source, only(Word));
  const type = {
    kind: 'NamedType',
    span: name.span,
    name,
    inSeconds: false,
    range: undefined,
  } as const;
  return { kind: 'Signals', span, of, type };
}

export function toTable(source: Source, node: TableDeclarationCstNode): TableNode {
  refuseBroken(source, node);
  const { Transitive, tableSignature, tableContents } = node.children;
  return {
    kind: 'Table',
    span: nodeSpan(source, node),
    ...toSignature(source, only(tableSignature)),
    external: false,
    transitive: Transitive !== undefined,
    ...toContents(source, only(tableContents)),
  };
}

export function toExternalTable(source: Source, node: ExternalTableDeclarationCstNode): TableNode {
  refuseBroken(source, node);
  const { Transitive, tableSignature, tableContents } = node.children;
  const contents = optional(tableContents);
  if (contents !== undefined) {
    source.reporter.report('external-contents', nodeSpan(source, contents), {});
    throw broken;
  }
  return {
    kind: 'Table',
    span: nodeSpan(source, node),
    ...toSignature(source, only(tableSignature)),
    external: true,
    transitive: Transitive !== undefined,
    from: undefined,
    entries: [],
  };
}

function toSignature(
  source: Source,
  { children }: TableSignatureCstNode,
): Pick<TableNode, 'name' | 'keys' | 'value'> {
  return {
    name: toName(source, only(children.Word)),
    keys: whole(children.key).map((type) => toType(source, type)),
    value: toType(source, only(children.value)),
  };
}

function toContents(
  source: Source,
  { children }: TableContentsCstNode,
): Pick<TableNode, 'from' | 'entries'> {
  const { From, Text, tableEntry, entryComma } = children;
  return {
    from: From && toText(source, only(Text)),
    entries: separated(source, tableEntry, entryComma).map((entry) => ({
      kind: 'TableEntry',
      span: nodeSpan(source, entry),
      keys: toKeys(source, only(entry.children.key)),
      value: toEntryValue(source, entry),
    })),
  };
}

function toEntryValue(source: Source, { children }: TableEntryCstNode): ExprNode | TableRowNode {
  const settings = optional(children.settings);
  if (settings === undefined) return toExpr(source, only(children.value));
  return {
    kind: 'TableRow',
    span: nodeSpan(source, settings),
    members: toSettings(source, settings),
  };
}

export function toConstraint(source: Source, node: ConstraintDeclarationCstNode): ConstraintNode {
  refuseBroken(source, node);
  const { Word, typeReference, Limits, expression, Lower } = node.children;
  return {
    kind: 'Constraint',
    span: nodeSpan(source, node),
    name: toName(source, only(Word)),
    type: toType(source, only(typeReference)),
    merge: mergeRule(node),
    path: Limits && toExpr(source, only(expression)),
    lowers: Lower !== undefined,
  };
}

function mergeRule({ children }: ConstraintDeclarationCstNode): MergeRule {
  if (children.Limits) return 'limits';
  if (children.Smallest && only(children.Wins)) return 'smallest wins';
  if (children.Largest && only(children.Wins)) return 'largest wins';
  if (children.Intersects) return 'intersects';
  if (children.Must && only(children.Agree)) return 'must agree';
  throw broken;
}

const collections = ['Set', 'List', 'Map'] as const;

export function toType(source: Source, node: TypeReferenceCstNode): TypeNode {
  const { recordType, Word, Less, typeReference, In, range } = node.children;
  const record = optional(recordType);
  if (record) return toRecordType(source, record);
  const span = nodeSpan(source, node);
  const name = toName(source, only(Word));
  if (Less === undefined) {
    const bounds = optional(range);
    return {
      kind: 'NamedType',
      span,
      name,
      inSeconds: In !== undefined,
      range: bounds && toRange(source, bounds),
    };
  }
  const [first, second] = whole(typeReference).map((each) => toType(source, each));
  const collection = collections.find((known) => known === name.text);
  if (collection === undefined) {
    const near = guess(name.text, name.span, collections);
    source.reporter.report('unknown-collection', name.span, { name: name.text }, near);
    throw broken;
  }
  const isMap = collection === 'Map';
  if (first === undefined || isMap !== (second !== undefined)) {
    source.reporter.report('type-parameters', span, { name: name.text, count: isMap ? 2 : 1 });
    throw broken;
  }
  return isMap && second !== undefined
    ? { kind: 'MapType', span, key: first, value: second }
    : { kind: 'CollectionType', span, collection: collection as 'Set' | 'List', element: first };
}

function toRange(source: Source, node: RangeCstNode): RangeNode {
  const { min, max } = node.children;
  const [minBound, maxBound] = [optional(min), optional(max)];
  return {
    kind: 'Range',
    span: nodeSpan(source, node),
    min: minBound && toBound(source, minBound),
    max: maxBound && toBound(source, maxBound),
  };
}

function toBound(source: Source, node: BoundCstNode): IntNode | DecimalNode {
  const literal = only(node.children.Literal);
  const number = toNumber(source, literal, optional(node.children.Minus));
  if (number !== undefined) return number;
  reportBadNumber(source, literal);
  throw broken;
}

export function toNameSet(source: Source, node: NameSetDeclarationCstNode): NameSetNode {
  refuseBroken(source, node);
  const { Actions, Word, scopeName, Comma } = node.children;
  return {
    kind: 'NameSet',
    span: nodeSpan(source, node),
    of: Actions ? 'actions' : 'resources',
    name: toName(source, only(Word)),
    entries: separated(source, scopeName, Comma).map((name) => toScopeName(source, name)),
  };
}

export function toRecordType(source: Source, node: RecordTypeCstNode): RecordTypeNode {
  only(node.children.LBrace);
  return {
    kind: 'RecordType',
    span: nodeSpan(source, node),
    members: convertAll(node.children.member, (member) => toMember(source, member)),
  };
}

function toMember(source: Source, node: MemberCstNode): MemberNode {
  const parts = node.children;
  refuseBroken(source, node);
  return {
    kind: 'Member',
    span: nodeSpan(source, node),
    name: toNameOrText(source, only(parts.nameOrText)),
    inProperties: parts.properties !== undefined,
    optional: parts.Question !== undefined,
    secret: parts.Secret !== undefined,
    type: toType(source, only(parts.typeReference)),
    fresh: parts.Fresh && toExpr(source, only(parts.fresh)),
    default: parts.Equals && toExpr(source, only(parts.default)),
  };
}
