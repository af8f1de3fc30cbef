// The result of a verification as JSON for programs. Members may be added while `format` stays the same;
// docs/verify.md describes them. Secret members are masked.

import { maskSecrets } from '@nhipol/language';
import { findSourcePlace, type PolicyModel } from '@nhipol/language/model';
import { stringify, toAuthZen } from '@nhipol/runtime';
import { maskLog } from '../replay/mask-log.ts';
import { printSessionLog } from './session-log.ts';
import type { ClaimResult, Counterexample, Verification } from './verify.ts';

export interface VerifiedPolicy {
  readonly path: string;
  readonly policy: PolicyModel;
  readonly verification: Verification;
  /** With proofs: the changes of each member that never loosen an answer, for programs. */
  readonly monotonicity: readonly object[] | undefined;
}

export function printVerificationJson(verified: readonly VerifiedPolicy[]): string {
  const json = {
    format: 'nhipol-verification/1',
    policies: verified.map(({ path, policy, verification, monotonicity }) => ({
      path,
      policy: { name: policy.name, version: policy.version },
      requests: verification.requests,
      sessions: verification.sessions,
      claims: verification.claims.map((claim) => claimJson(policy, claim)),
      ...(monotonicity === undefined ? {} : { monotonicity }),
    })),
  };
  return `${stringify(json, 2)}\n`;
}

function claimJson(policy: PolicyModel, result: ClaimResult): object {
  const { name, invariant, requests, sessions, counterexample, allowed, proof } = result;
  return {
    name,
    ...(invariant === undefined ? {} : { at: findSourcePlace(policy, invariant.span) }),
    refuted: counterexample !== undefined,
    ...(proof === undefined ? {} : { proof }),
    requests,
    sessions,
    ...(counterexample === undefined
      ? {}
      : { counterexample: buildCounterexampleJson(policy, counterexample) }),
    allowed: allowed.map(({ by: { span, ...by } }) => ({
      ...by,
      at: findSourcePlace(policy, span),
    })),
  };
}

export function buildCounterexampleJson(
  policy: PolicyModel,
  counterexample: Counterexample,
): object {
  const { kind, why, tried, after, sample } = counterexample;
  const found = {
    ...(why === undefined ? {} : { why }),
    tried,
    milliseconds: Math.round(after),
    tables: buildTablesJson(sample.tables),
  };
  if (kind === 'request') {
    const { text, now } = counterexample.sample;
    const instant = now === undefined ? {} : { now: Number(now) };
    const request: unknown = JSON.parse(maskSecrets(policy, text));
    return { ...found, request, ...instant, response: toAuthZen(counterexample.answer) };
  }
  const log = maskLog(policy, printSessionLog(counterexample.sample)).trimEnd().split('\n');
  return {
    ...found,
    events: log.map((line): unknown => JSON.parse(line)),
    responses: counterexample.answers.map(toAuthZen),
  };
}

function buildTablesJson(tables: ReadonlyMap<string, string>): object {
  return Object.fromEntries([...tables].map(([name, text]) => [name, JSON.parse(text) as unknown]));
}
