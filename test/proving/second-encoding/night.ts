// The comparison of a night: all examples, generated policies, and the claims that are known to be false.

import { check } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { effects } from '@nhipol/runtime/abi';
import fc from 'fast-check';
import { explore } from '../../../assurance/testing/explore/explore.ts';
import { programs } from '../../support/arbitraries/program-arbitrary.ts';
import { checkPolicy } from '../../support/checking.ts';
import { samples } from '../../support/policies/samples.ts';
import { addressClaims } from '../false-claims/addresses.ts';
import type { FalseClaim } from '../false-claims/false-claim.ts';
import { ifClaims, lowerClaims, partClaims, spellingClaims } from '../false-claims/strings.ts';
import {
  type Compared,
  type ComparedRequest,
  compareClaims,
  compareRequest,
  isViolated,
  tryEncode,
} from './compare.ts';
import type { Cvc5 } from './cvc5.ts';
import { NotCovered } from './regular.ts';
import { search } from './search.ts';

export interface Night {
  readonly seed: number;
  readonly policies: number;
  /** Requests of each policy that the encoding has. */
  readonly requests: number;
  /** Milliseconds for each question. */
  readonly timeout: number;
  /** A part of the names of examples. */
  readonly only: string;
  readonly report: (line: string) => void;
}

/** The results about the policies of one kind. */
interface Tally {
  policies: number;
  readonly claims: Map<Compared, number>;
  readonly requests: Map<ComparedRequest['compared'], number>;
  /** The constructs that the encoding does not have, with the number of claims or policies. */
  readonly missing: Map<string, number>;
  readonly disagreements: string[];
}

export interface NightResults {
  readonly examples: Tally;
  readonly generated: Tally;
  readonly falseClaims: Tally;
}

/** The false claims that are invariants. */
export const falseClaims: readonly FalseClaim[] = [
  ...addressClaims,
  ...lowerClaims,
  ...spellingClaims,
  ...partClaims,
  ...ifClaims,
];

export async function compareAll(solver: Cvc5, night: Night): Promise<NightResults> {
  const examples = tally();
  for (const { path, sources } of samples.filter((each) => each.path.includes(night.only))) {
    const { policy } = check(path, sources);
    if (policy === undefined) throw new Error(`${path} has errors`);
    await comparePolicy(solver, policy, night, examples);
    night.report(`${path}: ${formatTally(examples)}`);
  }
  const refuted = tally();
  if (night.only === '') await compareFalseClaims(solver, night, refuted);
  const generated = tally();
  const made = fc.sample(programs, { numRuns: night.policies, seed: night.seed });
  for (const [index, { text, others }] of made.entries()) {
    const policy = checkPolicy(`${text}\n${claimsAboutEffects}`, others);
    await comparePolicy(solver, policy, night, generated, `policy ${index} of seed ${night.seed}`);
    night.report(`generated ${index + 1}: ${formatTally(generated)}`);
  }
  return { examples, generated, falseClaims: refuted };
}

/** For policies that have few claims of their own. */
const claimsAboutEffects = effects
  .map((effect) => `invariant "never ${effect}" for any\n  effect is not ${effect}\n`)
  .join('');

async function comparePolicy(
  solver: Cvc5,
  policy: PolicyModel,
  night: Night,
  into: Tally,
  name = policy.name,
): Promise<void> {
  into.policies += 1;
  for (const each of await compareClaims(solver, policy, { timeout: night.timeout })) {
    count(into.claims, each.compared);
    if (each.compared === 'not covered') count(into.missing, each.detail);
    if (each.compared === 'disagreement')
      into.disagreements.push(`${name}, ${each.name} (${each.verdict}): ${each.detail}`);
  }
  const encoding = tryEncode(policy);
  if (encoding instanceof NotCovered) return;
  let done = 0;
  for (const { sample } of explore([policy], { samples: 8 * night.requests, seed: night.seed })) {
    if (done >= night.requests) break;
    const { compared, detail } = await compareRequest(solver, encoding, sample, night.timeout);
    count(into.requests, compared);
    if (compared !== 'outside') done += 1;
    if (compared === 'disagreement') into.disagreements.push(`${name}: ${detail}`);
  }
}

