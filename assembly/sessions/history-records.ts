// The exports with which a host stores the history across sessions in addition to the sessions: one record for each key, and a
// head for each track. The id of a record names its track and its key; a later record of an id includes the earlier one.
//
// The JSON of a record: the id and the entry (see shared-entries.ts) as hexadecimal digits. The entry is empty if the key lost
// its place. An id: the identity of the track, a `Kind`, and the key.

import { CELL, clearCells, storeBytes, storeWord } from '../memory/cells';
import { resetArena } from '../memory/arena';
import { isInstant } from '../policy/answer';
import { beginText as beginReading } from '../reading/reader';
import { beginText, isComplete, putByte, putBytes, putHexBytes, SLACK, textLength } from '../writing/text-writer';
import { MAX_SESSION, SHARED_COUNT, TEXT_ENTRY, TEXT_RECORD } from './layout';
import {
  countPlaces, followChanges, FreedKey, giveFreed, isHeadRestored, lastFreed, loseForAll, makeShared, noteChange,
  noteHeadChange, noteHeadRestored, sharedPlaceAt, sharedTrackAt, takeChange, takeHeadChange,
} from './history/shared-places';
import { identityOf, instantOfEntry, isWhole, putEntry, putLostForAll, takeEntry, takeLostForAll } from './history/shared-entries';
import { Entry } from './history/migrate';
import { KeyKind, KeyPlace, SizedBlock, Track, turned } from './history/tracks';
import { markAll } from './records/links';
import { hexValue, skipFixed } from './restore';
import { buffer, bufferRoom, session_buffer } from './snapshot';
import { setSwept, sweptInstant } from './time';

namespace Kind {
  export const HEAD: u32 = 0;
  export const WORD: u32 = 1;
  export const BYTES: u32 = 2;
}

/** The bytes of an id before the key, and of a key that is a word. */
const ID_BYTES: usize = 9;
const WORD_BYTES: usize = 8;
/** The bytes that follow the lists in the entry of a head. */
const HEAD_BYTES: usize = 8;

/** The results of `history_restore`. */
namespace Restored {
  /** Nothing was restored: the JSON is none of a record, or there is no room. */
  export const NOTHING: i32 = 0;
  export const RECORD: i32 = 1;
  /** The policy has no such term, or the period of the record is over. */
  export const UNUSED: i32 = 2;
}

const id: usize = memory.data(9);
const keyWord: usize = memory.data(8);
const keyCell: usize = memory.data(<i32>CELL);

// --- writing ---------------------------------------------------------------------------------------

/**
 * Writes the next record that changed since the last call into the buffer of a session's JSON. Returns its length; 0: no other
 * one changed; -1: there is no room, and it is the next one again.
 */
export function history_changed(): i32 {
  if (!makeShared()) return -1;
  followChanges();
  if (lastFreed() != 0) {
    const freed = changetype<FreedKey>(lastFreed());
    const length = write(sharedTrackAt(freed.number), freed.number, 0, freed.key, false);
    if (length > 0) giveFreed();
    return length;
  }
  for (let at = 0; at < SHARED_COUNT; at += 1) {
    const track = sharedTrackAt(at);
    if (takeHeadChange(track)) {
      const length = write(track, at, 0, 0, true);
      if (length < 0) noteHeadChange(track);
      return length;
    }
    const changed = takeChange(track);
    if (changed == 0) continue;
    const length = writePlace(track, at, <i32>changed - 1);
    if (length < 0) noteChange(track, changed);
    return length;
  }
  return 0;
}

/**
 * Writes the record with this index among all of them, whether it changed or not. Returns its length; 0: there are no
 * more; -1: there is no room.
 */
export function history_record(index: i32): i32 {
  if (!makeShared()) return -1;
  for (let at = 0; at < SHARED_COUNT; at += 1) {
    const track = sharedTrackAt(at);
    if (index == 0) return write(track, at, 0, 0, true);
    index -= 1;
    if (index < countPlaces(track)) return writePlace(track, at, index);
    index -= countPlaces(track);
  }
  return 0;
}

function writePlace(track: Track, number: i32, at: i32): i32 {
  const place = sharedPlaceAt(track, at);
  return write(track, number, place, changetype<KeyPlace>(place).key, false);
}

/** `place`: 0 if the key lost it, or for the head. */
function write(track: Track, number: i32, place: usize, key: u64, isHead: bool): i32 {
  resetArena();
  writeRecord(track, number, place, key, isHead);
  if (isComplete()) return textLength();
  // The bytes were only counted if there was no room.
  if (session_buffer(textLength()) == 0) return -1;
  writeRecord(track, number, place, key, isHead);
  return textLength();
}

