// What a module exports to hold sessions, as AssemblyScript. Facts are kept by the library's
// session-facts.ts, when sessions are to be looked at by its session-wheel.ts; judging is that of the
// policy. Where one pair of words of atoms tells all that facts but for numbers and the like decide, a session
// keeps it, and asking again leaves its other facts where they are; where it tells all (`packed`), all of them.

import type { IrConstraint } from '../ir.ts';
import type { SessionHistory } from './session-history.ts';
import type { SessionSlots } from './session-slots.ts';

export interface SessionDoorOptions {
  readonly slots: SessionSlots;
  /** undefined: no rule asks for what happened. */
  readonly history:
    | (SessionHistory & { readonly effect: number; readonly time: number })
    | undefined;
  /** Where the facts of subject, action, resource and context lie. */
  readonly roots: readonly { readonly start: number; readonly size: number }[];
  /** Cells of the request's own strings, by root. */
  readonly own: readonly (readonly number[])[];
  /** By root, where pointers and lengths of the names that the policy lists are, from 1 on. */
  readonly names: readonly number[];
  /** Whether a session keeps the words of its atoms: rules look at these and at its record's words alone. */
  readonly keepsAtoms: boolean;
  /** Whether rules look at the words of atoms alone, and never at the time. */
  readonly isPacked: boolean;
  /** Tables come with the door that reserves memory. */
  readonly hasTables: boolean;
  /** Where the words of atoms lie. */
  readonly atoms: number;
  /** How the value of each constraint is held. */
  readonly constraints: readonly IrConstraint[];
}

export const sessionExports = [
  'reserve',
  'session_id',
  'changes',
  'session_open',
  'session_patch',
  'session_set',
  'session_record',
  'session_decide',
  'session_effect',
  'session_close',
  'session_sweep',
  'session_due',
  'session_count',
] as const;

/** Entries of `changes`: +0 u32 handle, +4 u8 effect before, +5 u8 effect now. */
const changeBytes = 8;
const mostChanges = 1024;
const idBytes = 256;

