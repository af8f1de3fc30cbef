// Implements `nhipol verify`: tries to refute the invariants of policies. Prints each counterexample and writes it
// to a file for `nhipol eval` or `nhipol simulate`.

import { findSourcePlace, type PolicyModel } from '@nhipol/language/model';
import { displayText, pluralize } from '@nhipol/language/support';
import {
  type ClaimVerdict,
  createMissingDataSet,
  createMonotoneSet,
  createRequestSet,
  type DecidedSet,
  isProvedEverywhere,
  listMonotonicity,
  listOmissions,
  missingDataClaim,
  proveSet,
} from '@nhipol/proving';
import {
  type ClaimResult,
  type Counterexample,
  createRandomNumbers,
  printVerificationJson,
  type Verification,
  type VerifiedPolicy,
  verify,
} from '@nhipol/testing';
import { findContradiction, findSearchContradiction } from '@nhipol/testing/proofs';
import type { Colors, Console } from '../../io/console.ts';
import { type ExitCode, exitCode } from '../../io/exit-codes.ts';
import { checkPolicyFiles } from '../../io/policies/check-policy.ts';
import { refuseContradiction } from '../../output/contradiction.ts';
import { writeCounterexample } from '../../output/counterexample.ts';
import { checkWithSolver, listNamedVerdicts } from '../../output/cross-check.ts';
import { selectPolicyOrReport } from '../../output/policy-or-report.ts';
import {
  buildProofJson,
  findProofCounterexample,
  formatProof,
  nameVerdict,
  summarizeProofs,
  type VerdictName,
} from '../../output/proofs.ts';
import {
  buildMonotonicityJson,
  buildOmissionsJson,
  formatMonotonicity,
  formatOmissions,
  type SchemaProofs,
} from '../../output/schema-proofs.ts';
import { formatElapsed } from '../../output/seconds.ts';

export interface VerifyCommandOptions {
  readonly samples: number;
  readonly seed: number;
  /** Whether to prove the invariants first. */
  readonly prove: boolean;
  readonly effort: number;
  /** The maximum number of events of a session that refutes an invariant. */
  readonly events: number;
  /** The SMT solver that must agree with each verdict about an invariant. */
  readonly solver?: string | undefined;
  /** The folder to write counterexamples to. */
  readonly output: string;
  readonly format: 'text' | 'json';
}

export async function verifyCommand(
  paths: readonly string[],
  options: VerifyCommandOptions,
  console: Console,
): Promise<ExitCode> {
  const verified: VerifiedPolicy[] = [];
  let isFine = true;
  for (const path of paths) {
    const policy = selectPolicyOrReport(await checkPolicyFiles(path), console);
    if (policy === undefined) {
      isFine = false;
      continue;
    }
    const { samples, seed } = options;
    const proofs = options.prove ? proveAll(policy, options) : undefined;
    const searched = verify(policy, { samples, seed });
    if (proofs !== undefined) {
      const { claims, members } = proofs;
      const searchContradiction =
        findSearchContradiction(policy, searched, claims) ??
        findContradiction(policy, [...claims, ...members], { seed });
      await refuseContradiction(path, policy, searchContradiction, options.output);
    }
    const verification = withProofs(policy, searched, proofs);
    const monotonicity = proofs && buildMonotonicityJson(policy, proofs.monotonicity);
    const result = { path, policy, verification, monotonicity };
    verified.push(result);
    const refuted = verification.claims.filter(({ counterexample }) => counterexample);
    if (refuted.length > 0) isFine = false;
    if (options.format === 'text') await printResult(result, proofs, options, console);
    if (options.solver !== undefined && proofs !== undefined)
      await checkWithSolver(options.solver, listNamedVerdicts(proofs.sets), console);
  }
  if (options.format === 'json') await console.out(printVerificationJson(verified));
  return isFine ? exitCode.fine : exitCode.findings;
}

interface Proofs extends SchemaProofs {
  readonly sets: readonly DecidedSet[];
  readonly claims: readonly ClaimVerdict[];
  /** About the absence and the changes of members. */
  readonly members: readonly ClaimVerdict[];
}

function proveAll(policy: PolicyModel, { effort, events, seed }: VerifyCommandOptions): Proofs {
  const limit = { effort, events, random: createRandomNumbers(seed) };
  const missing = createMissingDataSet(policy, limit);
  const sets = [createRequestSet(policy, limit), missing].map(proveSet);
  const omissions = listOmissions(missing);
  const monotone = createMonotoneSet(policy, limit);
  const monotonicity = listMonotonicity(monotone);
  const verdicts = [
    ...omissions.map(({ verdict }) => verdict),
    ...monotonicity.flatMap(({ up, down }) => [up, down]),
  ];
  const ofMembers = [...missing.members.values(), ...monotone.claims];
  return {
    sets,
    claims: sets.flatMap((each) => each.verdicts),
    members: ofMembers.flatMap((claim, index) => {
      const verdict = verdicts[index];
      return verdict === undefined ? [] : [{ claim, verdict }];
    }),
    omissions,
    monotonicity,
  };
}

