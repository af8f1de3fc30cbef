// The reasons of an answer in the order of ids and then of their positions in the sources, and their details.

import { isKnown } from '../../memory/cells';
import { firedBits, listReasons, getReason, unknownBits } from '../../rules/judging';
import { RANK_BITS, RANK_ENTRIES, REASONS, RESULT } from '../../layout';
import { putShown } from '../../writing/response-values';
import { Reason, ReasonFlag, Result } from '../../rules/result';
import { putByte, putDigits, putFragment } from '../../writing/text-writer';
import {
  ALL_TRAITS, EFFECT_TEXTS, RANK_WORDS, RANKS, REASON_BASE, REASON_ROWS, TEXT_COLUMN, TEXT_END_SOURCE, TEXT_FIRED, TEXT_ID, TEXT_MESSAGE,
  TEXT_UNKNOWN, TEXT_UNKNOWN_PATHS, TEXT_UNKNOWN_VALUE,
} from '../layout';
import { COUNT, ReasonRow, ReasonTrait, UnknownRow, ValueRow } from './tables';

/** Whether an answer with these reasons must be explained, and whether it can be repeated without the request. */
export let needsExplaining: bool = false;
export let isConstant: bool = false;
/** A bit for each rank, if they are few: other policies have them at `RANK_BITS`. */
let ranks: u64 = 0;

/** Sorts the reasons of the answer. */
export function rankReasons(effect: i32): void {
  needsExplaining = false;
  isConstant = true;
  if (RANK_WORDS > 1) clearRanks();
  else ranks = 0;
  for (let left = firedBits; left != 0; left &= left - 1) {
    const bit = ctz<u64>(left);
    rankReason(getReason(bit), <u32>(unknownBits >> bit), effect);
  }
  if (firedBits != 0) return;
  const end = REASONS + <usize>load<i32>(RESULT, offsetof<Result>('reasonCount')) * offsetof<Reason>();
  for (let entry: usize = REASONS; entry < end; entry += offsetof<Reason>()) {
    rankReason(load<u32>(entry, offsetof<Reason>('index')), load<u32>(entry, offsetof<Reason>('flags')), effect);
  }
}

function clearRanks(): void {
  for (let word: usize = 0; word < <usize>RANK_WORDS; word += 1) store<u64>(RANK_BITS + (word << 3), 0);
}

// @ts-ignore: decorator
@inline
function rankReason(index: u32, flags: u32, effect: i32): void {
  const rank = findRank(index);
  if (RANK_WORDS > 1) addRank(rank);
  else ranks |= <u64>1 << <u64>rank;
  if ((flags & ReasonFlag.UNKNOWN) != 0) {
    needsExplaining = true;
    isConstant = false;
  }
  if (ALL_TRAITS != 0) noteTraits(load<u32>(getReasonRow(rank), offsetof<ReasonRow>('traits')), effect);
}

// @ts-ignore: decorator
@inline
function findRank(index: u32): u32 {
  return load<u32>(RANKS + (<usize>index << 2));
}

function addRank(rank: u32): void {
  const word = RANK_BITS + (<usize>(rank >> 6) << 3);
  store<u64>(word, load<u64>(word) | <u64>1 << <u64>(rank & 63));
}

function noteTraits(traits: u32, effect: i32): void {
  if ((traits & ReasonTrait.VALUES) != 0) {
    needsExplaining = true;
    isConstant = false;
  }
  if (hasDemands(traits, effect)) {
    needsExplaining = true;
    if (traits & ReasonTrait.VARYING_DEMANDS) isConstant = false;
  }
  if (traits & ReasonTrait.VARYING_LIMITS) isConstant = false;
}

/** Lists the sorted reasons, and stores the place of each in the list by its rank. */
export function placeReasons(): void {
  listReasons();
  const end = REASONS + <usize>load<i32>(RESULT, offsetof<Result>('reasonCount')) * offsetof<Reason>();
  for (let entry: usize = REASONS; entry < end; entry += offsetof<Reason>()) {
    const rank = findRank(load<u32>(entry, offsetof<Reason>('index')));
    store<u32>(RANK_ENTRIES + (<usize>rank << 2), <u32>entry);
  }
}

/** Whether the reason adds obligations to answers of this effect. */
export function hasDemands(traits: u32, effect: i32): bool {
  return <i32>(traits >> ReasonTrait.BITS) == effect + 1;
}

export function getReasonRow(rank: u32): usize {
  return REASON_ROWS + <usize>rank * offsetof<ReasonRow>();
}

