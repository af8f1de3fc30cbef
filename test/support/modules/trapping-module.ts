// A module that implements the ABI with sessions until it fails: a patch that contains a digit
// selects a call, which then traps, never returns, or writes an answer that the ABI does not allow. All
// sessions are permitted before.

import { maxChanges } from '@nhipol/runtime/abi';
import { assembleCanned, cannedManifest, withManifest } from './canned-module.ts';

/** The failures that a patch selects, as `{"context":{"fail":N}}`. */
export const failures = { decide: 1, sweep: 2, tooManyChanges: 3, due: 4, endless: 5 } as const;

const sessions = `
export const name: usize = memory.data(256);
export const changes: usize = memory.data(${maxChanges * 8});
const buffer: usize = memory.data(64);
let opened: i32 = 0;
let armed: i32 = 0;

export function limit(pages: i32): void {}
export function session_open(idLength: i32, length: i32, now: f64): u32 {
  opened += 1;
  return opened;
}
export function session_name(handle: u32): i32 { return 0; }
export function session_patch(handle: u32, length: i32, whole: i32): usize {
  for (let at = 0; at < length; at += 1) {
    const byte = load<u8>(INPUT + <usize>at);
    if (byte > 0x30 && byte <= 0x39) armed = byte - 0x30;
  }
  return 0;
}
export function session_set(handle: u32, word: i32, value: f64): i32 { return 0; }
export function signal_find(length: i32): i32 { return 0; }
export function session_record(handle: u32, signal: i32, length: i32, time: f64, now: f64): usize { return 0; }
export function session_decide(handle: u32, length: i32, now: f64, ask: i32, form: i32): usize {
  if (armed == ${failures.decide}) unreachable();
  while (armed == ${failures.endless}) opened |= 1;
  return answer(0, Infinity);
}
export function session_effect(handle: u32, now: f64): i32 { return 0; }
export function session_close(handle: u32): usize { return 0; }
export function session_buffer(length: i32): usize { return buffer; }
export function session_snapshot(handle: u32): i32 { return 0; }
export function session_restore(length: i32): u32 { return 0; }
export function session_sweep(now: f64, all: i32): i32 {
  if (armed == ${failures.sweep}) unreachable();
  return armed == ${failures.tooManyChanges} ? ${maxChanges + 1} : 0;
}
export function session_due(): f64 {
  if (armed == ${failures.due}) unreachable();
  return Infinity;
}
export function session_count(): i32 { return opened; }
export function refuse(code: i32): usize { return answer(0, Infinity); }
`;

export async function assembleTrapping(): Promise<Uint8Array> {
  const wasm = await assembleCanned({ more: sessions });
  return withManifest(wasm, { ...cannedManifest, sessions: { bytes: 64 } });
}

/** A module that implements the ABI, and whose start function never returns. */
export async function assembleEndlessStart(): Promise<Uint8Array> {
  const wasm = await assembleCanned({ more: 'do calls |= 1; while (calls != 0);' });
  return withManifest(wasm, cannedManifest);
}
