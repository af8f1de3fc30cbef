// What is said of two versions of a policy in a line: how much differs, what a kind of change is
// called, and what brought it about.

import type { EffectName } from '@nhipol/runtime/abi';
import { shownJson, shownObject } from '../../language/explain/inline-json.ts';
import type { Answer } from '../../language/index.ts';
import { counted } from '../../language/support/words.ts';
import { formatInstant } from '../../language/types/time/instant.ts';
import {
  type Bearing,
  type Cause,
  type Change,
  type Edit,
  type Example,
  isOfLasting,
  type Kind,
  type PolicyDiff,
  type RuleAt,
  type SessionsDiff,
} from '../../testing/diff/policy-diff.ts';
import { code, joined, type Phrase, say } from '../pages/phrase.ts';

export interface TitledDiff {
  /** The policy's name. */
  readonly name: string;
  readonly before: VersionTitle;
  readonly after: VersionTitle;
  /** Where the requests come from; undefined: they were drawn. */
  readonly log: string | undefined;
  readonly diff: PolicyDiff;
}

/** `file`: as the user calls it. */
export interface VersionTitle {
  readonly version: string;
  readonly file: string;
}

/** `12 of 10,000 requests are answered otherwise` */
export function summaryWords({ diff, log }: TitledDiff): string {
  const { asked, ofTests, isSame, changes } = diff;
  if (isSame) return 'the same policy: nothing that an answer is made of differs';
  const of = log === undefined ? '' : ` of ${log}`;
  const requests = `${grouped(asked)} ${asked === 1 ? 'request' : 'requests'}${of}`;
  const tests = log === undefined ? ` (${grouped(ofTests)} of them from tests)` : '';
  const differing = changes.reduce((sum, { count }) => sum + count, 0);
  if (differing === 0) return `no difference in ${requests}${tests}`;
  return `${grouped(differing)} of ${requests} ${differing === 1 ? 'is' : 'are'} answered otherwise`;
}

/** Beside the summary: which rules differ, and what was not looked at. */
export function notesOf({ edits, history, isSame, sessions }: PolicyDiff): readonly Phrase[] {
  if (isSame) return [];
  const edited = (['changed', 'added', 'removed'] as const).flatMap((how): readonly Phrase[] => {
    const rules = edits.filter((edit) => edit.how === how).map(({ rule }) => nameOf(rule));
    return rules.length === 0 ? [] : [say`${how}: ${joined(rules, ', ')}`];
  });
  const terms = counted(history.length, 'term');
  const unknown =
    sessions === undefined
      ? `${terms} of history ${history.length === 1 ? 'was' : 'were'} taken as unknown, since no request stands in a session`
      : `${terms} of history ${history.length === 1 ? 'is' : 'are'} unknown to requests; sessions were tried, too`;
  return [
    ...(edits.length === 0 ? [['no rule differs'] as Phrase] : edited),
    ...(history.length === 0 ? [] : [[unknown] as Phrase]),
  ];
}

/** `12 of 1,000 sessions are answered otherwise` */
export function sessionsWords({ asked, changes }: SessionsDiff): string {
  const sessions = `${grouped(asked)} ${asked === 1 ? 'session' : 'sessions'}`;
  const differing = changes.reduce((sum, { count }) => sum + count, 0);
  if (differing === 0) return `no difference in ${sessions}`;
  return `${grouped(differing)} of ${sessions} ${differing === 1 ? 'is' : 'are'} answered otherwise`;
}

export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

/** `deny → permit`, `narrow, wider constraints` */
export function kindWords({ before, after, aspect }: Kind): string {
  return aspect === undefined ? `${before} → ${after}` : `${after}, ${aspect}`;
}

export const bearingWords: Readonly<Record<Bearing, string>> = {
  looser: 'looser',
  both: 'looser and stricter',
  stricter: 'stricter',
  neither: '',
};

/** `lines 3, 17, 20, …` */
export function linesWords({ lines, count }: Change): string {
  const more = lines.length < count ? ', …' : '';
  return `${count === 1 ? 'line' : 'lines'} ${lines.join(', ')}${more}`;
}

export function causeWords(cause: Cause, kind: Kind): Phrase {
  if (cause.kind === 'request') {
    const { path, expected, found } = cause.error;
    const who = cause.refusedBy === 'before' ? 'the old version does' : 'the new version does';
    return say`${who} not take it: ${code(path)}: expected ${expected}, found ${found}`;
  }
  const { rule, effect, now, edit } = cause;
  const does = {
    fires: `now ${verbs[effect]}`,
    silent: `no longer ${verbs[effect]}`,
    otherwise: isOfLasting(kind) ? 'changes at another time' : `${verbs[effect]} otherwise`,
  }[now];
  return say`${nameOf(rule)} ${does} (${placeWords(rule, edit)})`;
}

const verbs: Readonly<Record<EffectName, string>> = {
  permit: 'permits',
  narrow: 'narrows',
  challenge: 'challenges',
  deny: 'denies',
  revoke: 'revokes',
};

function nameOf({ kind, id }: RuleAt): Phrase {
  return kind === 'rule' ? [code(id)] : say`score ${code(id)}`;
}

function placeWords({ file, line }: RuleAt, edit: Edit['how'] | undefined): string {
  return `${file}:${line}${edit === undefined ? '' : `, ${edit}`}`;
}

/** On one line, with what the kind of change is about. */
export function answerWords(answer: Answer, kind: Kind): string {
  const { effect, reasons, reasonDetails, constraints, obligations, accessRequest, validUntil } =
    answer;
  const bounds = Object.entries(constraints).map(([name, value]) => `${name}: ${shownJson(value)}`);
  const asks = [...obligations, ...(accessRequest === undefined ? [] : [accessRequest])].map(
    ({ name, properties }) => `, asks for ${name} ${shownObject(properties)}`,
  );
  const messages = reasonDetails.flatMap(({ message }) => message ?? []);
  const said = kind.aspect === 'other messages' ? `: ${messages.join('; ')}` : '';
  const until =
    validUntil === undefined ? ', without an end' : `, until ${formatInstant(validUntil)}`;
  return [
    `${effect} because ${reasons.join(', ')}${said}`,
    ...(bounds.length === 0 ? [] : [`, within ${bounds.join(', ')}`]),
    ...asks,
    ...(isOfLasting(kind) ? [until] : []),
  ].join('');
}

/** How the request was judged, where the request alone does not tell. */
export function circumstances({
  now,
  tables,
}: Pick<Example, 'tables'> & { readonly now?: bigint | undefined }): readonly string[] {
  return [
    ...(now === undefined ? [] : [`judged at ${formatInstant(now)}`]),
    ...[...tables].map(([name, text]) => `with ${name} = ${text}`),
  ];
}
