// Globs that can be matched segment by segment: without classes, alternatives, `?` and escapes, with at most one `*`
// in a segment and at most one `**`. Matching them takes no automaton, so a policy can have many.

import type { PatternSource } from '../pattern-source.ts';

/** The start of a segment, and its end after a `*`; without a suffix, the segment equals the prefix. */
export interface SegmentAffixes {
  readonly prefix: string;
  readonly suffix?: string;
}

export interface SegmentGlob {
  readonly separator: string;
  /** The segments before `**`, or all of them. */
  readonly before: readonly SegmentAffixes[];
  /** The segments after `**`, or `undefined` if the glob has no `**`. */
  readonly after?: readonly SegmentAffixes[];
  /** Whether a string may begin with the separator, because the glob begins with `**`. */
  readonly isRooted: boolean;
}

/** The automata of such globs are within all limits, so that they can be built when they are needed. */
const maxLength = 256;
const maxAfter = 2;

const rest = '**';
const rootSeparator = '/';

/** The segments of a valid glob, or `undefined` if it needs an automaton. */
export function parseSegmentGlob(source: PatternSource): SegmentGlob | undefined {
  const { language, text, separator, ignoringCase } = source;
  if (language !== 'glob' || ignoringCase || text.length > maxLength) return undefined;
  if (/[?[\]{}\\]/.test(text)) return undefined;
  const segments = text.split(separator);
  const index = segments.indexOf(rest);
  const before = splitAffixes(index < 0 ? segments : segments.slice(0, index));
  const after = index < 0 ? undefined : splitAffixes(segments.slice(index + 1));
  if (before === undefined || (index >= 0 && after === undefined)) return undefined;
  if (after !== undefined && after.length > maxAfter) return undefined;
  // An empty segment after the root could also be the root itself.
  const isRooted = index === 0 && separator === rootSeparator;
  if (isRooted && segments.includes('')) return undefined;
  return { separator, before, ...(after === undefined ? {} : { after }), isRooted };
}

/** `undefined` if a segment has several wildcards. */
function splitAffixes(segments: readonly string[]): readonly SegmentAffixes[] | undefined {
  const parts = segments.map((segment) => segment.split('*'));
  if (parts.some(({ length }) => length > 2)) return undefined;
  return parts.map(([prefix = '', suffix]) =>
    suffix === undefined ? { prefix } : { prefix, suffix },
  );
}
