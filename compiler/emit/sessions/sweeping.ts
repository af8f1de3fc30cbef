// Emits the exports that find the sessions whose answers changed.

import { changeLayout } from '@nhipol/runtime/abi';
import type { SessionDoorOptions } from './options.ts';

export function sweepingDoors({ isPacked, keepsAtoms }: SessionDoorOptions): string {
  return `
/**
 * Evaluates the sessions again that changed, or whose answer can have expired; with \`all\`, all
 * sessions. Returns the number of sessions with another answer, which \`changes\` lists; if the list is
 * full, there can be more, and the caller calls again.
 */
export function session_sweep(now: f64, all: i32): i32 {
  changeCount = 0;
  if (!makeWheel() || !isInstant(now)) return 0;
  sweptAt = max<i64>(sweptAt, <i64>now);
  // The lists are traversed in any case; sessions that were evaluated here are only checked there.
  if (all || isLossy || nextOfAll != 0) sweepAll();
  if (nextOfAll != 0) return changeCount;
  tidyLists();
  beginSweep(<i64>now);
  while (changeCount < MAX_CHANGES && nextDue()) look(dueHandle, dueUnit, now);
  return changeCount;
}

function sweepAll(): void {
  forgetLoss();
  const end = recordsMade();
  let index = nextOfAll;
  let session: usize = index < end ? recordAt(index) : 0;
  while (index < end && changeCount < MAX_CHANGES) {
    if (isAsked(stateOf(session))) askAgain(session, index);
    index += 1;
    if (index < end) session = recordBehind(session, index);
  }
  nextOfAll = index < end ? index : 0;
}

function look(handle: u32, unit: u32, now: f64): void {
  const session = recordOf(handle);
  const rest = restOf(session, handle);
  if (session == 0 || (unit != 0 && load<u32>(rest, 20) != unit)) {
    passOver();
    return;
  }
  const state = stateOf(session);
  if (unit == 0) {
    setState(session, state & ~State.LISTED);
    if (!(state & State.CHANGED)) return;
  } else {
    store<u32>(rest, 0, 20);
    if (!(state & State.CHANGED) && load<i64>(rest) > <i64>now) {
      awaitEnd(rest, handle, load<i64>(rest));
      return;
    }
  }
  if (isAsked(state)) askAgain(session, indexOf(handle));
}

function latestOf(rest: usize): f64 {
  return <f64>max<i64>(load<i64>(rest, 8), sweptAt);
}

function askAgain(session: usize, index: u32): void {
  const effect = effectIn(stateOf(session));
  const key = load<u64>(session, 16);
${
  isPacked
    ? `  const found = packedOf(session);
  if ((1 | <u64>found << 1) == key) {
    const state = stateOf(session);
    if (state & State.CHANGED) setState(session, state & ~State.CHANGED);
    return;
  }
`
    : ''
}
  ${keepsAtoms ? askEffect : askAll}
  if (load<u64>(session, 16) == key) return;
  // Only the effect of an answer before the restoration is known.
  if (key == 0 && effectIn(stateOf(session)) == effect) return;
  const entry = changes + <usize>changeCount * ${changeLayout.size};
  store<u32>(entry, handleOf(index), ${changeLayout.handle});
  store<u8>(entry, <u8>effect, ${changeLayout.before});
  store<u8>(entry, <u8>effectIn(stateOf(session)), ${changeLayout.after});
  changeCount += 1;
}

/** The first instant at which \`session_sweep\` can find a change; Infinity: none is known. */
export function session_due(): f64 {
  const end = earliestEnd();
  return end == NEVER ? Infinity : <f64>end;
}

export function session_count(): i32 {
  return openSessions();
}
`;
}

const askEffect = `const rest = restOf(session, index);
  effectAgain(session, rest, handleOf(index), latestOf(rest));`;
const askAll = 'session_decide(handleOf(index), latestOf(restOf(session, index)), 0);';
