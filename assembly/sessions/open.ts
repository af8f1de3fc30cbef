// The exports that open and close a session.

import { mark } from '../arena';
import { Clock, NEVER } from '../clock';
import { Code, errorCode, errorPath, errorSeverity, Severity } from '../errors';
import { expectEnd } from '../json';
import { setGiven } from '../members';
import { isInstant, judgeAt } from '../policy/answer';
import { placeDigest, receiveDigest } from '../policy/call-digest';
import { fillDefaults, prepare } from '../policy/generated';
import { TIME_CELL } from '../policy/layout';
import { Entity, entityAt, readPart } from '../policy/object-reader';
import {
  beginReading, hasHostTime, isReadable, readRequest, setHostTime, setReadable, setRequestEnd,
} from '../policy/request';
import { Part, Root } from '../roots';
import { stopNoting } from '../shapes';
import { classOf, giveBlock } from './blocks';
import { setFailure } from './errors';
import { HAS_HISTORY, ID_BYTES, IDENTITIES, MAX_ID, STATE_SIZE, TRACK_COUNT, TRACKS } from './layout';
import { stashTracks } from './migrate';
import { clearNames, isComplete } from './recall';
import { closeRecord, isRevoked, openRecord, recordOf, restOf, setState, stateOf } from './records';
import { attachBlock, saveBlock, savedTo, SessionId, STASH_LENGTH_BYTES, stashOf } from './save';
import { RevokeReasons, State } from './session';
import { forgetTracks } from './tracks';
import { forgetEntries, makeWheel, tidyLists } from './wheel';

/** Where the host writes the ID of a session before opening it. */
export const session_id: usize = memory.data(ID_BYTES);

/** The history that a restored session brings with it. */
export let historyFrom: usize = 0;
export let historyTo: usize = 0;

// @ts-ignore: decorator
@inline
export function setHistory(from: usize, to: usize): void {
  historyFrom = from;
  historyTo = to;
}

/** The first request of a session need not have an action and a resource. */
export function session_open(length: i32, idLength: i32, now: f64): u32 {
  receiveDigest();
  setHostTime(isInstant(now));
  setGiven(hasHostTime ? TIME_CELL : 0);
  setReadable(hasHostTime && readRequest(length));
  if (isReadable && errorSeverity == Severity.FAULT && errorCode == Code.MISSING && isActionOrResource(errorPath)) {
    setReadable(readOpening(length));
  }
  setRequestEnd(mark());
  placeDigest(false);
  const isFine = isReadable && errorSeverity == Severity.NONE;
  historyTo = historyFrom;
  if (isReadable) prepare();
  const handle = isFine ? createSession(min(idLength, MAX_ID), <i64>now) : 0;
  if (handle == 0) judgeAt(now, Clock.HOST);
  return handle;
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
  const handle = makeWheel() ? openRecord() : 0;
  if (handle == 0) return setFailure(Code.NO_ROOM);
  const session = recordOf(handle)!;
  const rest = restOf(session, handle);
  clearNames();
  const stash = stashTracks(historyFrom, historyTo, IDENTITIES, TRACK_COUNT, 0);
  const block = saveBlock(
    offsetof<SessionId>() + <usize>idLength + (stash == 0 ? 0 : STASH_LENGTH_BYTES + stash),
  );
  if (block == 0) {
    closeRecord(handle);
    return setFailure(Code.NO_ROOM);
  }
  memory.fill(block, 0, STATE_SIZE);
  const id = savedTo;
  store<u8>(id, <u8>idLength, offsetof<SessionId>('length'));
  store<u8>(id, u8(stash != 0), offsetof<SessionId>('hasStash'));
  memory.copy(id + offsetof<SessionId>(), session_id, idLength);
  if (stash != 0) {
    store<u32>(stashOf(id), <u32>stash);
    stashTracks(historyFrom, historyTo, IDENTITIES, TRACK_COUNT, stashOf(id) + STASH_LENGTH_BYTES);
  }
  attachBlock(session, rest, block);
  rest.until = NEVER;
  rest.latest = now;
  if (!isComplete()) setState(session, stateOf(session) | State.INCOMPLETE);
  return handle;
}

export function session_close(handle: u32): i32 {
  const session = recordOf(handle);
  const rest = restOf(session, handle);
  if (session == null) return 0;
  if (HAS_HISTORY) forgetTracks(TRACKS, TRACK_COUNT, rest.block);
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
  return 1;
}
