// Checks the proofs in a file: checks the policy from its sources, derives the formula of each claim again, and checks
// each certificate against it. Neither the author of the file nor the solver is trusted.

import { check, type Diagnostic, hasErrors } from '../../language/index.ts';
import { checkCertificate } from '../certificate/check-certificate.ts';
import type { Prover } from '../prover.ts';
import { type Claim, claimSetsOf, memberSetsOf } from './claims.ts';
import { certificateOf, type Proof, type ProofClaim, proofFormat } from './proof.ts';

export type Certified =
  | { readonly kind: 'invalid'; readonly why: string }
  | {
      readonly kind: 'errors';
      readonly diagnostics: readonly Diagnostic[];
      readonly sources: ReadonlyMap<string, string>;
    }
  | {
      readonly kind: 'checked';
      readonly policy: Proof['policy'];
      readonly claims: readonly CertifiedClaim[];
    };

export interface CertifiedClaim {
  readonly name: string;
  readonly isBuiltIn: boolean;
  readonly result: 'accepted' | 'refused' | 'not proved';
  /** Whether an accepted proof holds in sessions as well. */
  readonly inSessions: boolean;
  /** Why it is refused. */
  readonly why: string | undefined;
}

export function certify(text: string): Certified {
  const proof = readProof(text);
  if (typeof proof === 'string') return { kind: 'invalid', why: proof };
  const sources = new Map(Object.entries(proof.sources));
  const { policy, diagnostics } = check(proof.entry, sources);
  if (policy === undefined || hasErrors(diagnostics))
    return { kind: 'errors', diagnostics, sources };
  const { name, version } = policy;
  const open = [...proof.claims];
  const take = (claim: Claim) => {
    const isBuiltIn = claim.invariant === undefined;
    const at = open.findIndex((each) => each.name === claim.name && each.isBuiltIn === isBuiltIn);
    return at === -1 ? undefined : open.splice(at, 1)[0];
  };
  const options = { random: () => 0 };
  const claims = claimSetsOf(policy, options).flatMap(({ prover, claims: own }) =>
    own.map((claim) => certifiedClaim(prover, claim, take(claim))),
  );
  // A policy makes many claims about its members: those that have a proof are checked.
  const ofMembers = open.some(({ isBuiltIn }) => isBuiltIn) ? memberSetsOf(policy, options) : [];
  for (const { prover, claims: own } of ofMembers)
    for (const claim of own) {
      const given = take(claim);
      if (given !== undefined) claims.push(certifiedClaim(prover, claim, given));
    }
  const unknown = open.map(
    (each): CertifiedClaim => ({
      ...{ name: each.name, isBuiltIn: each.isBuiltIn, inSessions: false },
      ...{ result: 'refused', why: 'the policy does not make this claim' },
    }),
  );
  return { kind: 'checked', policy: { name, version }, claims: [...claims, ...unknown] };
}

/** `given`: what the proof says about the claim, if anything. */
function certifiedClaim(
  prover: Prover,
  { name, invariant, goal }: Claim,
  given: ProofClaim | undefined,
): CertifiedClaim {
  const inSessions = given?.inSessions === true;
  const result = (kind: CertifiedClaim['result'], why?: string): CertifiedClaim => ({
    ...{ name, isBuiltIn: invariant === undefined, result: kind, inSessions, why },
  });
  if (given?.verdict !== 'proved') return result('not proved');
  if (prover.encoding.domains.incomplete.size > 0)
    return result('refused', 'the policy has more values than proofs represent');
  const roots = prover.rootsOf(goal, { inSessions, years: given.years ?? [] });
  const certificate = certificateOf(prover, roots, given.steps ?? []);
  if (certificate === undefined)
    return result('refused', 'its certificate is about another formula');
  const checked = checkCertificate(prover.formula, roots, certificate, prover.shared);
  return checked.kind === 'accepted'
    ? result('accepted')
    : result('refused', `step ${checked.step + 1}: ${checked.why}`);
}

/** Returns the reason if it is not a proof. */
function readProof(text: string): Proof | string {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return 'it is not JSON';
  }
  if (!isObject(json) || json.format !== proofFormat) return `its format is not ${proofFormat}`;
  const { entry, sources, claims } = json;
  const hasSources = isObject(sources) && Object.values(sources).every(isString);
  if (!isString(entry) || !hasSources || !Object.hasOwn(sources, entry)) return 'it has no sources';
  if (!Array.isArray(claims) || !claims.every(isClaim)) return 'its claims are malformed';
  return json as unknown as Proof;
}

function isClaim(json: unknown): json is ProofClaim {
  if (!isObject(json) || !isString(json.name) || !isString(json.verdict)) return false;
  if (typeof json.isBuiltIn !== 'boolean') return false;
  const { years = [], steps = [] } = json;
  return isNumbers(years) && Array.isArray(steps) && steps.every(isStep);
}

function isStep(json: unknown): boolean {
  if (isNumbers(json)) return true;
  if (!isObject(json) || !isNumbers(json.sum) || !Array.isArray(json.by)) return false;
  return json.by.every((each) => isString(each) && /^\d{1,60}$/.test(each));
}

function isNumbers(json: unknown): json is readonly number[] {
  return Array.isArray(json) && json.every((each) => Number.isSafeInteger(each));
}

function isString(json: unknown): json is string {
  return typeof json === 'string';
}

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
