// Why two versions answer a request differently: the rules that contribute to one of the answers only, and why a
// version rejects the request.

import {
  decode,
  type EvaluatedAnswer,
  EvaluationView,
  judgeAll,
  type RequestClock,
} from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { type EffectName, strictness } from '@nhipol/runtime/abi';
import { filledAsTaken, type TableTexts } from '../generate/tables.ts';
import { buildRuleKey, locateRule } from './edits.ts';
import {
  type DiffCause,
  type DiffKind,
  isOfLasting,
  type RuleAt,
  type RuleCause,
  type RuleEdit,
} from './policy-diff.ts';

/** A request as both versions get it. */
export interface ComparedRequest {
  readonly request: Uint8Array;
  readonly clock: RequestClock;
  readonly tables: TableTexts;
}

/** A rule or score with its own effect, fired or not. */
interface Bearer {
  readonly rule: RuleAt;
  readonly effect: EffectName;
  readonly fired: boolean;
  /** When time alone could change it. */
  readonly edge: bigint | undefined;
}

export class Causes {
  readonly #before: PolicyModel;
  readonly #after: PolicyModel;
  readonly #edits: ReadonlyMap<string, RuleEdit['how']>;

  constructor(before: PolicyModel, after: PolicyModel, edits: readonly RuleEdit[]) {
    this.#before = before;
    this.#after = after;
    this.#edits = new Map(edits.map(({ how, rule }) => [buildRuleKey(rule), how]));
  }

  of(
    asked: ComparedRequest,
    kind: DiffKind,
    before: EvaluatedAnswer,
    after: EvaluatedAnswer,
  ): readonly DiffCause[] {
    const refusal = findRefusal(before, after);
    if (refusal !== undefined) return [refusal];
    const [old, now] = [collectBearers(this.#before, asked), collectBearers(this.#after, asked)];
    const bears = isOfLasting(kind)
      ? (effect: EffectName) =>
          effect === 'permit' || strictness(effect) >= strictness(after.effect)
      : bearsOnChange(before, after, [old, now]);
    const all = [...new Map([...old, ...now])].filter(([, { effect }]) => bears(effect));
    return all.flatMap(([key, bearer]): readonly RuleCause[] => {
      const [was, is] = [old.get(key), now.get(key)];
      const how = this.#how(kind, was, is);
      if (how === undefined) return [];
      const { rule, effect } = is ?? bearer;
      return [{ kind: 'rule', rule, effect, now: how, edit: this.#edits.get(buildRuleKey(rule)) }];
    });
  }

  #how(kind: DiffKind, was?: Bearer, is?: Bearer): RuleCause['now'] | undefined {
    if (isOfLasting(kind)) return was?.edge === is?.edge ? undefined : 'otherwise';
    const { aspect, after } = kind;
    const [fired, fires] = [was?.fired === true, is?.fired === true];
    if (fired !== fires) return fires ? 'fires' : 'silent';
    const saysMore = aspect !== undefined && fires && is?.effect === after;
    return saysMore && this.#edits.has(buildRuleKey(is.rule)) ? 'otherwise' : undefined;
  }
}

/** The bearers by rule and effect; if several have the same, whether one of them fired. */
function collectBearers(
  policy: PolicyModel,
  { request, clock, tables }: ComparedRequest,
): ReadonlyMap<string, Bearer> {
  const filled = filledAsTaken(policy, tables);
  const { facts } = decode(filled, request, clock);
  const bearers = new Map<string, Bearer>();
  if (facts === undefined) return bearers;
  for (const { source, contribution: half } of judgeAll(
    EvaluationView.of(filled, facts, request),
  )) {
    const rule = locateRule(policy, source.kind === 'rule' ? source.rule : source.score);
    const { effect, fired, edge } = half;
    const key = `${buildRuleKey(rule)} ${effect}`;
    if (bearers.get(key)?.fired !== true) bearers.set(key, { rule, effect, fired, edge });
  }
  return bearers;
}

/** Whether an effect is between those of the answers; permits are relevant if one of the answers has none. */
function bearsOnChange(
  before: EvaluatedAnswer,
  after: EvaluatedAnswer,
  bearers: readonly ReadonlyMap<string, Bearer>[],
): (effect: EffectName) => boolean {
  const ranks = [before, after].map(({ effect }) => strictness(effect));
  const [least, most] = [Math.min(...ranks), Math.max(...ranks)];
  const isGranted = bearers.every((bearer) =>
    [...bearer.values()].some(({ effect, fired }) => effect === 'permit' && fired),
  );
  return (effect) =>
    effect === 'permit'
      ? !isGranted || most === strictness('permit')
      : strictness(effect) >= least && strictness(effect) <= most;
}

/** The cause if only one version rejects the request. */
function findRefusal(before: EvaluatedAnswer, after: EvaluatedAnswer): DiffCause | undefined {
  const [old, now] = [before.error, after.error];
  if (old !== undefined && now !== undefined) return undefined;
  if (old !== undefined) return { kind: 'request', refusedBy: 'before', error: old };
  return now && { kind: 'request', refusedBy: 'after', error: now };
}

/** Equal causes have equal keys. */
export function buildCauseKey(cause: DiffCause): string {
  if (cause.kind === 'rule') return `${buildRuleKey(cause.rule)} ${cause.effect} ${cause.now}`;
  const { refusedBy, error } = cause;
  return `${refusedBy} ${error.path} ${error.code}`;
}