export function sessionDoors(options: SessionDoorOptions): string {
  const { slots, roots, own, keepsAtoms, isPacked, atoms, hasTables, names, history } = options;
  const keepWords = `store<u64>(session, load<u64>(${atoms})); store<u64>(session, load<u64>(${atoms}, 8), 8);`;
  const recallWords = `store<u64>(${atoms}, load<u64>(session)); store<u64>(${atoms}, load<u64>(session, 8), 8);`;
  const cellsOfRoot = (root: number) => [
    ...(own[root] ?? []).map((cell) => `    clearCells(${cell}, 16);`),
    `    clearCells(${roots[root]?.start ?? 0}, ${roots[root]?.size ?? 0});`,
  ];
  const recallHistory =
    history === undefined
      ? ''
      : 'recallTerms(TERMS, TERM_COUNT, TRACKS, load<u32>(rest, 16), load<i64>(rest, 8));';
  return `
${hasTables ? '' : 'export function reserve(pages: i32): i32 { return reservePages(pages); }'}
export const session_id: usize = memory.data(${idBytes});
export const changes: usize = memory.data(${mostChanges * changeBytes});

const WORDS: usize = ${slots.words.address};
const WORD_COUNT: i32 = ${slots.words.count};
const SLOTS: usize = ${slots.stored.address};
const SLOT_COUNT: i32 = ${slots.stored.count};
const RECORD_SLOTS: i32 = ${slots.records};
const STATE_SIZE: usize = ${history?.bytes ?? 0};
const MOST_CHANGES: i32 = ${mostChanges};
/** A host's clock may run back by as much, in milliseconds. */
const BACK: i64 = 60000;

let changeCount: i32 = 0;
/** Where the id of the session is that was recalled last. */
let idAt: usize = 0;
/** Where looking at all sessions goes on; 0: nobody is at it. */
let nextOfAll: u32 = 0;
/** Of the latest sweep: no session is asked about an earlier time. */
let sweptAt: i64 = 0;

export function session_open(length: i32, idLength: i32, now: f64): u32 {
  hostTime = isInstant(now);
  setGiven(hostTime ? timeCell : 0);
  readable = hostTime && readRequest(length);
  requestEnd = mark();
  const isFine = readable && errorSeverity == 0;
  if (readable) prepare();
  const handle = isFine ? keepOpen(min(idLength, ${idBytes - 1}), <i64>now) : 0;
  if (handle == 0) judgeAt(now, 0);
  return handle;
}

function keepOpen(idLength: i32, now: i64): u32 {
  const handle = makeWheel() ? openRecord() : 0;
  if (handle == 0) return refuseSession(22);
  const session = recordOf(handle);
  const rest = restOf(session, handle);
  blankNames();
  const length = bytesOfFacts(SLOTS, SLOT_COUNT, STATE_SIZE) + 2 + <usize>idLength;
  const block = takeBlock(classOf(length));
  if (block == 0) {
    closeRecord(handle);
    return refuseSession(22);
  }
  memory.fill(block, 0, STATE_SIZE);
  const id = saveFacts(block, SLOTS, SLOT_COUNT, STATE_SIZE);
  store<u16>(id, <u16>idLength);
  memory.copy(id + 2, session_id, idLength);
  hold(session, rest, block, classOf(length));
  store<i64>(rest, NEVER);
  store<i64>(rest, now, 8);
  return handle;
}

/** A name that the policy lists is told by its selector. */
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

function hold(session: usize, rest: usize, block: usize, sizes: i32): void {
  recallNames();
  saveWords(rest, WORDS, WORD_COUNT);
  store<u32>(rest, <u32>block, 16);
  store<u8>(rest, <u8>sizes, 28);
  store<u16>(session, <u16>subjectSelector, 24);
  store<u16>(session, <u16>actionSelector, 26);
  store<u16>(session, <u16>resourceSelector, 28);
  ${keepsAtoms ? keepWords : ''}
}

/** An answer that says what is wrong with the question; gives 0. */
function refuseSession(code: i32): u32 {
  resetErrors();
  record(2, code, 0, 0, 0);
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

/** Facts are where rules look for them. */
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
 * Changes the facts by a text that has a request in part; of \`replaced\`, a bit for each of subject, action,
 * resource and context, it has the whole. Gives 0, or the answer that says what is wrong, and then nothing changed.
 */
export function session_patch(handle: u32, length: i32, replaced: i32): usize {
  const session = recordOf(handle);
  const rest = restOf(session, handle);
  if (session == 0) return refused(23);
  if (load<u8>(session, 30) & 4) return 0;
  recall(session, rest);
  const subject = subjectSelector;
  const action = actionSelector;
  const resource = resourceSelector;
  readable = readPatch(length, replaced);
  requestEnd = mark();
  if (readable && errorSeverity == 0) {
    const isOther =
      (!(replaced & 1) && subjectSelector != subject)
      || (!(replaced & 2) && actionSelector != action)
      || (!(replaced & 4) && resourceSelector != resource);
    if (isOther) refuseSession(24);
    else {
${history === undefined ? '' : recordBeforePatch}
      if (keepPatched(session, rest)) {
        awaitSweep(session, handle);
        return 0;
      }
    }
  }
  return judgeRefused(session, rest, handle);
}

/** What is at fault changes nothing, but it may tell for certain that the session ends. */
function judgeRefused(session: usize, rest: usize, handle: u32): usize {
  storeAsked();
  setNow(load<i64>(rest, 8), true);
  ${recallHistory}
  if (readable) prepare();
  judgeFacts();
  if (readable && load<u8>(RESULT) == 4) keepAnswer(session, rest, handle);
  return RESULT;
}

function readPatch(length: i32, replaced: i32): bool {
  setGiven(timeCell);
  stopNoting();
  forgetNulls();
  let p = beginPatch(length);
  if (p == 0) return false;
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
  p = readPart(p, replaced);
  if (p != 0) p = expectEnd(p);
  if (p == 0 || errorSeverity > 1) return false;
  forgetAbsent();
  fillDefaults();
  return true;
}

/** What is in a session that is absent is absent, too. */
function forgetAbsent(): void {
  for (let at = 0; at < RECORD_SLOTS; at += 1) {
    const slot = SLOTS + <usize>at * 12;
    const cell = <usize>load<u32>(slot);
    if (load<u8>(cell, 8) == 0) clearCells(cell, load<i32>(slot, 8));
  }
}

function keepPatched(session: usize, rest: usize): bool {
  const before = <usize>load<u32>(rest, 16);
  const idLength = 2 + <usize>load<u16>(idAt);
  blankNames();
  const length = bytesOfFacts(SLOTS, SLOT_COUNT, STATE_SIZE) + idLength;
  const sizes = classOf(length);
  const block = takeBlock(sizes);
  if (block == 0) {
    refuseSession(22);
    return false;
  }
  memory.copy(block, before, STATE_SIZE);
  memory.copy(saveFacts(block, SLOTS, SLOT_COUNT, STATE_SIZE), idAt, idLength);
  recallNames();
  prepare();
  giveBlock(before, load<u8>(rest, 28));
  hold(session, rest, block, sizes);
  return true;
}

/** Puts another number in the place of one that is there; 0: there is none, and it takes a patch. */
export function session_set(handle: u32, slot: i32, value: f64): i32 {
  const session = recordOf(handle);
  const rest = restOf(session, handle);
  if (session == 0 || <u32>slot >= <u32>WORD_COUNT) return 0;
  if (load<u8>(session, 30) & 4) return 1;
  const word = wordAt(rest, slot);
  if (word == 0) return 0;
  store<i64>(word, <i64>value);
${
  keepsAtoms
    ? `  recallSelectors(session);
  if (!repair(slot, <i64>value, session)) {
    recall(session, rest);
    prepare();
    ${keepWords}
  }`
    : ''
}
  awaitSweep(session, handle);
  return 1;
}

/** Whether the session may be asked at the instant, which is then its latest; a host's clock may run back a little. */
function moveTo(rest: usize, now: f64): bool {
  const latest = max<i64>(load<i64>(rest, 8), sweptAt);
  if (!isInstant(now) || <i64>now < latest - BACK) return false;
  store<i64>(rest, max<i64>(latest, <i64>now), 8);
  return true;
}

/** \`record\`: the decision is part of what happened for those that follow. */
export function session_decide(handle: u32, now: f64, record: i32): usize {
  const session = recordOf(handle);
  const rest = restOf(session, handle);
  if (session == 0) return refused(23);
  recall(session, rest);
  storeAsked();
  if (load<u8>(session, 30) & 4) {
    setNow(load<i64>(rest, 8), true);
    ${recallHistory}
    prepare();
    answerRevoked(rest);
    return RESULT;
  }
  if (!moveTo(rest, now)) {
    answer(3, 4, NEVER, 0, 0, 0);
    return RESULT;
  }
  setNow(load<i64>(rest, 8), true);
  ${history === undefined ? '' : 'if (record) recordPending(rest);'}
  ${recallHistory}
  ${keepsAtoms ? recallWords : 'prepare();'}
  judgeFacts();
  keepAnswer(session, rest, handle);
  ${history === undefined ? '' : 'if (record) setPending(load<u32>(rest, 16), load<u8>(RESULT), load<i64>(rest, 8));'}
  return RESULT;
}

function keepAnswer(session: usize, rest: usize, handle: u32): void {
  const effect = <u32>load<u8>(RESULT);
  const until = load<f64>(RESULT, 8);
  const state = <u32>load<u8>(session, 30) & 0x85 | 2 | effect << 4;
  store<u64>(session, answerKey(), 16);
  if (effect == 4) {
    store<u8>(session, <u8>(state | 4), 30);
    store<i64>(rest, <i64>keepRevoke());
    return;
  }
  store<u8>(session, <u8>state, 30);
  store<i64>(rest, until == Infinity ? NEVER : <i64>until);
  awaitEnd(rest, handle, load<i64>(rest));
}

/** What tells the answer from another: all but what explains it. */
function answerKey(): u64 {
  ${isPacked ? `return 1 | <u64>packed(load<u64>(${atoms}), load<u64>(${atoms}, 8), subjectSelector, actionSelector, resourceSelector) << 1;` : generalKey(options.constraints)}
}

/** The reasons of a revoke, in a block; 0: there was no room, and they are found once more when asked for. */
function keepRevoke(): usize {
  const count = load<u32>(RESULT, 48);
  const block = takeBlock(classOf(4 + (<usize>count << 2)));
  if (block == 0) return 0;
  store<u32>(block, count);
  for (let at: u32 = 0; at < count; at += 1) {
    const entry = REASONS + (<usize>at << 4);
    store<u32>(block + (<usize>at << 2), load<u32>(entry) << 1 | load<u32>(entry, 4) & 1, 4);
  }
  return block;
}

function answerRevoked(rest: usize): void {
  const kept = <usize>load<i64>(rest);
  if (kept == 0) {
    judgeFacts();
    return;
  }
  answer(4, 0, NEVER, 0, 0, 0);
  const count = load<u32>(kept);
  store<u32>(RESULT, count, 48);
  for (let at: u32 = 0; at < count; at += 1) {
    const reason = load<u32>(kept + (<usize>at << 2), 4);
    const entry = REASONS + (<usize>at << 4);
    store<u32>(entry, reason >>> 1);
    store<u32>(entry, reason & 1, 4);
    store<u64>(entry, 0, 8);
  }
}

${keepsAtoms && !isPacked ? judgeByWords(recallWords) : ''}
/** The effect alone. */
export function session_effect(handle: u32, now: f64): i32 {
${
  keepsAtoms
    ? `  const session = recordOf(handle);
  const rest = restOf(session, handle);
  if (session == 0) return 3;
  const state = <u32>load<u8>(session, 30);
  if (state & 4) return 4;
  if (!moveTo(rest, now)) return 3;
  ${isPacked ? effectOfPacked : effectByWords}`
    : '  return load<i32>(session_decide(handle, now, 0));'
}
}

export function session_close(handle: u32): i32 {
  const session = recordOf(handle);
  const rest = restOf(session, handle);
  if (session == 0) return 0;
  ${history === undefined ? '' : 'forgetTracks(TRACKS, TRACK_COUNT, load<u32>(rest, 16));'}
  giveBlock(load<u32>(rest, 16), load<u8>(rest, 28));
  const kept = <usize>load<i64>(rest);
  if ((load<u8>(session, 30) & 4) != 0 && kept != 0) giveBlock(kept, classOf(4 + (<usize>load<u32>(kept) << 2)));
  closeRecord(handle);
  return 1;
}

/**
 * Asks the sessions once more that changed, or whose answer may have ended; with \`all\`, every one. Gives how many have
 * another answer, which \`changes\` lists; as many as that has room for: there may be more, and it is to be called again.
 */
export function session_sweep(now: f64, all: i32): i32 {
  changeCount = 0;
  if (!makeWheel() || !isInstant(now)) return 0;
  sweptAt = max<i64>(sweptAt, <i64>now);
  if (all || isLossy || nextOfAll != 0) {
    sweepAll();
    return changeCount;
  }
  beginSweep(<i64>now);
  while (changeCount < MOST_CHANGES && nextDue()) look(dueHandle, dueUnit, now);
  return changeCount;
}

function sweepAll(): void {
  forgetLoss();
  const end = recordsMade();
  let index = nextOfAll;
  for (; index < end && changeCount < MOST_CHANGES; index += 1) {
    const session = recordAt(index);
    // Open and answered, and not revoked.
    if ((load<u8>(session, 30) & 7) == 3) askAgain(session, index);
  }
  nextOfAll = index < end ? index : 0;
}

function look(handle: u32, unit: u32, now: f64): void {
  const session = recordOf(handle);
  const rest = restOf(session, handle);
  if (session == 0) return;
  const state = <u32>load<u8>(session, 30);
  if (unit == 0) {
    store<u8>(session, <u8>(state & ~0x80), 30);
    if (!(state & 8)) return;
  } else {
    if (load<u32>(rest, 20) != unit) return;
    store<u32>(rest, 0, 20);
    if (!(state & 8) && load<i64>(rest) > <i64>now) {
      awaitEnd(rest, handle, load<i64>(rest));
      return;
    }
  }
  if ((state & 7) == 3) askAgain(session, indexOf(handle));
}

function latestOf(rest: usize): f64 {
  return <f64>max<i64>(load<i64>(rest, 8), sweptAt);
}

function askAgain(session: usize, index: u32): void {
  const effect = <u32>load<u8>(session, 30) >> 4 & 7;
  const key = load<u64>(session, 16);
${
  isPacked
    ? `  const found = packedOf(session);
  if ((1 | <u64>found << 1) == key) {
    const state = load<u8>(session, 30);
    if (state & 8) store<u8>(session, state & ~8, 30);
    return;
  }
`
    : ''
}
  ${keepsAtoms ? askEffect : askAll}
  if (load<u64>(session, 16) == key) return;
  const entry = changes + <usize>changeCount * ${changeBytes};
  store<u32>(entry, handleOf(index));
  store<u8>(entry, <u8>effect, 4);
  store<u8>(entry, load<u8>(session, 30) >> 4 & 7, 5);
  changeCount += 1;
}

/** The first instant at which \`session_sweep\` may find something; Infinity: none that is known of. */
export function session_due(): f64 {
  const end = earliestEnd();
  return end == NEVER ? Infinity : <f64>end;
}

${isPacked ? packedOf : ''}
${history === undefined ? noHistory : historyDoors(history)}
export function session_count(): i32 {
  return openSessions();
}
`;
}

