// Encodes patterns in the formats of the assembly library: the automaton of a pattern as in patterns.ts, and the
// segments of a glob that needs none as in segment-globs.ts.

import type { ByteAutomaton, Pattern, SegmentAffixes, SegmentGlob } from '@nhipol/language/types';

const columnsAt = 16;
const rowsAt = columnsAt + 256;

export function encodePattern(pattern: Pattern): Uint8Array {
  return pattern.segments === undefined
    ? encodeAutomaton(pattern.bytes)
    : encodeSegments(pattern.segments);
}

export function encodeAutomaton(automaton: ByteAutomaton): Uint8Array {
  const { states, start, firstAccepting, columns, columnCount, next } = automaton;
  const width = states <= 256 ? 1 : 2;
  const bytes = new Uint8Array(rowsAt + next.length * width);
  const view = new DataView(bytes.buffer);
  for (const [at, word] of [start, firstAccepting, columnCount, width].entries()) {
    view.setUint32(at * 4, word, true);
  }
  bytes.set(columns, columnsAt);
  for (const [at, state] of next.entries()) {
    if (width === 1) view.setUint8(rowsAt + at, state);
    else view.setUint16(rowsAt + at * 2, state, true);
  }
  return bytes;
}

const segmentsAt = 16;
const affixesAt = 8;

function encodeSegments({ separator, before, after, isRooted }: SegmentGlob): Uint8Array {
  const head = new Uint8Array(segmentsAt);
  const view = new DataView(head.buffer);
  view.setUint8(0, separator.charCodeAt(0));
  view.setUint8(1, Number(isRooted));
  view.setUint8(2, Number(after !== undefined));
  view.setUint16(4, before.length, true);
  view.setUint16(6, after?.length ?? 0, true);
  return concatBytes([head, ...[...before, ...(after ?? []).toReversed()].map(encodeAffixes)]);
}

function encodeAffixes({ prefix, suffix }: SegmentAffixes): Uint8Array {
  const encoder = new TextEncoder();
  const [front, back] = [encoder.encode(prefix), encoder.encode(suffix ?? '')];
  const head = new Uint8Array(affixesAt);
  const view = new DataView(head.buffer);
  view.setUint16(0, front.length, true);
  view.setUint16(2, back.length, true);
  view.setUint32(4, Number(suffix !== undefined), true);
  return concatBytes([head, front, back]);
}

function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
