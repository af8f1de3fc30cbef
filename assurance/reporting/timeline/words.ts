// The words on timelines that all reports share. All instants are in UTC.

import { type EvaluatedAnswer, formatInlineJson, formatInlineObject } from '@nhipol/language';
import { pluralize } from '@nhipol/language/support';
import { formatInstant } from '@nhipol/language/types';
import { effects, isExactDecimal, type JsonValue } from '@nhipol/runtime/abi';
import type { Happening, HappeningCause, Lane, Timeline } from '@nhipol/testing/replay';
import {
  createInlineCode,
  joinAsList,
  joinPhrases,
  mark,
  type Phrase,
  readPlainText,
  say,
} from '../pages/phrase.ts';
import { type Chapter, countTexts } from './chapters.ts';

/** The maximum length of a payload or change. */
const maxPayloadLength = 120;
/** The number of names of counted sessions to list. */
const maxNames = 5;

const units = [
  ['d', 86_400_000n],
  ['h', 3_600_000n],
  ['m', 60_000n],
  ['s', 1_000n],
  ['ms', 1n],
] as const;

/** Returns a duration in its two largest units: `1h 5m`. */
export function describeLength(milliseconds: bigint): string {
  // Milliseconds are irrelevant from ten seconds on.
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

export function formatDay(instant: bigint): string {
  return formatInstant(instant).slice(0, 10);
}

/** Returns a time such as `10:04:00`, with milliseconds if they are not zero, and with the date if it is not `day`. */
export function describeTime(instant: bigint | number, day?: string): string {
  const [date = '', time = ''] = formatInstant(instant).split('T');
  const clock = time.replace(/(?:\.000)?Z$/, '');
  return day === undefined || day === date ? clock : `${date} ${clock}`;
}

/** Returns a range such as `2026-03-03 10:00:00 to 10:30:00 UTC`. */
export function describeRange({ from, until }: Pick<Timeline, 'from' | 'until'>): string {
  const day = formatDay(from);
  return `${day} ${describeTime(from)} to ${describeTime(until, day)} UTC`;
}

// --- events ------------------------------------------------------------------------------------

export function describeHappeningCause(cause: HappeningCause, day: string): Phrase {
  switch (cause.kind) {
    case 'open':
      return ['opens'];
    case 'close':
      return ['closes'];
    case 'time':
      return ['time passes'];
    case 'other_session':
      return say`event in ${createInlineCode(cause.session)}`;
    case 'decide':
      return cause.resource === ''
        ? [createInlineCode(cause.action)]
        : say`${createInlineCode(cause.action)} on ${cause.resource}`;
    case 'patch':
    case 'replace':
      return say`${cause.kind} ${createInlineCode(cutText(listLeaves(cause.part, '').join(', ')))}`;
    case 'signal': {
      const payload =
        Object.keys(cause.payload).length === 0
          ? []
          : [' ', createInlineCode(cutText(formatInlineObject(cause.payload)))];
      const late = cause.time === undefined ? '' : `, as of ${describeTime(cause.time, day)}`;
      return say`signal ${createInlineCode(cause.name)}${payload}${late}`;
    }
  }
}

/** Returns each value with its path, which is shorter than nested objects. */
function listLeaves(value: JsonValue, path: string): readonly string[] {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject || isExactDecimal(value) || Object.keys(value).length === 0)
    return [`${path}: ${formatInlineJson(value)}`];
  const dot = path === '' ? '' : `${path}.`;
  return Object.entries(value).flatMap(([name, inner]) => listLeaves(inner, `${dot}${name}`));
}

function cutText(text: string): string {
  return text.length > maxPayloadLength ? `${text.slice(0, maxPayloadLength - 1)}…` : text;
}

/** Returns the further events of a chapter, or `undefined` if there are none. */
export function describeRest({ first, rest }: Chapter, day: string): string | undefined {
  const last = rest.at(-1);
  if (last === undefined) return undefined;
  const numbers = countTexts(rest.map(({ cause }) => describeShortly(cause)));
  const list = [...numbers].map(([text, count]) => (count === 1 ? text : `${count} × ${text}`));
  const start = first.answer === undefined ? 'then' : 'same effect';
  return `${start} until ${describeTime(last.instant, day)}: ${list.join(', ')}`;
}

function describeShortly(cause: HappeningCause): string {
  if (cause.kind === 'decide') return cause.action;
  return cause.kind === 'signal' ? `signal ${cause.name}` : cause.kind;
}

// --- answers ------------------------------------------------------------------------------------

/** Returns words such as `permit → deny`; nothing if there was no answer. */
export function changeWords({ before, answer }: Happening): Phrase {
  if (answer === undefined) return [];
  return before === undefined || before.effect === answer.effect
    ? [mark(answer.effect)]
    : say`${mark(before.effect)} → ${mark(answer.effect)}`;
}

