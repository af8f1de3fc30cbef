// Source files and positions in them. Every token, node, checked entity and diagnostic carries a `Span`:
// a half-open range of UTF-16 offsets in a named file.

export interface Span {
  /** The path of the file as given by the caller. */
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** The contents of the available files, by path. */
export type SourceMap = ReadonlyMap<string, string>;

export interface Position {
  /** Line and column count from 1; the column counts code points. */
  readonly line: number;
  readonly column: number;
}

export function findPosition(text: string, offset: number): Position {
  let line = 1;
  let lineStart = 0;
  for (
    let index = text.indexOf('\n');
    index !== -1 && index < offset;
    index = text.indexOf('\n', index + 1)
  ) {
    line += 1;
    lineStart = index + 1;
  }
  return { line, column: countColumn(text, lineStart, offset) };
}

/** `findPosition` for many offsets in one text: computes the line starts once. */
export function createPositionFinder(text: string): (offset: number) => Position {
  const starts = [0];
  for (let index = text.indexOf('\n'); index !== -1; index = text.indexOf('\n', index + 1))
    starts.push(index + 1);
  return (offset) => {
    let [line, end] = [0, starts.length];
    while (end - line > 1) {
      const middle = (line + end) >> 1;
      if ((starts[middle] ?? 0) <= offset) line = middle;
      else end = middle;
    }
    return { line: line + 1, column: countColumn(text, starts[line] ?? 0, offset) };
  };
}

function countColumn(text: string, lineStart: number, offset: number): number {
  return [...text.slice(lineStart, offset)].length + 1;
}

export function joinSpans(first: Span, last: Span): Span {
  return { file: first.file, start: first.start, end: last.end };
}

/**
 * Resolves `relative` against the folder of `from`; both use `/`. If `from` begins with the scheme and authority of a URI,
 * so does the result.
 */
export function resolvePath(from: string, relative: string): string {
  const [, root = '', inner = ''] = /^([a-z][a-z0-9+.-]+:(?:\/\/[^/]*)?)?(.*)$/is.exec(from) ?? [];
  const resolved = resolveRelative(inner, relative);
  return root.includes('//') && !resolved.startsWith('/')
    ? `${root}/${resolved}`
    : `${root}${resolved}`;
}

function resolveRelative(from: string, relative: string): string {
  if (relative.startsWith('/')) return relative;
  const parts = from
    .split('/')
    .slice(0, -1)
    .filter((part) => part !== '.');
  for (const part of relative.split('/')) {
    const last = parts.at(-1);
    if (part === '' || part === '.') continue;
    if (part === '..' && last !== undefined && last !== '..' && last !== '') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

/** Returns `path` relative to the folder of `from`, so that answers name a file alike on every machine. */
export function formatRelativePath(from: string, path: string): string {
  const base = from.split('/').slice(0, -1);
  const parts = path.split('/');
  let shared = 0;
  while (shared < base.length && base[shared] === parts[shared]) shared += 1;
  return [...base.slice(shared).map(() => '..'), ...parts.slice(shared)].join('/');
}
