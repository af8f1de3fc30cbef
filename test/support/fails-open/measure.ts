// Measures whether the warning `fails-open` is correct: each small policy is evaluated with every request
// that it can distinguish, and each request is compared with itself after a member is withheld, left to
// its default or stale. If the answer is less strict, a warning must name a rule that caused this, and
// the member.
//
// A refusal is a refusal: a revoke that becomes a deny does not count, as the language documents. If
// another rule that reads the member restricts because of the missing member, the policy has stated the
// consequences (`stated`).

import {
  check,
  type Diagnostic,
  decode,
  ExpressionEvaluator,
  type HistoryEvent,
} from '@nhipol/language';
import {
  collectReads,
  listRuleExprs,
  listScoreExprs,
  type PolicyModel,
  type Rule,
  type Score,
  type Setting,
} from '@nhipol/language/model';
import type { Value } from '@nhipol/language/types';
import { strictness } from '@nhipol/runtime/abi';
import { createRandomNumbers, fillTables, noTables, type TableTexts } from '@nhipol/testing';
import { Dice } from '../../../assurance/testing/generate/random.ts';
import { settleConflicts } from '../../../language/evaluator/conflicts.ts';
import type { Contribution } from '../../../language/evaluator/contribution.ts';
import { judgeRule, judgeScore } from '../../../language/evaluator/contributions.ts';
import { decideFacts } from '../../../language/evaluator/decide.ts';
import { extractScalars } from '../../../language/evaluator/expressions.ts';
import { mergeSettings } from '../../../language/evaluator/merge.ts';
import { decodePayload } from '../../../language/request/decode.ts';
import type { Facts } from '../../../language/request/facts.ts';
import { isSameValue } from '../../../language/types/types.ts';
import { historyPath, members, type SmallMember, tableName, time } from './members.ts';
import { type SmallPolicy, smallPolicy } from './policies.ts';

export interface Counts {
  policies: number;
  /** Pairs of a policy and a member that a request may not have. */
  pairs: number;
  /** Pairs for which an answer becomes less strict, and a warning reports it. */
  correct: number;
  /** Pairs for which no answer becomes less strict, and no warning is reported. */
  silent: number;
  /**
   * A rule becomes less strict, but other rules always determine the answer then; a warning reports it.
   */
  masked: number;
  /** Another rule restricts because of the missing member, and no warning is reported. */
  stated: number;
  missed: number;
  false: number;
}

interface Mistake {
  readonly kind: 'missed' | 'false';
  readonly path: string;
  readonly text: string;
  readonly why: string;
}

export interface Measured {
  readonly counts: Counts;
  readonly mistakes: readonly Mistake[];
}

export function noCounts(): Counts {
  return {
    policies: 0,
    pairs: 0,
    correct: 0,
    silent: 0,
    masked: 0,
    stated: 0,
    missed: 0,
    false: 0,
  };
}

/** Measures the policies of seeds from `seed` on, until there are `pairs`. */
export function measure(
  seed: number,
  pairs: number,
  from: readonly SmallMember[] = members,
): Measured {
  const counts = noCounts();
  const mistakes: Mistake[] = [];
  for (let at = seed; counts.pairs < pairs; at += 1) {
    const small = smallPolicy(new Dice(createRandomNumbers(at * 7919)), from);
    mistakes.push(...measureOne(small, counts));
  }
  return { counts, mistakes };
}

/** Returns `undefined` if the policy has errors. */
export function checkWarnings(
  text: string,
): { readonly policy: PolicyModel; readonly warnings: readonly Warning[] } | undefined {
  const { policy, diagnostics } = check('p.nhipol', new Map([['p.nhipol', text]]));
  return policy && { policy, warnings: diagnostics.flatMap(listWarnings) };
}

interface Warning {
  readonly rule: string;
  readonly path: string;
}

