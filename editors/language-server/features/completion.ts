// Completion: analyzes the policy with a placeholder where the user types, so that the text there parses, and offers what
// the placeholder could be. Only the declarations and the item at the cursor are analyzed, which takes a fraction of the
// time.

import { listReadableMembers } from '@nhipol/language';
import type { SourceMap } from '@nhipol/language/support';
import {
  type AstNode,
  type BinaryNode,
  type FileNode,
  historyFormNames,
} from '@nhipol/language/syntax';
import { builtins, functionNames, scalarKinds, type Type, typeName } from '@nhipol/language/types';
import { type CompletionItem, CompletionItemKind, InsertTextFormat } from 'vscode-languageserver';
import { analyzePolicy, type PolicyAnalysis } from '../analysis.ts';
import { findInnermost, findNodePath } from '../index/nodes.ts';
import { listLocalNames } from '../index/occurrences.ts';
import { reduceText, reduceToDeclarations } from '../index/reduction.ts';
import { itemSnippets, type PolicySnippet, ruleSnippets } from './snippets.ts';

/** A name that no policy has. */
const placeholder = 'nhipol_completion_';

/** `known` may be of an earlier text; `sources` are the current ones. */
export function listCompletions(
  policyAnalysis: PolicyAnalysis,
  sources: SourceMap,
  file: string,
  offset: number,
): CompletionItem[] {
  const text = sources.get(file) ?? '';
  const start = offset - (/[A-Za-z0-9_]*$/.exec(text.slice(0, offset))?.[0].length ?? 0);
  const end = offset + (/^[A-Za-z0-9_]*/.exec(text.slice(offset))?.[0].length ?? 0);
  const reduced = reduceText(policyAnalysis, file, text, offset);
  const changed = `${reduced.slice(0, start)}${placeholder}${reduced.slice(end)}`;
  const analysis = analyzePolicy({
    entry: policyAnalysis.entry,
    sources: new Map([...sources, [file, changed]]),
    parsed: reduceToDeclarations(policyAnalysis, sources),
    unreadable: new Map(),
  });
  const tree = analysis.files.get(file)?.node;
  if (tree === undefined) return [];
  const path = findNodePath(tree, start + 1);
  const node = path.at(-1);
  return removeDuplicates(
    isPlaceholder(node) ? listOfferItems(analysis, policyAnalysis, file, path) : listSnippets(path),
  );
}

/** The first item of each label. */
function removeDuplicates(items: readonly CompletionItem[]): CompletionItem[] {
  const byLabel = new Map<string, CompletionItem>();
  for (const item of items) if (!byLabel.has(item.label)) byLabel.set(item.label, item);
  return [...byLabel.values()];
}

function isPlaceholder(node: AstNode | undefined): boolean {
  if (node?.kind === 'Name') return node.text === placeholder;
  return node?.kind === 'Reference' && node.name === placeholder;
}

/** The items that can be in place of the last node of a path. */
function listOfferItems(
  analysis: PolicyAnalysis,
  policyAnalysis: PolicyAnalysis,
  file: string,
  path: readonly AstNode[],
): CompletionItem[] {
  const [parent, node] = path.slice(-2);
  switch (parent?.kind) {
    case 'Access':
      return listMemberItems(analysis, parent.object);
    case 'NamedType':
      return typeItems(analysis, file);
    case 'Group':
    case 'ContextScope':
    case 'Invariant':
    case 'EventPattern':
      return node === undefined ? [] : scopeItems(analysis, file, parent, node);
    case 'Setting':
      return listDeclaredItems(analysis, file, ['Constraint'], CompletionItemKind.Property);
    case 'Demand':
      return listDeclaredItems(analysis, file, ['Obligation'], CompletionItemKind.Event);
    case 'Step':
    case 'Row':
      return listRuleItems(policyAnalysis);
    case 'Test':
    case 'Fixture':
      return listDeclaredItems(analysis, file, ['Fixture'], CompletionItemKind.Constant);
    case 'Call':
      return listExpressionItems(analysis, file, path);
    default:
      return node?.kind === 'Reference' ? listExpressionItems(analysis, file, path) : [];
  }
}

function listMemberItems({ types, files }: PolicyAnalysis, object: AstNode): CompletionItem[] {
  if (object.kind === 'Reference') {
    for (const { node } of files.values()) {
      const declared = node.items.find(
        (item) => item.kind === 'Enum' && item.name.text === object.name,
      );
      if (declared?.kind === 'Enum') {
        return declared.members.map(({ text }) => createItem(text, CompletionItemKind.EnumMember));
      }
    }
  }
  const expr = types.get(object as never);
  if (expr === undefined) return [];
  const own = object.kind === 'Reference' ? (selectorMembers[object.name] ?? []) : [];
  return [
    ...listReadableMembers(expr).map((member) =>
      createItem(
        member.name,
        CompletionItemKind.Field,
        describeDetail(member.type, member.optional),
      ),
    ),
    ...own.map((name) => createItem(name, CompletionItemKind.Field, 'String')),
  ];
}

/** The strings that every request has. */
const selectorMembers: Readonly<Record<string, readonly string[]>> = {
  subject: ['type', 'id'],
  action: ['name'],
  resource: ['type', 'id'],
};

function describeDetail(type: Type, optional: boolean): string {
  const name = type.kind === 'Record' ? (type.name ?? 'record') : typeName(type);
  return optional ? `${name}, may be missing` : name;
}

const scalarTypes = [...scalarKinds, 'Set', 'List', 'Map'];

