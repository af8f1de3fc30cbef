// Why a table was not loaded. Its earlier contents are unchanged.

import type { AnswerError } from '../contract/index.ts';

export class TableError extends Error {
  readonly table: string;
  /** One of the manifest's names, `unknown_table` or `engine_error`. */
  readonly code: string;
  /** JSONPath (RFC 9535) from the table's own object; `$` for the document as a whole. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
  /** Byte offset in the document. */
  readonly offset: number;

  constructor(table: string, { code, path, expected, found, offset }: AnswerError) {
    const place = path === '$' ? `at byte ${offset}` : path;
    super(`the table \`${table}\` was not loaded: ${place}: expected ${expected}, found ${found}`);
    this.name = 'TableError';
    this.table = table;
    this.code = code;
    this.path = path;
    this.expected = expected;
    this.found = found;
    this.offset = offset;
  }
}
