// Reads the source of a policy where the tree does not say enough, such as the position of words
// that the tree only records as present.

import { type Fix, proposeReplacement } from '../diagnostics/fix.ts';
import type { Span } from '../support/source.ts';
import { readSourceText } from '../vocabulary/vocabulary.ts';
import type { Context } from './context.ts';

/** Returns the source at a span. */
export function readSpan(context: Context, { file, start, end }: Span): string {
  return readSourceText(context.sources, file)?.slice(start, end) ?? '';
}

/**
 * The position of the pattern's first group directly after a span, or `undefined` if a comment is
 * between them.
 */
export function findNextSpan(
  context: Context,
  { file, end }: Span,
  pattern: RegExp,
): Span | undefined {
  const match = pattern.exec(readSourceText(context.sources, file)?.slice(end) ?? '');
  const [whole, words] = match ?? [];
  if (whole === undefined || words === undefined) return undefined;
  return { file, start: end + whole.length - words.length, end: end + whole.length };
}

/** Returns `latest(x)` as `x`. */
export function withoutLatest(context: Context, call: Span): Fix | undefined {
  const inner = /^latest\s*\(\s*(.*?)\s*,?\s*\)$/s.exec(readSpan(context, call))?.[1];
  return inner === undefined ? undefined : proposeReplacement(call, inner, 'remove `latest`');
}
