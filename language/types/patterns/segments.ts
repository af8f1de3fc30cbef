// Patterns of segments between separators, for globs and SPIFFE ID patterns, with `**` for whole segments. A
// wildcard never matches a segment that is empty, `.` or `..`.

import { type CodePoints, complement, only } from './code-points.ts';
import { choice, literal, never, type PatternTree, repeat, sequence } from './tree.ts';

/** A part of a segment. */
export interface SegmentPart {
  readonly tree: PatternTree;
  /** The part without the alternatives that contain a wildcard. */
  readonly plain: PatternTree;
}

/** `**`: any number of whole segments; at the end of a pattern, at least one. */
export const rest = 'rest';
export type Segment = SegmentPart | typeof rest;

/** A part that matches one code point of a set. */
export function exactly(codePoints: CodePoints): SegmentPart {
  const tree = literal(codePoints);
  return { tree, plain: tree };
}

/** A part with a wildcard, which only matches in a segment that counts. */
export function wildcard(tree: PatternTree): SegmentPart {
  return { tree, plain: never };
}

export function inOrder(pieces: readonly SegmentPart[]): SegmentPart {
  const plain = pieces.some((piece) => piece.plain === never)
    ? never
    : sequence(pieces.map((piece) => piece.plain));
  return { tree: sequence(pieces.map(({ tree }) => tree)), plain };
}

export function oneOf(pieces: readonly SegmentPart[]): SegmentPart {
  const plain = pieces.flatMap((piece) => (piece.plain === never ? [] : [piece.plain]));
  return {
    tree: choice(pieces.map(({ tree }) => tree)),
    plain: plain.length === 0 ? never : choice(plain),
  };
}

export function withinSegment(separator: number): CodePoints {
  return complement(only(separator));
}

/** Joins segments; `rooted`: a separator at the start of a text is the root, which a leading `**` also matches. */
export function join(
  segments: readonly Segment[],
  separator: number,
  { rooted }: { readonly rooted: boolean },
): PatternTree {
  const between = literal(only(separator));
  const any = counted(repeat(literal(withinSegment(separator)), 0));
  const last = segments.length - 1;
  const parts = segments.map((segment, index) => {
    if (segment !== rest) {
      const tree = choice([segment.plain, counted(segment.tree)]);
      return index === last ? tree : sequence([tree, between]);
    }
    return index === last
      ? sequence([any, repeat(sequence([between, any]), 0)])
      : repeat(sequence([any, between]), 0);
  });
  const root = rooted && segments[0] === rest ? [repeat(between, 0, 1)] : [];
  return sequence([...root, ...parts]);
}

function counted(tree: PatternTree): PatternTree {
  return sequence([tree, { kind: 'assert', assertion: 'segment counts' }]);
}
