// Reads the text of comments and of literals, with the offset in the source of each character. The text is Markdown for
// the check: code in backticks and examples in fences are not prose.

import ts from 'typescript';

const directive = /^\s*(?:biome-ignore|@ts-|eslint-|v8 ignore|<reference)/;

/** A text under construction. */
class Text {
  text = '';
  offsets = [];

  add(characters, offset) {
    this.text += characters;
    for (let index = 0; index < characters.length; index++) this.offsets.push(offset + index);
  }
}

/** Reads one comment: a block, or lines below each other. `ranges` are those of TypeScript. */
export function readComment(source, ranges) {
  const read = new Text();
  let fenced = false;
  for (const { start, end } of ranges.flatMap((range) => listLines(source, range))) {
    const line = source.slice(start, end);
    if (directive.test(line)) continue;
    const isFence = /^\s*(?:```|~~~)/.test(line);
    if (isFence) fenced = !fenced;
    if (read.text !== '') read.add('\n', start);
    if (!fenced && !isFence) read.add(line, start);
  }
  return finish(read);
}

/** The lines of a comment without what marks them: `//`, or the asterisks of a block. */
function listLines(source, { pos, end, kind }) {
  if (kind === ts.SyntaxKind.SingleLineCommentTrivia) {
    const [mark] = /^\/\/+ ?/.exec(source.slice(pos, end));
    return [{ start: pos + mark.length, end }];
  }
  const lines = [];
  let start = pos;
  for (const line of source.slice(pos, end).split('\n')) {
    const [mark] = /^(?:\/\*+ ?|\s*\*(?!\/) ?|\s*)/.exec(line);
    const closing = start + line.length === end ? /\s*\*+\/$/.exec(line)[0].length : 0;
    const first = start + mark.length;
    lines.push({ start: first, end: Math.max(first, start + line.length - closing) });
    start += line.length + 1;
  }
  return lines;
}

/** Reads a string or a template. A placeholder `${…}` becomes one character, and an escape what it stands for. */
export function readLiteral(source, node) {
  const read = new Text();
  if (ts.isTemplateExpression(node)) {
    addCooked(read, source, node.head, 2);
    for (const { expression, literal } of node.templateSpans) {
      read.add('…', expression.getStart());
      addCooked(read, source, literal, literal.kind === ts.SyntaxKind.TemplateTail ? 1 : 2);
    }
  } else {
    addCooked(read, source, node, 1);
  }
  return finish(trimLines(read));
}

/** Adds the part of a literal between its first character and the last `closing` ones. */
function addCooked(read, source, node, closing) {
  const end = node.end - closing;
  for (let at = node.getStart() + 1; at < end; ) {
    const [raw, escaped] =
      /^\\(u\{[^}]*\}|u.{4}|x..|\r\n|[\s\S])/.exec(source.slice(at, end)) ?? [];
    if (raw === undefined) read.add(source[at], at);
    else if (escaped === 'n' || escaped === 't') read.add('\n', at);
    else if (/^[ux]/.test(escaped)) read.add(decodeEscape(escaped), at);
    else if (!/^[\r\n]/.test(escaped)) read.add(escaped, at);
    at += raw?.length ?? 1;
  }
}

/** The character of an escape with a number: `u1234`, `u{1234}` or `x12`. */
function decodeEscape(escaped) {
  return String.fromCodePoint(Number.parseInt(escaped.replaceAll(/[ux{}]/g, ''), 16));
}

/** Removes the indentation of lines, which Markdown would take for code. */
function trimLines({ text, offsets }) {
  const read = new Text();
  let start = 0;
  for (const line of text.split('\n')) {
    const indent = line.length - line.trimStart().length;
    if (start > 0) read.add('\n', offsets[start - 1]);
    for (let index = start + indent; index < start + line.length; index++) {
      read.add(text[index], offsets[index]);
    }
    start += line.length + 1;
  }
  return read;
}

/** Replaces tags, and what would begin a block of Markdown that could hide the fragments that follow. */
function finish({ text, offsets }) {
  const visible = text
    .replaceAll(/<\/?[a-z][^<>]*>/g, (tag) => '·'.repeat(tag.length))
    .replaceAll('<', '‹')
    .replaceAll(/^[#>]/gm, '·');
  return { text: visible, offsets };
}
