// The exports that open and close a session.

import { mark } from '../memory/arena';
import { Clock, NEVER } from '../time/clock';
import { Code, errorCode, errorPath, errorSeverity, Severity } from '../reading/errors';
import { expectEnd } from '../reading/json';
import { setGiven } from '../reading/members';
import { MAX_NAME, name } from '../memory/name-buffer';
import { isInstant, judgeAt } from '../policy/answer';
import { fillDefaults, prepare } from '../policy/generated';
import { TIME_CELL } from '../policy/layout';
import { Entity, entityAt, readPart } from '../policy/object-reader';
import {
  beginReading, isReadable, readRequest, setHostTime, setReadable, setRequestEnd,
} from '../policy/request';
import { respondRefusal } from '../policy/response/response';
import { Part, Root } from '../reading/roots';
import { isUtf8 } from '../reading/scan';
import { stopNoting } from '../reading/shapes';
import { classOf, giveBlock } from './records/blocks';
import { bytesOfCall, openCall, saveCall } from './call';
import { fail, setFailure } from './errors';
import { HAS_HISTORY, HAS_SHARED, IDENTITIES, STATE_SIZE, TRACK_COUNT, TRACKS } from './layout';
import { stashTracks } from './history/migrate';
import { clearNames, idAt, isComplete, recall } from './history/recall';
import { closeRecord, indexOf, isRevoked, openRecord, recordOf, restOf, setState, stateOf } from './records/records';
import { attachBlock, bytesFromId, saveBlock, savedTo, STASH_LENGTH_BYTES, stashOf } from './facts/save';
import { RevokeReasons, SessionId, State } from './records/session';
import { forgetTracks } from './history/tracks';
import { forgetEntries, makeWheel, tidyLists } from './records/wheel';
// As in terms.ts, these come last.
import { setSelf, unlinkSession } from './records/links';
import { makeShared } from './history/shared-places';

/** The history that a restored session brings with it. */
export let historyFrom: usize = 0;
export let historyTo: usize = 0;

// @ts-ignore: decorator
@inline
export function setHistory(from: usize, to: usize): void {
  historyFrom = from;
  historyTo = to;
}

/**
 * Opens a session with the ID in the name buffer. Its first request need not have an action and a resource. Returns
 * its handle, or 0, and then the result contains the error.
 */
export function session_open(idLength: i32, length: i32, now: f64): u32 {
  if (!isInstant(now)) return failWith(Code.WRONG_INSTANT);
  if (<u32>idLength > <u32>MAX_NAME || !isId(idLength)) return failWith(Code.WRONG_ID);
  setHostTime(true);
  setGiven(TIME_CELL);
  setReadable(readRequest(length));
  if (isReadable && errorSeverity == Severity.FAULT && errorCode == Code.MISSING && isActionOrResource(errorPath)) {
    setReadable(readOpening(length));
  }
  if (isReadable) openCall();
  setRequestEnd(mark());
  const isFine = isReadable && errorSeverity == Severity.NONE;
  historyTo = historyFrom;
  if (isReadable) prepare();
  const handle = isFine ? createSession(idLength, <i64>now) : 0;
  if (handle == 0) judgeAt(now, Clock.HOST);
  return handle;
}

function isId(length: i32): bool {
  store<u8>(name + <usize>length, 0);
  return isUtf8(name, length);
}

function failWith(code: i32): u32 {
  fail(code);
  return 0;
}

/** Whether the path is that of the action or the resource. */
function isActionOrResource(path: i32): bool {
  return path == load<i32>(entityAt(Root.ACTION), offsetof<Entity>('path'))
    || path == load<i32>(entityAt(Root.RESOURCE), offsetof<Entity>('path'));
}

/** Reads subject and context like those of any request, and action and resource if present. */
export function readOpening(length: i32): bool {
  let p = beginReading(length);
  stopNoting();
  if (p != 0) p = readPart(p, Part.SUBJECT | Part.CONTEXT);
  if (p != 0) p = expectEnd(p);
  if (p == 0 || errorSeverity > Severity.FAULT) return false;
  fillDefaults();
  return true;
}

/** Stores the facts of the cells as a new session; returns its handle, or 0 if there is no room. */
export function createSession(idLength: i32, now: i64): u32 {
  if (HAS_SHARED) {
    if (!makeShared()) return setFailure(Code.NO_ROOM);
  }
  const handle = makeWheel() ? openRecord() : 0;
  if (handle == 0) return setFailure(Code.NO_ROOM);
  const session = recordOf(handle)!;
  const rest = restOf(session, handle);
  clearNames();
  const stash = stashTracks(historyFrom, historyTo, IDENTITIES, TRACK_COUNT, 0);
  const block = saveBlock(
    offsetof<SessionId>() + <usize>idLength + (stash == 0 ? 0 : STASH_LENGTH_BYTES + stash) + bytesOfCall(),
  );
  if (block == 0) {
    closeRecord(handle);
    return setFailure(Code.NO_ROOM);
  }
  memory.fill(block, 0, STATE_SIZE);
  if (HAS_SHARED) setSelf(block, indexOf(handle));
  const id = savedTo;
  store<u8>(id, <u8>idLength, offsetof<SessionId>('length'));
  store<u8>(id, u8(stash != 0), offsetof<SessionId>('hasStash'));
  memory.copy(id + offsetof<SessionId>(), name, idLength);
  if (stash != 0) {
    store<u32>(stashOf(id), <u32>stash);
    stashTracks(historyFrom, historyTo, IDENTITIES, TRACK_COUNT, stashOf(id) + STASH_LENGTH_BYTES);
  }
  saveCall(id + bytesFromId(id));
  attachBlock(session, rest, block);
  rest.until = NEVER;
  rest.latest = now;
  if (!isComplete()) setState(session, stateOf(session) | State.INCOMPLETE);
  return handle;
}

/** Writes the ID of a session to the name buffer; returns its length, or 0 if there is no such session. */
export function session_name(handle: u32): i32 {
  const session = recordOf(handle);
  if (session == null) return 0;
  recall(session, restOf(session, handle));
  const length = <i32>load<u8>(idAt, offsetof<SessionId>('length'));
  memory.copy(name, idAt + offsetof<SessionId>(), length);
  return length;
}

/** Returns 0, or the address of a response that states the error. */
export function session_close(handle: u32): usize {
  const session = recordOf(handle);
  const rest = restOf(session, handle);
  if (session == null) return respondRefusal(Code.NO_SESSION);
  if (HAS_HISTORY) forgetTracks(TRACKS, TRACK_COUNT, rest.block);
  if (HAS_SHARED) unlinkSession(rest.block);
  giveBlock(rest.block, rest.blockClass);
  const reasons = <usize>rest.until;
  if (isRevoked(session) && reasons != 0) {
    giveBlock(
      reasons,
      classOf(offsetof<RevokeReasons>() + (<usize>load<u32>(reasons, offsetof<RevokeReasons>('count')) << 2)),
    );
  }
  forgetEntries(session, rest);
  closeRecord(handle);
  tidyLists();
  return 0;
}

/** The response to a call that the host refuses itself, with the number of an error. */
export function refuse(code: i32): usize {
  return respondRefusal(code);
}
