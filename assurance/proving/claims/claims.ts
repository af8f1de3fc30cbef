// Claims about all decisions of a policy: its invariants, also those that are questions, and those that are built in.
// A claim is violated where its goal is true.

import { judgeInvariants, judgeSessionInvariants } from '@nhipol/language';
import {
  collectHistoryTerms,
  collectPolicyHistory,
  type Expr,
  type Invariant,
  type PolicyModel,
} from '@nhipol/language/model';
import type { SymbolicDecision } from '../decision/decision.ts';
import { yes } from '../formula/formula.ts';
import { SessionSearch } from '../history/session-search.ts';
import { createProver, type ProvingOptions, runBounded } from '../provers.ts';
import { mapGoals, selectSecond } from './both.ts';
import type { Claim, ClaimSet, Shown } from './claim.ts';
import { exposedClaim, listExposedClaims, listExposures } from './exposed.ts';
import { createMissingDataSet } from './missing-data.ts';
import { createMonotoneSet } from './monotone.ts';
import { staysRevokedClaim, staysRevokedClaims } from './stays-revoked.ts';

/** All claims about a policy, in a fixed order: first those about one request, then those about two. */
export function listClaimSets(policy: PolicyModel, options: ProvingOptions): readonly ClaimSet[] {
  return [createRequestSet(policy, options), createMissingDataSet(policy, options)];
}

/** The claims about single members: that its absence, or a change in one direction, never loosens an answer. */
export function listMemberSets(policy: PolicyModel, options: ProvingOptions): readonly ClaimSet[] {
  const { prover, members, second } = createMissingDataSet(policy, options);
  return [{ prover, claims: [...members.values()], second }, createMonotoneSet(policy, options)];
}

/** The claims about one request. */
export function createRequestSet(policy: PolicyModel, options: ProvingOptions): ClaimSet {
  return runBounded(options, (boundedOptions) => createSet(policy, boundedOptions));
}

function createSet(policy: PolicyModel, options: ProvingOptions): ClaimSet {
  const prover = createProver([policy], listExprs(policy), options);
  const [decision] = prover.decisions as readonly [SymbolicDecision];
  const claims = options.excess === undefined ? listClaims(decision) : openClaims(policy);
  const second = selectSecond(options, (secondOptions) => {
    const made = createRequestSet(policy, secondOptions);
    return { prover: made.prover, goals: mapGoals(made.claims) };
  });
  const terms = [...collectPolicyHistory(policy), ...collectHistoryTerms(listExprs(policy))];
  if (terms.length === 0 || options.excess !== undefined) return { prover, claims, second };
  return { prover, claims, second, refuteInSession: createSearch(policy, options) };
}

function listClaims(decision: SymbolicDecision): readonly Claim[] {
  const invariantClaims = decision.policy.invariants.map((invariant) =>
    createInvariantClaim(decision, invariant),
  );
  return [...invariantClaims, ...listExposedClaims(decision), ...staysRevokedClaims(decision)];
}

/** The same claims if their formula is too large: nothing is decided about them. */
function openClaims(policy: PolicyModel): readonly Claim[] {
  const { invariants, rules, scores } = policy;
  const open = (name: string, invariant?: Invariant): Claim => ({
    name,
    invariant,
    goal: yes,
    isViolated: () => false,
  });
  const effects = [...rules, ...scores.flatMap(({ bands }) => bands)].map(({ effect }) => effect);
  return [
    ...invariants.map((invariant) => open(invariant.name, invariant)),
    ...(listExposures(policy).length > 0 ? [open(exposedClaim)] : []),
    ...(effects.includes('revoke') ? [open(staysRevokedClaim)] : []),
  ];
}

/** The formula for sessions is made when it is needed, for all claims. */
function createSearch(
  policy: PolicyModel,
  options: ProvingOptions,
): (claim: Claim) => Shown | undefined {
  let made: MadeSearch | undefined;
  return ({ name }) => {
    made ??= makeSearch(policy, options);
    const { search, claims } = made;
    const claim = claims.find((each) => each.name === name);
    if (search === undefined || claim === undefined) return undefined;
    const session = search.find(claim.goal, (request, last) =>
      claim.isViolated([request], [last.answer], last)
        ? { requests: [request], answers: [last.answer] }
        : undefined,
    );
    return session && { ...session.confirmation, session: session.session };
  };
}

interface MadeSearch {
  /** `undefined` if its formula is too large. */
  readonly search: SessionSearch | undefined;
  readonly claims: readonly Claim[];
}

function makeSearch(policy: PolicyModel, options: ProvingOptions): MadeSearch {
  return runBounded(options, ({ excess, events = defaultEvents }) => {
    if (excess !== undefined) return { search: undefined, claims: [] };
    const search = new SessionSearch(policy, listExprs(policy), { ...options, events });
    return { search, claims: listClaims(search.decision) };
  });
}

/** The maximum number of events before the last request of a session. */
const defaultEvents = 3;

/** The expressions of claims, which are not part of a rule. */
function listExprs(policy: PolicyModel): readonly Expr[] {
  return [
    ...policy.invariants.map(({ claim }) => claim),
    ...listExposures(policy).map(({ isExposed }) => isExposed),
  ];
}

function createInvariantClaim(decision: SymbolicDecision, invariant: Invariant): Claim {
  const alone: PolicyModel = { ...decision.policy, invariants: [invariant] };
  return {
    name: invariant.name,
    invariant,
    goal: decision.violates(invariant),
    isViolated: ([request = ''], [answer], last) => {
      if (answer === undefined) return false;
      const bytes = new TextEncoder().encode(request);
      const clock = { now: undefined, precedence: 'request' } as const;
      const judged =
        last === undefined
          ? judgeInvariants(alone, bytes, clock, answer)
          : judgeSessionInvariants(alone, last.session, last.now, answer);
      return judged.some(({ holds }) => !holds);
    },
  };
}
