// Stores the facts of the cells in the block of a session. After the facts, a block has the ID of the
// session; then, if a session of another policy brought history that this policy does not have, the stash: u32 its
// length and these bytes.

import { tryAllocate } from '../../memory/arena';
import { actionSelector, resourceSelector, subjectSelector } from '../../policy/request';
import { classOf, sizeOf, takeBlock } from '../records/blocks';
import { bytesOfFacts, saveFacts, saveWords } from './facts';
import { SLOT_COUNT, SLOTS, STATE_SIZE, WORD_COUNT, WORDS } from '../layout';
import { clearNames, recallNames, saveAtoms } from '../history/recall';
import { Session, SessionId, SessionRest } from '../records/session';

/** The bytes of the length of a stash, before its bytes. */
export const STASH_LENGTH_BYTES: usize = 4;

/** The class of the block that was saved last, and the end of its facts. */
export let savedSizes: i32 = 0;
export let savedTo: usize = 0;

// @ts-ignore: decorator
@inline
export function setSavedSizes(sizes: i32): void {
  savedSizes = sizes;
}

/** Stores the facts in a new block, with room for more bytes after them; 0: there is no room. */
export function saveBlock(more: usize): usize {
  clearNames();
  savedSizes = classOf(bytesOfFacts(SLOTS, SLOT_COUNT, STATE_SIZE) + more);
  const block = takeBlock(savedSizes);
  if (block != 0) savedTo = saveFacts(block, SLOTS, SLOT_COUNT, STATE_SIZE);
  recallNames();
  return block;
}

/**
 * Stores them in the memory of this call, for facts that replace those that they are read from; 0: there
 * is no room.
 */
export function saveTemporarily(): usize {
  const size = sizeOf(savedSizes);
  const block = tryAllocate(size);
  if (block == 0) return 0;
  clearNames();
  savedTo = saveFacts(block, SLOTS, SLOT_COUNT, STATE_SIZE);
  recallNames();
  return block;
}

/** Makes a block, whose class is `savedSizes`, that of the session, and updates its record. */
export function attachBlock(session: Session, rest: SessionRest, block: usize): void {
  saveWords(rest, WORDS, WORD_COUNT);
  rest.block = <u32>block;
  rest.blockClass = <u8>savedSizes;
  session.subject = <u16>subjectSelector;
  session.action = <u16>actionSelector;
  session.resource = <u16>resourceSelector;
  saveAtoms(session);
}

/** The address of a block's stash, by that of the ID; 0: there is none. */
export function stashOf(id: usize): usize {
  return load<u8>(id, offsetof<SessionId>('hasStash')) == 0
    ? 0
    : id + offsetof<SessionId>() + <usize>load<u8>(id, offsetof<SessionId>('length'));
}

/** The bytes of the ID and everything after it. */
export function bytesFromId(id: usize): usize {
  const stash = stashOf(id);
  return offsetof<SessionId>() + <usize>load<u8>(id, offsetof<SessionId>('length'))
    + (stash == 0 ? 0 : STASH_LENGTH_BYTES + <usize>load<u32>(stash));
}
