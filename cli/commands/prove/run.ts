// Implements `nhipol prove`: decides claims about a policy for every request. Prints each verdict, and writes
// counterexamples for `nhipol eval`, proofs for `nhipol certify`, and SMT-LIB scripts for other solvers.

import { join, normalize } from 'node:path';
import { maskSecrets } from '@nhipol/language';
import { findSourcePlace, type PolicyModel } from '@nhipol/language/model';
import { displayText, suggest } from '@nhipol/language/support';
import {
  type ClaimSet,
  type ClaimVerdict,
  createProof,
  createRequestSet,
  isProvedEverywhere,
  listMemberSets,
  proveSet,
  proveSets,
  smtLib,
} from '@nhipol/proving';
import { stringify, toAuthZen } from '@nhipol/runtime';
import { createRandomNumbers } from '@nhipol/testing';
import { findContradiction } from '@nhipol/testing/proofs';
import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';
import { makeFolder, readSource, toSlashes, writeAtomically } from '../../io/files.ts';
import { checkEntryText } from '../../io/policies/check-policy.ts';
import { refuseContradiction } from '../../output/contradiction.ts';
import { createSlug, writeCounterexample } from '../../output/counterexample.ts';
import { checkWithSolver, listNamedVerdicts } from '../../output/cross-check.ts';
import { selectPolicyOrReport } from '../../output/policy-or-report.ts';
import {
  buildProofJson,
  findProofCounterexample,
  formatProof,
  nameVerdict,
  summarizeProofs,
} from '../../output/proofs.ts';
import {
  buildEvidenceJson,
  collectEvidence,
  type EvidenceOfClaims,
  formatEvidence,
  listTrustedParts,
  printTrustedParts,
} from '../../output/trust.ts';
import { isAboutMember, withQuestions } from './questions.ts';

export interface ProveOptions {
  readonly effort: number;
  readonly events: number;
  readonly certificate?: string | undefined;
  readonly smtLib?: string | undefined;
  /** Whether to list what each verdict rests on. */
  readonly explainTrust?: boolean | undefined;
  /** The SMT solver that must agree with each verdict. */
  readonly solver?: string | undefined;
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
  const ofMembers = questions.filter(isAboutMember);
  const others = questions.filter((question) => !isAboutMember(question));
  const text = others.length === 0 ? source : withQuestions(source, others);
  const checked = await checkEntryText(toSlashes(normalize(path)), text);
  const policy = selectPolicyOrReport(checked, console);
  if (policy === undefined) return exitCode.findings;
  const limit = { effort: options.effort, events: options.events, random: createRandomNumbers(1) };
  const sets = [
    ...(others.length === 0 ? [] : [createRequestSet(policy, limit)]),
    ...(ofMembers.length === 0 ? [] : listMemberSets(policy, limit)),
  ];
  refuseUnknown(ofMembers, sets);
  const decidedSets =
    questions.length === 0
      ? proveSets(policy, limit)
      : sets.map((set) => proveSet(selectClaims(set, questions)));
  const verdicts = decidedSets.flatMap((each) => each.verdicts);
  await refuseContradiction(path, policy, findContradiction(policy, verdicts), options.output);
  const evidence = options.explainTrust === true ? collectEvidence(policy, decidedSets) : undefined;
  if (options.format === 'json') await console.out(asJson(path, policy, verdicts, evidence));
  else await print(path, policy, verdicts, evidence, options, console);
  const write = (file: string, content: string) =>
    writeAtomically(file, new TextEncoder().encode(content));
  if (options.solver !== undefined)
    await checkWithSolver(options.solver, listNamedVerdicts(decidedSets), console);
  if (options.certificate !== undefined)
    await write(
      options.certificate,
      `${JSON.stringify(createProof(policy, checked, decidedSets))}\n`,
    );
  if (options.smtLib !== undefined) {
    await makeFolder(options.smtLib);
    for (const { prover, verdicts: own } of decidedSets) {
      if (prover.excess !== undefined) continue;
      for (const { claim } of own) {
        const roots = prover.listRoots(claim.goal, { inSessions: true, years: [] });
        await write(
          join(options.smtLib, `${createSlug(claim.name)}.smt2`),
          smtLib(prover.formula, roots, claim.name),
        );
      }
    }
  }
  const isProved = verdicts.every(({ verdict }) => isProvedEverywhere(verdict));
  return isProved ? exitCode.fine : exitCode.findings;
}

