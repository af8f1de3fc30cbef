// Mutation testing as text: each surviving mutant with its place, its change and a test that detects it.

import type { PolicyModel } from '@nhipol/language/model';
import { displayText } from '@nhipol/language/support';
import {
  answerText,
  asTest,
  computeMutationScore,
  countOutcomes,
  type Witness,
} from '@nhipol/testing/mutation';
import { printChangedLines } from '../../output/print-diff.ts';
import type { MutationReport, MutationReportOptions, TriedMutant, TriedPolicy } from './report.ts';

export function createTextReport({ console, all }: MutationReportOptions): MutationReport {
  const { strong, good, error } = console.outColors;
  let [place, number] = ['', 0];
  const show = async (policy: PolicyModel, triedMutant: TriedMutant): Promise<void> => {
    const { file } = triedMutant.mutant.span;
    const line = `${displayText(file)}:${triedMutant.mutant.position.line}`;
    if (line !== place) await console.out(`  ${strong(line)}\n`);
    place = line;
    number += 1;
    await console.out(indentLines(4, [...showMutant(policy, triedMutant, number), '']));
  };
  const showMutant = (
    policy: PolicyModel,
    { mutant, outcome, before, after }: TriedMutant,
    nth: number,
  ) => [
    `${mutant.operator}: ${displayText(mutant.does)}`,
    ...printChangedLines(before, after, console.outColors, displayText),
    ...outcomeLines(policy, outcome, nth),
  ];
  const outcomeLines = (policy: PolicyModel, outcome: TriedMutant['outcome'], nth: number) => {
    if (outcome.kind === 'survived') return formatWitness(policy, outcome.witness, nth);
    if (outcome.kind === 'equivalent') return [equivalent[outcome.where]];
    if (outcome.kind === 'undecided') return [undecided[outcome.tried]];
    return [];
  };
  return {
    begin: async (path) => {
      await console.out(`${strong(displayText(path))}\n\n`);
    },
    tried: async (policy, triedMutant) => {
      const { kind } = triedMutant.outcome;
      if (kind === 'survived' || (all && (kind === 'undecided' || kind === 'equivalent')))
        await show(policy, triedMutant);
    },
    end: async (policies) => {
      const lines = policies.map((policy) => formatSummary(policy, policies.length > 1));
      const isComplete = policies.every(({ mutants }) => countOutcomes(mutants).survived === 0);
      await console.out(`${(isComplete ? good : error)(lines.join('\n'))}\n`);
    },
  };
}

const equivalent = {
  proved:
    'Equivalent, by a proof: effects, reasons, constraints and names of obligations are equal.',
  everywhere: 'Equivalent.',
  sessions: 'Equivalent in every session, where its condition is never unknown.',
};

const undecided = {
  requests: 'Undecided: no request was found that distinguishes it from the policy.',
  sessions:
    'Undecided: neither a request nor a session was found that distinguishes it from the policy.',
};

/** Longer tests are not printed. */
const maxLines = 200;

function formatWitness(policy: PolicyModel, witness: Witness, nth: number): readonly string[] {
  const lines = (asTest(policy, `mutant ${nth}`, witness) ?? '').trimEnd().split('\n');
  const undetected = `No test detects this mutant, which answers ${answerText(witness)}.`;
  if (lines.length > maxLines)
    return [`${undetected} A session of ${lines.length} lines does.`, asJson];
  return [
    `${undetected} This one does:`,
    ...lines.map((line) => (line === '' ? '' : `  ${displayText(line)}`)),
  ];
}

const asJson = 'Run with `--format json` to get it as a test.';

function formatSummary({ path, mutants }: TriedPolicy, named: boolean): string {
  const tally = countOutcomes(mutants);
  const { killed, survived, undecided: open, equivalent } = tally;
  const score = computeMutationScore(tally).toFixed(1);
  const rest = [
    open === 0 ? '' : `, ${open} undecided`,
    equivalent === 0 ? '' : `, ${equivalent} equivalent`,
  ];
  const name = named ? `${displayText(path)}: ` : '';
  return `${name}${killed} mutants killed, ${survived} survived${rest.join('')}; score ${score} %`;
}

function indentLines(by: number, lines: readonly string[]): string {
  return lines.map((line) => (line === '' ? '\n' : `${' '.repeat(by)}${line}\n`)).join('');
}
