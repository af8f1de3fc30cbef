// Control coverage: the rules for each control, and whether the tests of the policies exercise them. Takes checked
// policies with the answers of their tests, and returns data for all reports.

import {
  findSourcePlace,
  type PolicyModel,
  type PolicyTest,
  type Rule,
  type ScoreCondition,
} from '@nhipol/language/model';
import type { Span } from '@nhipol/language/support';
import type { EffectName, ReasonDetail } from '@nhipol/runtime/abi';
import { type Control, type Framework, findControl, frameworks } from '../frameworks/index.ts';
import { SourceTexts } from '../source-texts.ts';

/** A policy with the results of its tests. */
export interface TestedPolicy {
  readonly policy: PolicyModel;
  readonly tests: readonly RunTest[];
}

export interface RunTest {
  readonly test: PolicyTest;
  readonly passed: boolean;
  /** One answer for each step. */
  readonly answers: readonly { readonly reasonDetails: readonly Pick<ReasonDetail, 'source'>[] }[];
}

export interface Coverage {
  readonly policies: readonly CoveredPolicy[];
  readonly frameworks: readonly FrameworkCoverage[];
  /** Ids that are not in a known framework, as written, in ASCII order. */
  readonly other: readonly ControlCoverage[];
}

export interface CoveredPolicy {
  readonly name: string;
  readonly version: string;
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
}

export interface FrameworkCoverage {
  readonly framework: Framework;
  /** All controls of the framework, in its order. */
  readonly controls: readonly ControlCoverage[];
}

export type Status = 'tested' | 'covered' | 'none';

export interface ControlCoverage {
  readonly control: Control;
  /** `tested` if all of its rules are tested. */
  readonly status: Status;
  /** The rules in the order of policies, files and places. */
  readonly rules: readonly CoveringRule[];
}

/** A rule, or a condition of a score, that covers a control. */
export interface CoveringRule {
  readonly policy: string;
  readonly id: string;
  readonly effect: EffectName | 'score';
  readonly message: string | undefined;
  /** The conditions of the enclosing group and `given`s, from the outermost. */
  readonly around: readonly string[];
  /** Its own condition, as written, or `undefined` if it has none. */
  readonly condition: string | undefined;
  readonly source: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The names of the passing tests in which the rule is a reason. */
  readonly tests: readonly string[];
}

/** Whether a rule names a control. */
export function coversAny({ frameworks, other }: Coverage): boolean {
  const all = [...frameworks.flatMap(({ controls }) => controls), ...other];
  return all.some(({ rules }) => rules.length > 0);
}

export function computeControlCoverage(tested: readonly TestedPolicy[]): Coverage {
  const byControl = new Map<Control, CoveringRule[]>();
  const other = new Map<string, CoveringRule[]>();
  for (const testedPolicy of tested) {
    for (const { rule, covers } of listCoveringRules(testedPolicy)) {
      for (const id of new Set(covers)) {
        const control = findControl(id)?.control;
        if (control === undefined) other.set(id, [...(other.get(id) ?? []), rule]);
        else byControl.set(control, [...(byControl.get(control) ?? []), rule]);
      }
    }
  }
  return {
    policies: tested.map(({ policy, tests }) => {
      const passed = tests.filter((test) => test.passed).length;
      return {
        name: policy.name,
        version: policy.version,
        file: policy.span.file,
        passed,
        failed: tests.length - passed,
      };
    }),
    frameworks: frameworks.map((framework) => ({
      framework,
      controls: framework.controls.map((control) => assessControl(control, byControl.get(control))),
    })),
    other: [...other]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, rules]) => assessControl({ id, title: '', description: '' }, rules)),
  };
}

/** A rule that spells a control in two ways counts once. */
function assessControl(
  control: Control,
  foundCoveringRules: readonly CoveringRule[] = [],
): ControlCoverage {
  const rules = [...new Set(foundCoveringRules)];
  const status =
    rules.length === 0
      ? 'none'
      : rules.every(({ tests }) => tests.length > 0)
        ? 'tested'
        : 'covered';
  return { control, status, rules };
}

function listCoveringRules({ policy, tests }: TestedPolicy) {
  const sources = new SourceTexts(policy);
  const exercising = indexExercisingTests(tests);
  const coveringRule = (rule: Rule | ScoreCondition, effect: CoveringRule['effect']) => {
    const written = sources.findRule(rule.span);
    const condition = written?.node.condition;
    return {
      covers: rule.covers,
      rule: {
        policy: policy.name,
        id: rule.id,
        effect,
        message: rule.message.length === 0 ? undefined : sources.message(rule.message),
        around: written?.around ?? [],
        condition: condition && sources.expr(condition.span),
        source: sources.lines(written?.node.span ?? rule.span),
        ...sources.at(rule.span),
        tests: [...(exercising.get(buildPlaceKey(policy, rule.span)) ?? [])],
      },
    };
  };
  const all = [
    ...policy.rules.map((rule) => coveringRule(rule, rule.effect)),
    ...policy.scores.flatMap(({ conditions }) =>
      conditions.map((condition) => coveringRule(condition, 'score')),
    ),
  ];
  return all.sort((a, b) => compare(a.rule.file, b.rule.file) || a.rule.line - b.rule.line);
}

/** The names of passing tests, by the places of the rules that are reasons in them. */
function indexExercisingTests(tests: readonly RunTest[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { test, passed, answers } of tests) {
    if (!passed) continue;
    for (const { source } of answers.flatMap(({ reasonDetails }) => reasonDetails)) {
      if (source === undefined) continue;
      const key = `${source.line} ${source.column} ${source.file}`;
      found.set(key, (found.get(key) ?? new Set()).add(test.name));
    }
  }
  return found;
}

function buildPlaceKey(policy: PolicyModel, span: Span): string {
  const { file, line, column } = findSourcePlace(policy, span);
  return `${line} ${column} ${file}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
