// Extracts the prose of a TypeScript or JavaScript source: comments, messages (strings of two words or more), and titles
// of tests. Each fragment has its text and, for each character of the text, the offset of that character in the source.
// The source is parsed by TypeScript, so that a regular expression or a template is not mistaken for a comment.

import ts from 'typescript';
import { readComment, readLiteral } from './fragments.mjs';

/** Functions of the test runner whose first argument is a title. */
const titled = new Set(['test', 'it', 'describe', 'bench', 'suite']);

/** Members that hold policies or other code, not prose. */
const codeMembers = new Set([
  'avoid',
  'prefer',
  'source',
  'policy',
  'code',
  'find',
  'put',
  'replace',
]);

/** Returns the fragments `{ kind, text, offsets }` of a source, in which `kind` is `comment`, `message` or `title`. */
export function extract(file, source) {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.ESNext, true);
  const onlyTitles = file.startsWith('test/');
  const fragments = listComments(tree, source).map((lines) => ({
    kind: 'comment',
    ...readComment(source, lines),
  }));
  const visit = (node) => {
    if (isCode(node)) return;
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) {
      const kind = isTitle(node) ? 'title' : 'message';
      const literal = readLiteral(source, node);
      const checked = kind === 'title' || (!onlyTitles && isProse(literal.text));
      if (checked) fragments.push({ kind, ...literal });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return fragments.filter(({ text }) => text !== '');
}

/** The comments as lists of ranges: line comments below each other, in one column, are one comment. */
function listComments(tree, source) {
  const comments = [];
  const add = (range) => {
    const last = comments.at(-1)?.at(-1);
    if (last !== undefined && continues(source, last, range)) comments.at(-1).push(range);
    else comments.push([range]);
  };
  const visit = (node) => {
    if (node.kind >= ts.SyntaxKind.FirstJSDocNode && node.kind <= ts.SyntaxKind.LastJSDocNode)
      return;
    for (const child of node.getChildren(tree)) visit(child);
    if (!ts.isTokenKind(node.kind)) return;
    // The comments before a token are those after the token before it, and those on the lines in between.
    const start = node.pos === 0 ? (ts.getShebang(source)?.length ?? 0) : node.pos;
    for (const range of ts.getLeadingCommentRanges(source, start) ?? []) add(range);
    for (const range of ts.getTrailingCommentRanges(source, node.end) ?? []) add(range);
  };
  visit(tree);
  return comments;
}

function continues(source, last, range) {
  const isLine = ({ kind }) => kind === ts.SyntaxKind.SingleLineCommentTrivia;
  const column = ({ pos }) => pos - source.lastIndexOf('\n', pos - 1);
  return (
    isLine(last) &&
    isLine(range) &&
    column(last) === column(range) &&
    /^\r?\n[ \t]*$/.test(source.slice(last.end, range.pos))
  );
}

/** Whether a node contains no prose: imports, types, and members that hold code. */
function isCode(node) {
  if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return true;
  return (
    ts.isPropertyAssignment(node) && ts.isIdentifier(node.name) && codeMembers.has(node.name.text)
  );
}

function isTitle(node) {
  const call = node.parent;
  if (!ts.isCallExpression(call) || call.arguments[0] !== node) return false;
  let callee = call.expression;
  while (!ts.isIdentifier(callee)) {
    if (callee.expression === undefined) return false;
    callee = callee.expression;
  }
  return titled.has(callee.text);
}

/** Whether a string reads as prose: two words in sequence, outside of code, and nothing that looks like code. */
function isProse(text) {
  const words = text.replaceAll(/`[^`]*`/g, '');
  return (
    /[A-Za-z…]{2,}[,:;]? [a-z]{2,}/.test(words) && !/[{}]|=>|;\s*(?:\n|$)|\w\(\S|==|&&/.test(words)
  );
}
