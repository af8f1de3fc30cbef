// For people: each mutant that lives below its place, what it changes, and a test that would notice it.

import { displayText } from '../../language/display.ts';
import type { Policy } from '../../language/index.ts';
import { asTest } from '../../testing/mutate/as-test.ts';
import { instantText } from '../../testing/mutate/instant-text.ts';
import { scoreOf, tallyOf } from '../../testing/mutate/score.ts';
import { difference, type Witness } from '../../testing/mutate/witness.ts';
import { printChange } from '../print-diff.ts';
import type { MutationReport, MutationReportOptions, TriedMutant, TriedPolicy } from './report.ts';

export function textReport({ console, all }: MutationReportOptions): MutationReport {
  const { strong, good, error } = console.outColors;
  let [place, number] = ['', 0];
  const show = async (policy: Policy, tried: TriedMutant): Promise<void> => {
    const { file } = tried.mutant.span;
    const line = `${displayText(file)}:${tried.mutant.position.line}`;
    if (line !== place) await console.out(`  ${strong(line)}\n`);
    place = line;
    number += 1;
    await console.out(indented(4, [...shown(policy, tried, number), '']));
  };
  const shown = (policy: Policy, { mutant, outcome, before, after }: TriedMutant, nth: number) => [
    `${mutant.operator}: ${displayText(mutant.does)}`,
    ...printChange(before, after, console.outColors, displayText),
    ...told(policy, outcome, nth),
  ];
  const told = (policy: Policy, outcome: TriedMutant['outcome'], nth: number) => {
    if (outcome.kind === 'survived') return witnessed(policy, outcome.witness, nth);
    if (outcome.kind === 'equivalent') return [equivalent[outcome.where]];
    if (outcome.kind === 'undecided') return [undecided[outcome.tried]];
    return [];
  };
  return {
    begin: async (path) => {
      await console.out(`${strong(displayText(path))}\n\n`);
    },
    tried: async (policy, tried) => {
      const { kind } = tried.outcome;
      if (kind === 'survived' || (all && (kind === 'undecided' || kind === 'equivalent')))
        await show(policy, tried);
    },
    end: async (policies) => {
      const lines = policies.map((each) => summary(each, policies.length > 1));
      const isWhole = policies.every(({ mutants }) => tallyOf(mutants).survived === 0);
      await console.out(`${(isWhole ? good : error)(lines.join('\n'))}\n`);
    },
  };
}

const equivalent = {
  everywhere: 'It means the same.',
  sessions: 'It means the same in every session: there its condition is never unknown.',
};

const undecided = {
  requests: 'No request was found that tells it from the policy.',
  sessions: 'Neither a request nor a session was found that tells it from the policy.',
};

/** A longer test is not shown. */
const maxLines = 200;

function witnessed(policy: Policy, witness: Witness, nth: number): readonly string[] {
  const lines = (asTest(policy, `mutant ${nth}`, witness) ?? '').trimEnd().split('\n');
  const answer = `the mutant's answer is ${answered(witness)}`;
  if (lines.length > maxLines)
    return [
      `No test notices it. A session would, of ${lines.length} lines, since ${answer}.`,
      asJson,
    ];
  return [
    `No test notices it. This one would, since ${answer}:`,
    ...lines.map((line) => (line === '' ? '' : `  ${displayText(line)}`)),
  ];
}

const asJson = 'Run with `--format json` to get it as a test.';

/** In short, with whatever makes the difference. */
function answered({ before, after }: Witness): string {
  const { effect, reasons, validUntil } = after;
  const said = `${effect} because ${reasons.join(', ')}`;
  const what = difference(before, after);
  if (what === 'until')
    return `${said} ${validUntil === undefined ? 'without an end' : `until ${instantText(validUntil)}`}`;
  return displayText(
    what === 'constraints' || what === 'obligations' ? `${said} with other ${what}` : said,
  );
}

function summary({ path, mutants }: TriedPolicy, named: boolean): string {
  const tally = tallyOf(mutants);
  const { killed, survived, undecided: open, equivalent } = tally;
  const score = scoreOf(tally).toFixed(1);
  const rest = [
    open === 0 ? '' : `, ${open} undecided`,
    equivalent === 0 ? '' : `, ${equivalent} that mean the same`,
  ];
  const name = named ? `${displayText(path)}: ` : '';
  return `${name}${killed} mutants killed, ${survived} survived${rest.join('')}. Score: ${score} %`;
}

function indented(by: number, lines: readonly string[]): string {
  return lines.map((line) => (line === '' ? '\n' : `${' '.repeat(by)}${line}\n`)).join('');
}
