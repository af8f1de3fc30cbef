// Renders a generated session as the steps of a `session` test: how each step begins, in the policy's language,
// and the effect of its answer. A sample replaces the whole request, whereas a test changes members.

import { type Json, parseJson, readScopeNames, writeJson } from '@nhipol/language';
import { findContextType, type PolicyModel, spellMemberPath } from '@nhipol/language/model';
import { quote } from '@nhipol/language/syntax';
import { type Member, showDuration, type Type } from '@nhipol/language/types';
import type { EffectName } from '@nhipol/runtime/abi';
import { type EntityName, findShape, getJsonValue, setJsonValue } from '../explore/paths.ts';
import {
  playInRuns,
  readRequestTime,
  type SampleStep,
  type SessionSample,
} from '../explore/sessions.ts';
import type { TableTexts } from '../generate/tables.ts';
import type { AnswerRun } from '../runner/run-tests.ts';
import { createEvaluatorSessions } from '../runner/sessions.ts';
import { formatAnyInstant } from './instant-text.ts';

export interface SessionSteps {
  /** JSON. */
  readonly request: string;
  readonly steps: readonly WrittenStep[];
}

interface WrittenStep {
  /** `after 1m`, `signal "x"`, `with { … }`, `ask 3 times`. */
  readonly start: readonly string[];
  readonly effect: EffectName;
}

/** The maximum number of decisions in one step of a test. */
const maxAsks = 1_000;

/** The steps of the session, or `undefined` if a request cannot be written, or cannot be reached by changes. */
export function findSessionSteps(
  policy: PolicyModel,
  sample: SessionSample,
): SessionSteps | undefined {
  const request = formatOpening(policy, sample);
  if (request === undefined) return undefined;
  const runs = playInRuns(createEvaluatorSessions(policy), sample);
  const [tables, isTimed] = [
    listTableChanges(sample.tables),
    readRequestTime(request) === sample.opens,
  ];
  const steps: WrittenStep[] = [];
  const latest = new Map<string | undefined, string>();
  let now = sample.opens;
  for (const [index, step] of sample.steps.entries()) {
    now += step.after;
    const before = latest.get(step.session) ?? request;
    const changed = step.request === undefined ? [] : listChanges(policy, before, step.request);
    if (changed === undefined) return undefined;
    latest.set(step.session, step.request ?? before);
    const isLast = index === sample.steps.length - 1;
    const changes = index === 0 ? [...tables, ...changed] : changed;
    const start = [
      index === 0 && !isTimed ? `at ${formatAnyInstant(now)}` : formatDelay(step),
      formatSession(step),
      ...step.signals.map(({ name, payload = '' }) => `signal ${quote(name)} ${payload}`),
      changes.length === 0 ? '' : `with { ${changes.join(', ')} }`,
    ];
    steps.push(...writeSteps(start, step, runs[index] ?? [], isLast));
  }
  return { request, steps };
}

/** `table.quotas = { … }` */
export function listTableChanges(tables: TableTexts): readonly string[] {
  return [...tables].map(([table, json]) => `table.${table} = ${json}`);
}

function formatDelay({ after }: SampleStep): string {
  return after === 0n ? '' : `after ${showDuration(after)}`;
}

function formatSession({ session }: SampleStep): string {
  return session === undefined ? '' : `in session ${quote(session)}`;
}

/** Each answer of a step must be as expected, so there is a step for each effect. */
function writeSteps(
  start: readonly string[],
  step: SampleStep,
  runs: readonly AnswerRun[],
  isLast: boolean,
): readonly WrittenStep[] {
  return mergeSameEffects(runs, isLast).map(({ answer: { effect }, times }, index) => {
    const asking = step.asks === 0 ? '' : times === 1 ? 'ask' : `ask ${times} times`;
    const begin = index === 0 ? start : [formatSession(step)];
    return { start: [...begin, asking].filter((part) => part !== ''), effect };
  });
}

function mergeSameEffects(runs: readonly AnswerRun[], isLast: boolean): readonly AnswerRun[] {
  const found: { answer: AnswerRun['answer']; times: number }[] = [];
  // The very last answer is expected in more detail than by its effect.
  const last = isLast ? runs.at(-1) : undefined;
  const others =
    last === undefined ? runs : [...runs.slice(0, -1), { ...last, times: last.times - 1 }];
  for (const { answer, times } of others) {
    for (let left = times; left > 0; ) {
      const run = found.at(-1);
      if (run?.answer.effect !== answer.effect || run.times === maxAsks) {
        found.push({ answer, times: Math.min(left, maxAsks) });
        left -= Math.min(left, maxAsks);
      } else {
        const more = Math.min(left, maxAsks - run.times);
        run.times += more;
        left -= more;
      }
    }
  }
  return last === undefined ? found : [...found, { answer: last.answer, times: 1 }];
}

