// Access to the concrete syntax tree. A part that the parser inserted or abandoned during recovery ends the
// conversion of the enclosing rule or declaration, which is then left out.

import type { CstElement, CstNode, IToken } from 'chevrotain';
import { proposeInsertion } from '../../diagnostics/fix.ts';
import type { Span } from '../../support/source.ts';
import type { ExprNode, NameNode, ScopeNameNode, StringNode } from '../ast.ts';
import type {
  BlockCstNode,
  ControlIdCstNode,
  ExpressionCstNode,
  NameListCstNode,
  NameOrTextCstNode,
  ScopeListCstNode,
  ScopeNameCstNode,
} from '../cst.generated.ts';
import { readPattern } from '../literals/pattern.ts';
import { readTextValue } from '../literals/string.ts';
import { isCut, type SyntaxErrorPosition } from '../recovery.ts';
import { getTokenSpan, type Origin } from '../to-cst.ts';

export { getTokenSpan } from '../to-cst.ts';

export interface ParsedSource extends Origin {
  /** The positions of the syntax errors. */
  readonly errors: readonly SyntaxErrorPosition[];
  readonly text: string;
}

/** Converts an expression; `above` is the number of operators that contain it. */
export type ExprConverter = (
  source: ParsedSource,
  node: ExpressionCstNode,
  above?: number,
) => ExprNode;

/** Thrown for a part that is broken by an error that is already reported; not thrown out of to-ast. */
export const broken: unique symbol = Symbol('broken by a syntax error');

/** Converts a part, or returns `undefined` if it is broken. */
function attempt<T>(convert: () => T): T | undefined {
  try {
    return convert();
  } catch (thrown) {
    if (thrown === broken) return undefined;
    throw thrown;
  }
}

/** Converts the parts of a list; leaves out broken ones. */
export function convertAll<C, T>(list: readonly C[] | undefined, convert: (part: C) => T): T[] {
  const converted: T[] = [];
  for (const part of list ?? []) {
    const node = attempt(() => convert(part));
    if (node !== undefined) converted.push(node);
  }
  return converted;
}

function isComplete(part: CstElement): boolean {
  return 'image' in part ? part.isInsertedInRecovery !== true : part.recoveredNode !== true;
}

/** Returns the first part of a list, if any; throws `broken` if it is incomplete. */
export function findPart<T extends CstElement>(list: readonly T[] | undefined): T | undefined {
  const part = list?.[0];
  if (part !== undefined && !isComplete(part)) throw broken;
  return part;
}

/** Returns the first part of a list; throws `broken` if it is missing or incomplete. */
export function requirePart<T extends CstElement>(list: readonly T[] | undefined): T {
  const part = findPart(list);
  if (part === undefined) throw broken;
  return part;
}

/** Returns all parts of a list; throws `broken` if one of them is incomplete. */
export function requireWhole<T extends CstElement>(list: readonly T[] | undefined): readonly T[] {
  if (list === undefined) return [];
  if (!list.every(isComplete)) throw broken;
  return list;
}

/** Returns the parts of a list in brackets; reports a missing comma. */
export function readCommaList<T extends CstElement>(
  source: ParsedSource,
  list: readonly T[] | undefined,
  commas: readonly IToken[] | undefined,
): readonly T[] {
  const parts = requireWhole(list);
  let comma = 0;
  for (let i = 1; i < parts.length; i += 1) {
    const part = parts[i];
    if (part === undefined) continue;
    const span = 'image' in part ? getTokenSpan(source, part) : getNodeSpan(source, part);
    const next = commas?.[comma];
    if (next !== undefined && next.startOffset < span.start) {
      comma += 1;
      continue;
    }
    const before = parts[i - 1] as CstElement;
    const { end } = 'image' in before ? getTokenSpan(source, before) : getNodeSpan(source, before);
    const place = { file: source.file, start: span.start, end: span.start + 1 };
    source.reporter.report(
      'syntax-error',
      place,
      { expected: '`,`', found: 'the next element' },
      { fix: proposeInsertion(source.file, end, ',', 'insert `,`') },
    );
    throw broken;
  }
  return parts;
}

