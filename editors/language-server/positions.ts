// Converts between the spans of the language and the ranges of the protocol, which both count UTF-16 code units.

import type { SourceMap, Span } from '@nhipol/language/support';
import type { Location, Range } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { convertPathToUri } from './uris.ts';

/** The documents of a policy by path. The texts never change. */
export class DocumentPositions {
  readonly #sources: SourceMap;
  readonly #uris: ReadonlyMap<string, string>;
  readonly #documents = new Map<string, TextDocument>();

  /** `uris` contains the URIs of paths that the client spells in its own way. */
  constructor(sources: SourceMap, uris: ReadonlyMap<string, string> = new Map()) {
    this.#sources = sources;
    this.#uris = uris;
  }

  toUri(path: string): string {
    return this.#uris.get(path) ?? convertPathToUri(path);
  }

  getText(file: string): string {
    return this.#sources.get(file) ?? '';
  }

  toRange({ file, start, end }: Span): Range {
    const document = this.#document(file);
    return { start: document.positionAt(start), end: document.positionAt(end) };
  }

  /** `undefined` if the file is part of the language, and editors cannot open it. */
  toLocation(span: Span): Location | undefined {
    return this.#sources.has(span.file)
      ? { uri: this.toUri(span.file), range: this.toRange(span) }
      : undefined;
  }

  toOffset(file: string, position: Range['start']): number {
    return this.#document(file).offsetAt(position);
  }

  #document(file: string): TextDocument {
    const existingDocument = this.#documents.get(file);
    if (existingDocument !== undefined) return existingDocument;
    const document = TextDocument.create(file, 'nhipol', 0, this.getText(file));
    this.#documents.set(file, document);
    return document;
  }
}
