// The text of a policy where the tree does not say enough: words of which it keeps only that they are
// there.

import { type Fix, replacing } from '../diagnostics/fix.ts';
import type { Span } from '../support/source.ts';
import { sourceText } from '../vocabulary/vocabulary.ts';
import type { Context } from './context.ts';

export function written(context: Context, { file, start, end }: Span): string {
  return sourceText(context.sources, file)?.slice(start, end) ?? '';
}

/** Where the group of the pattern stands directly behind a place; undefined: a comment is between. */
export function behind(context: Context, { file, end }: Span, pattern: RegExp): Span | undefined {
  const found = pattern.exec(sourceText(context.sources, file)?.slice(end) ?? '');
  const [whole, words] = found ?? [];
  if (whole === undefined || words === undefined) return undefined;
  return { file, start: end + whole.length - words.length, end: end + whole.length };
}

/** `latest(x)` as `x`. */
export function withoutLatest(context: Context, call: Span): Fix | undefined {
  const inner = /^latest\s*\(\s*(.*?)\s*,?\s*\)$/s.exec(written(context, call))?.[1];
  return inner === undefined ? undefined : replacing(call, inner, 'remove `latest`');
}
