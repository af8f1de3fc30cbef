// Emits the exports that write a session as JSON and restore it, in a module of the same policy or of
// another one. Only modules write and read this JSON, with members in exactly this order; its request is
// read like any other. A fact that the policy reads in another way than the policy that wrote it is
// faulty, and judged as unknown; for history that was not stored, any event may have happened.

import { maxSession, maxSessionId } from '@nhipol/runtime/abi';
import type { Block } from '../data/static-data.ts';
import type { SessionDoorOptions } from './options.ts';

/** The literals between the values of a session's JSON. */
export const sessionPieces = {
  session: '{"session":1,"id":',
  policy: ',"policy":',
  latest: ',"latest":',
  effect: ',"effect":',
  outdated: ',"outdated":',
  revoked: ',"revoked":',
  history: ',"history":"',
  request: '","request":',
  subject: '{"subject":{"type":',
  id: ',"id":',
  action: ',"action":{"name":',
  resource: ',"resource":{"type":',
  properties: ',"properties":',
  context: ',"context":',
  nothing: 'null',
} as const;

export type SessionPieces = Readonly<Record<keyof typeof sessionPieces, Block>>;

export function carryingDoors(options: SessionDoorOptions): string {
  const { pieces, history, own, effects, revokes, digest } = options;
  const at = (name: keyof SessionPieces) => `${pieces[name].address}, ${pieces[name].length}`;
  const textOf = (cell: number | undefined) =>
    `putText(load<u32>(${cell}), load<i32>(${cell}, 4));`;
  const [subject = [], action = [], resource = []] = own;
  return `
const IDENTITIES: usize = ${history?.identities ?? 0};
const EFFECTS: usize = ${effects};
const REVOKES: usize = ${revokes.address};
const REVOKE_COUNT: i32 = ${revokes.count};
/** The number of bytes after a document that can be read and written. */
const BEHIND: usize = 32;
const MAX_SESSION: i32 = ${maxSession};

let buffer: usize = 0;
let bufferSizes: i32 = 0;

/**
 * The address of a session's JSON of at most \`length\` bytes; 0: there is no room. The contents are lost
 * if the buffer moves.
 */
export function session_buffer(length: i32): usize {
  if (<u32>length > <u32>MAX_SESSION) return 0;
  if (buffer != 0 && <usize>length <= bufferRoom()) return buffer;
  const sizes = classOf(<usize>length + BEHIND);
  const block = takeBlock(sizes);
  if (block == 0) return 0;
  if (buffer != 0) giveBlock(buffer, bufferSizes);
  buffer = block;
  bufferSizes = sizes;
  return block;
}

function bufferRoom(): usize {
  return buffer == 0 ? 0 : sizeOf(bufferSizes) - BEHIND;
}

/** Writes the session's JSON into the buffer; returns its length, or 0: the result contains the error. */
export function session_snapshot(handle: u32): i32 {
  const session = recordOf(handle);
  if (session == 0) {
    refused(23);
    return 0;
  }
  const rest = restOf(session, handle);
  let length = writeSession(session, rest, handle);
  // The bytes were only counted if there was no room.
  if (length > bufferRoom()) {
    if (session_buffer(<i32>length) == 0) {
      refused(22);
      return 0;
    }
    length = writeSession(session, rest, handle);
  }
  return <i32>length;
}

function writeSession(session: usize, rest: usize, handle: u32): usize {
  beginWriting(buffer, bufferRoom());
  const state = stateOf(session);
  if (state & State.REVOKED) session_decide(handle, 0, 0);
  recall(session, rest);
  putBytes(${at('session')});
  putText(idAt + 2, load<u8>(idAt));
  ${digest === undefined ? '' : `putBytes(${at('policy')});\n  putText(${digest.policy.address}, ${digest.policy.length});`}
  putBytes(${at('latest')});
  putInteger(load<i64>(rest, 8));
  putBytes(${at('effect')});
  if (state & State.ANSWERED) writeName(EFFECTS, effectIn(state));
  else putBytes(${at('nothing')});
  if (isOutdated(rest)) {
    faultOutdated(rest);
    putBytes(${at('outdated')});
    putInteger(ALL_OWN + ownOutdated(rest));
  }
  putBytes(${at('revoked')});
  if (state & State.REVOKED) writeReasons();
  else putBytes(${at('nothing')});
  putBytes(${at('history')});
  ${history === undefined ? '' : 'putTracks(TRACKS, TRACK_COUNT, IDENTITIES, load<u32>(rest, 16));'}
  const aside = asideOf(idAt);
  if (aside != 0) putAside(aside + 4, load<u32>(aside), ${history !== undefined});
  putBytes(${at('request')});
  writeRequest();
  put(0x7d);
  return writtenBytes();
}

function writeReasons(): void {
  put(0x5b);
  const count = load<u32>(RESULT, 48);
  let isFirst = true;
  for (let at: u32 = 0; at < count; at += 1) {
    const reason = load<u32>(REASONS + (<usize>at << 4));
    for (let each = 0; each < REVOKE_COUNT; each += 1) {
      const row = REVOKES + <usize>each * 12;
      if (load<u32>(row) != reason) continue;
      if (!isFirst) put(0x2c);
      isFirst = false;
      writeName(row + 4, 0);
    }
  }
  put(0x5d);
}

function writeRequest(): void {
  putBytes(${at('subject')});
  ${textOf(subject[0])}
  putBytes(${at('id')});
  ${textOf(subject[1])}
  writeProperties(subjectRecord());
  if (load<u8>(${action[0]}, 8) != 0) {
    putBytes(${at('action')});
    ${textOf(action[0])}
    writeProperties(actionRecord());
  }
  if (load<u8>(${resource[0]}, 8) != 0) {
    putBytes(${at('resource')});
    ${textOf(resource[0])}
    putBytes(${at('id')});
    ${textOf(resource[1])}
    writeProperties(resourceRecord());
  }
  if (contextRecord() != 0) {
    putBytes(${at('context')});
    writeMembers(contextRecord(), FACTS);
  }
  put(0x7d);
}

function writeProperties(record: usize): void {
  if (record != 0) {
    putBytes(${at('properties')});
    writeMembers(record, FACTS);
  }
  put(0x7d);
}

// The values that precede the request.
let restoredId: i32 = 0;
/**
 * Whether the policy that wrote the session has the name of this one. The call digest covers that name.
 */
let isOwnPolicy: bool = false;
let restoredLatest: i64 = 0;
/** 5: there is no answer yet. */
let restoredEffect: i32 = 0;
/** Facts that are outdated: bits of the session's own strings, and one bit above them; 0: none. */
let restoredOutdated: i32 = 0;
/** The bit above those of the request's own strings. Two digits. */
const ALL_OWN: i32 = 32;
/**
 * The address and the count of the numbers of the reasons for a revoke; -1: the session is not revoked.
 */
let restoredReasons: usize = 0;
let restoredCount: i32 = 0;
const numberCell: usize = memory.data(16);

/**
 * Opens the session whose JSON of \`length\` bytes is in the buffer. Returns its handle, or 0: the result
 * contains the error. With a handle, the result can also have an error: the first fact that does not
 * match the policy.
 */
export function session_restore(length: i32): u32 {
  resetErrors();
  resetArena();
  let p: usize = <usize>length > bufferRoom() ? 0 : readHead(beginText(buffer, length));
  const left = <i32>(buffer + <usize>length - p) - 1;
  if (p == 0 || left < 1 || load<u8>(p + <usize>left) != 0x7d) {
    refused(26);
    return 0;
  }
  memory.copy(INPUT, p, min(left, INPUT_LIMIT));
  readable = readRestored(left);
  requestEnd = mark();
  if (!readable) {
    judgeAt(NaN, 0);
    return 0;
  }
  prepare();
  const handle = keepOpen(restoredId, restoredLatest);
  if (handle == 0 || !restore(handle)) {
    if (handle != 0) session_close(handle);
    refused(22);
    return 0;
  }
  storeError();
  return handle;
}

function readRestored(length: i32): bool {
  hostTime = true;
  setGiven(timeCell);
  setRestoring(true);
  const isRead = readOpening(length);
  setRestoring(false);
  ${digest === undefined ? '' : `if (!isOwnPolicy) storeAbsent(${digest.cell});`}
  return isRead;
}

/** Returns the cursor at the request; 0: not the JSON of a session. */
function readHead(p: usize): usize {
  p = pass(p, ${at('session')});
  if (p == 0 || load<u8>(p) != 0x22) return 0;
  p = readText(p);
  if (p == 0 || textLen > ${maxSessionId}) return 0;
  restoredId = textLen;
  memory.copy(session_id, textPtr, textLen);
  p = readPolicy(p);
  p = pass(p, ${at('latest')});
  if (p == 0) return 0;
  p = readInt(p, numberCell, 0, 2, false);
  restoredLatest = load<i64>(numberCell);
  if (p == 0 || !load<u8>(numberCell, 9) || !isInstant(<f64>restoredLatest)) return 0;
  p = pass(p, ${at('effect')});
  p = readEffect(p);
  p = readOutdated(p);
  p = pass(p, ${at('revoked')});
  p = readReasons(p);
  p = pass(p, ${at('history')});
  p = readHexBytes(p);
  return pass(p, ${at('request')});
}

/** Only a policy that declares the call digest writes its name. */
function readPolicy(p: usize): usize {
  isOwnPolicy = false;
  const behind = pass(p, ${at('policy')});
  if (behind == 0) return p;
  if (load<u8>(behind) != 0x22) return 0;
  p = readText(behind);
  ${digest === undefined ? '' : `isOwnPolicy = p != 0 && sameBytes(${digest.policy.address}, ${digest.policy.length}, textPtr, textLen);`}
  return p;
}

function pass(p: usize, text: usize, length: i32): usize {
  return p != 0 && equalBytes(p, text, length) ? p + <usize>length : 0;
}

function readEffect(p: usize): usize {
  restoredEffect = 5;
  const behind = pass(p, ${at('nothing')});
  if (behind != 0 || p == 0 || load<u8>(p) != 0x22) return behind;
  p = readText(p);
  restoredEffect = 0;
  while (p != 0 && !isName(EFFECTS + (<usize>restoredEffect << 3))) {
    restoredEffect += 1;
    if (restoredEffect == 5) return 0;
  }
  return p;
}

/** The member is optional. */
function readOutdated(p: usize): usize {
  restoredOutdated = 0;
  const behind = pass(p, ${at('outdated')});
  if (behind == 0) return p;
  const high = <i32>load<u8>(behind) - 0x30;
  const low = <i32>load<u8>(behind, 1) - 0x30;
  const number = high * 10 + low;
  if (<u32>low > 9 || number < ALL_OWN || number >= 2 * ALL_OWN) return 0;
  restoredOutdated = number;
  return behind + 2;
}

/** Whether it is the string that was read last. */
function isName(name: usize): bool {
  return sameBytes(load<u32>(name), load<i32>(name, 4), textPtr, textLen);
}

/** Replaces the names of reasons by the numbers of those that exist. */
function readReasons(p: usize): usize {
  restoredReasons = p;
  restoredCount = -1;
  const behind = pass(p, ${at('nothing')});
  if (behind != 0 || p == 0 || load<u8>(p) != 0x5b) return behind;
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

function takeReason(): void {
  for (let each = 0; each < REVOKE_COUNT; each += 1) {
    const row = REVOKES + <usize>each * 12;
    if (!isName(row + 4)) continue;
    store<u32>(restoredReasons + (<usize>restoredCount << 2), load<u32>(row));
    restoredCount += 1;
    return;
  }
}

/** Replaces hexadecimal digits by their bytes. */
function readHexBytes(p: usize): usize {
  carriedFrom = p;
  carriedTo = p;
  if (p == 0) return 0;
  for (; load<u8>(p) != 0x22; p += 2) {
    const high = hexValue(load<u8>(p));
    const low = hexValue(load<u8>(p, 1));
    if ((high | low) > 15) return 0;
    store<u8>(carriedTo, <u8>(high << 4 | low));
    carriedTo += 1;
  }
  return areTracks(carriedFrom, carriedTo) ? p : 0;
}

/** Above 15: not a digit. */
function hexValue(byte: u32): u32 {
  if (byte - 0x30 < 10) return byte - 0x30;
  return byte - 0x61 < 6 ? byte - 0x57 : 16;
}

/** Returns false if there is no room. */
function restore(handle: u32): bool {
  const session = recordOf(handle);
  const rest = restOf(session, handle);
${
  history === undefined
    ? ''
    : `  const state = <usize>load<u32>(rest, 16);
  if (!takeTracks(TRACKS, TRACK_COUNT, IDENTITIES, state, carriedFrom, carriedTo, restoredLatest)) return false;
`
}
  if (restoredCount >= 0) {
    const block = takeBlock(classOf(4 + (<usize>restoredCount << 2)));
    if (block == 0) return false;
    store<u32>(block, restoredCount);
    for (let at = 0; at < restoredCount; at += 1) {
      store<u32>(block + (<usize>at << 2), load<u32>(restoredReasons + (<usize>at << 2)) << 1, 4);
    }
    store<i64>(rest, <i64>block);
    setState(session, withEffect(State.ASKED | State.REVOKED, 4));
  } else if (restoredEffect < 5) {
    setState(session, withEffect(State.ASKED, restoredEffect));
    awaitSweep(session, handle);
  }
  if (restoredOutdated != 0) restoreOutdated(rest, restoredOutdated);
  return true;
}
`;
}
