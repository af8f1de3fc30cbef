// The export that restores a session from its JSON, in a module of the same policy or of another one. A fact
// that the policy reads in another way than the policy that wrote it is faulty, and evaluated as unknown; for
// history that was not stored, any event may have happened.

import { setRestoring } from '../reading/absent-marks';
import { mark, resetArena } from '../memory/arena';
import { equalBytes, sameBytes } from '../memory/bytes';
import { CELL, isKnown, wordIn } from '../memory/cells';
import { Clock } from '../time/clock';
import { Code, resetErrors } from '../reading/errors';
import { readText, skipValue, textLen, textPtr } from '../reading/json';
import { concludeUnread } from '../rules/judging';
import { INPUT, INPUT_LIMIT } from '../layout';
import { setGiven } from '../reading/members';
import { MAX_NAME, name } from '../memory/name-buffer';
import { isInstant, judgeAt } from '../policy/answer';
import { prepare } from '../policy/generated';
import { DIGEST_CELL, TIME_CELL } from '../policy/layout';
import { Name } from '../policy/record-writer';
import { isReadable, setHostTime, setReadable, setRequestEnd } from '../policy/request';
import { beginText } from '../reading/reader';
import { Effect } from '../rules/result';
import { readInt } from '../reading/values';
import { classOf, takeBlock } from './records/blocks';
import { restoreCall } from './call';
import { fail } from './errors';
import {
  EFFECTS, HAS_HISTORY, HAS_SHARED, IDENTITIES, MAX_SESSION, REVOKE_COUNT, REVOKES, TEXT_CALL, TEXT_EFFECT, TEXT_HISTORY,
  TEXT_LATEST, TEXT_NULL, TEXT_OUTDATED, TEXT_REQUEST, TEXT_REVOKED, TEXT_SESSION, TRACK_COUNT, TRACKS,
} from './layout';
import { areTracks, takeTracks } from './history/migrate';
import { createSession, historyFrom, historyTo, readOpening, session_close, setHistory } from './open';
import { restoreOutdated } from './outdated';
import { recordOf, restOf, setState, withEffect } from './records/records';
import { RevokeName, RevokeReasons, State } from './records/session';
import { ALL_OWN, buffer, bufferRoom } from './snapshot';
import { latestOf } from './time';
import { scheduleSweep } from './records/wheel';
// As in terms.ts, these come last.
import { takeShared } from './history/shared-snapshot';

// The values that precede the request.
let restoredId: i32 = 0;
/** The address of the call; 0: the policy that wrote the session does not declare the call digest. */
let restoredCall: usize = 0;
let restoredLatest: i64 = 0;
/** `NO_EFFECT`: there is no answer yet. */
let restoredEffect: i32 = 0;
/** Facts that are outdated: bits of the session's own strings, and one bit above them; 0: none. */
let restoredOutdated: i32 = 0;
/**
 * The address and the count of the numbers of the reasons for a revoke; -1: the session is not revoked.
 */
let restoredReasons: usize = 0;
let restoredCount: i32 = 0;
const NO_EFFECT: i32 = 5;
const numberCell: usize = memory.data(<i32>CELL);

/**
 * Opens the session whose JSON of `length` bytes is in the buffer. Returns its handle, or 0: the result
 * contains the error. With a handle, the result can also have an error: the first fact that does not
 * match the policy.
 */
export function session_restore(length: i32): u32 {
  if (<u32>length > <u32>MAX_SESSION) {
    fail(Code.LONG_SNAPSHOT);
    return 0;
  }
  if (buffer == 0 || <usize>length > bufferRoom()) {
    fail(Code.NO_ROOM);
    return 0;
  }
  resetErrors();
  resetArena();
  let p: usize = readHead(beginText(buffer, length));
  const left = <i32>(buffer + <usize>length - p) - 1;
  if (p == 0 || left < 1 || load<u8>(p + <usize>left) != 0x7d) {
    fail(Code.NO_SNAPSHOT);
    return 0;
  }
  memory.copy(INPUT, p, min(left, INPUT_LIMIT));
  setReadable(readRestored(left));
  setRequestEnd(mark());
  if (!isReadable) {
    judgeAt(NaN, Clock.HOST);
    return 0;
  }
  prepare();
  const handle = createSession(restoredId, restoredLatest);
  if (handle == 0 || !restore(handle)) {
    if (handle != 0) session_close(handle);
    fail(Code.NO_ROOM);
    return 0;
  }
  // The result of an earlier call would be written with the facts of this session.
  concludeUnread();
  return handle;
}

function readRestored(length: i32): bool {
  setHostTime(true);
  setGiven(TIME_CELL);
  setRestoring(true);
  const isRead = readOpening(length);
  setRestoring(false);
  if (isRead) restoreCall(restoredCall);
  return isRead;
}

/** Returns the cursor at the request; 0: not the JSON of a session. */
function readHead(p: usize): usize {
  p = skipFixed(p, TEXT_SESSION);
  if (p == 0 || load<u8>(p) != 0x22) return 0;
  p = readText(p);
  if (p == 0 || textLen > MAX_NAME) return 0;
  restoredId = textLen;
  memory.copy(name, textPtr, textLen);
  p = readCall(p);
  p = skipFixed(p, TEXT_LATEST);
  if (p == 0) return 0;
  p = readInt(p, numberCell, 0, 2, false);
  restoredLatest = wordIn(numberCell);
  if (p == 0 || !isKnown(numberCell) || !isInstant(<f64>restoredLatest)) return 0;
  p = skipFixed(p, TEXT_EFFECT);
  p = readEffect(p);
  p = readOutdated(p);
  p = skipFixed(p, TEXT_REVOKED);
  p = readReasons(p);
  p = skipFixed(p, TEXT_HISTORY);
  p = readHexBytes(p);
  return skipFixed(p, TEXT_REQUEST);
}

