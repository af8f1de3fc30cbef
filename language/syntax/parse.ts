// The entry point of the front end: parses a file to a syntax tree. It accepts any text, never throws,
// and recovers from errors: it reports them and leaves broken parts out of the tree.

import { hasErrors, type Reporter } from '../diagnostics/diagnostics.ts';
import type { FileNode } from './ast.ts';
import type { FileCstNode } from './cst.generated.ts';
import { findDroppedWords } from './dropped-tokens.ts';
import { parseFragments } from './fragments.ts';
import { toAst } from './to-ast/to-ast.ts';
import { reportHidden, toCst } from './to-cst.ts';
import { tokenize } from './tokens.ts';

/** The maximum length of a file, in UTF-16 code units. */
const sourceLimit = 1024 * 1024;

export function parse(file: string, text: string, reporter: Reporter): FileNode {
  const origin = { file, reporter };
  const empty: FileNode = { kind: 'File', span: { file, start: 0, end: text.length }, items: [] };
  if (text.length > sourceLimit) {
    const span = { file, start: 0, end: 0 };
    reporter.report('source-too-large', span, { length: text.length, limit: sourceLimit });
    return empty;
  }
  reportHidden(origin, text);
  const read = tokenize(text);
  const items = parseFragments(origin, read);
  if (items !== undefined) return { ...empty, items };
  const { tree, errors, read: parsed } = toCst(origin, read, 'file');
  const node = tree ? toAst({ ...origin, errors, text }, tree as FileCstNode, text.length) : empty;
  if (hasErrors(reporter.diagnostics)) reporter.markDropped(findDroppedWords(node, parsed));
  return node;
}
