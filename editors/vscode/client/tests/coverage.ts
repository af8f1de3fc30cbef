// The coverage of a run for the editor: each rule is a statement with three branches, one for each value that its condition
// can have, and so is each part of a condition.

import { BranchCoverage, FileCoverage, StatementCoverage, TestCoverageCount, Uri } from 'vscode';
import type * as protocol from '../../../../language-server/protocol.ts';
import { toRange } from '../ranges.ts';

/** The values of a condition, as the editor shows them. */
const values: readonly (readonly [keyof protocol.OutcomeCounts, string])[] = [
  ['holds', 'holds'],
  ['not', 'does not hold'],
  ['unknown', 'is unknown'],
];

/** The coverage of a file, with the details that the editor loads when it shows the file. */
export class PolicyCoverage extends FileCoverage {
  readonly details: readonly StatementCoverage[];

  constructor({ uri, rules, conditions }: protocol.FileCoverage) {
    const details = [...rules.map(ruleDetails), ...conditions.map(conditionDetails)];
    const branches = details.flatMap((each) => each.branches);
    super(
      Uri.parse(uri),
      countOf(rules.map(({ counts }) => total(counts))),
      countOf(executions(branches)),
    );
    this.details = details;
  }
}

function ruleDetails({ range, counts }: protocol.RuleCoverage): StatementCoverage {
  const place = toRange(range);
  const branches = values.map(
    ([value, label]) => new BranchCoverage(counts[value], place.start, label),
  );
  return new StatementCoverage(total(counts), place, branches);
}

/** A value that a condition cannot have is not a branch. */
function conditionDetails({
  range,
  counts,
  missing,
}: protocol.ConditionCoverage): StatementCoverage {
  const place = toRange(range);
  const branches = values
    .filter(([value]) => counts[value] > 0 || missing.includes(value))
    .map(([value, label]) => new BranchCoverage(counts[value], place.start, label));
  return new StatementCoverage(total(counts), place, branches);
}

const total = ({ holds, not, unknown }: protocol.OutcomeCounts) => holds + not + unknown;

const executions = (branches: readonly BranchCoverage[]) =>
  branches.map(({ executed }) => Number(executed));

function countOf(counts: readonly number[]): TestCoverageCount {
  return new TestCoverageCount(counts.filter((count) => count > 0).length, counts.length);
}
