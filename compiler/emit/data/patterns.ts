// Encodes the automaton of a pattern in the format of patterns.ts of the assembly library.

import type { ByteAutomaton } from '../../../language/index.ts';

const columnsAt = 16;
const rowsAt = columnsAt + 256;

export function encodePattern(automaton: ByteAutomaton): Uint8Array {
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
