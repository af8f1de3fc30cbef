// Emits the exports and state with which a module holds sessions. sessions/facts.ts of the library stores
// facts, sessions/wheel.ts schedules evaluations; judging is that of the policy. If one pair of words of
// atoms determines everything except for numbers and the like, a session stores the pair, and another
// evaluation does not load its other facts; if the pair determines the answer (`packed`), no facts are
// loaded.

import { changeLayout, maxChanges } from '@nhipol/runtime/abi';
import { askingDoors } from './asking.ts';
import { carryingDoors } from './carrying.ts';
import { keepingDoors } from './keeping.ts';
import { idBytes, type SessionDoorOptions } from './options.ts';
import { outdatingDoors } from './outdating.ts';
import { recordingDoors } from './recording.ts';
import { outdatedBytes } from './slots.ts';
import { sweepingDoors } from './sweeping.ts';

export function sessionDoors(options: SessionDoorOptions): string {
  return [
    state(options),
    keepingDoors(options),
    outdatingDoors(options),
    recordingDoors(options),
    askingDoors(options),
    sweepingDoors(options),
    carryingDoors(options),
  ].join('');
}

function state({ slots, hasTables, history }: SessionDoorOptions): string {
  return `
${hasTables ? '' : 'export function reserve(pages: i32): i32 { return reservePages(pages); }'}
export const session_id: usize = memory.data(${idBytes});
export const changes: usize = memory.data(${maxChanges * changeLayout.size});

const WORDS: usize = ${slots.words.address};
const WORD_COUNT: i32 = ${slots.words.count};
const SLOTS: usize = ${slots.stored.address};
const SLOT_COUNT: i32 = ${slots.stored.count};
const RECORD_SLOTS: i32 = ${slots.records};
const STATE_SIZE: usize = ${(history?.bytes ?? 0) + outdatedBytes(slots.words.count + slots.stored.count)};
const MAX_CHANGES: i32 = ${maxChanges};
/** The maximum number of milliseconds by which a host's clock may go back. */
const BACK: i64 = 60000;

let changeCount: i32 = 0;
/** The address of the ID of the session that was recalled last. */
let idAt: usize = 0;
/** The history that a restored session brings with it. */
let carriedFrom: usize = 0;
let carriedTo: usize = 0;
/** Where the sweep of all sessions continues; 0: there is none. */
let nextOfAll: u32 = 0;
/** The time of the latest sweep: no session is evaluated at an earlier time. */
let sweptAt: i64 = 0;
`;
}
