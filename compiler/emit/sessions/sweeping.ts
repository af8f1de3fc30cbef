// The doors through which all sessions are asked that may have another answer by now.

import { changeLayout } from '@nhipol/runtime/abi';
import type { SessionDoorOptions } from './options.ts';

export function sweepingDoors({ isPacked, keepsAtoms }: SessionDoorOptions): string {
  return `
/**
 * Asks the sessions once more that changed, or whose answer may have ended; with \`all\`, every one. Gives how many have
 * another answer, which \`changes\` lists; as many as that has room for: there may be more, and it is to be called again.
 */
export function session_sweep(now: f64, all: i32): i32 {
  changeCount = 0;
  if (!makeWheel() || !isInstant(now)) return 0;
  sweptAt = max<i64>(sweptAt, <i64>now);
  // Lists are gone through in any case: who was asked is looked at there, and no more.
  if (all || isLossy || nextOfAll != 0) sweepAll();
  if (nextOfAll != 0) return changeCount;
  tidyLists();
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
  if (session == 0 || (unit != 0 && load<u32>(rest, 20) != unit)) {
    passOver();
    return;
  }
  const state = <u32>load<u8>(session, 30);
  if (unit == 0) {
    store<u8>(session, <u8>(state & ~0x80), 30);
    if (!(state & 8)) return;
  } else {
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
  // Of the answer before it was restored the effect alone is known.
  if (key == 0 && (<u32>load<u8>(session, 30) >> 4 & 7) == effect) return;
  const entry = changes + <usize>changeCount * ${changeLayout.size};
  store<u32>(entry, handleOf(index), ${changeLayout.handle});
  store<u8>(entry, <u8>effect, ${changeLayout.before});
  store<u8>(entry, load<u8>(session, 30) >> 4 & 7, ${changeLayout.after});
  changeCount += 1;
}

/** The first instant at which \`session_sweep\` may find something; Infinity: none that is known of. */
export function session_due(): f64 {
  const end = earliestEnd();
  return end == NEVER ? Infinity : <f64>end;
}

export function session_count(): i32 {
  return openSessions();
}
`;
}

const askEffect = 'session_effect(handleOf(index), latestOf(restOf(session, index)));';
const askAll = 'session_decide(handleOf(index), latestOf(restOf(session, index)), 0);';