// --- requests ------------------------------------------------------------------------------------

/** With the instant at which the session opens, if the policy declares a member for it. */
function formatOpening(policy: PolicyModel, { request, opens }: SessionSample): string | undefined {
  const json = parseJson(request);
  if (json?.kind !== 'object') return undefined;
  if (policy.context?.members.has('time') !== true || readRequestTime(request) === opens)
    return request;
  const time: Json = { kind: 'string', offset: 0, value: formatAnyInstant(opens) };
  const timed = setJsonValue(json, ['context', 'time'], time);
  return timed && writeJson(timed);
}

const entities: readonly EntityName[] = ['subject', 'action', 'resource'];

/** The changes from one request to the other. They cannot change the clock of a session. */
function listChanges(
  policy: PolicyModel,
  before: string,
  after: string,
): readonly string[] | undefined {
  const [old, now] = [parseJson(before), parseJson(after)];
  if (old === undefined || now === undefined) return undefined;
  const found: string[] = [];
  for (const root of entities) {
    const changes = listEntityChanges(
      policy,
      root,
      getJsonValue(old, [root]),
      getJsonValue(now, [root]),
    );
    if (changes === undefined) return undefined;
    found.push(...changes);
  }
  const [oldContext, context] = [old, now].map((json) =>
    getJsonValue(setJsonValue(json, ['context', 'time'], undefined), ['context']),
  );
  const declared = findContextType(policy, readScopeNames(JSON.parse(after)));
  const changes = listPartChanges('context', declared?.members, oldContext, context);
  return changes && [...found, ...changes];
}

function listEntityChanges(
  policy: PolicyModel,
  root: EntityName,
  before: Json | undefined,
  after: Json | undefined,
): readonly string[] | undefined {
  if (isSame(before, after)) return [];
  if (after?.kind !== 'object') return undefined;
  const whole = [`${root} = ${writeJson(after)}`];
  const [type, ...others] = root === 'action' ? ['name'] : ['type', 'id'];
  const own = [type, ...others].filter((name) => name !== undefined);
  const isOther = (name: string) => name !== 'properties' && !own.includes(name);
  const isPlain = [before, after].every(
    (json) => json?.kind === 'object' && !json.members.some(({ name }) => isOther(name)),
  );
  if (!isPlain) return whole;
  const chosen = getJsonValue(after, own.slice(0, 1));
  const shape = findShape(policy, root, chosen?.kind === 'string' ? chosen.value : '');
  const strings = own.flatMap((name) => {
    const [old, now] = [getJsonValue(before, [name]), getJsonValue(after, [name])];
    return isSame(old, now)
      ? []
      : [`${root}.${name} = ${now === undefined ? 'missing' : writeJson(now)}`];
  });
  const [old, now] = [before, after].map((json) => getJsonValue(json, ['properties']));
  const properties = listPartChanges(root, shape?.members, old, now);
  return properties === undefined ? whole : [...strings, ...properties];
}

/** The changes of an object at the path, or `undefined` if a member that differs is not declared. */
function listPartChanges(
  path: string,
  members: ReadonlyMap<string, Member> | undefined,
  before: Json | undefined,
  after: Json | undefined,
): readonly string[] | undefined {
  if (isSame(before, after)) return [];
  const objects = [before, after].map((json) => (json?.kind === 'object' ? json.members : []));
  const names = new Set(objects.flatMap((jsonMembers) => jsonMembers.map(({ name }) => name)));
  const found: string[] = [];
  for (const name of names) {
    const [old, now] = [getJsonValue(before, [name]), getJsonValue(after, [name])];
    if (isSame(old, now)) continue;
    const member = members?.get(name);
    if (member === undefined) return undefined;
    const changes = listMemberChanges(spellMemberPath(path, name), member.type, old, now);
    if (changes === undefined) return undefined;
    found.push(...changes);
  }
  return found;
}

function listMemberChanges(
  path: string,
  type: Type,
  before: Json | undefined,
  after: Json | undefined,
): readonly string[] | undefined {
  if (type.kind === 'Record' && before?.kind === 'object' && after?.kind === 'object') {
    const inner = listPartChanges(path, type.members, before, after);
    if (inner !== undefined) return inner;
  }
  return [`${path} = ${after === undefined ? 'missing' : writeJson(after)}`];
}

function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return a === undefined || b === undefined ? a === b : writeJson(a) === writeJson(b);
}