/** Throws `broken` if an error is in a node or cuts it off. */
export function refuseBroken(
  source: ParsedSource,
  node: CstNode,
  end = getNodeSpan(source, node).end,
): void {
  if (node.recoveredNode) throw broken;
  const { start } = getNodeSpan(source, node);
  if (isCut(source.text, { start, end }, source.errors)) throw broken;
}

/** Like `refuseBroken` for the part before a block; an error in the block only affects the item that it is in. */
export function refuseBrokenHead(
  source: ParsedSource,
  node: CstNode,
  block: BlockCstNode | undefined,
): BlockCstNode {
  if (block === undefined) throw broken;
  const blockStart = requirePart(block.children.blockStart);
  refuseBroken(source, { ...node, recoveredNode: false }, getNodeSpan(source, blockStart).end);
  return block;
}

export function getNodeSpan(source: ParsedSource, node: CstNode): Span {
  const start = node.location?.startOffset ?? 0;
  const end = node.location?.endOffset ?? start;
  return { file: source.file, start, end: end + 1 };
}

export function toName(source: ParsedSource, token: IToken): NameNode {
  return { kind: 'Name', span: getTokenSpan(source, token), text: token.image, quoted: false };
}

export function toText(source: ParsedSource, token: IToken): StringNode {
  return { kind: 'String', span: getTokenSpan(source, token), value: readTextValue(token) };
}

function toQuotedName(source: ParsedSource, token: IToken): NameNode {
  return {
    kind: 'Name',
    span: getTokenSpan(source, token),
    text: readTextValue(token),
    quoted: true,
  };
}

export function toNameOrText(source: ParsedSource, node: NameOrTextCstNode): NameNode {
  const word = findPart(node.children.Word);
  return word ? toName(source, word) : toQuotedName(source, requirePart(node.children.Text));
}

/** Converts names after `for`, `doing` or `on`; returns undefined for `any`. */
export function toNameList(
  source: ParsedSource,
  node: NameListCstNode | undefined,
): readonly NameNode[] | undefined {
  if (node === undefined) return undefined;
  const names = requireWhole(node.children.nameOrText).map((name) => toNameOrText(source, name));
  const any = names.find(isAny);
  if (any === undefined) return names;
  if (names.length > 1) source.reporter.report('misplaced-any', any.span, {});
  return undefined;
}

/** `undefined` for any. */
export function toScopeList(
  source: ParsedSource,
  node: ScopeListCstNode | undefined,
): readonly ScopeNameNode[] | undefined {
  if (node === undefined) return undefined;
  const names = requireWhole(node.children.scopeName).map((name) => toScopeName(source, name));
  const any = names.find((name) => name.kind === 'Name' && isAny(name));
  if (any === undefined) return names;
  if (names.length > 1) source.reporter.report('misplaced-any', any.span, {});
  return undefined;
}

export function toScopeName(source: ParsedSource, { children }: ScopeNameCstNode): ScopeNameNode {
  const pattern = findPart(children.Pattern);
  if (pattern === undefined) return toNameOrText(source, requirePart(children.nameOrText));
  const { language, text } = readPattern(pattern.image);
  return { kind: 'Pattern', span: getTokenSpan(source, pattern), language, text };
}

export function isAny(name: NameNode): boolean {
  return name.text === 'any' && !name.quoted;
}

/** Joins the tokens of a control id, which must be adjacent. */
export function toControlId(source: ParsedSource, node: ControlIdCstNode): NameNode {
  const { controlIdPart, Dot, Colon, Minus, Slash } = node.children;
  const parts = requireWhole(controlIdPart).map(({ children }) =>
    requirePart(children.Word ?? children.Literal),
  );
  const [first] = parts;
  if (first === undefined) throw broken;
  if (parts.length === 1 && first.image.startsWith('"')) return toQuotedName(source, first);
  const text = [...parts, ...[Dot, Colon, Minus, Slash].flatMap((list) => list ?? [])]
    .sort((a, b) => a.startOffset - b.startOffset)
    .map((token) => token.image)
    .join('');
  return { kind: 'Name', span: getNodeSpan(source, node), text, quoted: false };
}
