// Implements `nhipol prove`: decides claims about a policy for every request. Prints each verdict, and writes
// counterexamples for `nhipol eval`, proofs for `nhipol certify`, and SMT-LIB scripts for other solvers.

import { join, normalize } from 'node:path';
import { stringify, toAuthZen } from '@nhipol/runtime';
import { type Policy, placeOf } from '../../../language/index.ts';
import { maskSecrets } from '../../../language/secrets/mask-request.ts';
import { displayText } from '../../../language/support/display.ts';
import { claimsOf } from '../../../proving/claims/claims.ts';
import { proofOf } from '../../../proving/claims/proof.ts';
import { type ClaimVerdict, proveClaims, proverOf } from '../../../proving/claims/prove.ts';
import { smtLib } from '../../../proving/smt-lib.ts';
import { random } from '../../../testing/generate/random.ts';
import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode } from '../../io/exit-codes.ts';
import { checkFrom, makeFolder, readSource, slashed, writeAtomically } from '../../io/files.ts';
import { slug, writeCounterexample } from '../../output/counterexample.ts';
import { policyOrReport } from '../../output/policy-or-report.ts';
import { counterexampleOf, proofJson, proofLines, proofSummary } from '../../output/proofs.ts';
import { withQuestions } from './questions.ts';

export interface ProveOptions {
  readonly effort: number;
  readonly certificate?: string | undefined;
  readonly smtLib?: string | undefined;
  /** The folder to write counterexamples to. */
  readonly output: string;
  readonly format: 'text' | 'json';
}

export async function proveCommand(
  path: string,
  questions: readonly string[],
  options: ProveOptions,
  console: Console,
): Promise<ExitCode> {
  const source = await readSource(path, console.input);
  const text = questions.length === 0 ? source : withQuestions(source, questions);
  const checked = await checkFrom(slashed(normalize(path)), text);
  const policy = policyOrReport(checked, console);
  if (policy === undefined) return exitCode.findings;
  const prover = proverOf(policy, { effort: options.effort, random: random(1) });
  const claims = claimsOf(prover);
  const isWanted = ({ name }: { readonly name: string }) =>
    questions.length === 0 || questions.includes(name);
  const verdicts = proveClaims(prover, claims.filter(isWanted));
  if (options.format === 'json') await console.out(asJson(path, policy, verdicts));
  else await print(path, policy, verdicts, options, console);
  const write = (file: string, content: string) =>
    writeAtomically(file, new TextEncoder().encode(content));
  if (options.certificate !== undefined)
    await write(
      options.certificate,
      `${JSON.stringify(proofOf(policy, checked, prover, verdicts))}\n`,
    );
  if (options.smtLib !== undefined) {
    await makeFolder(options.smtLib);
    for (const { claim } of verdicts) {
      const roots = prover.rootsOf(claim.goal, { inSessions: true, years: [] });
      await write(
        join(options.smtLib, `${slug(claim.name)}.smt2`),
        smtLib(prover.formula, roots, claim.name),
      );
    }
  }
  const isProved = verdicts.every(({ verdict }) => verdict.kind === 'proved');
  return isProved ? exitCode.fine : exitCode.findings;
}

async function print(
  path: string,
  policy: Policy,
  verdicts: readonly ClaimVerdict[],
  { output }: ProveOptions,
  { out, outColors }: Console,
): Promise<void> {
  await out(`${outColors.strong(path)}\n`);
  for (const each of verdicts) {
    const counterexample = counterexampleOf(each);
    if (counterexample === undefined || each.verdict.kind !== 'refuted') {
      await out(proofLines(policy, each, outColors));
      continue;
    }
    const { name, invariant } = each.claim;
    const { effect, reasons } = each.verdict.confirmation;
    const commands = await writeCounterexample(path, policy, name, counterexample, output);
    const named = invariant === undefined ? `${name} (built in)` : `invariant ${displayText(name)}`;
    const lines = [
      `  ${outColors.error('✗')} ${named}: refuted`,
      `        ${effect} because ${reasons.join(', ')}`,
      ...commands.map((line) => `        ${line}`),
    ];
    await out(`${lines.join('\n')}\n`);
  }
  const isRefuted = verdicts.some(({ verdict }) => verdict.kind === 'refuted');
  const color = isRefuted ? outColors.error : outColors.good;
  await out(color(`${proofSummary(verdicts)}\n`));
}

function asJson(path: string, policy: Policy, verdicts: readonly ClaimVerdict[]): string {
  const claims = verdicts.map((each) => {
    const { claim, verdict } = each;
    return {
      name: claim.name,
      ...(claim.invariant === undefined ? {} : { at: placeOf(policy, claim.invariant.span) }),
      ...proofJson(policy, each),
      ...(verdict.kind === 'refuted'
        ? {
            request: JSON.parse(maskSecrets(policy, verdict.request)) as unknown,
            response: toAuthZen(verdict.confirmation),
          }
        : {}),
    };
  });
  const { name, version } = policy;
  return `${stringify({ format: 'nhipol-proofs/1', path, policy: { name, version }, claims }, 2)}\n`;
}
