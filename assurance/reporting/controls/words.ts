// The words on control coverage that all reports share.

import { pluralize } from '@nhipol/language/support';
import type {
  ControlCoverage,
  CoveredPolicy,
  CoveringRule,
  FrameworkCoverage,
  Status,
} from './coverage.ts';

export const statusWords: Readonly<Record<Status, string>> = {
  tested: 'tested',
  covered: 'covered',
  none: 'no rule',
};

export function formatFrameworkTitle({ framework }: FrameworkCoverage): string {
  return `${framework.title}, ${framework.version}`;
}

/** `10 controls: 4 tested, 1 covered but not fully tested, 5 without a rule` */
export function controlSummaryWords(controls: readonly ControlCoverage[]): string {
  const count = (status: Status) => controls.filter((control) => control.status === status).length;
  const parts = [
    `${count('tested')} tested`,
    `${count('covered')} covered but not fully tested`,
    `${count('none')} without a rule`,
  ];
  return `${pluralize(controls.length, 'control')}: ${parts.join(', ')}`;
}

/** Returns words such as `3 rules, all tested`. */
export function describeRules(rules: readonly CoveringRule[]): string {
  const tested = rules.filter(({ tests }) => tests.length > 0).length;
  if (rules.length === 0) return 'no rule';
  const shown = pluralize(rules.length, 'rule');
  if (tested === rules.length) return `${shown}, ${rules.length === 1 ? '' : 'all '}tested`;
  return `${shown}, ${tested === 0 ? 'not' : `${tested} of them`} tested`;
}

export function describeCoveredPolicy({ name, version, passed, failed }: CoveredPolicy): string {
  const fails = failed === 0 ? 'all pass' : `${failed} of them ${failed === 1 ? 'fails' : 'fail'}`;
  const tests =
    passed + failed === 0 ? 'no tests' : `${pluralize(passed + failed, 'test')}, ${fails}`;
  return `${name} ${version} (${tests})`;
}

/** All conditions of a rule, as written. */
export function listRuleConditions({ around, condition }: CoveringRule): readonly string[] {
  return condition === undefined ? around : [...around, condition];
}

/** For a report of policies whose rules name no control. */
export const nothingCovered =
  'No rule names a control, so there is nothing to report. A rule names the controls that it implements with `covers`, such as `covers ASI02`.';

export const legend =
  'A control is tested if each of its rules is a reason in an answer of a passing test. It is covered if it has rules but not all of them are tested.';