// @ts-ignore: decorator
@inline
function wordOfRanks(word: i32): u64 {
  return RANK_WORDS > 1 ? load<u64>(RANK_BITS + (<usize>word << 3)) : ranks;
}

/** The first rank from `rank` on whose reason the answer has; -1: there is none. */
export function findNextRank(rank: i32): i32 {
  let word = rank >> 6;
  if (word >= RANK_WORDS) return -1;
  let left = wordOfRanks(word) & (<u64>-1 << <u64>(rank & 63));
  while (left == 0) {
    word += 1;
    if (word == RANK_WORDS) return -1;
    left = wordOfRanks(word);
  }
  return word << 6 | <i32>ctz<u64>(left);
}

/** A number for the set of the answer's reasons. */
export function keyOfReasons(): u64 {
  let key: u64 = 0;
  if (RANK_WORDS > 1) {
    for (let rank = findNextRank(0); rank >= 0; rank = findNextRank(rank + 1)) key = key * REASON_BASE + <u64>rank + 1;
  } else if (RANK_WORDS == 1) {
    for (let left = ranks; left != 0; left &= left - 1) key = key * REASON_BASE + ctz<u64>(left) + 1;
  }
  return key;
}

/** Writes the ids, each once, without brackets. */
export function putIds(): void {
  let last: u32 = 0;
  for (let rank = findNextRank(0); rank >= 0; rank = findNextRank(rank + 1)) {
    const id = load<u32>(getReasonRow(rank), offsetof<ReasonRow>('id'));
    // Equal ids are adjacent, and have one fragment.
    if (id == last) continue;
    if (last != 0) putByte(0x2c);
    putFragment(id);
    last = id;
  }
}

/** Writes the details, without brackets. */
export function putDetails(effect: i32): void {
  let isFirst = true;
  for (let rank = findNextRank(0); rank >= 0; rank = findNextRank(rank + 1)) {
    if (!isFirst) putByte(0x2c);
    isFirst = false;
    putDetail(getReasonRow(rank), load<u32>(RANK_ENTRIES + (<usize>rank << 2)), effect);
  }
}

function putDetail(row: usize, entry: usize, effect: i32): void {
  putFragment(TEXT_ID);
  putFragment(load<u32>(row, offsetof<ReasonRow>('id')));
  putFragment(load<u32>(EFFECT_TEXTS + (<usize>effect << 2)));
  const message = load<u32>(row, offsetof<ReasonRow>('message'));
  if (message != 0) putMessage(message);
  if (load<u32>(entry, offsetof<Reason>('flags')) & ReasonFlag.UNKNOWN) {
    putFragment(TEXT_UNKNOWN);
    putUnknown(load<u32>(row, offsetof<ReasonRow>('unknown')), load<u64>(entry, offsetof<Reason>('unknown')));
  } else putFragment(TEXT_FIRED);
  putFragment(load<u32>(row, offsetof<ReasonRow>('file')));
  putDigits(load<u32>(row, offsetof<ReasonRow>('line')));
  putFragment(TEXT_COLUMN);
  putDigits(load<u32>(row, offsetof<ReasonRow>('column')));
  putFragment(TEXT_END_SOURCE);
}

function putMessage(parts: usize): void {
  putFragment(TEXT_MESSAGE);
  const end = parts + COUNT + <usize>load<u32>(parts) * offsetof<ValueRow>();
  for (let part = parts + COUNT; part < end; part += offsetof<ValueRow>()) {
    putFragment(load<u32>(part, offsetof<ValueRow>('before')));
    const cell = load<u32>(part, offsetof<ValueRow>('cell'));
    if (cell == 0) continue;
    if (isKnown(cell)) {
      putShown(cell, load<u32>(part, offsetof<ValueRow>('kind')), load<u32>(part, offsetof<ValueRow>('members')));
    } else putFragment(TEXT_UNKNOWN_VALUE);
  }
  putByte(0x22);
}

/** Writes the paths whose bits are set. */
function putUnknown(rows: usize, bits: u64): void {
  if (bits == 0) return;
  putFragment(TEXT_UNKNOWN_PATHS);
  let isFirst = true;
  const end = rows + COUNT + <usize>load<u32>(rows) * offsetof<UnknownRow>();
  for (let row = rows + COUNT; row < end; row += offsetof<UnknownRow>()) {
    if (!((bits >> <u64>load<u32>(row, offsetof<UnknownRow>('bit'))) & 1)) continue;
    if (!isFirst) putByte(0x2c);
    isFirst = false;
    putFragment(load<u32>(row, offsetof<UnknownRow>('path')));
  }
  putByte(0x5d);
}