function writeRecord(track: Track, number: i32, place: usize, key: u64, isHead: bool): void {
  const isBytes = track.keyKind != KeyKind.WORD;
  beginText(buffer, bufferRoom() + SLACK);
  putFixed(TEXT_RECORD);
  store<u64>(id, identityOf(number));
  store<u8>(id, <u8>(isHead ? Kind.HEAD : isBytes ? Kind.BYTES : Kind.WORD), 8);
  putHexBytes(id, ID_BYTES);
  store<u64>(keyWord, key);
  if (!isHead) {
    if (isBytes) putHexBytes(<usize>key + offsetof<SizedBlock>(), changetype<SizedBlock>(<usize>key).length);
    else putHexBytes(keyWord, WORD_BYTES);
  }
  putFixed(TEXT_ENTRY);
  if (isHead || place != 0) {
    putEntry(track, identityOf(number), 0, sweptInstant(), place, isHead, isHead ? HEAD_BYTES : 0);
  }
  if (isHead) putLostForAll(track);
  // `"}`
  putByte(0x22);
  putByte(0x7d);
}

// @ts-ignore: decorator
@inline
function putFixed(text: u64): void {
  putBytes(<u32>text, <usize>(text >> 32));
}

// --- restoring -------------------------------------------------------------------------------------

/** Restores the record whose JSON of `length` bytes is in the buffer, as in `Restored`. */
export function history_restore(length: i32): i32 {
  if (<u32>length > <u32>MAX_SESSION || buffer == 0 || <usize>length > bufferRoom() || !makeShared()) return Restored.NOTHING;
  resetArena();
  const from = skipFixed(beginReading(buffer, length), TEXT_RECORD);
  if (from == 0) return Restored.NOTHING;
  let p = decodeHex(from);
  const idEnd = decodedEnd;
  const entry = skipFixed(p, TEXT_ENTRY);
  if (entry == 0) return Restored.NOTHING;
  p = decodeHex(entry);
  const isEnd = p != 0 && load<u8>(p) == 0x22 && load<u8>(p, 1) == 0x7d && p + 2 == buffer + <usize>length;
  if (!isEnd || idEnd - from < ID_BYTES) return Restored.NOTHING;
  return restore(from, idEnd, entry, decodedEnd);
}

/** The address after the bytes of the last call of `decodeHex`. */
let decodedEnd: usize = 0;

/** Replaces hexadecimal digits by their bytes. Returns the cursor at the quote after them; 0: there are other characters. */
function decodeHex(p: usize): usize {
  decodedEnd = p;
  for (; load<u8>(p) != 0x22; p += 2) {
    const high = hexValue(load<u8>(p));
    const low = hexValue(load<u8>(p, 1));
    if ((high | low) > 15) return 0;
    store<u8>(decodedEnd, <u8>(high << 4 | low));
    decodedEnd += 1;
  }
  return p;
}

function restore(from: usize, idEnd: usize, entry: usize, end: usize): i32 {
  const number = numberOf(load<u64>(from));
  if (number < 0 || entry == end) return Restored.UNUSED;
  const track = sharedTrackAt(number);
  const kind = <u32>load<u8>(from, 8);
  const isHead = kind == Kind.HEAD;
  if (!isHead && (kind == Kind.BYTES) != (track.keyKind != KeyKind.WORD)) return Restored.UNUSED;
  const isSized = end - entry >= offsetof<Entry>() && <usize>changetype<Entry>(entry).size == end - entry;
  if (!isSized || !isWhole(track, entry, isHead ? HEAD_BYTES : 0)) return Restored.NOTHING;
  const latest = instantOfEntry(entry);
  setSwept(latest);
  setKey(kind, from + ID_BYTES, idEnd);
  if (isHead) {
    takeLostForAll(track, end - HEAD_BYTES);
    noteHeadRestored(track);
  }
  const result = takeEntry(track, entry, keyCell, sweptInstant(), true);
  return result ? Restored.RECORD : Restored.NOTHING;
}

/** The number of the track with an identity; -1: there is none. */
function numberOf(identity: u64): i32 {
  for (let at = 0; at < SHARED_COUNT; at += 1) if (identityOf(at) == identity) return at;
  return -1;
}

/** Stores a key in the cell; a head has none. */
function setKey(kind: u32, from: usize, end: usize): void {
  clearCells(keyCell, <i32>CELL);
  if (kind == Kind.BYTES) storeBytes(keyCell, <u32>from, <i32>(end - from));
  else if (kind == Kind.WORD && end - from == WORD_BYTES) storeWord(keyCell, load<i64>(from));
}

/**
 * Ends the restoring of a store that is not new. If no record of the head of a term was restored, any number of events may
 * have occurred until now.
 */
export function history_complete(now: f64): void {
  if (!isInstant(now) || !makeShared()) return;
  for (let at = 0; at < SHARED_COUNT; at += 1) {
    const track = sharedTrackAt(at);
    if (isHeadRestored(track)) continue;
    loseForAll(track, turned(<i64>now));
    markAll(track);
  }
}
