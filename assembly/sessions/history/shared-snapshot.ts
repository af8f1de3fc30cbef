// Serializes what a module stores for the keys of a session, so that its JSON brings it into another module (see
// shared-entries.ts). The entry of a counter continues with an `OwnAmount`, whose place is 1 if the key is that of the session.

import { isKnown } from '../../memory/cells';
import { putHexBytes } from '../../writing/text-writer';
import { HAS_COUNTERS, SHARED_COUNT } from '../layout';
import { Entry, entryHead } from './migrate';
import { SessionRest } from '../records/session';
import { findAskedKey } from './keys';
import { findShared, placeNumber, sharedTrackAt } from './shared-places';
import { latestOf } from '../time';
import { hasPending, History, Track, turned } from './tracks';
// As in terms.ts, these come last.
import { identityOf, isWhole, listsEnd, lose, putEntry, takeEntry } from './shared-entries';
import { isCounter, OwnAmount, ownAmountIn, OwnPlace } from './counters';

const HEAD: usize = offsetof<History>();
const OWN_BYTES: usize = offsetof<OwnAmount>();

/** The order of an entry. No session has it, so the module of another policy, which counts no events, does not keep it. */
// @ts-ignore: decorator
@inline
function orderFor(history: usize): u32 {
  return ~changetype<History>(history).order;
}

/** The place of the key of the recalled session; 0: it has none. */
function askedPlace(track: Track): usize {
  const cell = findAskedKey(track);
  return isKnown(cell) ? findShared(track, cell) : 0;
}

// @ts-ignore: decorator
@inline
function bytesOfOwn(track: Track): usize {
  return isCounter(track) ? OWN_BYTES : 0;
}

// --- serializing -----------------------------------------------------------------------------------

/** Writes the entries of the recalled session as hexadecimal digits. */
export function putShared(rest: SessionRest): void {
  for (let at = 0; at < SHARED_COUNT; at += 1) {
    const track = sharedTrackAt(at);
    const place = askedPlace(track);
    putEntry(track, identityOf(at), orderFor(rest.block), <i64>latestOf(rest), place, true, bytesOfOwn(track));
    if (isCounter(track)) putOwn(track, rest.block, place == 0 ? 0 : placeNumber());
  }
}

/** `number`: 1 + the index of the place of the session's key; 0: it has none. */
function putOwn(track: Track, state: usize, number: u32): void {
  const saved = entryHead;
  if (hasPending(state)) memory.copy(saved, changetype<usize>(ownAmountIn(state, track)), OWN_BYTES);
  else memory.fill(saved, 0, OWN_BYTES);
  const place = changetype<OwnAmount>(saved).place;
  if (place != 0 && place != OwnPlace.KEYLESS) changetype<OwnAmount>(saved).place = place == number ? 1 : OwnPlace.ANY;
  putHexBytes(saved, OWN_BYTES);
}

// --- restoring -------------------------------------------------------------------------------------

/** Adds the entries of the restored session, whose facts are in the cells, to what the module stores. */
export function takeShared(state: usize, start: usize, end: usize, latest: i64): void {
  for (let at = 0; at < SHARED_COUNT; at += 1) {
    const track = sharedTrackAt(at);
    const cell = findAskedKey(track);
    const entry = start == end ? 0 : entryOf(track, start, end, identityOf(at));
    if (entry == 0 || !takeEntry(track, entry, cell, latest, false)) lose(track, cell, turned(latest));
    else if (HAS_COUNTERS && isCounter(track) && hasPending(state)) takeOwn(track, state, listsEnd(track, entry));
  }
}

function takeOwn(track: Track, state: usize, from: usize): void {
  const own = ownAmountIn(state, track);
  memory.copy(changetype<usize>(own), from, OWN_BYTES);
  own.least = max<i64>(own.least, 0);
  own.most = max<i64>(own.most, own.least);
  if (own.place == 0 || own.place == OwnPlace.KEYLESS) return;
  own.place = own.place == 1 && askedPlace(track) != 0 ? placeNumber() : OwnPlace.ANY;
}

/** The entry with this identity whose lists are whole; 0: there is none. */
function entryOf(track: Track, start: usize, end: usize, identity: u64): usize {
  for (let entry = start + HEAD; entry != end; entry += <usize>changetype<Entry>(entry).size) {
    const each = changetype<Entry>(entry);
    if (each.identity != identity) continue;
    return each.order == orderFor(start) && isWhole(track, entry, bytesOfOwn(track)) ? entry : 0;
  }
  return 0;
}
