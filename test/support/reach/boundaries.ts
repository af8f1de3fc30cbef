// Reports which boundaries of which constructs a request reaches: an evaluation is traced, and
// expressions are classified by the values of their operands, members by the JSON of the request.

import { parseJson, type Trace } from '@nhipol/language';
import type { Expr, PolicyModel } from '@nhipol/language/model';
import {
  computeWallClock,
  isFixed,
  isInsideWindow,
  parseInstant,
  type Window,
} from '@nhipol/language/types';
import { requestLimits } from '@nhipol/runtime/abi';
import type { GeneratedRequest } from '@nhipol/testing';
import {
  getJsonValue,
  listRequestPlaces,
  type RequestPlace,
} from '../../../assurance/testing/explore/paths.ts';
import { ask } from '../../../assurance/testing/runner/ask.ts';
import { toDayNumber, toYearDay } from '../../../language/types/time/calendar.ts';
import { findNextChange, isInSeason } from '../../../language/types/time/window.ts';

/** Called with each `construct: boundary` that is reached. */
export type OnReached = (cell: string) => void;

const day = 86_400_000n;

export function traceReach(
  policy: PolicyModel,
  sample: GeneratedRequest,
  reached: OnReached,
): void {
  const json = parseJson(sample.text);
  const time = getJsonValue(json, ['context', 'time']);
  const now = sample.now ?? (time?.kind === 'string' ? parseInstant(time.value) : undefined);
  const values = new Map<Expr, unknown>();
  const getValue = (expr: Expr) => (expr.kind === 'Now' ? now : values.get(expr));
  const expression: Trace['expression'] = (expr, { value }) => {
    values.set(expr, value);
    switch (expr.kind) {
      case 'Compare':
        reachComparison(expr.left.type.kind, getValue(expr.left), getValue(expr.right), reached);
        break;
      case 'InWindow':
        reachWindow(expr.window, getValue(expr.of), reached);
        break;
      case 'Lookup':
        if (expr.keys.every((key) => values.get(key) !== undefined))
          reached(`table: ${value === undefined ? 'miss' : 'hit'}`);
        break;
      case 'Quantifier':
        reachQuantifier(expr.quantifier, values.get(expr.collection), reached);
        break;
      case 'Aggregate':
        reachQuantifier(expr.form, values.get(expr.collection), reached);
        if (expr.form === 'sum' && value === undefined && values.get(expr.collection) !== undefined)
          reached('sum: unknown');
        break;
      case 'Apply':
        reachApplication(expr, values, value, reached);
        break;
    }
  };
  ask(policy, sample, { expression });
  if (json === undefined) return;
  for (const place of listRequestPlaces(policy, json)) memberReached(place, now, reached);
}

const ordered = new Set(['Int', 'Decimal', 'Duration', 'Timestamp']);

function reachComparison(kind: string, left: unknown, right: unknown, reached: OnReached): void {
  if (typeof left !== 'bigint' || typeof right !== 'bigint' || !ordered.has(kind)) return;
  const difference = left - right;
  if (difference === 0n) reached(`comparison of ${kind}: equal`);
  if (difference === 1n) reached(`comparison of ${kind}: one above`);
  if (difference === -1n) reached(`comparison of ${kind}: one below`);
}

function reachWindow(window: Window, instant: unknown, reached: OnReached): void {
  if (typeof instant !== 'bigint') return;
  const { zone } = window;
  const { from, until } = zone.known;
  const [before, inside] = [isInsideWindow(window, instant - 1n), isInsideWindow(window, instant)];
  if (before === false && inside === true) reached('window: opens');
  if (before === true && inside === false) reached('window: closes');
  const change = findNextChange(window, instant);
  if (change === instant + 1n) reached('window: last millisecond before a change');
  if (instant === BigInt(from)) reached('window: first known instant');
  if (instant === BigInt(until) - 1n) reached('window: last known instant');
  if (inside === undefined) reached('window: zone unknown');
  if (isFixed(zone) && instant >= BigInt(Date.UTC(2100, 0))) reached('window: UTC after 2099');
  if (isFixed(zone) && instant < 0n) reached('window: UTC before 1970');
  const wall = computeWallClock(zone, Number(instant));
  if (wall === undefined) return;
  if (window.seasons.length > 0) {
    const today = toDayNumber(wall);
    const [yesterday, now, tomorrow] = [-1, 0, 1].map((more) => isInSeason(window, today + more));
    if (now === true && yesterday === false) reached('window: first day of a season');
    if (now === true && tomorrow === false) reached('window: last day of a season');
    if (now === false && tomorrow === true) reached('window: day before a season');
    if (now === false && yesterday === true) reached('window: day after a season');
    if (now === true && toYearDay(today) === 101) reached('window: new year in a season');
  }
  for (const { from: first, to: last } of window.except) {
    const today = toDayNumber(wall);
    if (today === first) reached('window: first day of an exception');
    if (today === last) reached('window: last day of an exception');
    if (today === first - 1) reached('window: day before an exception');
    if (today === last + 1) reached('window: day after an exception');
    const begins =
      change !== undefined && toDayNumber(computeWallClock(zone, Number(change)) ?? 0) === first;
    if (inside === true && begins && change - instant > 2n * day)
      reached('window: open until an exception more than two days ahead');
  }
  for (const [index, offset] of zone.offsets.entries()) {
    const earlier = zone.offsets[index - 1];
    if (earlier === undefined) continue;
    const since = Number(instant) - offset.from;
    const turned = offset.ahead - earlier.ahead;
    if (since === 0) reached(`window: clock put ${turned > 0 ? 'forward' : 'back'}`);
    if (turned < 0 && since >= 0 && since < -turned) reached('window: a reading that comes twice');
  }
}