/** What is asked now is other than what was decided, and that has happened. */
const recordBeforePatch = `
      if ((partsSeen & 6) && hasPending(load<u32>(rest, 16))) {
        recall(session, rest);
        recordPending(rest);
        readPatch(length, replaced);
      }`;

const noHistory = `
export function session_record(handle: u32, signal: i32, length: i32, time: f64, now: f64): usize {
  return refused(recordOf(handle) == 0 ? 23 : 25);
}
`;

function historyDoors(history: NonNullable<SessionDoorOptions['history']>): string {
  const { tracks, terms, effect, time } = history;
  return `
const TRACKS: usize = ${tracks.address};
const TRACK_COUNT: i32 = ${tracks.count};
const TERMS: usize = ${terms.address};
const TERM_COUNT: i32 = ${terms.count};

/** The decision that was taken before, of the facts that are recalled. */
function recordPending(rest: usize): void {
  const state = <usize>load<u32>(rest, 16);
  if (!hasPending(state)) return;
  const time = decisionTime(state);
  storeWord(${effect}, pendingEffect(state));
  storeWord(${time}, time);
  noteDecision(state, time, forgetPending(state));
  release(requestEnd);
}

/** A signal, by its place in the manifest, and what it tells; \`time\`: when it came about, NaN: now. */
export function session_record(handle: u32, signal: i32, length: i32, time: f64, now: f64): usize {
  const session = recordOf(handle);
  if (session == 0) return refused(23);
  const record = signalRecord(signal);
  if (record == 0) return refused(25);
  if (load<u8>(session, 30) & 4) return 0;
  const rest = restOf(session, handle);
  readable = false;
  setGiven(0);
  stopNoting();
  forgetNulls();
  clearCells(FACTS, FACTS_SIZE);
  let p = beginRequest(length);
  if (p != 0) p = readRootRecord(p, record, signalPath(signal), 1);
  if (p != 0) p = expectEnd(p);
  if (p == 0 || errorSeverity != 0) {
    subjectSelector = 0;
    actionSelector = 0;
    resourceSelector = 0;
    return judgeAt(NaN, 0);
  }
  fillSignal(signal);
  const known = <i64>latestOf(rest);
  const latest = isInstant(now) ? max<i64>(known, <i64>now) : known;
  const came = isInstant(time) ? min<i64>(latest, <i64>time) : latest;
  store<i64>(rest, latest, 8);
  storeWord(${time}, came);
  const state = <usize>load<u32>(rest, 16);
  noteSignal(signal, state, came, nextOrder(state), latest);
  awaitSweep(session, handle);
  return 0;
}
`;
}

