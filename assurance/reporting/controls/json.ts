// Control coverage as JSON. docs/reports.md describes the members. While `format` stays the same, members are only
// added.

import type { ControlCoverage, Coverage, CoveringRule, FrameworkCoverage } from './coverage.ts';

/** Returns the coverage as JSON. `only`: the framework to report, or `undefined` for all. */
export function coverageJson(
  { policies, frameworks, other }: Coverage,
  only: string | undefined,
): string {
  const report = {
    format: 'nhipol-coverage/1',
    policies: policies.map(({ name, version, file, passed, failed }) => ({
      name,
      version,
      file,
      tests: { passed, failed },
    })),
    frameworks: frameworks
      .filter(({ framework }) => only === undefined || framework.id === only)
      .map(buildFrameworkJson),
    other: other.map(({ control, status, rules }) => ({
      id: control.id,
      status,
      rules: rules.map(buildRuleJson),
    })),
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

function buildFrameworkJson({ framework, controls }: FrameworkCoverage) {
  const { id, title, description, version, source } = framework;
  const count = (status: string) => controls.filter((control) => control.status === status).length;
  return {
    id,
    title,
    description,
    version,
    source,
    tested: count('tested'),
    covered: count('covered'),
    none: count('none'),
    controls: controls.map(controlJson),
  };
}

function controlJson({ control, status, rules }: ControlCoverage) {
  return { ...control, status, rules: rules.map(buildRuleJson) };
}

function buildRuleJson({ id, effect, policy, ...rest }: CoveringRule) {
  const { message, around, condition, source, file, line, column, tests } = rest;
  return {
    id,
    effect,
    policy,
    message: message ?? null,
    around,
    condition: condition ?? null,
    source,
    file,
    line,
    column,
    tests,
  };
}
