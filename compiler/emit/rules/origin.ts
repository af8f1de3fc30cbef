// Writes where generated code comes from, for its comments.

import type { Span } from '@nhipol/language/support';

/** Only the name of the file: the same policy gives the same text in every folder. */
export function describeOrigin(what: string, { file, start }: Span): string {
  return `${what} at ${file.slice(file.lastIndexOf('/') + 1)}:${start}`;
}