function listWarnings({ code, message, related }: Diagnostic): readonly Warning[] {
  if (code !== 'fails-open') return [];
  return [message, ...related.map((each) => each.message)].flatMap((text) => {
    const [, rule, path] = /^(?:also: )?the [a-z ]+ `(\w+)`.* when `([^`]+)` is/.exec(text) ?? [];
    return rule === undefined || path === undefined ? [] : [{ rule, path }];
  });
}

/** The contents of the table, created once for all policies. */
const contents: ReadonlyMap<string | undefined, TableTexts> = new Map(
  members
    .filter(({ name }) => name === tableName)
    .flatMap(({ values }) => values)
    .flatMap((text) => (text === undefined ? [] : [[text, new Map([[tableName, text]])] as const])),
);

/** The facts by the names of members: policies with the same members decode requests identically. */
const factsOf = new Map<string, (Facts | undefined)[]>();

/** All requests, numbered by the indexes of the values of their members. */
class Space {
  readonly requests: (Request | undefined)[] = [];
  readonly #members: readonly SmallMember[];

  constructor(policy: PolicyModel, members: readonly SmallMember[]) {
    this.#members = members;
    const count = members.reduce((product, { values }) => product * values.length, 1);
    const key = members.map(({ name }) => name).join(' ');
    const known = factsOf.get(key) ?? [];
    factsOf.set(key, known);
    for (let index = 0; index < count; index += 1) {
      if (known.length === index) known.push(this.#decode(policy, index));
      const facts = known[index];
      const table = this.#value(index, tableName);
      this.requests.push(
        facts ? { facts, policy: fillTables(policy, contents.get(table) ?? noTables) } : undefined,
      );
    }
  }

  /** Returns `undefined` if the request is invalid. */
  #decode(policy: PolicyModel, index: number): Facts | undefined {
    const text = `{ "subject": { "type": "a", "id": "a" }, "action": { "name": "b" }, "resource": { "type": "c", "id": "c" }, "context": { ${this.#context(index)} } }`;
    const bytes = new TextEncoder().encode(text);
    const { facts, error } = decode(policy, bytes, { now: undefined, precedence: 'request' });
    if (error !== undefined || facts === undefined) return undefined;
    return { ...facts, ...this.#session(policy, index, facts) };
  }

  /** The events of the request's session. */
  #session(policy: PolicyModel, index: number, facts: Facts): Partial<Facts> {
    const events: HistoryEvent[] = [];
    const time = (facts.now ?? 0n) - 1000n;
    for (const { name, of } of this.#members) {
      const shape = policy.signals.get(name);
      if (of === undefined || shape === undefined) continue;
      const value = this.#value(index, name);
      if (value === undefined) return {};
      for (const payload of JSON.parse(value) as readonly unknown[]) {
        const bytes = new TextEncoder().encode(
          JSON.stringify(of === 'outcome' ? { result: payload } : payload),
        );
        const decoded = decodePayload(policy, shape, bytes);
        if ('code' in decoded) throw new Error(`the payload of ${name} is invalid`);
        const call = of === 'outcome' ? facts : undefined;
        events.push({ kind: of, name, payload: decoded, call, time, recorded: time });
      }
    }
    return { events };
  }

  show(index: number): string {
    const others = this.#members
      .filter(({ name, of }) => name === tableName || of !== undefined)
      .map(({ name }) => `${name} ${this.#value(index, name) ?? ''}`);
    return [`{ ${this.#context(index).split(', ').slice(1).join(', ')} }`, ...others].join(' ');
  }

  #context(index: number): string {
    const found = [`"time": "${time}"`];
    for (const { name, of } of this.#members) {
      const value = this.#value(index, name);
      if (value !== undefined && name !== tableName && of === undefined)
        found.push(`"${name}": ${value}`);
    }
    return found.join(', ');
  }

  #value(index: number, wanted: string): string | undefined {
    let left = index;
    for (const { name, values } of this.#members) {
      if (name === wanted) return values[left % values.length];
      left = Math.floor(left / values.length);
    }
    return undefined;
  }

  /** The paths and indexes of the requests before and after a loss of the member. */
  *losses(member: SmallMember): Iterable<{ path: string; before: number; after: number }> {
    const position = this.#members.indexOf(member);
    const size = this.#members
      .slice(0, position)
      .reduce((product, { values }) => product * values.length, 1);
    const { length } = member.values;
    for (let index = 0; index < this.requests.length; index += 1) {
      const own = Math.floor(index / size) % length;
      for (const { path, from, to } of member.losses)
        if (from === own) yield { path, before: index, after: index + (to - own) * size };
    }
  }
}

interface Request {
  readonly facts: Facts;
  /** With the contents of its external table. */
  readonly policy: PolicyModel;
}

/** The contribution of a rule to an answer. */
interface Share {
  readonly id: string;
  readonly permits: boolean;
  /** -1: it does not fire. A revoke counts as a deny. */
  readonly strictness: number;
  readonly values: ReadonlyMap<Setting, Value>;
}

const denied = strictness('deny');

