// Formats a decision for people, in lines of at most `width` columns: the situation in words, the effect,
// the reasons, the constraints, the validity and the facts that the decision read.

import type { Description } from '@nhipol/compiler';
import type { Answer, JsonValue } from '@nhipol/runtime';
import type picocolors from 'picocolors';

export type Paint = ReturnType<typeof picocolors.createColors>;

export const width = 100;

const second = 1_000n;
const minute = 60n * second;
const hour = 60n * minute;
const day = 24n * hour;

const effectWidth = 'challenge'.length;
const margin = '  ';
/** The indentation of the situation, after `hh:mm:ss`. */
const situationIndent = `${margin}${' '.repeat(10)}`;
/** The indentation of the answer, after its effect. */
const answerIndent = `${situationIndent}${' '.repeat(effectWidth + 2)}`;

/** The parts of a request, and the other data, that a decision can read. */
const parts = ['subject', 'action', 'resource', 'context', 'table', 'history'];

export interface Shown {
  readonly words: string;
  /** The instant of the decision. */
  readonly now: bigint;
  readonly answer: Answer;
}

export function showDecision(
  { words, now, answer }: Shown,
  constraints: Description['constraints'],
  paint: Paint,
): readonly string[] {
  const [first = '', ...more] = wrap(words, width - situationIndent.length);
  const [effect = '', ...rest] = [
    ...answer.reasonDetails.flatMap((reason) => showReason(reason, paint)),
    ...showConstraints(answer, constraints),
    ...wrap(showValidity(answer, now), width - answerIndent.length),
    ...showRead(answer.read).map(paint.dim),
  ];
  const label = paintEffect(answer.effect, paint)(answer.effect);
  const gap = ' '.repeat(effectWidth - answer.effect.length + 2);
  return [
    `${margin}${paint.dim(clockTime(now))}  ${paint.bold(first)}`,
    ...more.map((line) => `${situationIndent}${paint.bold(line)}`),
    `${situationIndent}${label}${gap}${effect}`,
    ...rest.map((line) => `${answerIndent}${line}`),
  ];
}

export function paintEffect(effect: Answer['effect'], paint: Paint): (text: string) => string {
  const paints = {
    permit: paint.green,
    narrow: paint.cyan,
    challenge: paint.yellow,
    deny: paint.red,
    revoke: paint.magenta,
  };
  return (text) => paint.bold(paints[effect](text));
}

function showReason(
  { id, message, unknown }: Answer['reasonDetails'][number],
  paint: Paint,
): readonly string[] {
  const cause = unknown.length === 0 ? '' : ` (unknown: ${unknown.join(', ')})`;
  const details = `${message === undefined ? '' : `: ${message}`}${cause}`;
  const [first = '', ...rest] = wrap(
    `${id}${details}`,
    width - answerIndent.length - margin.length,
  );
  return [
    `${paint.underline(id)}${first.slice(id.length)}`,
    ...rest.map((line) => `${margin}${line}`),
  ];
}

function showConstraints(
  { constraints }: Answer,
  declared: Description['constraints'],
): readonly string[] {
  const settings = Object.entries(constraints).map(([name, value]) => {
    const type = declared.find((each) => each.name === name)?.type.kind;
    return `${name} = ${type === 'Duration' ? showSeconds(value) : showValue(value)}`;
  });
  return settings.length === 0
    ? []
    : wrap(`within ${settings.join(', ')}`, width - answerIndent.length);
}

function showSeconds(value: JsonValue): string {
  return typeof value === 'number' ? duration(BigInt(Math.round(value * 1000))) : showValue(value);
}

function showValue(value: JsonValue): string {
  if (Array.isArray(value)) return `{ ${value.map(showValue).join(', ')} }`;
  return String(value);
}

export function showValidity({ effect, validUntil }: Answer, now: bigint): string {
  if (effect === 'revoke') return 'the session is over';
  if (validUntil === undefined) return 'valid until a fact changes';
  const until = BigInt(validUntil);
  const date = until / day === now / day ? '' : `${formatInstant(until).slice(0, 10)} `;
  return `valid until ${date}${clockTime(until)} (${duration(until - now)})`;
}

/** Counts the facts that were read, for each part. All data within one member counts as one fact. */
export function showRead(read: readonly string[]): readonly string[] {
  const facts = [...new Set(read.map(findFact))];
  const counts = parts.flatMap((part) => {
    const count = facts.filter((fact) => fact.startsWith(`${part}.`)).length;
    return count === 0 ? [] : [{ part, count }];
  });
  const summary = counts
    .map(({ part, count }, index) => `${part} (${index === 0 ? formatCount(count) : count})`)
    .join(', ');
  return facts.length === 0 ? [] : wrap(`read ${summary}`, width - answerIndent.length);
}

/** Returns the fact that a path belongs to. Only history terms contain parentheses. */
function findFact(read: string): string {
  return read.includes('(') ? `history.${read}` : read.split('.').slice(0, 2).join('.');
}

function formatCount(count: number): string {
  return count === 1 ? '1 fact' : `${count} facts`;
}

/** Formats a duration with its two largest units: `4 min 50 s`, `1 d 2 h`. */
export function duration(milliseconds: bigint): string {
  const units = [
    ['d', day],
    ['h', hour],
    ['min', minute],
    ['s', second],
  ] as const;
  if (milliseconds < second) return `${milliseconds} ms`;
  let rest = milliseconds;
  const parts = units.flatMap(([unit, size]) => {
    const count = rest / size;
    rest %= size;
    return count === 0n ? [] : [`${count} ${unit}`];
  });
  return parts.slice(0, 2).join(' ');
}

/** Formats a time of day in UTC. Truncates to seconds, because an answer is valid only before its end. */
export function clockTime(milliseconds: bigint): string {
  return formatInstant(milliseconds).slice(11, 19);
}

function formatInstant(milliseconds: bigint): string {
  return new Date(Number(milliseconds)).toISOString();
}

/** Breaks text at spaces. Does not split long words. */
export function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}

/** Returns the first comment of a policy. */
export function introduction(source: string): string {
  const lines = source.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('//'));
  return lines
    .slice(0, end)
    .map((line) => line.slice(2).trim())
    .join(' ');
}

/** Returns the time of the request, or the epoch if it has none. */
export function readTime(request: string): bigint {
  const instant = Date.parse(JSON.parse(request).context?.time);
  return Number.isNaN(instant) ? 0n : BigInt(instant);
}
