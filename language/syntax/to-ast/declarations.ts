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
  findPart,
  getNodeSpan,
  getTokenSpan,
  isAny,
  type ParsedSource,
  readCommaList,
  refuseBroken,
  requirePart,
  requireWhole,
  toName,
  toNameList,
  toNameOrText,
  toScopeList,
  toScopeName,
  toText,
} from './cst.ts';
import { toExpr, toKeys } from './expressions.ts';
import { reportBadNumber, toNumber } from './numbers.ts';
import { toSettings } from './settings.ts';

export function toPolicyHeader(
  source: ParsedSource,
  node: PolicyDeclarationCstNode,
): PolicyHeaderNode {
  refuseBroken(source, node);
  const words = requireWhole(node.children.Word);
  const [first, last] = [words[0], words.at(-1)];
  if (first === undefined || last === undefined) throw broken;
  const version = findPart(node.children.Text);
  return {
    kind: 'PolicyHeader',
    span: getNodeSpan(source, node),
    name: {
      kind: 'Name',
      span: { ...getTokenSpan(source, first), end: getTokenSpan(source, last).end },
      text: words.map((word) => word.image).join('.'),
      quoted: false,
    },
    version: version && toText(source, version),
  };
}

export function toUse(source: ParsedSource, node: UseDeclarationCstNode): UseNode {
  refuseBroken(source, node);
  const { usedNames, Word, Text } = node.children;
  const names = findPart(usedNames)?.children;
  return {
    kind: 'Use',
    span: getNodeSpan(source, node),
    names: names && toNames(source, readCommaList(source, names.Word, names.Comma)),
    from: Text ? toText(source, requirePart(Text)) : toName(source, requirePart(Word)),
  };
}

function toNames(source: ParsedSource, tokens: readonly IToken[] | undefined): NameNode[] {
  return requireWhole(tokens).map((token) => toName(source, token));
}

export function toEnum(source: ParsedSource, node: EnumDeclarationCstNode): EnumNode {
  refuseBroken(source, node);
  const { Word, member, Comma, Less, catchAll } = node.children;
  const name = toName(source, requirePart(Word));
  const ordered = requireWhole(Less).length > 0;
  const comma = findPart(Comma);
  if (ordered && comma) {
    const first = requirePart(Less);
    source.reporter.report(
      'mixed-enum',
      getTokenSpan(source, comma),
      { name: name.text },
      { related: [{ span: getTokenSpan(source, first), message: 'a `<` here' }] },
    );
  }
  const otherwise = findPart(catchAll);
  return {
    kind: 'Enum',
    span: getNodeSpan(source, node),
    name,
    members: requireWhole(member).map((cstNode) => toNameOrText(source, cstNode)),
    ordered,
    otherwise: otherwise && toNameOrText(source, otherwise),
  };
}

export function toSchema(source: ParsedSource, node: SchemaDeclarationCstNode): ItemNode {
  const { Subject, Action, nameOrText, recordType } = node.children;
  const span = getNodeSpan(source, node);
  const name = toNameOrText(source, requirePart(nameOrText));
  const type = toRecordType(source, requirePart(recordType));
  const kind = Subject ? 'Subject' : Action ? 'Action' : 'Resource';
  return { kind, span, name: isAny(name) ? undefined : name, type };
}

export function toContext(source: ParsedSource, node: ContextDeclarationCstNode): ContextNode {
  const { contextScope, recordType } = node.children;
  const scope = findPart(contextScope);
  return {
    kind: 'Context',
    span: getNodeSpan(source, node),
    scope: scope && toContextScope(source, scope),
    type: toRecordType(source, requirePart(recordType)),
  };
}

function toContextScope(source: ParsedSource, node: ContextScopeCstNode): ContextScopeNode {
  refuseBroken(source, node);
  const { subjects, actions, resources } = node.children;
  return {
    kind: 'ContextScope',
    span: getNodeSpan(source, node),
    subjects: toNameList(source, requirePart(subjects)),
    actions: toScopeList(source, findPart(actions)),
    resources: toScopeList(source, findPart(resources)),
  };
}

export function toSignals(source: ParsedSource, node: SignalsDeclarationCstNode): SignalsNode {
  const { Outcomes, recordType, Word } = node.children;
  const span = getNodeSpan(source, node);
  const of = Outcomes === undefined ? 'signal' : 'outcome';
  if (recordType) {
    return { kind: 'Signals', span, of, type: toRecordType(source, requirePart(recordType)) };
  }
  const name = toName(source, requirePart(Word));
  const type = {
    kind: 'NamedType',
    span: name.span,
    name,
    inSeconds: false,
    range: undefined,
  } as const;
  return { kind: 'Signals', span, of, type };
}

export function toTable(source: ParsedSource, node: TableDeclarationCstNode): TableNode {
  refuseBroken(source, node);
  const { Transitive, tableSignature, tableContents } = node.children;
  return {
    kind: 'Table',
    span: getNodeSpan(source, node),
    ...toSignature(source, requirePart(tableSignature)),
    external: false,
    transitive: Transitive !== undefined,
    ...toContents(source, requirePart(tableContents)),
  };
}

