// The coverage of a run for the editor: each rule is a statement with three branches, one for each value that its condition
// can have, and so is each part of a condition.

import type * as protocol from '@nhipol/language-server/protocol';
import {
  BranchCoverage,
  FileCoverage,
  type Position,
  StatementCoverage,
  TestCoverageCount,
  Uri,
} from 'vscode';
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
    const ofRules = rules.map((rule) =>
      createRuleDetails(rule, selectConditions(rule, rules, conditions)),
    );
    const details = [...ofRules, ...conditions.map(createConditionDetails)];
    super(
      Uri.parse(uri),
      toCoverageCount(ofRules.map(({ executed }) => Number(executed))),
      toCoverageCount(
        details.flatMap(({ branches }) => branches.map(({ executed }) => Number(executed))),
      ),
    );
    this.details = details;
  }
}

/** The conditions between the start of a rule and that of the next one. */
function selectConditions(
  rule: protocol.RuleCoverage,
  rules: readonly protocol.RuleCoverage[],
  conditions: readonly protocol.ConditionCoverage[],
): readonly protocol.ConditionCoverage[] {
  const findStart = ({ range }: { readonly range: protocol.RuleCoverage['range'] }) =>
    toRange(range).start;
  const start = findStart(rule);
  const next = rules
    .map(findStart)
    .filter((position) => position.isAfter(start))
    .reduce<Position | undefined>(
      (first, position) => (first === undefined || position.isBefore(first) ? position : first),
      undefined,
    );
  return conditions.filter((condition) => {
    const position = findStart(condition);
    return position.isAfterOrEqual(start) && (next === undefined || position.isBefore(next));
  });
}

/** A rule is covered if a test fires it; it can be unknown if one of its conditions can. */
function createRuleDetails(
  { range, counts, firedBy }: protocol.RuleCoverage,
  conditions: readonly protocol.ConditionCoverage[],
): StatementCoverage {
  const place = toRange(range);
  const canBeUnknown = conditions.some(
    ({ counts: own, missing }) => own.unknown > 0 || missing.includes('unknown'),
  );
  const branches = values
    .filter(([value]) => value !== 'unknown' || counts.unknown > 0 || canBeUnknown)
    .map(([value, label]) => new BranchCoverage(counts[value], place.start, label));
  return new StatementCoverage(firedBy.length, place, branches);
}

/** A value that a condition cannot have is not a branch. */
function createConditionDetails({
  range,
  counts,
  missing,
}: protocol.ConditionCoverage): StatementCoverage {
  const place = toRange(range);
  const branches = values
    .filter(([value]) => counts[value] > 0 || missing.includes(value))
    .map(([value, label]) => new BranchCoverage(counts[value], place.start, label));
  return new StatementCoverage(sumOutcomes(counts), place, branches);
}

const sumOutcomes = ({ holds, not, unknown }: protocol.OutcomeCounts) => holds + not + unknown;

function toCoverageCount(counts: readonly number[]): TestCoverageCount {
  return new TestCoverageCount(counts.filter((count) => count > 0).length, counts.length);
}
