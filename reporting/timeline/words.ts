// What happened to a session in words, the same in a terminal and on a page. All instants are UTC.

import { effects, type JsonValue } from '@nhipol/runtime/abi';
import { shownJson, shownObject } from '../../language/explain/inline-json.ts';
import type { Answer } from '../../language/index.ts';
import { isExactDecimal } from '../../language/support/exact-decimal.ts';
import { counted } from '../../language/support/words.ts';
import { formatInstant } from '../../language/types/time/instant.ts';
import type { Cause, Happening, Lane, Timeline } from '../../testing/replay/timeline.ts';
import { code, joined, listed, mark, type Phrase, plainText, say } from '../pages/phrase.ts';
import { type Chapter, counts } from './chapters.ts';

/** Characters of what was told that are shown. */
const mostTold = 120;
/** Of sessions that are only counted. */
const mostNames = 5;

const units = [
  ['d', 86_400_000n],
  ['h', 3_600_000n],
  ['m', 60_000n],
  ['s', 1_000n],
  ['ms', 1n],
] as const;

/** The two greatest units of it: `1h 5m`. */
export function lengthWords(milliseconds: bigint): string {
  // Beside so many seconds they say nothing.
  let left = milliseconds < 10_000n ? milliseconds : milliseconds - (milliseconds % 1_000n);
  const parts: string[] = [];
  for (const [unit, size] of units) {
    if (left >= size) parts.push(`${left / size}${unit}`);
    else if (parts.length > 0) break;
    left %= size;
    if (parts.length === 2) break;
  }
  return parts.join(' ') || '0s';
}

export function dayOf(instant: bigint): string {
  return formatInstant(instant).slice(0, 10);
}

/** `10:04:00`, with milliseconds where there are some, and with the day where it is another. */
export function timeWords(instant: bigint, day?: string): string {
  const [date = '', time = ''] = formatInstant(instant).split('T');
  const clock = time.replace(/(?:\.000)?Z$/, '');
  return day === undefined || day === date ? clock : `${date} ${clock}`;
}

/** `2026-03-03 10:00:00 to 10:30:00 UTC` */
export function rangeWords({ from, until }: Pick<Timeline, 'from' | 'until'>): string {
  const day = dayOf(from);
  return `${day} ${timeWords(from)} to ${timeWords(until, day)} UTC`;
}

// --- what happened -------------------------------------------------------------------------------

export function causeWords(cause: Cause, day: string): Phrase {
  switch (cause.kind) {
    case 'open':
      return ['opens'];
    case 'close':
      return ['closes'];
    case 'time':
      return ['time passes'];
    case 'decide':
      return cause.resource === ''
        ? [code(cause.action)]
        : say`${code(cause.action)} on ${cause.resource}`;
    case 'patch':
    case 'replace':
      return say`${cause.kind} ${code(cutText(leavesOf(cause.part, '').join(', ')))}`;
    case 'signal': {
      const told =
        Object.keys(cause.told).length === 0 ? [] : [' ', code(cutText(shownObject(cause.told)))];
      const late = cause.time === undefined ? '' : `, as of ${timeWords(cause.time, day)}`;
      return say`signal ${code(cause.name)}${told}${late}`;
    }
  }
}

/** Each value with its path, which is shorter than braces in braces. */
function leavesOf(value: JsonValue, path: string): readonly string[] {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject || isExactDecimal(value) || Object.keys(value).length === 0)
    return [`${path}: ${shownJson(value)}`];
  const dot = path === '' ? '' : `${path}.`;
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, `${dot}${name}`));
}

function cutText(text: string): string {
  return text.length > mostTold ? `${text.slice(0, mostTold - 1)}…` : text;
}

/** What followed in a chapter and changed nothing; undefined: nothing did. */
export function restWords({ first, rest }: Chapter, day: string): string | undefined {
  const last = rest.at(-1);
  if (last === undefined) return undefined;
  const told = counts(rest.map(({ cause }) => shortly(cause)));
  const list = [...told].map(([text, count]) => (count === 1 ? text : `${count} × ${text}`));
  const likewise = first.answer === undefined ? 'then' : 'likewise';
  return `${likewise} until ${timeWords(last.at, day)}: ${list.join(', ')}`;
}

function shortly(cause: Cause): string {
  if (cause.kind === 'decide') return cause.action;
  return cause.kind === 'signal' ? `signal ${cause.name}` : cause.kind;
}

// --- what was answered ---------------------------------------------------------------------------

/** `permit → deny`; no words where nothing was answered. */
export function changeWords({ before, answer }: Happening): Phrase {
  if (answer === undefined) return [];
  return before === undefined || before.effect === answer.effect
    ? [mark(answer.effect)]
    : say`${mark(before.effect)} → ${mark(answer.effect)}`;
}

