// The paths and tables that an answer read: those of every rule that can influence its effect, regardless of the
// results of conditions.

import { READ_BITS } from '../../layout';
import { Effect } from '../../rules/result';
import { putByte, putFragment } from '../../writing/text-writer';
import { CHOOSER_BITS, DECISION_BITS, FAULT_SCOPES, OFFER_VALUES, READ_PATHS, READ_WORDS, REQUEST_BITS, SCOPES } from '../layout';
import { actionSelector, resourceSelector, subjectSelector } from '../request';
import { COUNT, ReadRow, ScopeRow } from './tables';

const ALL_EFFECTS: u32 = 31;
/** Marks rules that a deny can make an offer for. */
const LOWERS: u32 = 32;

/** For an answer with this effect. `byDefault`: no rule fired. */
export function findReads(effect: i32, byDefault: bool): void {
  const isGranted = effect == Effect.NARROW || effect == Effect.CHALLENGE;
  // Rules that can fire at least as strictly, and permits if the effect depends on one.
  const bearing = byDefault || (effect == Effect.DENY && lowers())
    ? ALL_EFFECTS
    : (ALL_EFFECTS << effect & ALL_EFFECTS) | (isGranted ? 1 : 0);
  startReads(CHOOSER_BITS);
  addScopes(SCOPES, bearing);
}

/** Whether a rule applies that a deny can make an offer for: then the answer depends on all rules. */
function lowers(): bool {
  if (OFFER_VALUES == 0) return false;
  const end = SCOPES + COUNT + <usize>load<u32>(SCOPES) * offsetof<ScopeRow>();
  for (let scope = SCOPES + COUNT; scope < end; scope += offsetof<ScopeRow>()) {
    if (applies(scope) && bears(load<u32>(scope, offsetof<ScopeRow>('reads')), LOWERS)) return true;
  }
  return false;
}

function bears(reads: usize, bearing: u32): bool {
  const size = offsetof<ReadRow>() + (<usize>READ_WORDS << 3);
  const end = reads + COUNT + <usize>load<u32>(reads) * size;
  for (let row = reads + COUNT; row < end; row += size) {
    if ((load<u32>(row, offsetof<ReadRow>('effects')) & bearing) != 0) return true;
  }
  return false;
}

/** For a request that was not evaluated. */
export function findAllReads(): void {
  startReads(REQUEST_BITS);
}

/** For a request with an invalid member: all of it, and the history that revoke rules read. */
export function findFaultReads(): void {
  startReads(REQUEST_BITS);
  if (FAULT_SCOPES != 0) addScopes(FAULT_SCOPES, ALL_EFFECTS);
}

function startReads(bits: usize): void {
  for (let at: usize = 0; at < <usize>READ_WORDS << 3; at += 8) store<u64>(READ_BITS + at, load<u64>(bits + at));
}

function addScopes(scopes: usize, bearing: u32): void {
  const end = scopes + COUNT + <usize>load<u32>(scopes) * offsetof<ScopeRow>();
  for (let scope = scopes + COUNT; scope < end; scope += offsetof<ScopeRow>()) {
    if (applies(scope)) addReads(load<u32>(scope, offsetof<ScopeRow>('reads')), bearing);
  }
}

function applies(scope: usize): bool {
  return has(load<u32>(scope, offsetof<ScopeRow>('subjects')), subjectSelector) &&
    has(load<u32>(scope, offsetof<ScopeRow>('actions')), actionSelector) &&
    has(load<u32>(scope, offsetof<ScopeRow>('resources')), resourceSelector);
}

/** Whether a set of numbers contains one; a set at 0 contains all. */
function has(set: usize, number: i32): bool {
  if (set == 0) return true;
  return ((load<u32>(set + (<usize>(number >> 5) << 2)) >> (number & 31)) & 1) != 0;
}

function addReads(reads: usize, bearing: u32): void {
  const size = offsetof<ReadRow>() + (<usize>READ_WORDS << 3);
  const end = reads + COUNT + <usize>load<u32>(reads) * size;
  for (let row = reads + COUNT; row < end; row += size) {
    if ((load<u32>(row, offsetof<ReadRow>('effects')) & bearing) == 0) continue;
    const bits = row + offsetof<ReadRow>();
    for (let at: usize = 0; at < <usize>READ_WORDS << 3; at += 8) {
      store<u64>(READ_BITS + at, load<u64>(READ_BITS + at) | load<u64>(bits + at));
    }
  }
}

/** Whether the answer read earlier decisions of its session. */
export function isSingleUse(): bool {
  if (DECISION_BITS == 0) return false;
  for (let at: usize = 0; at < <usize>READ_WORDS << 3; at += 8) {
    if ((load<u64>(READ_BITS + at) & load<u64>(DECISION_BITS + at)) != 0) return true;
  }
  return false;
}

/** Whether the answer read the path with this number. */
export function hasRead(path: i32): bool {
  return ((load<u64>(READ_BITS + (<usize>(path >> 6) << 3)) >> <u64>(path & 63)) & 1) != 0;
}

/** Writes the paths, without brackets. */
export function putReads(): void {
  let isFirst = true;
  for (let word: usize = 0; word < <usize>READ_WORDS; word += 1) {
    const paths = READ_PATHS + (word << 8);
    for (let left = load<u64>(READ_BITS + (word << 3)); left != 0; left &= left - 1) {
      if (!isFirst) putByte(0x2c);
      isFirst = false;
      putFragment(load<u32>(paths + (<usize>ctz<u64>(left) << 2)));
    }
  }
}
