// Converts between the spans of the language and the ranges of the protocol, which both count UTF-16 code units.

import type { Location, Range } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { SourceMap, Span } from '../language/support/source.ts';

/** The documents of a policy by path. The texts never change. */
export class Positions {
  readonly #sources: SourceMap;
  readonly #documents = new Map<string, TextDocument>();

  constructor(sources: SourceMap) {
    this.#sources = sources;
  }

  rangeOf({ file, start, end }: Span): Range {
    const document = this.#document(file);
    return { start: document.positionAt(start), end: document.positionAt(end) };
  }

  /** undefined: the file is part of the language, and editors cannot open it. */
  locationOf(span: Span): Location | undefined {
    return this.#sources.has(span.file)
      ? { uri: uriOf(span.file), range: this.rangeOf(span) }
      : undefined;
  }

  offsetAt(file: string, position: Range['start']): number {
    return this.#document(file).offsetAt(position);
  }

  #document(file: string): TextDocument {
    const known = this.#documents.get(file);
    if (known !== undefined) return known;
    const text = this.#sources.get(file) ?? '';
    const document = TextDocument.create(uriOf(file), 'nhipol', 0, text);
    this.#documents.set(file, document);
    return document;
  }
}

/** Paths of the server are those of URIs, without the scheme of files. */
export function uriOf(path: string): string {
  if (/^[a-z][a-z0-9+.-]+:/i.test(path)) return path;
  return `file://${path.split('/').map(encodeURIComponent).join('/')}`;
}

export function pathOf(uri: string): string {
  if (!uri.startsWith('file://')) return uri;
  return new URL(uri).pathname.split('/').map(decodeURIComponent).join('/');
}
