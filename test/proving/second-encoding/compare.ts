// Compares verdicts of nhipol with those of cvc5 about the second encoding, and the second encoding with the evaluator.

import { decode, type EvaluatedAnswer, judgeInvariants, type RequestClock } from '@nhipol/language';
import type { Invariant, PolicyModel, TableRow } from '@nhipol/language/model';
import { createRequestSet, proveSet } from '@nhipol/proving';
import { createRandomNumbers, filledAsTaken, type GeneratedRequest } from '@nhipol/testing';
import type { Claim } from '../../../assurance/proving/claims/claim.ts';
import { exposedClaim } from '../../../assurance/proving/claims/exposed.ts';
import { ask, toClock } from '../../../assurance/testing/runner/ask.ts';
import type { Cvc5 } from './cvc5.ts';
import { countElements, type Encoding, encode } from './encoding.ts';
import { toConstant } from './facts.ts';
import { NotCovered } from './regular.ts';
import { fixFacts } from './requests.ts';
import { type Found, search } from './search.ts';
import type { Term } from './smt.ts';

export type Compared =
  /** Both say that it holds, or that it does not. */
  | 'agreed'
  /** The same, where sets, lists and maps have a bounded number of elements. */
  | 'agreed up to a size'
  /** nhipol does not decide it, cvc5 does. */
  | 'only cvc5'
  /** cvc5 has no answer in its time. */
  | 'no answer'
  /** A model that is not a counterexample, as a construct is approximated. */
  | 'not confirmed'
  /** A counterexample is outside of what the encoding has: a session, or more elements. */
  | 'outside'
  | 'not covered'
  | 'disagreement';

export interface ComparedClaim {
  readonly name: string;
  readonly compared: Compared;
  /** The verdict of nhipol. */
  readonly verdict: string;
  /** The construct, or the request. */
  readonly detail: string;
}

export interface CompareOptions {
  /** Milliseconds for each question. */
  readonly timeout: number;
  readonly effort?: number;
}

const encoder = new TextEncoder();

/** All invariants of a policy. */
export async function compareClaims(
  solver: Cvc5,
  policy: PolicyModel,
  { timeout, effort = 20_000 }: CompareOptions,
): Promise<readonly ComparedClaim[]> {
  if (policy.invariants.length === 0) return [];
  const decided = proveSet(createRequestSet(policy, { effort, random: createRandomNumbers(1) }));
  const made = tryEncode(policy);
  const compared: ComparedClaim[] = [];
  for (const { claim, verdict } of decided.verdicts) {
    const { name, invariant } = claim;
    const own = { name, verdict: verdict.kind };
    const goal = createGoal(made, claim);
    if (made instanceof NotCovered || goal instanceof NotCovered) {
      const { construct } = goal as NotCovered;
      compared.push({ ...own, compared: 'not covered', detail: construct });
      continue;
    }
    const found = await search(solver, made, [goal], timeout);
    const confirms = (shown: Found) =>
      invariant === undefined
        ? claim.isViolated([shown.request], [askEvaluator(policy, shown)])
        : isViolated(policy, invariant, shown);
    compared.push({ ...own, ...judgeVerdict(made, confirms, verdict, found) });
  }
  return compared;
}

export function tryEncode(policy: PolicyModel): Encoding | NotCovered {
  try {
    return encode(policy, { elements: countElements(policy) });
  } catch (error) {
    if (error instanceof NotCovered) return error;
    throw error;
  }
}

function judgeVerdict(
  encoding: Encoding,
  confirms: (found: Found) => boolean,
  verdict: { readonly kind: string; readonly confirmation?: unknown },
  found: Awaited<ReturnType<typeof search>>,
): Pick<ComparedClaim, 'compared' | 'detail'> {
  const { policy, facts, expressions } = encoding;
  if (found.kind === 'unknown') return { compared: 'no answer', detail: '' };
  if (found.kind === 'unsat') {
    const detail = facts.hasCollections ? `at most ${facts.elements} elements` : '';
    if (verdict.kind === 'proved')
      return { compared: facts.hasCollections ? 'agreed up to a size' : 'agreed', detail };
    if (verdict.kind !== 'refuted') return { compared: 'only cvc5', detail: `holds; ${detail}` };
    const shown = JSON.stringify(verdict.confirmation, (_, value) =>
      typeof value === 'bigint' ? `${value}` : value,
    );
    const { requests = [], session } = (verdict.confirmation ?? {}) as {
      readonly requests?: readonly string[];
      readonly session?: unknown;
    };
    const isOutside =
      session !== undefined ||
      requests.some((text) => fixRequest(encoding, policy, text) === undefined);
    return { compared: isOutside ? 'outside' : 'disagreement', detail: shown ?? '' };
  }
  const detail = `${found.request} ${JSON.stringify([...found.tables])}`;
  if (confirms(found)) {
    if (verdict.kind === 'proved') return { compared: 'disagreement', detail };
    return { compared: verdict.kind === 'refuted' ? 'agreed' : 'only cvc5', detail };
  }
  const { approximated } = expressions;
  return approximated.size > 0
    ? { compared: 'not confirmed', detail: [...approximated].join(', ') }
    : { compared: 'disagreement', detail };
}

