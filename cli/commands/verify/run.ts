// Implements `nhipol verify`: tries to refute the invariants of policies. Prints each counterexample and writes it
// to a file for `nhipol eval` or `nhipol simulate`.

import { type Policy, placeOf } from '../../../language/index.ts';
import { displayText } from '../../../language/support/display.ts';
import { counted } from '../../../language/support/words.ts';
import { type ClaimVerdict, prove } from '../../../proving/claims/prove.ts';
import { random } from '../../../testing/generate/random.ts';
import { type Verified, verificationJson } from '../../../testing/verify/verification-json.ts';
import {
  type ClaimResult,
  type Counterexample,
  type Verification,
  verify,
} from '../../../testing/verify/verify.ts';
import type { Colors, Console } from '../../io/console.ts';
import { type ExitCode, exitCode } from '../../io/exit-codes.ts';
import { checkFiles } from '../../io/files.ts';
import { writeCounterexample } from '../../output/counterexample.ts';
import { policyOrReport } from '../../output/policy-or-report.ts';
import { counterexampleOf, proofJson, proofLines, proofSummary } from '../../output/proofs.ts';
import { seconds } from '../../output/seconds.ts';

export interface VerifyOptions {
  readonly samples: number;
  readonly seed: number;
  /** Whether to prove the invariants first. */
  readonly prove: boolean;
  readonly effort: number;
  /** The folder to write counterexamples to. */
  readonly output: string;
  readonly format: 'text' | 'json';
}

export async function verifyCommand(
  paths: readonly string[],
  options: VerifyOptions,
  console: Console,
): Promise<ExitCode> {
  const verified: Verified[] = [];
  let isFine = true;
  for (const path of paths) {
    const policy = policyOrReport(await checkFiles(path), console);
    if (policy === undefined) {
      isFine = false;
      continue;
    }
    const { samples, seed } = options;
    const proofs = options.prove
      ? prove(policy, { effort: options.effort, random: random(seed) })
      : [];
    const verification = withProofs(policy, verify(policy, { samples, seed }), proofs);
    verified.push({ path, policy, verification });
    const refuted = verification.claims.filter(({ counterexample }) => counterexample);
    if (refuted.length > 0) isFine = false;
    if (options.format === 'text')
      await printResult({ path, policy, verification }, proofs, options, console);
  }
  if (options.format === 'json') await console.out(verificationJson(verified));
  return isFine ? exitCode.fine : exitCode.findings;
}

async function printResult(
  { path, policy, verification }: Verified,
  proofs: readonly ClaimVerdict[],
  { output }: VerifyOptions,
  { out, outColors }: Console,
): Promise<void> {
  const { claims, requests, sessions, milliseconds } = verification;
  await out(`${outColors.strong(path)}\n`);
  for (const claim of claims) {
    const proof = proofs.find(isAbout(claim));
    const isOpen = proof !== undefined && claim.counterexample === undefined;
    if (isOpen) await out(proofLines(policy, proof, outColors));
    if (!isOpen || proof.verdict.kind !== 'proved') await out(claimLines(policy, claim, outColors));
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
  const refuted = claims.filter(({ counterexample }) => counterexample).length;
  const tried = `${counted(requests, 'request')} and ${counted(sessions, 'session')}`;
  const took = `in ${seconds(milliseconds)}`;
  if (proofs.length > 0) await out(`${proofSummary(proofs)}\n`);
  await out(
    refuted === 0
      ? outColors.good(`nothing refuted by ${tried} ${took}; this is not a proof\n`)
      : outColors.error(
          `${refuted} of ${counted(claims.length, 'invariant')} refuted by ${tried} ${took}\n`,
        ),
  );
}

function isAbout({ name, invariant }: ClaimResult): (proof: ClaimVerdict) => boolean {
  return ({ claim }) => claim.name === name && claim.invariant === invariant;
}

/** The verification with the proofs as JSON, and with the counterexamples that only they found. */
function withProofs(
  policy: Policy,
  verification: Verification,
  proofs: readonly ClaimVerdict[],
): Verification {
  const claims = verification.claims.map((claim): ClaimResult => {
    const found = proofs.find(isAbout(claim));
    if (found === undefined) return claim;
    const counterexample = claim.counterexample ?? counterexampleOf(found);
    return { ...claim, counterexample, proof: proofJson(policy, found) };
  });
  return { ...verification, claims };
}

function claimLines(policy: Policy, result: ClaimResult, colors: Colors): string {
  const { name, invariant, counterexample, requests, sessions } = result;
  const named = invariant === undefined ? `${name} (built in)` : `invariant ${displayText(name)}`;
  const lines =
    counterexample === undefined
      ? [`  ${colors.good('✓')} ${named}: ${notRefuted(requests, sessions)}`]
      : [`  ${colors.error('✗')} ${named}`, ...counterexampleLines(policy, result, counterexample)];
  const allowed = result.allowed.map(({ by: { where, rule, span, how, change } }) => {
    const { file, line } = placeOf(policy, span);
    const exception = `${where} ${change}: ${rule} ${how} (${file}:${line})`;
    return `      but ${displayText(exception)}`;
  });
  return `${[...lines, ...allowed].join('\n')}\n`;
}

function notRefuted(requests: number, sessions: number): string {
  if (requests + sessions === 0) return 'no request or session that it applies to was tried';
  const tried = [counted(requests, 'request'), counted(sessions, 'session')];
  const some = tried.filter((_, index) => [requests, sessions][index] !== 0);
  return `not refuted by ${some.join(' and ')}`;
}

function counterexampleLines(
  policy: Policy,
  { invariant }: ClaimResult,
  counterexample: Counterexample,
): readonly string[] {
  const { why, tried, after } = counterexample;
  const place = invariant && placeOf(policy, invariant.span);
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
      : `        found after ${counted(tried, 'try', 'tries')} (${seconds(after)}), then shrunk:`,
  ];
}