function selectClaims({ claims, ...set }: ClaimSet, names: readonly string[]): ClaimSet {
  return { ...set, claims: claims.filter(({ name }) => names.includes(name)) };
}

function refuseUnknown(questions: readonly string[], sets: readonly ClaimSet[]): void {
  const known = sets.flatMap(({ claims }) => claims.map(({ name }) => name));
  for (const question of questions) {
    if (known.includes(question)) continue;
    const [near] = suggest(question, known);
    const help = near === undefined ? '' : `; did you mean \`${near}\`?`;
    throw new UsageError(`no rule depends on this: \`${displayText(question)}\`${help}`);
  }
}

async function print(
  path: string,
  policy: PolicyModel,
  verdicts: readonly ClaimVerdict[],
  evidence: EvidenceOfClaims | undefined,
  { output }: ProveOptions,
  { out, outColors }: Console,
): Promise<void> {
  await out(`${outColors.strong(path)}\n`);
  for (const verdict of verdicts) {
    const proofCounterexample = findProofCounterexample(verdict);
    const claimEvidence = evidence?.get(verdict);
    const explained = claimEvidence === undefined ? '' : formatEvidence(claimEvidence);
    if (proofCounterexample === undefined) {
      await out(`${formatProof(policy, verdict, outColors)}${explained}`);
      continue;
    }
    const { name, invariant } = verdict.claim;
    const { counterexample } = proofCounterexample;
    const { effect, reasons } = proofCounterexample.answer;
    const commands = await writeCounterexample(path, policy, name, counterexample, output);
    const named = invariant === undefined ? `${name} (built in)` : `invariant ${displayText(name)}`;
    const lines = [
      `  ${outColors.error('✗')} ${named}: refuted${counterexample.kind === 'session' ? ' by a session' : ''}`,
      ...(counterexample.why === undefined ? [] : [`        ${counterexample.why}`]),
      `        ${effect} because ${reasons.join(', ')}`,
      ...commands.map((line) => `        ${line}`),
    ];
    await out(`${lines.join('\n')}\n${explained}`);
  }
  const isRefuted = verdicts.some(({ verdict }) => verdict.kind === 'refuted');
  const color = isRefuted ? outColors.error : outColors.good;
  await out(color(`${summarizeProofs(verdicts.map(({ verdict }) => nameVerdict(verdict)))}\n`));
  if (evidence !== undefined) await out(printTrustedParts(outColors));
}

function asJson(
  path: string,
  policy: PolicyModel,
  verdicts: readonly ClaimVerdict[],
  evidence: EvidenceOfClaims | undefined,
): string {
  const claims = verdicts.map((verdict) => {
    const { claim } = verdict;
    const proofCounterexample = findProofCounterexample(verdict);
    const claimEvidence = evidence?.get(verdict);
    return {
      name: claim.name,
      ...(claim.invariant === undefined
        ? {}
        : { at: findSourcePlace(policy, claim.invariant.span) }),
      ...buildProofJson(policy, verdict),
      ...(claimEvidence === undefined ? {} : { trust: buildEvidenceJson(claimEvidence) }),
      ...(proofCounterexample === undefined
        ? {}
        : {
            request: JSON.parse(maskSecrets(policy, proofCounterexample.request)) as unknown,
            response: toAuthZen(proofCounterexample.answer),
          }),
    };
  });
  const { name, version } = policy;
  const trusted = evidence === undefined ? {} : { trusted: listTrustedParts() };
  const json = { format: 'nhipol-proofs/1', path, policy: { name, version }, claims, ...trusted };
  return `${stringify(json, 2)}\n`;
}
