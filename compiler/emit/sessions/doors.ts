// What a module exports to hold sessions, as AssemblyScript. Facts are kept by the library's
// session-facts.ts, when sessions are to be looked at by its session-wheel.ts; judging is that of the
// policy. Where one pair of words of atoms tells all that facts but for numbers and the like decide, a session
// keeps it, and asking again leaves its other facts where they are; where it tells all (`packed`), all of them.

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
/** A host's clock may run back by as much, in milliseconds. */
const BACK: i64 = 60000;

let changeCount: i32 = 0;
/** Where the id of the session is that was recalled last. */
let idAt: usize = 0;
/** What a session that is restored brings with it of what happened. */
let carriedFrom: usize = 0;
let carriedTo: usize = 0;
/** Where looking at all sessions goes on; 0: nobody is at it. */
let nextOfAll: u32 = 0;
/** Of the latest sweep: no session is asked about an earlier time. */
let sweptAt: i64 = 0;
`;
}
