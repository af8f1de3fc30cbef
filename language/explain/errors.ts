// Describes what is wrong with a request, with an excerpt of the line that contains the error.

import type { RequestError } from '../request/errors.ts';
import { findPosition } from '../support/source.ts';
import type { ExplainedError } from './explanation.ts';

/** The maximum number of characters shown before and after the position of the error. */
const maxExcerpt = 200;

/**
 * `withExcerpt` is false if the policy declares secret members: an invalid request can contain their values
 * anywhere, also in text that is not JSON or under a misspelled name.
 */
export function explainError(
  error: RequestError,
  request: Uint8Array,
  withExcerpt: boolean,
): ExplainedError {
  const { code, path, expected, found, offset } = error;
  const hasExcerpt = withExcerpt && code !== 'too_large';
  const excerpt = hasExcerpt ? makeExcerpt(request, offset) : undefined;
  return { code, path, expected, found, ...(excerpt === undefined ? {} : { excerpt }) };
}

function makeExcerpt(request: Uint8Array, offset: number): ExplainedError['excerpt'] {
  const decoder = new TextDecoder();
  const before = decoder.decode(request.subarray(0, offset));
  const after = decoder.decode(request.subarray(offset, offset + maxExcerpt * 4));
  const text = before + after;
  if (text.trim() === '') return undefined;
  const errorAt = before.length;
  const start = Math.max(text.lastIndexOf('\n', errorAt - 1) + 1, errorAt - maxExcerpt);
  const newline = text.indexOf('\n', errorAt);
  const end = Math.min(newline === -1 ? text.length : newline, errorAt + maxExcerpt);
  const marked = /^(?:"(?:[^"\\\n]|\\.)*"|[\w.+-]+|.)?/su.exec(text.slice(errorAt, end))?.[0] ?? '';
  return {
    ...findPosition(text, errorAt),
    text: text.slice(start, end),
    start: errorAt - start,
    end: errorAt - start + marked.length,
  };
}
