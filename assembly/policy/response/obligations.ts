// The obligations of an answer: each once, in the order of the reasons that require it. Their properties are
// written first, to compare them; obligations are equal if their names and their properties are.

import { hasNow, instantNow } from '../../time/clock';
import { isKnown, wordIn } from '../../memory/cells';
import { equalBytes } from '../../memory/bytes';
import { DEMANDS, RESPONSE_SORTED } from '../../layout';
import { putJson } from '../../writing/response-values';
import { Effect } from '../../rules/result';
import { putByte, putBytes, putDigits, putFragment, putInstant, textEnd, moveWriter } from '../../writing/text-writer';
import {
  TEXT_END_ACCESS_REQUEST, TEXT_EVALUATED_AT, TEXT_EXPIRES_AT, TEXT_FIRST_OBLIGATION, TEXT_NEXT_OBLIGATION,
  TEXT_ACCESS_REQUEST,
} from '../layout';
import { hasDemands, findNextRank, getReasonRow } from './reasons';
import { COUNT, DemandRow, ReasonRow, ValueRow } from './tables';

/** An obligation of the answer, at `DEMANDS`. */
@unmanaged
class Demand {
  row!: u32;
  /** The fragment of the reason's id. */
  id!: u32;
  /** Its properties as JSON; 0: it was written together with an equal one. */
  text!: u32;
  length!: u32;
}

let count: i32 = 0;
/** The row and the reason of the access request; 0: there is none. */
let requested: usize = 0;
let requestedBy: usize = 0;

/** Writes the properties of all obligations to `texts`. Returns false if the answer needs one that is unknown. */
export function collectObligations(effect: i32, texts: usize): bool {
  count = 0;
  requested = 0;
  const before = moveWriter(texts);
  const isUsable = collect(effect);
  moveWriter(before);
  return isUsable;
}

function collect(effect: i32): bool {
  for (let rank = findNextRank(0); rank >= 0; rank = findNextRank(rank + 1)) {
    const reason = getReasonRow(rank);
    const demands = load<u32>(reason, offsetof<ReasonRow>('demands'));
    if (demands == 0 || !hasDemands(load<u32>(reason, offsetof<ReasonRow>('traits')), effect)) continue;
    const end = demands + COUNT + <usize>load<u32>(demands) * offsetof<DemandRow>();
    for (let demand = demands + COUNT; demand < end; demand += offsetof<DemandRow>()) {
      if (!collectOne(demand, load<u32>(reason, offsetof<ReasonRow>('id')), effect)) return false;
    }
  }
  return true;
}

function collectOne(demand: usize, id: u32, effect: i32): bool {
  const properties = load<u32>(demand, offsetof<DemandRow>('properties'));
  const isRequest = load<u32>(demand, offsetof<DemandRow>('lasting')) != 0;
  // Without an instant, the end of an access request is not known.
  if (isRequest && (requested != 0 || !hasNow())) return true;
  if (!areKnown(properties)) return !isRequest && effect >= Effect.DENY;
  if (isRequest) {
    requested = demand;
    requestedBy = id;
    return true;
  }
  const text = textEnd();
  putValues(properties, 0);
  const entry = DEMANDS + <usize>count * offsetof<Demand>();
  store<u32>(entry, <u32>demand, offsetof<Demand>('row'));
  store<u32>(entry, id, offsetof<Demand>('id'));
  store<u32>(entry, <u32>text, offsetof<Demand>('text'));
  store<u32>(entry, <u32>(textEnd() - text), offsetof<Demand>('length'));
  count += 1;
  return true;
}

function areKnown(values: usize): bool {
  const end = values + COUNT + <usize>load<u32>(values) * offsetof<ValueRow>();
  for (let value = values + COUNT; value < end; value += offsetof<ValueRow>()) {
    if (!isKnown(load<u32>(value, offsetof<ValueRow>('cell')))) return false;
  }
  return true;
}

/** Writes the members of an object, except for the one in the cell `left`. */
export function putValues(values: usize, left: u32): bool {
  let isFirst = true;
  const end = values + COUNT + <usize>load<u32>(values) * offsetof<ValueRow>();
  for (let value = values + COUNT; value < end; value += offsetof<ValueRow>()) {
    const cell = load<u32>(value, offsetof<ValueRow>('cell'));
    if (cell == left || !isKnown(cell)) continue;
    if (!isFirst) putByte(0x2c);
    isFirst = false;
    putFragment(load<u32>(value, offsetof<ValueRow>('before')));
    const kind = load<u32>(value, offsetof<ValueRow>('kind'));
    putJson(cell, kind, load<u32>(value, offsetof<ValueRow>('members')), RESPONSE_SORTED);
  }
  return isFirst;
}

/** Writes the member `obligations`, if there are any. */
export function putObligations(): void {
  let number: u64 = 0;
  for (let at = 0; at < count; at += 1) {
    const entry = DEMANDS + <usize>at * offsetof<Demand>();
    const text = load<u32>(entry, offsetof<Demand>('text'));
    if (text == 0) continue;
    number += 1;
    putFragment(number == 1 ? TEXT_FIRST_OBLIGATION : TEXT_NEXT_OBLIGATION);
    putDigits(number);
    const row = load<u32>(entry, offsetof<Demand>('row'));
    putFragment(load<u32>(row, offsetof<DemandRow>('type')));
    putBytes(text, load<u32>(entry, offsetof<Demand>('length')));
    putFragment(load<u32>(row, offsetof<DemandRow>('name')));
    putReasons(entry, at);
    putByte(0x5d);
    putByte(0x7d);
  }
  if (number > 0) putByte(0x5d);
}

/** Writes the ids of the reasons that require the same, and marks these demands as written. */
function putReasons(entry: usize, at: i32): void {
  let id = load<u32>(entry, offsetof<Demand>('id'));
  putFragment(id);
  for (let next = at + 1; next < count; next += 1) {
    const other = DEMANDS + <usize>next * offsetof<Demand>();
    if (!isSame(entry, other)) continue;
    store<u32>(other, 0, offsetof<Demand>('text'));
    const otherId = load<u32>(other, offsetof<Demand>('id'));
    // Equal ids are adjacent.
    if (otherId == id) continue;
    id = otherId;
    putByte(0x2c);
    putFragment(id);
  }
}

function isSame(a: usize, b: usize): bool {
  const text = load<u32>(b, offsetof<Demand>('text'));
  const length = load<u32>(a, offsetof<Demand>('length'));
  return text != 0 && length == load<u32>(b, offsetof<Demand>('length')) &&
    getObligationName(a) == getObligationName(b) && equalBytes(load<u32>(a, offsetof<Demand>('text')), text, length);
}

/** The fragment that identifies an obligation. */
function getObligationName(demand: usize): u32 {
  return load<u32>(load<u32>(demand, offsetof<Demand>('row')), offsetof<DemandRow>('name'));
}

/** Writes the access request, if there is one. */
export function putAccessRequest(): void {
  if (requested == 0) return;
  putFragment(TEXT_ACCESS_REQUEST);
  const lasting = load<u32>(requested, offsetof<DemandRow>('lasting'));
  const isEmpty = putValues(load<u32>(requested, offsetof<DemandRow>('properties')), lasting);
  if (!isEmpty) putByte(0x2c);
  putFragment(TEXT_EXPIRES_AT);
  putInstant(instantNow() + wordIn(lasting));
  putFragment(TEXT_END_ACCESS_REQUEST);
  putFragment(requestedBy);
  putFragment(TEXT_EVALUATED_AT);
  putInstant(instantNow());
  putFragment(load<u32>(requested, offsetof<DemandRow>('name')));
}
