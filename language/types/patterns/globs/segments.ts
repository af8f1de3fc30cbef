// Patterns of segments between separators, for globs and SPIFFE ID patterns, with `**` for whole segments. A
// wildcard never matches a segment that is empty, `.` or `..`.

import {
  makeChoiceTree,
  makeLiteralTree,
  makeRepeatTree,
  makeSequenceTree,
  never,
  type PatternTree,
} from '../tree.ts';
import { type CodePoints, complement, makeSingleCodePoint } from '../unicode/code-points.ts';

/** A part of a segment. */
export interface SegmentPart {
  readonly tree: PatternTree;
  /** The part without the alternatives that contain a wildcard. */
  readonly plain: PatternTree;
}

/** `**`: any number of whole segments; at the end of a pattern, at least one. */
export const rest = 'rest';
export type GlobSegment = SegmentPart | typeof rest;

/** A part that matches one code point of a set. */
export function matchExactly(codePoints: CodePoints): SegmentPart {
  const tree = makeLiteralTree(codePoints);
  return { tree, plain: tree };
}

/** A part with a wildcard, which only matches in a segment that counts. */
export function matchWildcard(tree: PatternTree): SegmentPart {
  return { tree, plain: never };
}

export function makePartSequence(pieces: readonly SegmentPart[]): SegmentPart {
  const plain = pieces.some((piece) => piece.plain === never)
    ? never
    : makeSequenceTree(pieces.map((piece) => piece.plain));
  return { tree: makeSequenceTree(pieces.map(({ tree }) => tree)), plain };
}

export function makePartChoice(pieces: readonly SegmentPart[]): SegmentPart {
  const plain = pieces.flatMap((piece) => (piece.plain === never ? [] : [piece.plain]));
  return {
    tree: makeChoiceTree(pieces.map(({ tree }) => tree)),
    plain: plain.length === 0 ? never : makeChoiceTree(plain),
  };
}

export function listSegmentCharacters(separator: number): CodePoints {
  return complement(makeSingleCodePoint(separator));
}

/** Joins segments; `rooted`: a separator at the start of a text is the root, which a leading `**` also matches. */
export function joinSegments(
  segments: readonly GlobSegment[],
  separator: number,
  { rooted }: { readonly rooted: boolean },
): PatternTree {
  const between = makeLiteralTree(makeSingleCodePoint(separator));
  const any = requireCounting(makeRepeatTree(makeLiteralTree(listSegmentCharacters(separator)), 0));
  const last = segments.length - 1;
  const parts = segments.map((segment, index) => {
    if (segment !== rest) {
      const tree = makeChoiceTree([segment.plain, requireCounting(segment.tree)]);
      return index === last ? tree : makeSequenceTree([tree, between]);
    }
    return index === last
      ? makeSequenceTree([any, makeRepeatTree(makeSequenceTree([between, any]), 0)])
      : makeRepeatTree(makeSequenceTree([any, between]), 0);
  });
  const root = rooted && segments[0] === rest ? [makeRepeatTree(between, 0, 1)] : [];
  return makeSequenceTree([...root, ...parts]);
}

function requireCounting(tree: PatternTree): PatternTree {
  return makeSequenceTree([tree, { kind: 'assert', assertion: 'segment counts' }]);
}
