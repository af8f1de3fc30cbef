// The exports that write a session as JSON. Only modules write and read this JSON, with members in exactly
// this order; its request is read like any other.

import { allowExtra } from '../memory/blocks';
import { isAbsent, lengthIn, pointerIn } from '../memory/cells';
import { Code } from '../reading/errors';
import { listReasons } from '../rules/judging';
import { FACTS, REASONS, RESULT } from '../layout';
import { actionRecord, resourceRecord, subjectRecord } from '../policy/generated';
import { CONTEXT_RECORD } from '../policy/layout';
import { contextTable } from '../policy/object-reader';
import { writeMembers, writeName } from '../policy/record-writer';
import { PADDING } from '../reading/reader';
import { Reason, Result } from '../rules/result';
import { beginText, isComplete, putByte, putBytes, putInteger, putText, SLACK, textLength } from '../writing/text-writer';
import { classOf, giveBlock, sizeOf, takeBlock } from './records/blocks';
import { putCall } from './call';
import { decideSession } from './decide';
import { fail } from './errors';
import {
  ACTION_NAME, EFFECTS, HAS_HISTORY, HAS_SHARED, IDENTITIES, MAX_SESSION, RESOURCE_ID, RESOURCE_TYPE, REVOKE_COUNT,
  REVOKES, SUBJECT_ID, SUBJECT_TYPE, TEXT_ACTION, TEXT_CONTEXT, TEXT_EFFECT, TEXT_HISTORY, TEXT_ID, TEXT_LATEST,
  TEXT_NULL, TEXT_OUTDATED, TEXT_PROPERTIES, TEXT_REQUEST, TEXT_RESOURCE, TEXT_REVOKED, TEXT_SESSION,
  TEXT_SUBJECT, TRACK_COUNT, TRACKS,
} from './layout';
import { putStash, putTracks } from './history/migrate';
import { faultOutdated, isOutdated, ownOutdated } from './outdated';
import { idAt, recall } from './history/recall';
import { effectIn, recordOf, restOf, stateOf } from './records/records';
import { STASH_LENGTH_BYTES, stashOf } from './facts/save';
import { RevokeName, Session, SessionId, SessionRest, State } from './records/session';
// As in terms.ts, these come last.
import { putShared } from './history/shared-snapshot';

/**
 * The bit above those of the request's own strings, so that outdated strings are a number of two digits.
 */
export const ALL_OWN: i32 = 32;

/** The pages of the longest JSON of a session. */
const EXTRA_PAGES: i32 = (MAX_SESSION >> 16) * 2;

export let buffer: usize = 0;
let bufferSizes: i32 = 0;

/**
 * The address of a session's JSON of at most `length` bytes; 0: there is no room. The contents are lost
 * if the buffer moves.
 */
export function session_buffer(length: i32): usize {
  if (<u32>length > <u32>MAX_SESSION) return 0;
  if (buffer != 0 && <usize>length <= bufferRoom()) return buffer;
  const sizes = classOf(<usize>length + PADDING);
  // The limit does not apply: a session that cannot be stored would lose its history.
  allowExtra(EXTRA_PAGES);
  const block = takeBlock(sizes);
  allowExtra(0);
  if (block == 0) return 0;
  if (buffer != 0) giveBlock(buffer, bufferSizes);
  buffer = block;
  bufferSizes = sizes;
  return block;
}

export function bufferRoom(): usize {
  return buffer == 0 ? 0 : sizeOf(bufferSizes) - PADDING;
}

/** Writes the session's JSON into the buffer; returns its length, or 0: the result contains the error. */
export function session_snapshot(handle: u32): i32 {
  const session = recordOf(handle);
  if (session == null) {
    fail(Code.NO_SESSION);
    return 0;
  }
  const rest = restOf(session, handle);
  let length = writeSession(session, rest, handle);
  // The bytes were only counted if there was no room.
  if (!isComplete()) {
    if (session_buffer(length) == 0) {
      fail(Code.NO_ROOM);
      return 0;
    }
    length = writeSession(session, rest, handle);
  }
  return length;
}

// @ts-ignore: decorator
@inline
function putFixed(text: u64): void {
  putBytes(<u32>text, <usize>(text >> 32));
}

// @ts-ignore: decorator
@inline
function putCell(cell: usize): void {
  putText(pointerIn(cell), lengthIn(cell));
}

function writeSession(session: Session, rest: SessionRest, handle: u32): i32 {
  const state = stateOf(session);
  if (state & State.REVOKED) decideSession(handle, 0, false);
  beginText(buffer, bufferRoom() + SLACK);
  recall(session, rest);
  putFixed(TEXT_SESSION);
  putText(idAt + offsetof<SessionId>(), load<u8>(idAt, offsetof<SessionId>('length')));
  putCall();
  putFixed(TEXT_LATEST);
  putInteger(rest.latest);
  putFixed(TEXT_EFFECT);
  if (state & State.ANSWERED) writeName(EFFECTS, effectIn(state));
  else putFixed(TEXT_NULL);
  if (isOutdated(rest)) {
    faultOutdated(rest);
    putFixed(TEXT_OUTDATED);
    putInteger(ALL_OWN + ownOutdated(rest));
  }
  putFixed(TEXT_REVOKED);
  if (state & State.REVOKED) writeReasons();
  else putFixed(TEXT_NULL);
  putFixed(TEXT_HISTORY);
  if (HAS_HISTORY) putTracks(TRACKS, TRACK_COUNT, IDENTITIES, rest.block);
  if (HAS_SHARED) putShared(rest);
  const stash = stashOf(idAt);
  if (stash != 0) putStash(stash + STASH_LENGTH_BYTES, load<u32>(stash), HAS_HISTORY);
  putFixed(TEXT_REQUEST);
  writeRequest();
  putByte(0x7d);
  return textLength();
}

function writeReasons(): void {
  putByte(0x5b);
  listReasons();
  const count = load<u32>(RESULT, offsetof<Result>('reasonCount'));
  let isFirst = true;
  for (let at: u32 = 0; at < count; at += 1) {
    const reason = load<u32>(REASONS + <usize>at * offsetof<Reason>(), offsetof<Reason>('index'));
    for (let each = 0; each < REVOKE_COUNT; each += 1) {
      const row = REVOKES + <usize>each * offsetof<RevokeName>();
      if (load<u32>(row, offsetof<RevokeName>('reason')) != reason) continue;
      if (!isFirst) putByte(0x2c);
      isFirst = false;
      writeName(row + offsetof<RevokeName>('pointer'), 0);
    }
  }
  putByte(0x5d);
}

function writeRequest(): void {
  putFixed(TEXT_SUBJECT);
  putCell(SUBJECT_TYPE);
  putFixed(TEXT_ID);
  putCell(SUBJECT_ID);
  writeProperties(subjectRecord());
  if (!isAbsent(ACTION_NAME)) {
    putFixed(TEXT_ACTION);
    putCell(ACTION_NAME);
    writeProperties(actionRecord());
  }
  if (!isAbsent(RESOURCE_TYPE)) {
    putFixed(TEXT_RESOURCE);
    putCell(RESOURCE_TYPE);
    putFixed(TEXT_ID);
    putCell(RESOURCE_ID);
    writeProperties(resourceRecord());
  }
  if (CONTEXT_RECORD != 0) {
    putFixed(TEXT_CONTEXT);
    writeMembers(contextTable(), FACTS);
  }
  putByte(0x7d);
}

function writeProperties(record: usize): void {
  if (record != 0) {
    putFixed(TEXT_PROPERTIES);
    writeMembers(record, FACTS);
  }
  putByte(0x7d);
}