const askEffect = 'session_effect(handleOf(index), latestOf(restOf(session, index)));';
const askAll = 'session_decide(handleOf(index), latestOf(restOf(session, index)), 0);';

const effectOfPacked = `const found = packedOf(session);
  if ((found & 7) == 4) return load<i32>(session_decide(handle, now, 0));
  store<u64>(session, 1 | <u64>found << 1, 16);
  store<u8>(session, <u8>(state & 0x85 | 2 | (found & 7) << 4), 30);
  return found & 7;`;

const effectByWords = `judgeByWords(session, rest, handle);
  return load<i32>(RESULT);`;

/** What else is in the cells is another session's, and no rule looks at it. */
function judgeByWords(recallWords: string): string {
  return `
function judgeByWords(session: usize, rest: usize, handle: u32): void {
  resetErrors();
  resetArena();
  replaceWords(rest, WORDS, WORD_COUNT);
  recallSelectors(session);
  fillDefaults();
  requestEnd = mark();
  readable = true;
  setNow(load<i64>(rest, 8), true);
  ${recallWords}
  judgeFacts();
  keepAnswer(session, rest, handle);
}
`;
}

const packedOf = `
function packedOf(session: usize): u32 {
  return packed(
    load<u64>(session), load<u64>(session, 8),
    load<u16>(session, 24), load<u16>(session, 26), load<u16>(session, 28),
  );
}
`;

/** How a cell's value is told from another, by the numbers of the library's session-keys.ts. */
function holdsOf({ rep, holds }: IrConstraint): number {
  if (rep === 'cells') return holds === 'Words' ? 2 : 3;
  return rep === 'bytes' ? 1 : 0;
}

function generalKey(constraints: readonly IrConstraint[]): string {
  const cells = constraints.map(
    (constraint, at) =>
      `    key = mixedCell(key, CONSTRAINTS + ${at * 16}, ${holdsOf(constraint)});`,
  );
  return `let key = mixed(1, load<u8>(RESULT) | load<u32>(RESULT, 4) << 3);
  const count = load<i32>(RESULT, 48);
  for (let at = 0; at < count; at += 1) key = mixed(key, load<u32>(REASONS + (<usize>at << 4)));
  if (load<u8>(RESULT) == 1) {
${cells.join('\n')}
  }
  return key;`;
}