/** Why, within what, with what, and until when: a line each. */
export function answerLines(answer: Answer, day: string): readonly Phrase[] {
  const { reasonDetails, constraints, obligations, accessRequest, error } = answer;
  const [plain, telling] = [false, true].map((tells) =>
    reasonDetails.filter(
      (each) => (each.message !== undefined || each.unknown.length > 0) === tells,
    ),
  );
  const ids = [...new Set(plain?.map(({ id }) => id))];
  const lasts = lastsWords(answer, day);
  const isShort = reasonDetails.length === plain?.length && error === undefined;
  const by = joined(ids.map(code), ', ');
  if (isShort && effectsAlone(answer)) return [joined([say`because ${by}`, ...lasts], ', ')];
  return [
    ...(ids.length === 0 ? [] : [say`because ${by}`]),
    ...(telling ?? []).map(({ id, message, unknown }): Phrase => {
      const open = unknown.length === 0 ? [] : say` (unknown: ${joined(unknown.map(code), ', ')})`;
      return message === undefined ? say`${code(id)}${open}` : say`${code(id)}: ${message}${open}`;
    }),
    ...(error === undefined
      ? []
      : [say`${code(error.path)}: expected ${error.expected}, found ${error.found}`]),
    ...(Object.keys(constraints).length === 0
      ? []
      : [say`within ${code(shownObject(constraints))}`]),
    ...obligations.map(
      ({ name, properties }) => say`asks for ${code(`${name} ${shownObject(properties)}`)}`,
    ),
    ...(accessRequest === undefined
      ? []
      : [
          say`may be lifted by ${code(`${accessRequest.name} ${shownObject(accessRequest.properties)}`)}, asked for before ${timeWords(accessRequest.expiresAt, day)}`,
        ]),
    ...lasts,
  ];
}

/** Nothing comes with it. */
function effectsAlone({ constraints, obligations, accessRequest }: Answer): boolean {
  return Object.keys(constraints).length + obligations.length === 0 && accessRequest === undefined;
}

function lastsWords({ effect, validUntil }: Answer, day: string): readonly Phrase[] {
  if (effect === 'revoke') return [['the session ends']];
  return validUntil === undefined ? [] : [[`holds until ${timeWords(validUntil, day)}`]];
}

// --- in all --------------------------------------------------------------------------------------

/** `3 sessions: 2 revoked, 1 open; 61 decisions: 52 permit, 9 deny` */
export function summaryWords(lanes: readonly Lane[]): string {
  const ends = (['revoked', 'closed', 'open'] as const).flatMap((end) => {
    const count = lanes.filter((lane) => lane.end === end).length;
    return count === 0 ? [] : [`${count} ${end}`];
  });
  const by = effects.map(
    (effect) => [effect, lanes.reduce((sum, { decisions }) => sum + decisions[effect], 0)] as const,
  );
  const total = by.reduce((sum, [, count]) => sum + count, 0);
  const told = by.flatMap(([effect, count]) => (count === 0 ? [] : [`${count} ${effect}`]));
  const answers = total === 0 ? '' : `: ${told.join(', ')}`;
  return `${counted(lanes.length, 'session')}: ${ends.join(', ')}; ${counted(total, 'decision')}${answers}`;
}

/** How long each effect held, in the order of effects: `permit 17m, deny 5m 46s`. */
export function heldWords({ spans, end }: Lane): string {
  const held = effects.flatMap((effect) => {
    if (effect === 'revoke') return [];
    const length = spans.reduce(
      (sum, span) => (span.effect === effect ? sum + span.to - span.from : sum),
      0n,
    );
    return length === 0n ? [] : [`${effect} ${lengthWords(length)}`];
  });
  // What was answered at the very end held for no time.
  const last = held.length === 0 ? spans.slice(-1).flatMap(({ effect }) => effect ?? []) : [];
  return [...held, ...(end === 'revoked' ? ['revoked'] : last)].join(', ');
}

/** What is not told in full: where nothing was refused, and what is too much. */
export function otherWords(quiet: readonly Lane[], left: readonly Lane[]): readonly string[] {
  return [
    ...(quiet.length === 0
      ? []
      : [
          `${counted(quiet.length, 'session was', 'sessions were')} permitted throughout: ${namesOf(quiet)}`,
        ]),
    ...(left.length === 0
      ? []
      : [
          `${counted(left.length, 'session is', 'sessions are')} left out, which --session shows: ${namesOf(left)}`,
        ]),
  ];
}

function namesOf(lanes: readonly Lane[]): string {
  const names = lanes.slice(0, mostNames).map(({ id }) => id);
  const more = lanes.length - names.length;
  return plainText(listed([...names, ...(more > 0 ? [`${more} more`] : [])]));
}
