// Semantic tokens: the kinds of declarations that names refer to, which a grammar of tokens cannot know.

import { type SemanticTokens, SemanticTokensBuilder } from 'vscode-languageserver';
import type { PolicyAnalysis } from '../analysis.ts';
import type { TargetKind } from '../index/occurrences.ts';
import type { DocumentPositions } from '../positions.ts';

/** Standard token types, in the order of the legend. */
export const tokenTypes = [
  'class',
  'enum',
  'enumMember',
  'event',
  'function',
  'method',
  'namespace',
  'property',
  'struct',
  'type',
  'variable',
  'parameter',
] as const;
export const tokenModifiers = ['declaration', 'readonly'] as const;

const tokenTypesByKind: Readonly<Record<TargetKind, (typeof tokenTypes)[number]>> = {
  action: 'method',
  constant: 'variable',
  constraint: 'property',
  enum: 'enum',
  enumMember: 'enumMember',
  fixture: 'variable',
  function: 'function',
  local: 'variable',
  member: 'property',
  nameSet: 'variable',
  obligation: 'event',
  record: 'struct',
  resource: 'class',
  rule: 'function',
  signal: 'event',
  subject: 'class',
  table: 'variable',
  window: 'variable',
};

const readonlyKinds: ReadonlySet<TargetKind> = new Set([
  'constant',
  'local',
  'enumMember',
  'window',
]);

export function collectSemanticTokens(
  { occurrences }: PolicyAnalysis,
  file: string,
  positions: DocumentPositions,
): SemanticTokens {
  const builder = new SemanticTokensBuilder();
  const fileOccurrences = occurrences.filter(({ span }) => span.file === file);
  let end = 0;
  for (const { span, target } of [...fileOccurrences].sort((a, b) => a.span.start - b.span.start)) {
    // Two targets of one place are a path and its last member: the first one wins.
    if (span.start < end) continue;
    end = span.end;
    const { start } = positions.toRange(span);
    const isDeclaration = span.start === target.span.start && span.file === target.span.file;
    const modifiers = (isDeclaration ? 1 : 0) | (readonlyKinds.has(target.kind) ? 2 : 0);
    const type = tokenTypes.indexOf(tokenTypesByKind[target.kind]);
    builder.push(start.line, start.character, span.end - span.start, type, modifiers);
  }
  return builder.build();
}