/** Returns reasons, constraints, obligations and validity, one per line. */
export function answerLines(answer: EvaluatedAnswer, day: string): readonly Phrase[] {
  const { reasonDetails, constraints, lower, obligations, accessRequest, error } = answer;
  const [plain, detailed] = [false, true].map((isDetailed) =>
    reasonDetails.filter(
      (reasonDetail) =>
        (reasonDetail.message !== undefined || reasonDetail.unknown.length > 0) === isDetailed,
    ),
  );
  const ids = [...new Set(plain?.map(({ id }) => id))];
  const lasts = lastsWords(answer, day);
  const isShort = reasonDetails.length === plain?.length && error === undefined;
  const by = joinPhrases(ids.map(createInlineCode), ', ');
  if (isShort && hasOnlyEffect(answer)) return [joinPhrases([say`because ${by}`, ...lasts], ', ')];
  return [
    ...(ids.length === 0 ? [] : [say`because ${by}`]),
    ...(detailed ?? []).map(({ id, message, unknown }): Phrase => {
      const open =
        unknown.length === 0
          ? []
          : say` (unknown: ${joinPhrases(unknown.map(createInlineCode), ', ')})`;
      return message === undefined
        ? say`${createInlineCode(id)}${open}`
        : say`${createInlineCode(id)}: ${message}${open}`;
    }),
    ...(error === undefined
      ? []
      : [say`${createInlineCode(error.path)}: expected ${error.expected}, found ${error.found}`]),
    ...(Object.keys(constraints).length === 0
      ? []
      : [say`within ${createInlineCode(formatInlineObject(constraints))}`]),
    ...(Object.keys(lower).length === 0
      ? []
      : [say`could be narrowed with ${createInlineCode(formatInlineObject(lower))}`]),
    ...obligations.map(
      ({ name, properties }) =>
        say`requires ${createInlineCode(`${name} ${formatInlineObject(properties)}`)}`,
    ),
    ...(accessRequest === undefined
      ? []
      : [
          say`can be lifted by ${createInlineCode(`${accessRequest.name} ${formatInlineObject(accessRequest.properties)}`)}, to be requested before ${describeTime(accessRequest.expiresAt, day)}`,
        ]),
    ...lasts,
  ];
}

/** Whether an answer has no constraints, counter-offer, obligations or access request. */
function hasOnlyEffect({
  constraints,
  lower,
  obligations,
  accessRequest,
}: EvaluatedAnswer): boolean {
  const values = Object.keys(constraints).length + Object.keys(lower).length;
  return values + obligations.length === 0 && accessRequest === undefined;
}

function lastsWords({ effect, validUntil }: EvaluatedAnswer, day: string): readonly Phrase[] {
  if (effect === 'revoke') return [['the session ends']];
  return validUntil === undefined ? [] : [[`valid until ${describeTime(validUntil, day)}`]];
}

// --- summary ------------------------------------------------------------------------------------

/** Returns words such as `3 sessions: 2 revoked, 1 open; 61 decisions: 52 permit, 9 deny`. */
export function describeTimelineSummary(lanes: readonly Lane[]): string {
  const ends = (['revoked', 'closed', 'open'] as const).flatMap((end) => {
    const count = lanes.filter((lane) => lane.end === end).length;
    return count === 0 ? [] : [`${count} ${end}`];
  });
  const by = effects.map(
    (effect) => [effect, lanes.reduce((sum, { decisions }) => sum + decisions[effect], 0)] as const,
  );
  const total = by.reduce((sum, [, count]) => sum + count, 0);
  const parts = by.flatMap(([effect, count]) => (count === 0 ? [] : [`${count} ${effect}`]));
  const answers = total === 0 ? '' : `: ${parts.join(', ')}`;
  return `${pluralize(lanes.length, 'session')}: ${ends.join(', ')}; ${pluralize(total, 'decision')}${answers}`;
}

/** Returns the duration of each effect, in the order of effects: `permit 17m, deny 5m 46s`. */
export function describeEffectDuration({ spans, end }: Lane): string {
  const durations = effects.flatMap((effect) => {
    if (effect === 'revoke') return [];
    const length = spans.reduce(
      (sum, span) => (span.effect === effect ? sum + span.to - span.from : sum),
      0n,
    );
    return length === 0n ? [] : [`${effect} ${describeLength(length)}`];
  });
  // The last answer may have no duration.
  const last = durations.length === 0 ? spans.slice(-1).flatMap(({ effect }) => effect ?? []) : [];
  return [...durations, ...(end === 'revoked' ? ['revoked'] : last)].join(', ');
}

/** Returns words on the sessions that are not shown. */
export function describeOtherLanes(
  quiet: readonly Lane[],
  left: readonly Lane[],
): readonly string[] {
  return [
    ...(quiet.length === 0
      ? []
      : [
          `${pluralize(quiet.length, 'session was', 'sessions were')} permitted throughout: ${listNames(quiet)}`,
        ]),
    ...(left.length === 0
      ? []
      : [
          `${pluralize(left.length, 'session is', 'sessions are')} omitted; use --session to show them: ${listNames(left)}`,
        ]),
  ];
}

function listNames(lanes: readonly Lane[]): string {
  const names = lanes.slice(0, maxNames).map(({ id }) => id);
  const more = lanes.length - names.length;
  return readPlainText(joinAsList([...names, ...(more > 0 ? [`${more} more`] : [])]));
}