function ofHalves(
  id: string,
  permits: boolean,
  halves: readonly Contribution[],
  expressions: ExpressionEvaluator,
): Share {
  const fired = halves.filter((half) => half.fired);
  const levels = fired.map(({ effect }) => Math.min(denied, strictness(effect)));
  const settings = fired.flatMap(({ narrowing }) => narrowing?.settings ?? []);
  return {
    id,
    permits,
    strictness: Math.max(-1, ...levels),
    values: new Map(
      settings.map((setting) => [
        setting,
        extractScalars(expressions.evaluate(setting.value).value) as Value,
      ]),
    ),
  };
}

/** A condition of a score contributes where it counts; the score contributes by its bands. */
function ofConditions({ conditions }: Score, expressions: ExpressionEvaluator): readonly Share[] {
  return conditions.map(({ id, condition }) => ({
    id,
    permits: false,
    strictness: expressions.evaluate(condition).value === false ? -1 : 0,
    values: new Map<Setting, Value>(),
  }));
}

function isLooser(before: Share, after: Share): boolean {
  if (before.permits) return before.strictness < 0 && after.strictness >= 0;
  if (after.strictness !== before.strictness) return after.strictness < before.strictness;
  return [...before.values].some(([setting, value]) => {
    const next = after.values.get(setting);
    return next === undefined || isLooserValue(setting, value, next);
  });
}

function isLooserValue({ constraint }: Setting, before: Value, after: Value): boolean {
  if (Array.isArray(before))
    return (after as readonly Value[]).some((each) => !before.includes(each));
  if (constraint.merge === 'must agree') return !isSameValue(before, after);
  return constraint.merge === 'largest wins'
    ? (after as bigint) < (before as bigint)
    : (after as bigint) > (before as bigint);
}

interface Answered {
  readonly contributions: readonly Share[];
  readonly strictness: number;
  readonly constraints: Readonly<Record<string, unknown>>;
}

let evaluated = 0;

/** The answer of the evaluator without reasons; a sample is compared with the evaluator. */
function answerRequest({ policy, facts }: Request): Answered {
  const expressions = new ExpressionEvaluator(facts, policy.contents);
  const halvesOf = new Map<Rule | Score, readonly Contribution[]>([
    ...policy.rules.map((rule) => [rule, judgeRule(rule, expressions)] as const),
    ...policy.scores.map((score) => [score, judgeScore(score, expressions)] as const),
  ]);
  const settled = settleConflicts([...halvesOf.values()].flat(), expressions);
  const fired = settled.filter((half) => half.fired);
  const levels = fired.map(({ effect }) => strictness(effect));
  const permitted = fired.some(({ effect }) => effect === 'permit');
  const level = Math.max(permitted ? -1 : denied, ...levels);
  const narrowed =
    level === strictness('narrow') ? fired.flatMap(({ narrowing }) => narrowing ?? []) : [];
  const { constraints } = mergeSettings(
    narrowed.flatMap(({ settings }) => settings),
    expressions,
  );
  evaluated += 1;
  if (evaluated % 64 === 0) {
    const answer = decideFacts(policy, facts, undefined);
    if (strictness(answer.effect) !== level || show(answer.constraints) !== show(constraints))
      throw new Error(`the evaluator answers ${answer.effect}`);
  }
  const contributions = [
    ...policy.rules.map((rule) =>
      ofHalves(rule.id, rule.effect === 'permit', halvesOf.get(rule) ?? [], expressions),
    ),
    ...policy.scores.flatMap((score) => [
      ofHalves(score.name, false, halvesOf.get(score) ?? [], expressions),
      ...ofConditions(score, expressions),
    ]),
  ];
  return { contributions, strictness: Math.min(denied, level), constraints };
}

