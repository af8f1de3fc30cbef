// Where text comes from and where a thing stands in it. Every token, node, checked entity and
// diagnostic carries a `Span`; offsets are UTF-16 code units, half-open, into one named file.

export interface Span {
  /** The file's path as the caller named it. */
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** File texts by path, as far as the caller has them. */
export type SourceMap = ReadonlyMap<string, string>;

export interface Position {
  /** Both count from 1; the column counts code points. */
  readonly line: number;
  readonly column: number;
}

export function positionAt(text: string, offset: number): Position {
  let line = 1;
  let lineStart = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
    line += 1;
    lineStart = at + 1;
  }
  return { line, column: columnOf(text, lineStart, offset) };
}

/** As `positionAt`, of many places in one text. */
export function positionsIn(text: string): (offset: number) => Position {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let [line, behind] = [0, starts.length];
    while (behind - line > 1) {
      const middle = (line + behind) >> 1;
      if ((starts[middle] ?? 0) <= offset) line = middle;
      else behind = middle;
    }
    return { line: line + 1, column: columnOf(text, starts[line] ?? 0, offset) };
  };
}

function columnOf(text: string, lineStart: number, offset: number): number {
  return [...text.slice(lineStart, offset)].length + 1;
}

export function spanTo(first: Span, last: Span): Span {
  return { file: first.file, start: first.start, end: last.end };
}

/** Resolves `relative` against the folder of `from`; both use `/`. */
export function resolvePath(from: string, relative: string): string {
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

/** `path` as it is written from the folder of `from`: what an answer calls it on any machine. */
export function relativePath(from: string, path: string): string {
  const base = from.split('/').slice(0, -1);
  const parts = path.split('/');
  let shared = 0;
  while (shared < base.length && base[shared] === parts[shared]) shared += 1;
  return [...base.slice(shared).map(() => '..'), ...parts.slice(shared)].join('/');
}