export function toExternalTable(
  source: ParsedSource,
  node: ExternalTableDeclarationCstNode,
): TableNode {
  refuseBroken(source, node);
  const { Transitive, tableSignature, tableContents } = node.children;
  const contents = findPart(tableContents);
  if (contents !== undefined) {
    source.reporter.report('external-contents', getNodeSpan(source, contents), {});
    throw broken;
  }
  return {
    kind: 'Table',
    span: getNodeSpan(source, node),
    ...toSignature(source, requirePart(tableSignature)),
    external: true,
    transitive: Transitive !== undefined,
    from: undefined,
    entries: [],
  };
}

function toSignature(
  source: ParsedSource,
  { children }: TableSignatureCstNode,
): Pick<TableNode, 'name' | 'keys' | 'value'> {
  return {
    name: toName(source, requirePart(children.Word)),
    keys: requireWhole(children.key).map((type) => toType(source, type)),
    value: toType(source, requirePart(children.value)),
  };
}

function toContents(
  source: ParsedSource,
  { children }: TableContentsCstNode,
): Pick<TableNode, 'from' | 'entries'> {
  const { From, Text, tableEntry, entryComma } = children;
  return {
    from: From && toText(source, requirePart(Text)),
    entries: readCommaList(source, tableEntry, entryComma).map((entry) => ({
      kind: 'TableEntry',
      span: getNodeSpan(source, entry),
      keys: toKeys(source, requirePart(entry.children.key)),
      value: toEntryValue(source, entry),
    })),
  };
}

function toEntryValue(
  source: ParsedSource,
  { children }: TableEntryCstNode,
): ExprNode | TableRowNode {
  const settings = findPart(children.settings);
  if (settings === undefined) return toExpr(source, requirePart(children.value));
  return {
    kind: 'TableRow',
    span: getNodeSpan(source, settings),
    members: toSettings(source, settings),
  };
}

export function toConstraint(
  source: ParsedSource,
  node: ConstraintDeclarationCstNode,
): ConstraintNode {
  refuseBroken(source, node);
  const { Word, typeReference, Limits, expression, Lower } = node.children;
  return {
    kind: 'Constraint',
    span: getNodeSpan(source, node),
    name: toName(source, requirePart(Word)),
    type: toType(source, requirePart(typeReference)),
    merge: mergeRule(node),
    path: Limits && toExpr(source, requirePart(expression)),
    lowers: Lower !== undefined,
  };
}

function mergeRule({ children }: ConstraintDeclarationCstNode): MergeRule {
  if (children.Limits) return 'limits';
  if (children.Smallest && requirePart(children.Wins)) return 'smallest wins';
  if (children.Largest && requirePart(children.Wins)) return 'largest wins';
  if (children.Intersects) return 'intersects';
  if (children.Must && requirePart(children.Agree)) return 'must agree';
  throw broken;
}

const collections = ['Set', 'List', 'Map'] as const;

export function toType(source: ParsedSource, node: TypeReferenceCstNode): TypeNode {
  const { recordType, Word, Less, typeReference, In, range } = node.children;
  const record = findPart(recordType);
  if (record) return toRecordType(source, record);
  const span = getNodeSpan(source, node);
  const name = toName(source, requirePart(Word));
  if (Less === undefined) {
    const bounds = findPart(range);
    return {
      kind: 'NamedType',
      span,
      name,
      inSeconds: In !== undefined,
      range: bounds && toRange(source, bounds),
    };
  }
  const [first, second] = requireWhole(typeReference).map((cstNode) => toType(source, cstNode));
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

function toRange(source: ParsedSource, node: RangeCstNode): RangeNode {
  const { min, max } = node.children;
  const [minBound, maxBound] = [findPart(min), findPart(max)];
  return {
    kind: 'Range',
    span: getNodeSpan(source, node),
    min: minBound && toBound(source, minBound),
    max: maxBound && toBound(source, maxBound),
  };
}

function toBound(source: ParsedSource, node: BoundCstNode): IntNode | DecimalNode {
  const literal = requirePart(node.children.Literal);
  const number = toNumber(source, literal, findPart(node.children.Minus));
  if (number !== undefined) return number;
  reportBadNumber(source, literal);
  throw broken;
}

export function toNameSet(source: ParsedSource, node: NameSetDeclarationCstNode): NameSetNode {
  refuseBroken(source, node);
  const { Actions, Word, scopeName, Comma } = node.children;
  return {
    kind: 'NameSet',
    span: getNodeSpan(source, node),
    of: Actions ? 'actions' : 'resources',
    name: toName(source, requirePart(Word)),
    entries: readCommaList(source, scopeName, Comma).map((name) => toScopeName(source, name)),
  };
}

export function toRecordType(source: ParsedSource, node: RecordTypeCstNode): RecordTypeNode {
  requirePart(node.children.LBrace);
  return {
    kind: 'RecordType',
    span: getNodeSpan(source, node),
    members: convertAll(node.children.member, (member) => toMember(source, member)),
  };
}

function toMember(source: ParsedSource, node: MemberCstNode): MemberNode {
  const parts = node.children;
  refuseBroken(source, node);
  return {
    kind: 'Member',
    span: getNodeSpan(source, node),
    name: toNameOrText(source, requirePart(parts.nameOrText)),
    inProperties: parts.properties !== undefined,
    optional: parts.Question !== undefined,
    secret: parts.Secret !== undefined,
    type: toType(source, requirePart(parts.typeReference)),
    fresh: parts.Fresh && toExpr(source, requirePart(parts.fresh)),
    default: parts.Equals && toExpr(source, requirePart(parts.default)),
  };
}
