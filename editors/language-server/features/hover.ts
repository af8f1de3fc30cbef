// Hover texts: the type of an expression, its member as it is declared, the effect of an unknown value here, and the
// documentation of builtins and declarations.

import type { Expr } from '@nhipol/language/model';
import type { AstNode, RuleNode } from '@nhipol/language/syntax';
import { builtins, type Member, typeName } from '@nhipol/language/types';
import { type Hover, MarkupKind } from 'vscode-languageserver';
import type { PolicyAnalysis } from '../analysis.ts';
import { findInnermost, findNodePath } from '../index/nodes.ts';
import type { Target } from '../index/occurrences.ts';
import type { DocumentPositions } from '../positions.ts';
import { findOccurrence } from './navigation.ts';

export function findHover(
  analysis: PolicyAnalysis,
  file: string,
  offset: number,
  positions: DocumentPositions,
): Hover | undefined {
  const tree = analysis.files.get(file)?.node;
  if (tree === undefined) return undefined;
  const path = findNodePath(tree, offset);
  const occurrence = findOccurrence(analysis, file, offset);
  const typed = path.findLast((node) => analysis.types.has(node as never));
  const expr = typed && analysis.types.get(typed as never);
  const parts = [
    ...(expr === undefined
      ? []
      : [formatCode(`${excerptSource(analysis, typed)}: ${displayType(expr)}`)]),
    ...describeMember(expr, findInnermost(path, 'Rule')),
    ...(occurrence === undefined ? [] : describeDeclaration(analysis, occurrence.target)),
    ...describeBuiltinUse(path),
  ];
  if (parts.length === 0) return undefined;
  const span = occurrence?.span ?? typed?.span;
  return {
    contents: { kind: MarkupKind.Markdown, value: parts.join('\n\n') },
    ...(span === undefined ? {} : { range: positions.toRange(span) }),
  };
}

const maxShown = 80;

function excerptSource({ sources }: PolicyAnalysis, node: AstNode | undefined): string {
  const text = sources.get(node?.span.file ?? '')?.slice(node?.span.start, node?.span.end) ?? '';
  const line = text.replace(/\s+/g, ' ');
  return line.length <= maxShown ? line : `${line.slice(0, maxShown)}…`;
}

function displayType({ type }: Expr): string {
  if (type.kind === 'Record') return type.name ?? 'a record';
  const range = 'range' in type && type.range !== undefined ? formatRange(type.range) : '';
  return `${typeName(type)}${range}`;
}

function formatRange({ min, max }: { readonly min: bigint; readonly max: bigint }): string {
  return ` (${min} to ${max})`;
}

function formatCode(text: string): string {
  return `\`\`\`nhipol\n${text}\n\`\`\``;
}

function describeMember(expr: Expr | undefined, rule: RuleNode | undefined): readonly string[] {
  const member = expr?.kind === 'Read' ? expr.members.at(-1) : undefined;
  if (member === undefined) return [];
  const facts = [
    member.optional ? 'It may be missing.' : 'Every valid request has it.',
    ...(member.fresh === undefined
      ? []
      : [`It is unknown when it is older than ${formatFreshness(member)}.`]),
    ...(member.secret ? ['It is secret: it never appears in answers and reports.'] : []),
  ];
  return [[...facts, ...describeUnknownUse(rule)].join(' ')];
}

function formatFreshness({ fresh = 0n }: Member): string {
  return `${Number(fresh) / 1_000} s`;
}

function describeUnknownUse(rule: RuleNode | undefined): readonly string[] {
  if (rule === undefined) return [];
  const { effect, name, skipUnknown } = rule;
  if (effect === 'permit') return [`If it is unknown, \`${name.text}\` does not permit.`];
  return skipUnknown
    ? [`If the condition is unknown, \`${name.text}\` is skipped.`]
    : [`If the condition is unknown, \`${name.text}\` denies.`];
}

/** The first line of a declaration, and the comment before it. */
function describeDeclaration(analysis: PolicyAnalysis, { node, kind }: Target): readonly string[] {
  const text = analysis.files.get(node.span.file)?.text;
  if (text === undefined || kind === 'member') return [];
  const declared = text.slice(node.span.start, node.span.end);
  const [first = ''] = declared.split('\n');
  const shown = first.length <= maxShown ? first : `${first.slice(0, maxShown)}…`;
  const more = declared.includes('\n') && first.trimEnd().endsWith('{') ? `${shown} … }` : shown;
  const comment = findComment(text, node.span.start);
  return [formatCode(more), ...(comment === undefined ? [] : [comment])];
}

/** The lines of comments that end on the line before an offset. */
export function findComment(text: string, offset: number): string | undefined {
  const before = text.slice(0, offset).trimEnd();
  if (/\n[ \t]*\n[^\n]*$/.test(text.slice(before.length, offset))) return undefined;
  const lines: string[] = [];
  for (const line of before.split('\n').reverse()) {
    const [, comment] = /^\s*\/\/ ?(.*)$/.exec(line) ?? [];
    if (comment === undefined) break;
    lines.unshift(comment);
  }
  return lines.length === 0 ? undefined : lines.join('\n');
}

function describeBuiltinUse(path: readonly AstNode[]): readonly string[] {
  const node = path.findLast(
    ({ kind }) => kind === 'Call' || kind === 'Binary' || kind === 'Match',
  );
  if (node === undefined || node !== path.at(-1)) {
    const call = path.at(-2);
    if (call?.kind !== 'Call' || call.callee !== path.at(-1)) return [];
    return getBuiltinDoc(call.callee.text);
  }
  return node.kind === 'Binary' ? getBuiltinDoc(node.operator) : [];
}

function getBuiltinDoc(name: string): readonly string[] {
  const builtin = builtins.get(name);
  return builtin === undefined ? [] : [`\`${name}\`: ${builtin.doc}`];
}
