// Emits the exports that open, change and close a session and its facts.

import { idBytes, keepWords, recallHistory, type SessionDoorOptions } from './options.ts';

export function keepingDoors(options: SessionDoorOptions): string {
  const { roots, own, keepsAtoms, names, history, askedWords } = options;
  const range = (root: number) => `${roots[root]?.start ?? 0}, ${roots[root]?.size ?? 0}`;
  const cellsOfRoot = (root: number) => [
    ...(own[root] ?? []).map((cell) => `    clearCells(${cell}, 16);`),
    `    clearCells(${range(root)});`,
  ];
  return `
/** The first request of a session need not have an action and a resource. */
export function session_open(length: i32, idLength: i32, now: f64): u32 {
  receiveDigest();
  hostTime = isInstant(now);
  setGiven(hostTime ? timeCell : 0);
  readable = hostTime && readRequest(length);
  if (readable && errorSeverity == 1 && errorCode == 17 && isOfAsked(errorPath)) readable = readOpening(length);
  requestEnd = mark();
  placeDigest(false);
  const isFine = readable && errorSeverity == 0;
  carriedTo = carriedFrom;
  if (readable) prepare();
  const handle = isFine ? keepOpen(min(idLength, ${idBytes - 1}), <i64>now) : 0;
  if (handle == 0) judgeAt(now, 0);
  return handle;
}

/** Whether the path is that of the action or the resource. */
function isOfAsked(path: i32): bool {
  return path == load<i32>(entityAt(1), 8) || path == load<i32>(entityAt(2), 8);
}

/** Reads subject and context like those of any request, and action and resource if present. */
function readOpening(length: i32): bool {
  let p = beginReading(length);
  stopNoting();
  if (p != 0) p = readPart(p, 9);
  if (p != 0) p = expectEnd(p);
  if (p == 0 || errorSeverity > 1) return false;
  fillDefaults();
  return true;
}

/** Whether the facts in the cells have an action and a resource. */
function isWhole(): bool {
  return load<u8>(${own[1]?.[0]}, 8) != 0 && load<u8>(${own[2]?.[0]}, 8) != 0;
}

function keepOpen(idLength: i32, now: i64): u32 {
  const handle = makeWheel() ? openRecord() : 0;
  if (handle == 0) return refuseSession(22);
  const session = recordOf(handle);
  const rest = restOf(session, handle);
  blankNames();
  const aside = setAside(carriedFrom, carriedTo, IDENTITIES, TRACK_COUNT, 0);
  const block = saveBlock(2 + <usize>idLength + (aside == 0 ? 0 : 4 + aside));
  if (block == 0) {
    closeRecord(handle);
    return refuseSession(22);
  }
  memory.fill(block, 0, STATE_SIZE);
  const id = savedTo;
  store<u8>(id, <u8>idLength);
  store<u8>(id, <u8>(aside != 0), 1);
  memory.copy(id + 2, session_id, idLength);
  if (aside != 0) {
    store<u32>(asideOf(id), <u32>aside);
    setAside(carriedFrom, carriedTo, IDENTITIES, TRACK_COUNT, asideOf(id) + 4);
  }
  hold(session, rest, block);
  store<i64>(rest, NEVER);
  store<i64>(rest, now, 8);
  if (!isWhole()) setState(session, stateOf(session) | State.NOT_WHOLE);
  return handle;
}

/**
 * After the ID: u32 length of the state of tracks that the policy does not have, and this state; 0: there
 * is none.
 */
function asideOf(id: usize): usize {
  return load<u8>(id, 1) == 0 ? 0 : id + 2 + <usize>load<u8>(id);
}

/** The bytes of the ID and everything after it. */
function bytesBehind(id: usize): usize {
  const aside = asideOf(id);
  return 2 + <usize>load<u8>(id) + (aside == 0 ? 0 : 4 + <usize>load<u32>(aside));
}

/** A name that the policy lists is stored as its selector. */
function blankNames(): void {
  if (subjectSelector > 0) store<u32>(${own[0]?.[0]}, 0, 8);
  if (actionSelector > 0) store<u32>(${own[1]?.[0]}, 0, 8);
  if (resourceSelector > 0) store<u32>(${own[2]?.[0]}, 0, 8);
}

function recallNames(): void {
  recallName(${own[0]?.[0]}, ${names[0]}, subjectSelector);
  recallName(${own[1]?.[0]}, ${names[1]}, actionSelector);
  recallName(${own[2]?.[0]}, ${names[2]}, resourceSelector);
}

function recallName(cell: usize, names: usize, selector: i32): void {
  const name = names + (<usize>selector << 3);
  if (selector > 0) storeBytes(cell, load<u32>(name), load<i32>(name, 4));
}

/** For the block that was saved last: its class, and the end of its facts. */
let savedSizes: i32 = 0;
let savedTo: usize = 0;

/**
 * Stores the facts of the cells in a block, with room for \`behind\` bytes after them; 0: there is no
 * room.
 */
function saveBlock(behind: usize): usize {
  blankNames();
  savedSizes = classOf(bytesOfFacts(SLOTS, SLOT_COUNT, STATE_SIZE) + behind);
  const block = takeBlock(savedSizes);
  if (block != 0) savedTo = saveFacts(block, SLOTS, SLOT_COUNT, STATE_SIZE);
  recallNames();
  return block;
}

/**
 * Stores them in the memory of this call, for facts that replace those that they are read from; 0: there
 * is no room.
 */
function saveAside(): usize {
  const size = sizeOf(savedSizes);
  const block = tryAllocate(size);
  if (block == 0) return 0;
  blankNames();
  savedTo = saveFacts(block, SLOTS, SLOT_COUNT, STATE_SIZE);
  recallNames();
  return block;
}

function hold(session: usize, rest: usize, block: usize): void {
  saveWords(rest, WORDS, WORD_COUNT);
  store<u32>(rest, <u32>block, 16);
  store<u8>(rest, <u8>savedSizes, 28);
  store<u16>(session, <u16>subjectSelector, 24);
  store<u16>(session, <u16>actionSelector, 26);
  store<u16>(session, <u16>resourceSelector, 28);
  ${keepsAtoms ? keepWords(options) : ''}
}

/** Sets an answer with the error of the call; returns 0. */
function refuseSession(code: i32, path: i32 = 0): u32 {
  resetErrors();
  record(2, code, path, 0, 0);
  readable = false;
  return 0;
}

function refused(code: i32): usize {
  refuseSession(code);
  subjectSelector = 0;
  actionSelector = 0;
  resourceSelector = 0;
  return judgeAt(NaN, 0);
}

/** Loads the facts into the cells where rules read them. */
function recall(session: usize, rest: usize): void {
  resetErrors();
  resetArena();
  clearCells(FACTS, FACTS_SIZE);
  loadWords(rest, WORDS, WORD_COUNT);
  idAt = loadFacts(load<u32>(rest, 16), SLOTS, SLOT_COUNT, STATE_SIZE);
  recallSelectors(session);
  recallNames();
  fillDefaults();
  requestEnd = mark();
  readable = true;
}

function recallSelectors(session: usize): void {
  subjectSelector = load<u16>(session, 24);
  actionSelector = load<u16>(session, 26);
  resourceSelector = load<u16>(session, 28);
}

/**
 * Changes the facts by a partial request; \`replaced\` has a bit for each of subject, action, resource
 * and context that the partial request replaces as a whole. Returns 0, or the answer with the error, and
 * then nothing changed.
 */
export function session_patch(handle: u32, length: i32, replaced: i32): usize {
  receiveDigest();
  const session = recordOf(handle);
  const rest = restOf(session, handle);
  if (session == 0) return refused(23);
  if (isRevoked(session)) return 0;
  recall(session, rest);
  const subject = subjectSelector;
  const action = actionSelector;
  const resource = resourceSelector;
  readable = readPatch(length, replaced);
  requestEnd = mark();
  if (readable && errorSeverity == 0) {
    const other =
      !(replaced & 1) && subjectSelector != subject ? 0
      : !(replaced & 2) && actionSelector != action ? 1
      : !(replaced & 4) && resourceSelector != resource ? 2 : -1;
    if (other >= 0) refuseSession(24, load<i32>(entityAt(other), 20));
    else {
${history === undefined ? '' : recordBeforePatch}
      if (keepPatched(session, rest)) {
        if (isOutdated(rest)) bringUpToDate(session, rest, length, replaced);
        awaitSweep(session, handle);
        return 0;
      }
      outdate(session, rest, handle, length, replaced);
      refuseSession(22);
    }
  }
  return judgeRefused(session, rest, handle);
}

/** A faulty change has no effect, but the session can end for certain because of it. */
function judgeRefused(session: usize, rest: usize, handle: u32): usize {
  expectAsked();
  storeAsked();
  store<i64>(rest, <i64>latestOf(rest), 8);
  setNow(load<i64>(rest, 8), true);
  ${recallHistory(options)}
  if (readable) prepare();
  judgeFacts();
  if (readable && load<u8>(RESULT) == 4) keepAnswer(session, rest, handle);
  return RESULT;
}

/** Clears the properties that a partial request removes as a whole. */
function clearProperties(root: i32): void {
  if (root == 0) clearCells(${range(0)});
  else if (root == 1) clearCells(${range(1)});
  else clearCells(${range(2)});
}

/** Clears the facts that a partial request replaces. */
function forgetReplaced(replaced: i32): void {
  if (replaced & 1) {
${cellsOfRoot(0).join('\n')}
    subjectSelector = 0;
  }
  if (replaced & 2) {
${cellsOfRoot(1).join('\n')}
    actionSelector = 0;
  }
  if (replaced & 4) {
${cellsOfRoot(2).join('\n')}
    resourceSelector = 0;
  }
  if (replaced & 8) {
${cellsOfRoot(3).join('\n')}
  }
}

function readPatch(length: i32, replaced: i32): bool {
  setGiven(timeCell);
  stopNoting();
  forgetNulls();
  const digest = heldDigest();
  let p = beginPatch(length);
  if (p == 0) return false;
  forgetReplaced(replaced);
  p = readPart(p, replaced);
  if (p != 0) p = expectEnd(p);
  if (p == 0 || errorSeverity > 1) return false;
  forgetAbsent();
  fillDefaults();
  patchDigest(digest, (partsSeen & 7) != 0);
  return true;
}

/** The members of an absent record are absent as well. */
function forgetAbsent(): void {
  for (let at = 0; at < RECORD_SLOTS; at += 1) {
    const slot = SLOTS + <usize>at * 12;
    const cell = <usize>load<u32>(slot);
    if (load<u8>(cell, 8) == 0) clearCells(cell, load<i32>(slot, 8));
  }
}

function keepPatched(session: usize, rest: usize): bool {
  const before = <usize>load<u32>(rest, 16);
  const behind = bytesBehind(idAt);
  const sizes = <i32>load<u8>(rest, 28);
  ${keepsAtoms ? 'prepare();' : ''}
  let block = saveBlock(behind);
  const isInPlace = block == 0;
  if (isInPlace) {
    // Facts that take no more room than before fit into their block.
    if (savedSizes > sizes) return false;
    block = saveAside();
    if (block == 0) return false;
  }
  memory.copy(block, before, STATE_SIZE);
  memory.copy(savedTo, idAt, behind);
  if (isInPlace) {
    memory.copy(before, block, savedTo + behind - block);
    savedSizes = sizes;
    block = before;
  } else giveBlock(before, sizes);
  hold(session, rest, block);
  if (lacksAsked(stateOf(session)) && isWhole()) setState(session, withEffect(stateOf(session), 0));
  return true;
}

/** Replaces a number that is present; 0: there is none, which requires a patch. */
export function session_set(handle: u32, slot: i32, value: f64): i32 {
  const session = recordOf(handle);
  const rest = restOf(session, handle);
  if (session == 0 || <u32>slot >= <u32>WORD_COUNT) return 0;
  if (isRevoked(session)) return 1;
  const word = wordAt(rest, slot);
  if (word == 0) return 0;
${history === undefined || askedWords === 0 ? '' : recordBeforeSet(askedWords)}
  store<i64>(word, <i64>value);
  if (isOutdated(rest)) bringWordUpToDate(rest, slot);
${
  keepsAtoms
    ? `  recallSelectors(session);
  if (!repair(slot, <i64>value, session)) {
    recall(session, rest);
    prepare();
    ${keepWords(options)}
  }`
    : ''
}
  awaitSweep(session, handle);
  return 1;
}

export function session_close(handle: u32): i32 {
  const session = recordOf(handle);
  const rest = restOf(session, handle);
  if (session == 0) return 0;
  ${history === undefined ? '' : 'forgetTracks(TRACKS, TRACK_COUNT, load<u32>(rest, 16));'}
  giveBlock(load<u32>(rest, 16), load<u8>(rest, 28));
  const kept = <usize>load<i64>(rest);
  if (isRevoked(session) && kept != 0) giveBlock(kept, classOf(4 + (<usize>load<u32>(kept) << 2)));
  forgetEntries(session, rest);
  closeRecord(handle);
  tidyLists();
  return 1;
}

`;
}

function recordBeforeSet(askedWords: number): string {
  return `  if ((${askedWords} >>> slot & 1) && hasPending(load<u32>(rest, 16))) {
    recall(session, rest);
    recordPending(rest);
  }`;
}

/** The request differs from the one that was decided, so that decision is now an event. */
const recordBeforePatch = `
      if ((partsSeen & 6) && hasPending(load<u32>(rest, 16))) {
        recall(session, rest);
        recordPending(rest);
        readPatch(length, replaced);
      }`;
