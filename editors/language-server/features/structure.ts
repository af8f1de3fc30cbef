// The structure of files: their symbols, and the ranges that fold.

import type { Span } from '@nhipol/language/support';
import {
  type AstNode,
  type FileNode,
  listChildren,
  listComments,
  type NameNode,
} from '@nhipol/language/syntax';
import {
  type DocumentSymbol,
  type FoldingRange,
  FoldingRangeKind,
  type SymbolInformation,
  SymbolKind,
} from 'vscode-languageserver';
import type { PolicyAnalysis } from '../analysis.ts';
import type { DocumentPositions } from '../positions.ts';

export const symbolKinds: Readonly<Partial<Record<AstNode['kind'], SymbolKind>>> = {
  PolicyHeader: SymbolKind.Package,
  Enum: SymbolKind.Enum,
  Record: SymbolKind.Struct,
  Const: SymbolKind.Constant,
  Function: SymbolKind.Function,
  Let: SymbolKind.Variable,
  Subject: SymbolKind.Class,
  Action: SymbolKind.Method,
  Resource: SymbolKind.Class,
  Context: SymbolKind.Struct,
  Signals: SymbolKind.Event,
  NameSet: SymbolKind.Array,
  Table: SymbolKind.Object,
  Constraint: SymbolKind.Property,
  Window: SymbolKind.Constant,
  Obligation: SymbolKind.Event,
  Group: SymbolKind.Namespace,
  Given: SymbolKind.Namespace,
  Score: SymbolKind.Namespace,
  Rule: SymbolKind.Function,
  ScoreCondition: SymbolKind.Function,
  Invariant: SymbolKind.Interface,
  Fixture: SymbolKind.Constant,
  Test: SymbolKind.Method,
};

export function listSymbols(file: FileNode, positions: DocumentPositions): DocumentSymbol[] {
  return file.items.flatMap((item) => listNodeSymbols(item, positions));
}

function listNodeSymbols(node: AstNode, positions: DocumentPositions): DocumentSymbol[] {
  const kind = symbolKinds[node.kind];
  const inner = listInnerNodes(node).flatMap((child) => listNodeSymbols(child, positions));
  if (kind === undefined) return inner;
  const { name, span } = nameSymbol(node);
  return [
    {
      name: name === '' ? node.kind.toLowerCase() : name,
      kind,
      ...(node.kind === 'Rule' ? { detail: node.effect } : {}),
      range: positions.toRange(node.span),
      selectionRange: positions.toRange(span),
      children: inner,
    },
  ];
}

function listInnerNodes(node: AstNode): readonly AstNode[] {
  switch (node.kind) {
    case 'Group':
    case 'Otherwise':
      return node.items;
    case 'Given':
      return [...node.items, ...(node.otherwise === undefined ? [] : [node.otherwise])];
    case 'Score':
      return node.conditions;
    default:
      return [];
  }
}

/** The name in a symbol, and the part of the node that is selected for it. */
export function nameSymbol(node: AstNode): { readonly name: string; readonly span: Span } {
  if (node.kind === 'Group') {
    const texts = [node.subjects, node.actions, node.resources].map((names) =>
      names?.map((nameNode) => ('text' in nameNode ? nameNode.text : '')).join(', '),
    );
    const [subjects = 'any', actions, resources] = texts;
    const doing = actions === undefined ? '' : ` doing ${actions}`;
    const on = resources === undefined ? '' : ` on ${resources}`;
    return { name: `for ${subjects}${doing}${on}`, span: toStart(node.span) };
  }
  if (!('name' in node) || node.name === undefined) {
    return { name: node.kind === 'Signals' ? `${node.of}s` : '', span: toStart(node.span) };
  }
  const { name } = node;
  if (typeof name === 'string') return { name, span: node.span };
  const text = name.kind === 'String' ? name.value : (name as NameNode).text;
  return { name: text, span: name.span };
}

/** A range within the node, for those without a name. */
function toStart({ file, start }: Span): Span {
  return { file, start, end: start };
}

/** The symbols of all files whose names contain the letters of a query in order. */
export function listMatchingSymbols(
  { files }: Pick<PolicyAnalysis, 'files'>,
  query: string,
  positions: DocumentPositions,
): SymbolInformation[] {
  const symbolInformation: SymbolInformation[] = [];
  for (const { node, path } of files.values()) {
    const uri = positions.toLocation(node.span)?.uri;
    if (uri === undefined) continue;
    const add = ({ name, kind, range, children = [] }: DocumentSymbol, container: string) => {
      if (hasLetters(name.toLowerCase(), query.toLowerCase())) {
        symbolInformation.push({ name, kind, location: { uri, range }, containerName: container });
      }
      for (const child of children) add(child, name);
    };
    for (const symbol of listSymbols(node, positions)) add(symbol, path.split('/').at(-1) ?? path);
  }
  return symbolInformation;
}

function hasLetters(name: string, letters: string): boolean {
  let at = 0;
  for (const letter of letters) {
    at = name.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

/** Everything with several lines, and comments of several lines. */
export function listFoldingRanges(
  file: FileNode,
  text: string,
  positions: DocumentPositions,
): FoldingRange[] {
  const ranges: FoldingRange[] = [];
  const add = (span: Span, kind?: FoldingRangeKind) => {
    const { start, end } = positions.toRange(span);
    if (end.line <= start.line) return;
    ranges.push({ startLine: start.line, endLine: end.line, ...(kind ? { kind } : {}) });
  };
  const visit = (node: AstNode) => {
    if (symbolKinds[node.kind] !== undefined || node.kind === 'JsonObject') add(node.span);
    for (const child of listChildren(node)) visit(child);
  };
  visit(file);
  const [first] = file.items;
  for (const span of listCommentBlocks(text, first?.span.file ?? file.span.file)) {
    add(span, FoldingRangeKind.Comment);
  }
  return ranges;
}

/** Comments on lines that follow each other. */
function listCommentBlocks(text: string, file: string): readonly Span[] {
  const blocks: Span[] = [];
  let open: Span | undefined;
  for (const { startOffset, image } of listComments(text)) {
    const end = startOffset + image.length;
    const isNext = open !== undefined && /^\r?\n[ \t]*$/.test(text.slice(open.end, startOffset));
    if (open !== undefined && !isNext) blocks.push(open);
    open = { file, start: isNext && open !== undefined ? open.start : startOffset, end };
  }
  return open === undefined ? blocks : [...blocks, open];
}