async function printResult(
  { path, policy, verification }: VerifiedPolicy,
  proofs: Proofs | undefined,
  { output }: VerifyCommandOptions,
  { out, outColors }: Console,
): Promise<void> {
  const { claims, requests, sessions, milliseconds } = verification;
  await out(`${outColors.strong(path)}\n`);
  for (const claim of claims) {
    const proof = proofs?.claims.find(isSameClaim(claim));
    const isOpen = proof !== undefined && claim.counterexample === undefined;
    if (isOpen) await out(formatProof(policy, proof, outColors));
    if (!isOpen || !isProvedEverywhere(proof.verdict))
      await out(claimLines(policy, claim, outColors));
    if (proofs !== undefined && claim.name === missingDataClaim) {
      const lines = await formatOmissions(policy, proofs.omissions, output);
      await out(lines.map((line) => `      ${line}\n`).join(''));
    }
    if (claim.counterexample === undefined) continue;
    const commands = await writeCounterexample(
      path,
      policy,
      claim.name,
      claim.counterexample,
      output,
    );
    await out(commands.map((line) => `        ${line}\n`).join(''));
  }
  if (proofs !== undefined)
    await out(await formatMonotonicity(policy, proofs.monotonicity, outColors, output));
  const refuted = claims.filter(({ counterexample }) => counterexample).length;
  const tried = `${pluralize(requests, 'request')} and ${pluralize(sessions, 'session')}`;
  const took = `in ${formatElapsed(milliseconds)}`;
  if (proofs !== undefined) await out(`${summarizeProofs(listVerdictNames(proofs, claims))}\n`);
  const caution = proofs === undefined ? '; this is not a proof' : '';
  await out(
    refuted === 0
      ? outColors.good(`nothing refuted by ${tried} ${took}${caution}\n`)
      : outColors.error(
          `${refuted} of ${pluralize(claims.length, 'invariant')} refuted by ${tried} ${took}\n`,
        ),
  );
}

/** A claim that a session refutes is not proved, although no request outside of sessions violates it. */
function listVerdictNames(
  { claims }: Proofs,
  results: readonly ClaimResult[],
): readonly VerdictName[] {
  const refuted = results.filter(({ counterexample }) => counterexample !== undefined);
  return claims.map((proof) =>
    refuted.some((result) => isSameClaim(result)(proof)) ? 'refuted' : nameVerdict(proof.verdict),
  );
}

function isSameClaim({ name, invariant }: ClaimResult): (proof: ClaimVerdict) => boolean {
  return ({ claim }) => claim.name === name && claim.invariant === invariant;
}

/** The verification with the proofs as JSON, and with the counterexamples that only they found. */
function withProofs(
  policy: PolicyModel,
  verification: Verification,
  proofs: Proofs | undefined,
): Verification {
  const claims = verification.claims.map((claim): ClaimResult => {
    const matchingClaim = proofs?.claims.find(isSameClaim(claim));
    if (proofs === undefined || matchingClaim === undefined) return claim;
    const counterexample =
      claim.counterexample ?? findProofCounterexample(matchingClaim)?.counterexample;
    const proof = buildProofJson(policy, matchingClaim);
    if (claim.name !== missingDataClaim) return { ...claim, counterexample, proof };
    const omissions = buildOmissionsJson(policy, proofs.omissions);
    return { ...claim, counterexample, allowed: [], proof: { ...proof, omissions } };
  });
  return { ...verification, claims };
}

function claimLines(policy: PolicyModel, result: ClaimResult, colors: Colors): string {
  const { name, invariant, counterexample, requests, sessions } = result;
  const named = invariant === undefined ? `${name} (built in)` : `invariant ${displayText(name)}`;
  const lines =
    counterexample === undefined
      ? [`  ${colors.good('✓')} ${named}: ${describeNotRefuted(requests, sessions)}`]
      : [
          `  ${colors.error('✗')} ${named}`,
          ...formatCounterexampleOfClaim(policy, result, counterexample),
        ];
  const allowed = result.allowed.map(({ by: { where, rule, span, how, change } }) => {
    const { file, line } = findSourcePlace(policy, span);
    const exception = `${where} ${change}: ${rule} ${how} (${file}:${line})`;
    return `      but ${displayText(exception)}`;
  });
  return `${[...lines, ...allowed].join('\n')}\n`;
}

function describeNotRefuted(requests: number, sessions: number): string {
  if (requests + sessions === 0) return 'no request or session that it applies to was tried';
  const tried = [pluralize(requests, 'request'), pluralize(sessions, 'session')];
  const some = tried.filter((_, index) => [requests, sessions][index] !== 0);
  return `not refuted by ${some.join(' and ')}`;
}

function formatCounterexampleOfClaim(
  policy: PolicyModel,
  { invariant }: ClaimResult,
  counterexample: Counterexample,
): readonly string[] {
  const { why, tried, after } = counterexample;
  const place = invariant && findSourcePlace(policy, invariant.span);
  const answers =
    counterexample.kind === 'request' ? [counterexample.answer] : counterexample.answers;
  const said = answers.map(({ effect, reasons }) => `${effect} because ${reasons.join(', ')}`);
  return [
    ...(place === undefined
      ? []
      : [`      ${displayText(place.file)}:${place.line}:${place.column}`]),
    ...(why === undefined ? [] : [`        ${displayText(why)}`]),
    `        ${said.join(', then ')}`,
    tried === 0
      ? '        found by a proof:'
      : `        found after ${pluralize(tried, 'try', 'tries')} (${formatElapsed(after)}), then shrunk:`,
  ];
}