async function compareFalseClaims(solver: Cvc5, night: Night, into: Tally): Promise<void> {
  for (const each of falseClaims) {
    into.policies += 1;
    const found = await refutation(solver, each, night.timeout);
    count(into.claims, found === 'refuted' ? 'agreed' : found);
    if (found === 'disagreement') into.disagreements.push(each.name);
  }
  night.report(`false claims: ${formatTally(into)}`);
}

/** Whether cvc5 finds a request that violates a false claim, and the evaluator confirms it. */
export async function refutation(
  solver: Cvc5,
  { policy: text }: FalseClaim,
  timeout: number,
): Promise<'refuted' | Compared> {
  const policy = checkPolicy(text);
  const encoding = tryEncode(policy);
  if (encoding instanceof NotCovered) return 'not covered';
  const [goal] = encoding.goals;
  if (goal?.invariant === undefined || goal.violated instanceof NotCovered) return 'not covered';
  const found = await search(solver, encoding, [goal.violated], timeout);
  if (found.kind === 'unknown') return 'no answer';
  if (found.kind === 'unsat') return 'disagreement';
  return isViolated(policy, goal.invariant, found) ? 'refuted' : 'not confirmed';
}

function tally(): Tally {
  return {
    policies: 0,
    claims: new Map(),
    requests: new Map(),
    missing: new Map(),
    disagreements: [],
  };
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function formatTally({ claims, requests }: Tally): string {
  const list = (counts: ReadonlyMap<string, number>) =>
    [...counts].map(([key, number]) => `${number} ${key}`).join(', ');
  return `claims ${list(claims)}; requests ${list(requests)}`;
}

// --- the page ------------------------------------------------------------------------------------

const meanings: readonly (readonly [Compared, string])[] = [
  ['agreed', 'both say that it holds, or both that a request violates it'],
  [
    'agreed up to a size',
    'the same, where sets, lists and maps of a request have at most as many elements as the encoding',
  ],
  ['only cvc5', 'nhipol does not decide it, and cvc5 does'],
  ['no answer', 'cvc5 has no answer in its time'],
  ['not confirmed', 'a model is not a counterexample, as a construct is approximated'],
  ['outside', 'the counterexample of nhipol is a session, or has more elements'],
  ['not covered', 'the encoding does not have the claim or a construct, see below'],
  ['disagreement', 'all others'],
];

/** The results as Markdown. */
export function page(
  { examples, generated, falseClaims: refuted }: NightResults,
  how: string,
): string {
  const columns = [examples, generated, refuted];
  const rows = meanings.map(([compared, meaning]) => {
    const cells = columns.map(({ claims }) => claims.get(compared) ?? 0);
    return `| ${compared} | ${meaning} | ${cells.join(' | ')} |`;
  });
  const answers = (['agreed', 'no answer', 'outside', 'disagreement'] as const).map((compared) => {
    const cells = [examples, generated].map(({ requests }) => requests.get(compared) ?? 0);
    return `| ${compared} | ${cells.join(' | ')} |`;
  });
  const all = [...examples.missing, ...generated.missing];
  const missing = [...new Set(all.map(([construct]) => construct))].map((construct) => {
    const own = all.filter(([each]) => each === construct).map(([, number]) => number);
    return `| ${construct} | ${own.reduce((sum, number) => sum + number, 0)} |`;
  });
  return `# Proofs and a second encoding

Verdicts of nhipol about claims, and those of cvc5 about a [second encoding](README.md#a-second-encoding) of the policies, which shares no code with
the provers.

| claims | | examples (${examples.policies}) | generated policies (${generated.policies}) | false claims (${refuted.policies}) |
|---|---|---|---|---|
${rows.join('\n')}

Requests that explore the policies, each with the answer of the evaluator: with this answer the request must be a model of the
encoding, and with any other one it must not. Requests that are not valid, or have more elements than the encoding, are outside.

| requests | examples | generated policies |
|---|---|---|
${answers.join('\n')}

| not covered | claims |
|---|---|
${missing.length === 0 ? '| nothing | |' : missing.join('\n')}

${columns.flatMap(({ disagreements }) => disagreements.map((each) => `- ${each}\n`)).join('')}${how}
`;
}
