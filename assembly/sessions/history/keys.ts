// The keys of events and of requests. A compound key consists of the bytes of several members: of each a word, or a length and
// as many bytes. So two keys are equal if and only if all of their members are.

import { tryAllocate } from '../../memory/arena';
import { CELL, clearCells, isKnown, lengthIn, pointerIn, storeBytes, wordIn } from '../../memory/cells';
import { HAS_COMPOUND_KEYS } from '../layout';
import { KeyKind, Track } from './tracks';

/** A member of a compound key. */
@unmanaged
class KeyPart {
  /** The address of its cell. */
  cell!: u32;
  /** `KeyKind.WORD` or `KeyKind.BYTES`. */
  kind!: u32;
}

const WORD_BYTES: usize = 8;
const LENGTH_BYTES: usize = 4;

/** The cell of the compound key that was joined last. */
// @ts-ignore: decorator
@lazy const joined: usize = memory.data(<i32>CELL);

/** The cell of the key of the event in the cells, which is unknown if one of its members is. */
// @ts-ignore: decorator
@inline
export function findEventKey(track: Track): usize {
  return findKey(track, <usize>track.keyCell);
}

/** The cell of the key of the request, until a key is joined again. */
// @ts-ignore: decorator
@inline
export function findAskedKey(track: Track): usize {
  return findKey(track, <usize>track.askedCell);
}

// @ts-ignore: decorator
@inline
function findKey(track: Track, cell: usize): usize {
  return HAS_COMPOUND_KEYS && track.keyKind == KeyKind.COMPOUND ? joinKey(cell) : cell;
}

function joinKey(parts: usize): usize {
  clearCells(joined, <i32>CELL);
  const count = load<i32>(parts);
  let bytes: usize = 0;
  for (let at = 0; at < count; at += 1) {
    const part = partAt(parts, at);
    if (!isKnown(<usize>part.cell)) return joined;
    bytes += part.kind == KeyKind.WORD ? WORD_BYTES : LENGTH_BYTES + <usize>lengthIn(<usize>part.cell);
  }
  const key = tryAllocate(bytes);
  if (key == 0) return joined;
  let end = key;
  for (let at = 0; at < count; at += 1) end = putPart(partAt(parts, at), end);
  storeBytes(joined, key, <i32>bytes);
  return joined;
}

// @ts-ignore: decorator
@inline
function partAt(parts: usize, at: i32): KeyPart {
  return changetype<KeyPart>(parts + sizeof<u32>() + <usize>at * offsetof<KeyPart>());
}

/** Returns the address after the bytes of the part. */
function putPart(part: KeyPart, end: usize): usize {
  const cell = <usize>part.cell;
  if (part.kind == KeyKind.WORD) {
    store<i64>(end, wordIn(cell));
    return end + WORD_BYTES;
  }
  const length = lengthIn(cell);
  store<i32>(end, length);
  memory.copy(end + LENGTH_BYTES, <usize>pointerIn(cell), <usize>length);
  return end + LENGTH_BYTES + <usize>length;
}
