// What is wrong with a request, with the line of its text in which that stands.

import type { RequestError } from '../request/errors.ts';
import { positionAt } from '../support/source.ts';
import type { ExplainedError } from './explanation.ts';

/** Characters of a line before and after the place: more is never shown. */
const reach = 200;

export function explainError(error: RequestError, request: Uint8Array): ExplainedError {
  const { code, path, expected, found, offset } = error;
  const excerpt = code === 'too_large' ? undefined : excerptAt(request, offset);
  return { code, path, expected, found, ...(excerpt === undefined ? {} : { excerpt }) };
}

function excerptAt(request: Uint8Array, offset: number): ExplainedError['excerpt'] {
  const decoder = new TextDecoder();
  const before = decoder.decode(request.subarray(0, offset));
  const after = decoder.decode(request.subarray(offset, offset + reach * 4));
  const text = before + after;
  if (text.trim() === '') return undefined;
  const at = before.length;
  const start = Math.max(text.lastIndexOf('\n', at - 1) + 1, at - reach);
  const newline = text.indexOf('\n', at);
  const end = Math.min(newline === -1 ? text.length : newline, at + reach);
  const marked = /^(?:"(?:[^"\\\n]|\\.)*"|[\w.+-]+|.)?/su.exec(text.slice(at, end))?.[0] ?? '';
  return {
    ...positionAt(text, at),
    text: text.slice(start, end),
    start: at - start,
    end: at - start + marked.length,
  };
}
