// Emits the exports that evaluate a session: the time advances, rules are judged, and the session stores
// what identifies the answer, or the reasons of a revoke.

import { resultFlags } from '@nhipol/runtime/abi';
import type { IrConstraint } from '../../ir/ir.ts';
import { recallHistory, recallWords, type SessionDoorOptions } from './options.ts';

export function askingDoors(options: SessionDoorOptions): string {
  const { keepsAtoms, isPacked, atoms, history, own, hasTables } = options;
  // The contents of a table can change without notice to any session.
  const holds = hasTables ? '' : '(state & (State.ANSWERED | State.CHANGED)) == State.ANSWERED';
  return `
/**
 * Whether the session can be evaluated at the instant, which becomes its latest one; a host's clock may
 * go back slightly.
 */
@inline
function moveTo(rest: usize, now: f64): bool {
  if (!isInstant(now)) return false;
  const latest = max<i64>(load<i64>(rest, 8), sweptAt);
  const instant = <i64>now;
  if (instant < latest - BACK) return false;
  store<i64>(rest, max<i64>(latest, instant), 8);
  return true;
}

/** Whether the state says that action and resource are not known yet. */
@inline
function lacksAsked(state: u32): bool {
  return (state & State.EFFECT) == State.NOT_WHOLE;
}

/** Records missing facts as faults of the request. */
function expectAsked(): void {
  for (let root = 1; root < 3; root += 1) {
    const entity = entityAt(root);
    if (load<u8>(root == 1 ? ${own[1]?.[0]} : ${own[2]?.[0]}, 8) != 0) continue;
    record(1, 17, load<i32>(entity, 8), 0, root);
    entityFaulty(entity);
  }
}

/** Denies an incomplete request, but the session can end for certain. No decision is taken. */
function judgeNotWhole(session: usize, rest: usize, handle: u32): usize {
  expectAsked();
  storeAsked();
  prepare();
  judgeFacts();
  if (load<u8>(RESULT) == 4) keepAnswer(session, rest, handle);
  return RESULT;
}

/** \`record\`: the decision becomes an event for later evaluations. */
export function session_decide(handle: u32, now: f64, record: i32): usize {
  const session = recordOf(handle);
  const rest = restOf(session, handle);
  if (session == 0) return refused(23);
  recall(session, rest);
  storeAsked();
  if (isRevoked(session)) {
    setNow(load<i64>(rest, 8), true);
    ${recallHistory(options)}
    prepare();
    answerRevoked(rest);
    return RESULT;
  }
  if (!moveTo(rest, now)) {
    answer(3, ${resultFlags.clockWentBack}, NEVER, 0, 0, 0);
    return RESULT;
  }
  setNow(load<i64>(rest, 8), true);
  ${history === undefined ? '' : 'if (record) recordPending(rest);'}
  ${recallHistory(options)}
  if (isOutdated(rest)) return judgeOutdated(session, rest, handle);
  if (lacksAsked(stateOf(session))) return judgeNotWhole(session, rest, handle);
  ${keepsAtoms ? recallWords(options) : 'prepare();'}
  judgeFacts();
  keepAnswer(session, rest, handle);
  ${history === undefined ? '' : 'if (record) setPending(load<u32>(rest, 16), load<u8>(RESULT), load<i64>(rest, 8));'}
  return RESULT;
}

function keepAnswer(session: usize, rest: usize, handle: u32): void {
  const effect = <u32>load<u8>(RESULT);
  const until = load<f64>(RESULT, 8);
  const state = withEffect(stateOf(session) & State.LASTING | State.ANSWERED, effect);
  store<u64>(session, answerKey(), 16);
  if (effect == 4) {
    setState(session, state | State.REVOKED);
    forgetEnd(rest);
    store<i64>(rest, <i64>keepRevoke());
    return;
  }
  setState(session, state);
  store<i64>(rest, until == Infinity ? NEVER : <i64>until);
  awaitEnd(rest, handle, load<i64>(rest));
}

/** Identifies the answer: everything except what explains it. */
function answerKey(): u64 {
  ${isPacked ? `return 1 | <u64>packed(load<u64>(${atoms}), load<u64>(${atoms}, 8), subjectSelector, actionSelector, resourceSelector) << 1;` : generalKey(options.constraints)}
}

/**
 * Stores the reasons of a revoke in a block; 0: there was no room, and they are determined again on
 * request.
 */
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
    // The contents of a table can have changed since. A revoke is final all the same.
    if (load<u8>(RESULT) != 4) answer(4, ${resultFlags.revokedBefore}, NEVER, 0, 0, 0);
    return;
  }
  const count = load<u32>(kept);
  answer(4, count == 0 ? ${resultFlags.revokedBefore} : 0, NEVER, 0, 0, 0);
  store<u32>(RESULT, count, 48);
  for (let at: u32 = 0; at < count; at += 1) {
    const reason = load<u32>(kept + (<usize>at << 2), 4);
    const entry = REASONS + (<usize>at << 4);
    store<u32>(entry, reason >>> 1);
    store<u32>(entry, reason & 1, 4);
    store<u64>(entry, 0, 8);
  }
}

${keepsAtoms && !isPacked ? judgeByWords(options) : ''}
/** Returns the effect alone, without judging if nothing changed and the answer is still valid. */
export function session_effect(handle: u32, now: f64): i32 {
  const session = findRecord(handle);
  const rest = restOf(session, handle);
  if (session == 0) return 3;
  const state = stateOf(session);
  if (state & State.REVOKED) return 4;
  ${holds === '' ? '' : `if (${holds} && moveTo(rest, now)${isPacked ? '' : ' && load<i64>(rest, 8) < load<i64>(rest)'}) return effectIn(state);`}
  return effectAgain(session, rest, handle, now);
}

/** The effect of a session that is not revoked. */
function effectAgain(session: usize, rest: usize, handle: u32, now: f64): i32 {
${
  keepsAtoms
    ? `  const state = stateOf(session);
  if (lacksAsked(state) || isOutdated(rest)) return load<i32>(session_decide(handle, now, 0));
  if (!moveTo(rest, now)) return 3;
  ${isPacked ? effectOfPacked : effectByWords}`
    : '  return load<i32>(session_decide(handle, now, 0));'
}
}

${isPacked ? packedOf : ''}
`;
}

const effectOfPacked = `const found = packedOf(session);
  if ((found & 7) == 4) return load<i32>(session_decide(handle, now, 0));
  store<u64>(session, 1 | <u64>found << 1, 16);
  setState(session, withEffect(state & State.LASTING | State.ANSWERED, found & 7));
  return found & 7;`;

const effectByWords = `judgeByWords(session, rest, handle);
  return load<i32>(RESULT);`;

/** The other cells contain facts of another session, and no rule reads them. */
function judgeByWords(options: SessionDoorOptions): string {
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
  ${recallWords(options)}
  judgeFacts();
  keepAnswer(session, rest, handle);
}
`;
}

const packedOf = `
@inline
function packedOf(session: usize): u32 {
  return packed(
    load<u64>(session), load<u64>(session, 8),
    load<u16>(session, 24), load<u16>(session, 26), load<u16>(session, 28),
  );
}
`;

/** How a cell's value is identified, by the numbers of sessions/answer-key.ts of the library. */
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
