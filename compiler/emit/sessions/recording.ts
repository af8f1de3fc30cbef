// Emits the export that records signals, and makes the latest decision an event.

import type { SessionDoorOptions } from './options.ts';

export function recordingDoors({ history }: SessionDoorOptions): string {
  return history === undefined ? noHistory : historyDoors(history);
}

const noHistory = `
const TRACK_COUNT: i32 = 0;

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

/** Records the previous decision with the facts that were recalled. */
function recordPending(rest: usize): void {
  const state = <usize>load<u32>(rest, 16);
  if (!hasPending(state)) return;
  const time = decisionTime(state);
  storeWord(${effect}, pendingEffect(state));
  storeWord(${time}, time);
  noteDecision(state, time, forgetPending(state));
  release(requestEnd);
}

/**
 * Records a signal, by its index in the manifest, with its payload; \`time\`: when it occurred, NaN: now.
 */
export function session_record(handle: u32, signal: i32, length: i32, time: f64, now: f64): usize {
  const session = recordOf(handle);
  if (session == 0) return refused(23);
  const record = signalRecord(signal);
  if (record == 0) return refused(25);
  if (isRevoked(session)) return 0;
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