const show = (value: unknown) =>
  JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}` : part));

function isLooserAnswer(policy: PolicyModel, before: Answered, after: Answered): boolean {
  if (after.strictness !== before.strictness) return after.strictness < before.strictness;
  if (before.strictness !== strictness('narrow')) return false;
  return policy.constraints.some((constraint) => {
    const [was, is] = [before.constraints[constraint.name], after.constraints[constraint.name]];
    if (was === undefined) return false;
    if (is === undefined) return true;
    if (Array.isArray(was)) return (is as readonly unknown[]).some((each) => !was.includes(each));
    if (constraint.merge === 'must agree') return was !== is;
    return constraint.merge === 'largest wins'
      ? (is as number) < (was as number)
      : (is as number) > (was as number);
  });
}

/** The result for one member of a policy. */
interface Found {
  path: string;
  isMissed: string | undefined;
  isLoosened: boolean;
  isStated: boolean;
}

function measureOne({ text, members }: SmallPolicy, counts: Counts): readonly Mistake[] {
  const checked = checkWarnings(text);
  if (checked === undefined) return [];
  const { policy, warnings } = checked;
  counts.policies += 1;
  const space = new Space(policy, members);
  const answers = space.requests.map((request) => request && answerRequest(request));
  const readers = listReaders(policy);
  const found = new Map<string, Found>();
  const loosened = new Set<Warning>();
  for (const member of members) {
    for (const { path, before, after } of space.losses(member)) {
      const [was, is] = [answers[before], answers[after]];
      if (was === undefined || is === undefined) continue;
      if (![...readers.values()].some((reads) => concerns(reads, path))) continue;
      const known = found.get(path) ?? {
        path,
        isMissed: undefined,
        isLoosened: false,
        isStated: false,
      };
      found.set(path, known);
      const looser = was.contributions.flatMap((contribution, index) => {
        const next = is.contributions[index] as Share;
        return isLooser(contribution, next) ? [contribution.id] : [];
      });
      for (const warning of warnings)
        if (looser.includes(warning.rule) && hasPath(warning, path)) loosened.add(warning);
      if (!isLooserAnswer(policy, was, is)) continue;
      known.isLoosened = true;
      const stated = is.contributions.some(
        ({ id, permits, strictness: level }) =>
          !permits && level > 0 && !looser.includes(id) && concerns(readers.get(id), path),
      );
      if (stated) {
        known.isStated = true;
        continue;
      }
      if (!warnings.some((warning) => looser.includes(warning.rule) && hasPath(warning, path)))
        known.isMissed ??= `${space.show(before)} → ${space.show(after)}: ${looser.join(', ')}`;
    }
  }
  return sum(counts, text, [...found.values()], warnings, loosened);
}

function sum(
  counts: Counts,
  text: string,
  found: readonly Found[],
  warnings: readonly Warning[],
  loosened: ReadonlySet<Warning>,
): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  const wrong = warnings.filter((warning) => !loosened.has(warning));
  for (const { rule, path } of wrong)
    mistakes.push({ kind: 'false', path, text, why: `nothing is loosened of ${rule}` });
  for (const { path, isMissed, isLoosened, isStated } of found) {
    counts.pairs += 1;
    const isWarned = warnings.some((warning) => hasPath(warning, path));
    if (isMissed !== undefined) {
      counts.missed += 1;
      mistakes.push({ kind: 'missed', path, text, why: isMissed });
    } else if (wrong.some((warning) => warning.path === path)) counts.false += 1;
    else if (isLoosened) counts[isWarned ? 'correct' : isStated ? 'stated' : 'missed'] += 1;
    else counts[isWarned ? 'masked' : 'silent'] += 1;
  }
  return mistakes;
}

/**
 * A warning about a member is also about the record around it, and about the member that its freshness
 * depends on.
 */
function hasPath({ path: named }: Warning, path: string): boolean {
  return (
    named === path ||
    named.startsWith(`${path}.`) ||
    named.startsWith(`${path}[`) ||
    (path === historyPath && isTerm(named)) ||
    (path === 'context.r.observed_at' && named.startsWith('context.r'))
  );
}

/** Whether the path is the text of a history term. */
function isTerm(path: string): boolean {
  return /^(?:once|count|sum|since|last)\(/.test(path);
}

function listReaders(policy: PolicyModel): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map([
    ...policy.rules.map((rule) => [rule.id, collectReads(listRuleExprs(rule))] as const),
    ...policy.scores.flatMap((score) => [
      [score.name, collectReads(listScoreExprs(score))] as const,
      ...score.conditions.map(({ id, condition }) => [id, collectReads([condition])] as const),
    ]),
  ]);
}

function concerns(reads: ReadonlySet<string> | undefined, path: string): boolean {
  // Freshness depends on it, and rules that read the record take it into account.
  if (path === 'context.r.observed_at') return concerns(reads, 'context.r');
  if (path === historyPath || path.startsWith('event.')) return [...(reads ?? [])].some(isTerm);
  if (path === 'sizes[…]') return reads?.has('table.sizes') === true;
  const around = (outer: string, inner: string) =>
    inner === outer || inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`);
  return [...(reads ?? [])].some((read) => around(path, read) || around(read, path));
}