function typeItems(analysis: PolicyAnalysis, file: string): CompletionItem[] {
  return [
    ...listDeclaredItems(analysis, file, ['Record', 'Enum'], CompletionItemKind.Struct),
    ...scalarTypes.map((name) => createItem(name, CompletionItemKind.Keyword)),
  ];
}

type ScopedNode = Extract<
  AstNode,
  { readonly kind: 'Group' | 'ContextScope' | 'Invariant' | 'EventPattern' }
>;

function scopeItems(
  analysis: PolicyAnalysis,
  file: string,
  scoped: ScopedNode,
  node: AstNode,
): CompletionItem[] {
  const hasNode = (list: readonly AstNode[] | undefined) => list?.includes(node) === true;
  const subjects = 'subjects' in scoped ? scoped.subjects : undefined;
  const kind = hasNode(subjects) ? 'Subject' : hasNode(scoped.actions) ? 'Action' : 'Resource';
  const names = listShapeNames(analysis, kind);
  const sets = [...analysis.namesIn(file).values()].flatMap((declared) =>
    declared.kind === 'NameSet' && declared.of === `${kind.toLowerCase()}s`
      ? [createItem(declared.name.text, CompletionItemKind.Enum)]
      : [],
  );
  return [...names.map((name) => createItem(asName(name), CompletionItemKind.Class)), ...sets];
}

function listShapeNames({ files }: PolicyAnalysis, kind: string): readonly string[] {
  return [...files.values()].flatMap(({ node }) =>
    node.items.flatMap((itemNode) =>
      itemNode.kind === kind &&
      'name' in itemNode &&
      itemNode.name !== undefined &&
      itemNode.name.kind === 'Name'
        ? [itemNode.name.text]
        : [],
    ),
  );
}

function asName(text: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) ? text : JSON.stringify(text);
}

function listDeclaredItems(
  { namesIn, sources, files }: PolicyAnalysis,
  file: string,
  kinds: readonly string[],
  as: CompletionItemKind,
): CompletionItem[] {
  return [...namesIn(file)].flatMap(([name, node]) => {
    if (!kinds.includes(node.kind)) return [];
    const text = sources.get(node.span.file) ?? files.get(node.span.file)?.text ?? '';
    const [line = ''] = text.slice(node.span.start, node.span.end).split('\n');
    return [createItem(name, as, line)];
  });
}

function listRuleItems({ files }: PolicyAnalysis): CompletionItem[] {
  const names = new Set<string>();
  const collect = (node: AstNode) => {
    if (node.kind === 'Rule' || node.kind === 'ScoreCondition') names.add(node.name.text);
    if ('items' in node) for (const child of node.items) collect(child);
    if (node.kind === 'Given' && node.otherwise !== undefined) collect(node.otherwise);
    if (node.kind === 'Score') for (const condition of node.conditions) collect(condition);
  };
  for (const { node } of files.values()) collect(node);
  return [...names].map((name) => createItem(name, CompletionItemKind.Function));
}

const words = ['not', 'any', 'all', 'if', 'true', 'false', ...historyFormNames];

function listExpressionItems(
  analysis: PolicyAnalysis,
  file: string,
  path: readonly AstNode[],
): CompletionItem[] {
  const named = [
    ...listDeclaredItems(analysis, file, ['Const', 'Let'], CompletionItemKind.Constant),
    ...listDeclaredItems(analysis, file, ['Function'], CompletionItemKind.Function),
    ...listDeclaredItems(analysis, file, ['Table'], CompletionItemKind.Struct),
    ...listDeclaredItems(analysis, file, ['Window'], CompletionItemKind.Constant),
  ];
  const locals = [...listLocalNames(path)].map((name) =>
    createItem(name, CompletionItemKind.Variable),
  );
  const roots = ['subject', 'action', 'resource', 'context'].map((name) =>
    createItem(name, CompletionItemKind.Variable),
  );
  const calls = functionNames.map((name) =>
    createItem(name, CompletionItemKind.Function, builtins.get(name)?.doc),
  );
  const expected = listEnumItems(analysis, path);
  const keywords = words.map((name) => createItem(name, CompletionItemKind.Keyword));
  return [...expected, ...locals, ...roots, ...named, ...calls, ...keywords];
}

/** The members of the enum that the other operand of a comparison has. */
function listEnumItems({ types }: PolicyAnalysis, path: readonly AstNode[]): CompletionItem[] {
  const binary = findInnermost(path, 'Binary') as BinaryNode | undefined;
  const type = binary && types.get(binary.left)?.type;
  const element = type?.kind === 'Set' || type?.kind === 'List' ? type.element : type;
  if (element?.kind !== 'Enum') return [];
  return element.members.map((name) => ({
    ...createItem(asName(name), CompletionItemKind.EnumMember, element.name),
    sortText: `0${name}`,
  }));
}

function listSnippets(path: readonly AstNode[]): CompletionItem[] {
  const block = path.findLast(({ kind }) =>
    ['Group', 'Given', 'Otherwise', 'Test', 'File'].includes(kind),
  );
  if (block?.kind === 'Test') return [];
  const isFile = block === undefined || (block as FileNode).kind === 'File';
  return (isFile ? itemSnippets : ruleSnippets).map(createSnippetItem);
}

function createSnippetItem({ word, title, body }: PolicySnippet): CompletionItem {
  return {
    label: word,
    kind: CompletionItemKind.Snippet,
    detail: title,
    insertText: body,
    insertTextFormat: InsertTextFormat.Snippet,
  };
}

function createItem(label: string, kind: CompletionItemKind, detail?: string): CompletionItem {
  return { label, kind, ...(detail === undefined ? {} : { detail }) };
}