/** Only a policy that declares the call digest writes it. */
function readCall(p: usize): usize {
  const call = skipFixed(p, TEXT_CALL);
  if (DIGEST_CELL != 0) restoredCall = call;
  return call == 0 ? p : skipValue(call, 1);
}

/** Returns the cursor after the given text; 0: another text is there. */
// @ts-ignore: decorator
@inline
export function skipFixed(p: usize, text: u64): usize {
  return skipBytes(p, <u32>text, <i32>(text >> 32));
}

function skipBytes(p: usize, text: usize, length: i32): usize {
  return p != 0 && equalBytes(p, text, length) ? p + <usize>length : 0;
}

function readEffect(p: usize): usize {
  restoredEffect = NO_EFFECT;
  const next = skipFixed(p, TEXT_NULL);
  if (next != 0 || p == 0 || load<u8>(p) != 0x22) return next;
  p = readText(p);
  restoredEffect = 0;
  while (p != 0 && !isName(EFFECTS + <usize>restoredEffect * offsetof<Name>(), textLen)) {
    restoredEffect += 1;
    if (restoredEffect == NO_EFFECT) return 0;
  }
  return p;
}

/** The member is optional. */
function readOutdated(p: usize): usize {
  restoredOutdated = 0;
  const digits = skipFixed(p, TEXT_OUTDATED);
  if (digits == 0) return p;
  const high = <i32>load<u8>(digits) - 0x30;
  const low = <i32>load<u8>(digits, 1) - 0x30;
  const number = high * 10 + low;
  if (<u32>low > 9 || number < ALL_OWN || number >= 2 * ALL_OWN) return 0;
  restoredOutdated = number;
  return digits + 2;
}

/** Whether it is the string that was read last, up to this length. */
function isName(name: usize, length: i32): bool {
  return sameBytes(
    load<u32>(name, offsetof<Name>('pointer')), load<i32>(name, offsetof<Name>('length')), textPtr, length,
  );
}

/** Replaces the names of reasons by the numbers of those that exist. */
function readReasons(p: usize): usize {
  restoredReasons = p;
  restoredCount = -1;
  const next = skipFixed(p, TEXT_NULL);
  if (next != 0 || p == 0 || load<u8>(p) != 0x5b) return next;
  restoredCount = 0;
  p += 1;
  if (load<u8>(p) == 0x5d) return p + 1;
  while (load<u8>(p) == 0x22) {
    p = readText(p);
    if (p == 0) return 0;
    takeReason();
    const byte = load<u8>(p);
    p += 1;
    if (byte == 0x5d) return p;
    if (byte != 0x2c) return 0;
  }
  return 0;
}

/** Rules can share an id: then `#` and a number follow that of all but the first (see `revokesOf` in the emitter). */
function takeReason(): void {
  if (takeNamed(textLen)) return;
  let id = 0;
  while (id < textLen && load<u8>(textPtr + <usize>id) != 0x23) id += 1;
  takeNamed(id);
}

/** Takes the reason whose name is the first `length` bytes of the text; returns false if there is none. */
function takeNamed(length: i32): bool {
  for (let each = 0; each < REVOKE_COUNT; each += 1) {
    const row = REVOKES + <usize>each * offsetof<RevokeName>();
    if (!isName(row + offsetof<RevokeName>('pointer'), length)) continue;
    store<u32>(restoredReasons + (<usize>restoredCount << 2), load<u32>(row, offsetof<RevokeName>('reason')));
    restoredCount += 1;
    return true;
  }
  return false;
}

/** Replaces hexadecimal digits by their bytes. */
function readHexBytes(p: usize): usize {
  if (p == 0) return 0;
  const from = p;
  let to = p;
  for (; load<u8>(p) != 0x22; p += 2) {
    const high = hexValue(load<u8>(p));
    const low = hexValue(load<u8>(p, 1));
    if ((high | low) > 15) return 0;
    store<u8>(to, <u8>(high << 4 | low));
    to += 1;
  }
  setHistory(from, to);
  return areTracks(from, to) ? p : 0;
}

/** Above 15: not a digit. */
export function hexValue(byte: u32): u32 {
  if (byte - 0x30 < 10) return byte - 0x30;
  return byte - 0x61 < 6 ? byte - 0x57 : 16;
}

/** Returns false if there is no room. */
function restore(handle: u32): bool {
  const session = recordOf(handle)!;
  const rest = restOf(session, handle);
  if (HAS_HISTORY) {
    const state = <usize>rest.block;
    if (!takeTracks(TRACKS, TRACK_COUNT, IDENTITIES, state, historyFrom, historyTo, restoredLatest)) return false;
    if (HAS_SHARED) takeShared(state, historyFrom, historyTo, <i64>latestOf(rest));
  }
  if (restoredCount >= 0) {
    const block = takeBlock(classOf(offsetof<RevokeReasons>() + (<usize>restoredCount << 2)));
    if (block == 0) return false;
    store<u32>(block, restoredCount, offsetof<RevokeReasons>('count'));
    for (let at = 0; at < restoredCount; at += 1) {
      const reason = load<u32>(restoredReasons + (<usize>at << 2)) << 1;
      store<u32>(block + (<usize>at << 2), reason, offsetof<RevokeReasons>());
    }
    rest.until = <i64>block;
    setState(session, withEffect(State.ACTIVE | State.REVOKED, Effect.REVOKE));
  } else if (restoredEffect < NO_EFFECT) {
    setState(session, withEffect(State.ACTIVE, restoredEffect));
    scheduleSweep(session, handle);
  }
  if (restoredOutdated != 0) restoreOutdated(rest, restoredOutdated);
  return true;
}