function reachQuantifier(quantifier: string, collection: unknown, reached: OnReached): void {
  if (!Array.isArray(collection)) return;
  const size = collection.length === 0 ? 'empty' : collection.length === 1 ? 'one' : 'several';
  reached(`${quantifier}: ${size}`);
}

function reachApplication(
  expr: Expr & { kind: 'Apply' },
  values: ReadonlyMap<Expr, unknown>,
  value: unknown,
  reached: OnReached,
): void {
  const { builtin, args } = expr;
  const isKnown = args.every((arg) => values.get(arg) !== undefined);
  const language = builtin.pattern?.source.language;
  if (language !== undefined && isKnown)
    reached(`${language}: ${value === true ? 'match' : 'no match'}`);
  const isArithmetic = ['+', '-', '*', '/'].includes(builtin.name);
  if (isArithmetic && isKnown && value === undefined) reached('arithmetic: no value');
}

function memberReached(place: RequestPlace, now: bigint | undefined, reached: OnReached): void {
  const { type, json, way } = place;
  if (json === undefined) {
    reached(`member: ${place.required ? 'required and missing' : 'missing'}`);
    return;
  }
  if (json.kind === 'null') reached('member: null');
  if (json.kind === 'string' && type.kind === 'String') {
    const bytes = new TextEncoder().encode(json.value).length;
    if (bytes === 0) reached('string: empty');
    if (bytes === requestLimits.stringBytes) reached('string: longest');
    if (bytes === requestLimits.stringBytes + 1) reached('string: too long by one');
  }
  if (json.kind === 'array' && (type.kind === 'Set' || type.kind === 'List')) {
    const { length } = json.elements;
    if (length <= 1) reached(`${type.kind}: ${length === 0 ? 'empty' : 'one'}`);
    if (length === requestLimits.elements) reached(`${type.kind}: most elements`);
    if (length === requestLimits.elements + 1) reached(`${type.kind}: too many by one`);
  }
  if (json.kind === 'object' && type.kind === 'Map')
    reached(`Map: ${json.members.length === 0 ? 'empty' : 'some'}`);
  if (json.kind === 'number' && type.kind === 'Int') {
    const isWhole = /^-?\d+$/.test(json.text);
    if (isWhole && type.range !== undefined) inRange(BigInt(json.text), type.range, reached);
    if (isWhole && BigInt(json.text) === 2n ** 63n - 1n) reached('Int: largest');
    if (isWhole && BigInt(json.text) === 2n ** 63n) reached('Int: too large by one');
  }
  if (json.kind === 'string' && type.kind === 'Enum' && !type.members.includes(json.value))
    reached('enum: unlisted member');
  if (json.kind === 'string' && type.kind === 'Timestamp') {
    const fresh = way.at(-1) === 'observed_at' ? place.fresh : undefined;
    const observed = parseInstant(json.value);
    if (fresh === undefined || observed === undefined || now === undefined) return;
    const age = now - observed;
    if (age === fresh) reached('fresh: last fresh instant');
    if (age === fresh + 1n) reached('fresh: first stale instant');
    if (age === -60_000n) reached('fresh: furthest ahead');
    if (age === -60_001n) reached('fresh: too far ahead');
  }
}

function inRange(
  value: bigint,
  { min, max }: { readonly min: bigint; readonly max: bigint },
  reached: OnReached,
): void {
  if (value === min) reached('range: min');
  if (value === max) reached('range: max');
  if (value === min - 1n) reached('range: below min');
  if (value === max + 1n) reached('range: above max');
}
