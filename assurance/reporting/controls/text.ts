// Control coverage as text: a line for each control and, for a framework in full, the rules below it.

import type { Palette } from '@nhipol/language';
import { displayText } from '@nhipol/language/support';
import {
  type ControlCoverage,
  type Coverage,
  type CoveringRule,
  coversAny,
  type FrameworkCoverage,
} from './coverage.ts';
import {
  controlSummaryWords,
  describeCoveredPolicy,
  describeRules,
  formatFrameworkTitle,
  listRuleConditions,
  nothingCovered,
} from './words.ts';

export type CoveragePalette = Pick<Palette, 'strong' | 'warning' | 'error' | 'frame'> & {
  readonly good: (text: string) => string;
};

/** Returns the coverage as text. `only`: the framework to report in full, or `undefined` for a summary of all. */
export function coverageText(
  { policies, frameworks, other }: Coverage,
  only: string | undefined,
  palette: CoveragePalette,
): string {
  const head = policies.map((policy) => `${displayText(describeCoveredPolicy(policy))}\n`).join('');
  if (!coversAny({ policies, frameworks, other })) return `${head}\n${nothingCovered}\n`;
  const shown = frameworks.filter(({ framework }) => only === undefined || framework.id === only);
  const parts = [
    head,
    ...shown.map((frameworkCoverage) =>
      formatFramework(frameworkCoverage, only !== undefined, palette),
    ),
    ...(other.length === 0 ? [] : [formatOther(other, palette)]),
  ];
  return parts.join('\n');
}

function formatFramework(
  coverage: FrameworkCoverage,
  inFull: boolean,
  palette: CoveragePalette,
): string {
  const { controls } = coverage;
  const width = Math.max(...controls.map(({ control }) => control.id.length));
  const titles = Math.max(...controls.map(({ control }) => control.title.length));
  const lines = controls.flatMap((control) => [
    controlLine(control, width, titles, palette),
    ...(inFull ? control.rules.flatMap((rule) => formatRule(rule, palette)) : []),
  ]);
  const head = `${palette.strong(formatFrameworkTitle(coverage))}\n${controlSummaryWords(controls)}\n`;
  return `${head}\n${lines.map((line) => `${line}\n`).join('')}`;
}

function controlLine(
  { control, status, rules }: ControlCoverage,
  width: number,
  titles: number,
  palette: CoveragePalette,
): string {
  const mark = {
    tested: palette.good('✓'),
    covered: palette.warning('~'),
    none: palette.error('✗'),
  }[status];
  const title = control.title.padEnd(titles);
  return `  ${mark} ${control.id.padEnd(width)}  ${title}  ${describeRules(rules)}`;
}

function formatRule(rule: CoveringRule, { frame, warning }: CoveragePalette): readonly string[] {
  const untested = rule.tests.length === 0 ? warning('  not tested') : '';
  const place = frame(displayText(`${rule.file}:${rule.line}:${rule.column}`));
  return [
    `      ${rule.effect} ${displayText(rule.id)}  ${place}${untested}`,
    `        ${displayText(rule.message ?? (listRuleConditions(rule).join('; ') || 'always'))}`,
  ];
}

function formatOther(other: readonly ControlCoverage[], palette: CoveragePalette): string {
  const width = Math.max(...other.map(({ control }) => displayText(control.id).length));
  const lines = other.map(({ control, rules }) => {
    const ids = [...new Set(rules.map(({ id }) => displayText(id)))].join(', ');
    return `  ${displayText(control.id).padEnd(width)}  ${ids}\n`;
  });
  return `${palette.strong('Other ids, not in a known framework')}\n${lines.join('')}`;
}
