// The words on differences of policies that all reports share: the summary, the kinds of change and their causes.

import { type EvaluatedAnswer, formatInlineJson, formatInlineObject } from '@nhipol/language';
import { pluralize } from '@nhipol/language/support';
import { formatInstant } from '@nhipol/language/types';
import type { EffectName } from '@nhipol/runtime/abi';
import {
  type DiffCause,
  type DiffChange,
  type DiffKind,
  type Direction,
  type Example,
  isOfLasting,
  type PolicyDiff,
  type RuleAt,
  type RuleEdit,
  type SessionsDiff,
} from '@nhipol/testing/diff';
import { createInlineCode, joinPhrases, type Phrase, say } from '../pages/phrase.ts';

export interface TitledDiff {
  /** The name of the policy. */
  readonly name: string;
  readonly before: VersionTitle;
  readonly after: VersionTitle;
  /** The source of recorded requests, or `undefined` if they were generated. */
  readonly log: string | undefined;
  readonly diff: PolicyDiff;
}

/** `file`: the path on the command line. */
interface VersionTitle {
  readonly version: string;
  readonly file: string;
}

/** Returns words such as `12 of 10,000 requests have a different answer`. */
export function diffSummaryWords({ diff, log }: TitledDiff): string {
  const { asked, ofTests, isSame, changes } = diff;
  if (isSame) return 'the same policy: nothing that affects an answer differs';
  const of = log === undefined ? '' : ` of ${log}`;
  const requests = `${formatCount(asked)} ${asked === 1 ? 'request' : 'requests'}${of}`;
  const tests = log === undefined ? ` (${formatCount(ofTests)} of them from tests)` : '';
  const differing = changes.reduce((sum, { count }) => sum + count, 0);
  if (differing === 0) return `no difference in ${requests}${tests}`;
  return `${formatCount(differing)} of ${requests} ${differing === 1 ? 'has' : 'have'} a different answer`;
}

/** Returns notes on the summary: the rules that differ, and what was not compared. */
export function listDiffNotes({ edits, history, isSame, sessions }: PolicyDiff): readonly Phrase[] {
  if (isSame) return [];
  const edited = (['changed', 'added', 'removed'] as const).flatMap((how): readonly Phrase[] => {
    const rules = edits.filter((edit) => edit.how === how).map(({ rule }) => nameRule(rule));
    return rules.length === 0 ? [] : [say`${how}: ${joinPhrases(rules, ', ')}`];
  });
  const terms = pluralize(history.length, 'history term');
  const unknown =
    sessions === undefined
      ? `${terms} ${history.length === 1 ? 'was' : 'were'} unknown, because no request is in a session`
      : `${terms} ${history.length === 1 ? 'is' : 'are'} unknown in requests; sessions were also compared`;
  return [
    ...(edits.length === 0 ? [['no rule differs'] as Phrase] : edited),
    ...(history.length === 0 ? [] : [[unknown] as Phrase]),
  ];
}

/** Returns words such as `12 of 1,000 sessions have a different answer`. */
export function describeSessionsDiff({ asked, changes }: SessionsDiff): string {
  const sessions = `${formatCount(asked)} ${asked === 1 ? 'session' : 'sessions'}`;
  const differing = changes.reduce((sum, { count }) => sum + count, 0);
  if (differing === 0) return `no difference in ${sessions}`;
  return `${formatCount(differing)} of ${sessions} ${differing === 1 ? 'has' : 'have'} a different answer`;
}

export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** Returns words such as `deny → permit` or `narrow, wider constraints`. */
export function describeDiffKind({ before, after, aspect }: DiffKind): string {
  return aspect === undefined ? `${before} → ${after}` : `${after}, ${aspect}`;
}

export const directionWords: Readonly<Record<Direction, string>> = {
  looser: 'looser',
  both: 'looser and stricter',
  stricter: 'stricter',
  neither: '',
};

/** Returns words such as `lines 3, 17, 20, …`. */
export function describeLines({ lines, count }: DiffChange): string {
  const more = lines.length < count ? ', …' : '';
  return `${count === 1 ? 'line' : 'lines'} ${lines.join(', ')}${more}`;
}

export function diffCauseWords(cause: DiffCause, kind: DiffKind): Phrase {
  if (cause.kind === 'request') {
    const { path, expected, found } = cause.error;
    const version = cause.refusedBy === 'before' ? 'the old version' : 'the new version';
    return say`${version} rejects it: ${createInlineCode(path)}: expected ${expected}, found ${found}`;
  }
  const { rule, effect, now, edit } = cause;
  const does = {
    fires: `now ${verbs[effect]}`,
    silent: `no longer ${verbs[effect]}`,
    otherwise: isOfLasting(kind) ? 'changes at another time' : `${verbs[effect]} differently`,
  }[now];
  return say`${nameRule(rule)} ${does} (${describePlace(rule, edit)})`;
}

const verbs: Readonly<Record<EffectName, string>> = {
  permit: 'permits',
  narrow: 'narrows',
  challenge: 'challenges',
  deny: 'denies',
  revoke: 'revokes',
};

function nameRule({ kind, id }: RuleAt): Phrase {
  return kind === 'rule' ? [createInlineCode(id)] : say`score ${createInlineCode(id)}`;
}

function describePlace({ file, line }: RuleAt, edit: RuleEdit['how'] | undefined): string {
  return `${file}:${line}${edit === undefined ? '' : `, ${edit}`}`;
}

/** Returns an answer on one line, with the parts that the kind of change concerns. */
export function answerWords(answer: EvaluatedAnswer, kind: DiffKind): string {
  const { effect, reasons, reasonDetails, constraints, lower, validUntil } = answer;
  const { obligations, accessRequest } = answer;
  const bounds = Object.entries(constraints).map(
    ([name, value]) => `${name}: ${formatInlineJson(value)}`,
  );
  const offers = kind.aspect === 'other counter-offer' ? formatInlineObject(lower) : '';
  const demands = [...obligations, ...(accessRequest === undefined ? [] : [accessRequest])].map(
    ({ name, properties }) => `, requires ${name} ${formatInlineObject(properties)}`,
  );
  const messages = reasonDetails.flatMap(({ message }) => message ?? []);
  const message = kind.aspect === 'other messages' ? `: ${messages.join('; ')}` : '';
  const until =
    validUntil === undefined ? ', without an expiry' : `, until ${formatInstant(validUntil)}`;
  return [
    `${effect} because ${reasons.join(', ')}${message}`,
    ...(bounds.length === 0 ? [] : [`, within ${bounds.join(', ')}`]),
    ...demands,
    ...(offers === '' ? [] : [`, could be narrowed with ${offers}`]),
    ...(isOfLasting(kind) ? [until] : []),
  ].join('');
}

/** Returns the circumstances of a decision that are not in the request: time and tables. */
export function listCircumstances({
  now,
  tables,
}: Pick<Example, 'tables'> & { readonly now?: bigint | undefined }): readonly string[] {
  return [
    ...(now === undefined ? [] : [`decided at ${formatInstant(now)}`]),
    ...[...tables].map(([name, text]) => `with ${name} = ${text}`),
  ];
}