/** The condition that violates a claim. */
function createGoal(made: Encoding | NotCovered, { name, invariant }: Claim): Term | NotCovered {
  if (made instanceof NotCovered) return made;
  if (invariant === undefined && name !== exposedClaim)
    return new NotCovered(`the claim that ${name}`);
  const goal = made.goals.find((each) => each.invariant === invariant);
  return goal?.violated ?? new NotCovered(`the claim that ${name}`);
}

function askEvaluator(policy: PolicyModel, { request, tables }: Found): EvaluatedAnswer {
  return ask(policy, { text: request, now: undefined, tables });
}

/** Whether the evaluator says so. */
export function isViolated(policy: PolicyModel, invariant: Invariant, found: Found): boolean {
  const own = filledAsTaken({ ...policy, invariants: [invariant] }, found.tables);
  const bytes = encoder.encode(found.request);
  const answer = askEvaluator(own, found);
  const clock = { now: undefined, precedence: 'request' } as const;
  return judgeInvariants(own, bytes, clock, answer).some(({ holds }) => !holds);
}

function fixRequest(
  { facts, script, expressions }: Encoding,
  filled: PolicyModel,
  text: string,
  clock: RequestClock = { now: undefined, precedence: 'request' },
): readonly Term[] | undefined {
  const { facts: decoded, error } = decode(filled, encoder.encode(text), clock);
  if (decoded === undefined || error !== undefined) return undefined;
  return script.inline(() => {
    const own = fixFacts(facts, decoded, script);
    if (own === undefined) return undefined;
    const tables: Term[] = [];
    for (const { table, keys, has, result } of expressions.asked) {
      const rows = filled.contents.get(table.name) ?? [];
      const cases = rows.map((row) => {
        const here = script.and(
          ...keys.map((key, index) =>
            script.same(key, toConstant(table.keys[index] as never, row.keys[index] as never)),
          ),
        );
        return { here, row };
      });
      for (const { here, row } of cases) {
        const value = equateRow(row, table.value, result, script);
        if (value === undefined) return undefined;
        tables.push(script.implies(here, script.and(has, value)));
      }
      tables.push(script.or(...cases.map(({ here }) => here), script.not(has)));
    }
    return [...own, ...tables];
  });
}

function equateRow(
  { value }: TableRow,
  type: Encoding['expressions']['asked'][number]['table']['value'],
  { slots, value: own }: Encoding['expressions']['asked'][number]['result'],
  script: Encoding['script'],
): Term | undefined {
  if (slots === undefined) return script.same(own, toConstant(type, value));
  const elements = value as readonly (typeof value)[];
  if (elements.length > slots.length || type.kind !== 'Set') return undefined;
  return script.and(
    ...slots.map(({ isIn, fact }, index) => {
      const element = elements[index];
      return element === undefined
        ? script.not(isIn)
        : script.and(isIn, script.same(fact.value, toConstant(type.element, element as never)));
    }),
  );
}

/** The conditions of an answer: its effect and its reasons. */
function saysAnswer({ decision, script }: Encoding, answer: EvaluatedAnswer): Term {
  return script.inline(() =>
    script.and(
      decision.has(answer.effect),
      ...decision.reasonIds.map((id) =>
        answer.reasons.includes(id) ? decision.reason(id) : script.not(decision.reason(id)),
      ),
    ),
  );
}

export interface ComparedRequest {
  readonly compared: 'agreed' | 'no answer' | 'outside' | 'disagreement';
  readonly detail: string;
}

/**
 * Whether a request with the evaluator's answer is a model, and with any other answer none. A request that is not valid,
 * or has more elements, is outside.
 */
export async function compareRequest(
  solver: Cvc5,
  encoding: Encoding,
  request: GeneratedRequest,
  timeout: number,
): Promise<ComparedRequest> {
  const { policy, script, goals } = encoding;
  const filled = filledAsTaken(policy, request.tables);
  const clock = toClock(request);
  const answer = ask(policy, request);
  const fixedTerms = fixRequest(encoding, filled, request.text, clock);
  if (answer.error !== undefined || fixedTerms === undefined)
    return { compared: 'outside', detail: '' };
  const bytes = encoder.encode(request.text);
  const judgedClaims = judgeInvariants(filled, bytes, clock, answer);
  const claims = goals.flatMap(({ invariant, violated }) => {
    if (violated instanceof NotCovered || invariant === undefined) return [];
    const holds = judgedClaims.find((each) => each.invariant === invariant)?.holds ?? true;
    return [holds ? script.inline(() => script.not(violated)) : violated];
  });
  const says = script.inline(() => script.and(saysAnswer(encoding, answer), ...claims));
  const otherwise = script.inline(() => script.not(says));
  const questions = [says, otherwise];
  const results = [];
  for (const each of questions) {
    const asserts = [...fixedTerms, each];
    results.push(await search(solver, encoding, asserts, timeout));
  }
  const [model, other] = results.map(({ kind }) => kind);
  const detail = `${request.text} ${JSON.stringify([...request.tables])} ${answer.effect} ${answer.reasons.join()}`;
  if (model === 'unsat') return { compared: 'disagreement', detail: `no model: ${detail}` };
  if (other === 'sat') return { compared: 'disagreement', detail: `another answer: ${detail}` };
  if (model === 'unknown' || other === 'unknown') return { compared: 'no answer', detail };
  return { compared: 'agreed', detail: '' };
}
