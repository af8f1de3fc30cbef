// A listing of a file with its coverage: lines divided into the parts of points, with the missing outcomes of points
// below the lines where they start.

import type { CoveredFile, Point } from '@nhipol/testing/coverage';
import type { Listing, ListingLine, ListingPart } from '../pages/listing.ts';
import { createInlineCode, type Phrase, say } from '../pages/phrase.ts';
import { type CoverageState, classifyPoint } from './measure.ts';
import { describeMissingPoint, describeOutcomeCount, describeOwner } from './words.ts';

/** Returns the listing. `left`: a note on the omitted lines at the end, which have no points. */
export function buildListing({ path, text, points }: CoveredFile): {
  readonly listing: Listing;
  readonly left: string | undefined;
} {
  const lines = splitLines(text);
  const end = Math.max(...points.map((point) => point.end));
  const shown = lines.filter(({ start }) => start < end);
  const live = points.filter(({ outcomes }) => outcomes.length > 0);
  const rest = lines.length - shown.length;
  return {
    listing: {
      kind: 'listing',
      caption: path,
      lines: shown.map((line) => buildLine(line, live)),
    },
    left:
      rest === 0
        ? undefined
        : `The remaining ${rest === 1 ? 'line contains' : `${rest} lines contain`} nothing to cover.`,
  };
}

interface Line {
  readonly number: number;
  readonly start: number;
  readonly text: string;
}

function splitLines(text: string): readonly Line[] {
  let start = 0;
  const lines = text
    .replace(/\n$/, '')
    .split('\n')
    .map((line, index): Line => {
      const own = { number: index + 1, start, text: line.replace(/\r$/, '') };
      start += line.length + 1;
      return own;
    });
  return lines;
}

function buildLine({ number, start, text }: Line, points: readonly Point[]): ListingLine {
  const end = start + text.length;
  const touching = points.filter((point) => point.start < end && point.end > start);
  const beginning = touching.filter((point) => point.start >= start);
  return {
    number,
    state: combineStates(touching.map(classifyPoint)),
    parts: splitLine(text, start, touching),
    notes: beginning.flatMap(listNotes),
  };
}

function combineStates(states: readonly CoverageState[]): CoverageState | undefined {
  const [first] = states;
  return states.every((state) => state === first) ? first : 'partly';
}

function listNotes(point: Point): readonly Phrase[] {
  const missing = describeMissingPoint(point);
  if (missing === undefined) return [];
  return [
    say`${point.kind === 'condition' ? createInlineCode(point.name) : describeOwner(point)} ${missing}`,
  ];
}

/** Divides a line into parts, each of which belongs to the innermost point around it. */
function splitLine(text: string, start: number, points: readonly Point[]): readonly ListingPart[] {
  const boundaries = points.flatMap((point) => [point.start - start, point.end - start]);
  const cuts = [
    ...new Set([0, ...boundaries.filter((at) => at > 0 && at < text.length), text.length]),
  ];
  return cuts
    .sort((a, b) => a - b)
    .slice(0, -1)
    .map((from, index) => {
      const to = cuts[index + 1] ?? text.length;
      const around = points.filter((each) => each.start - start <= from && each.end - start >= to);
      const point = around.reduce<Point | undefined>(
        (inner, each) =>
          inner === undefined || each.end - each.start < inner.end - inner.start ? each : inner,
        undefined,
      );
      const written = text.slice(from, to);
      return point === undefined
        ? { text: written }
        : { text: written, state: classifyPoint(point), says: describeOutcomeCount(point) };
    });
}
