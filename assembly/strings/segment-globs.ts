// Matches a string against a glob of whole segments, without an automaton: those before `**` from the start of the
// string, those after it from the end, and each segment by what it begins and ends with.

import { equalBytes } from '../memory/bytes';

/** A glob, before its segments: those before `**`, then those after it from the last to the first. */
@unmanaged
class SegmentGlob {
  separator!: u8;
  /** Whether the string may begin with a separator before the segments that `**` matches. */
  isRooted!: u8;
  hasRest!: u8;
  reserved!: u8;
  /** The number of segments before `**`. */
  before!: u16;
  /** The number of those after it. */
  after!: u16;
  unused!: u32;
  /** 0, where a pattern has the bytes of its states. */
  stateBytes!: u32;
}

/** A segment, before the bytes of its prefix and its suffix. */
@unmanaged
class Segment {
  prefix!: u16;
  suffix!: u16;
  /** Whether there is a `*` between them. */
  isOpen!: u32;
}

const HEAD: usize = offsetof<Segment>();
const DOT: u32 = 0x2e;

export function matchesSegments(p: usize, n: i32, glob: usize): bool {
  const head = changetype<SegmentGlob>(glob);
  const separator = <u32>head.separator;
  const end = p + <usize>n;
  let segment = glob + offsetof<SegmentGlob>();
  if (head.isRooted && n > 0 && <u32>load<u8>(p) == separator) p += 1;
  const hasRest = head.hasRest != 0;
  for (let left = <u32>head.before; left > 0; left -= 1) {
    const last = endOfSegment(p, end, separator);
    if (!fits(p, last, segment)) return false;
    // The separator that follows, unless this is the last segment of the glob.
    if (left == 1 && !hasRest) return last == end;
    if (last == end) return false;
    p = last + 1;
    segment = nextSegment(segment);
  }
  return matchesEnd(p, end, segment, head.after, separator);
}

/** Matches `**` and the segments after it. */
function matchesEnd(p: usize, end: usize, segment: usize, after: u32, separator: u32): bool {
  for (let left = after; left > 0; left -= 1) {
    let first = end;
    while (first > p && <u32>load<u8>(first - 1) != separator) first -= 1;
    if (!fits(first, end, segment)) return false;
    if (first == p) return left == 1;
    end = first - 1;
    segment = nextSegment(segment);
  }
  while (true) {
    const last = endOfSegment(p, end, separator);
    if (!counts(p, last)) return false;
    if (last == end) return true;
    p = last + 1;
  }
}

// @ts-ignore: decorator
@inline
function endOfSegment(p: usize, end: usize, separator: u32): usize {
  while (p < end && <u32>load<u8>(p) != separator) p += 1;
  return p;
}

// @ts-ignore: decorator
@inline
function nextSegment(segment: usize): usize {
  const head = changetype<Segment>(segment);
  return segment + HEAD + <usize>(<u32>head.prefix + <u32>head.suffix);
}

function fits(p: usize, end: usize, segment: usize): bool {
  const head = changetype<Segment>(segment);
  const prefix = <i32>head.prefix;
  const length = <i32>(end - p);
  if (!head.isOpen) return length == prefix && equalBytes(p, segment + HEAD, prefix);
  const suffix = <i32>head.suffix;
  return length >= prefix + suffix && counts(p, end) && equalBytes(p, segment + HEAD, prefix)
    && equalBytes(end - <usize>suffix, segment + HEAD + <usize>prefix, suffix);
}

/** Whether a wildcard can match the segment: it is not empty, `.` or `..`. */
// @ts-ignore: decorator
@inline
function counts(p: usize, end: usize): bool {
  const length = end - p;
  if (length > 2) return true;
  if (length == 0 || <u32>load<u8>(p) != DOT) return length != 0;
  return length == 2 && <u32>load<u8>(p, 1) != DOT;
}
