// The differences between what a step of a test expects and its answer or possibility, part by part. Order is irrelevant.

import { listAnswerDemands, parseJson, toJsonValue } from '@nhipol/language';
import type { Expr, TestStep } from '@nhipol/language/model';
import { formatInstant, toJson } from '@nhipol/language/types';
import { type Answer, type Possibility, stringify } from '@nhipol/runtime';
import type { JsonValue } from '@nhipol/runtime/abi';
import { isPossibility, type StepResult } from './step-result.ts';

export interface StepDifference {
  readonly what:
    | 'effect'
    | 'possibility'
    | 'reasons'
    | 'constraints'
    | 'obligations'
    | 'lower'
    | 'until';
  readonly expected: string;
  readonly got: string;
  /** Elements that only one side has, for long lists: ids, settings, members of sets, obligations. */
  readonly missing: readonly string[];
  readonly extra: readonly string[];
}

/** One side of a comparison: as a whole, and its parts. */
interface Side {
  readonly text: string;
  readonly parts: readonly string[];
}

type Named = readonly (readonly [name: string, value: JsonValue])[];

type Compare = (what: StepDifference['what'], expected: Side, got: Side) => void;

export function listStepDifferences(step: TestStep, result: StepResult): readonly StepDifference[] {
  const stepDifferences: StepDifference[] = [];
  const compare: Compare = (what, expected, got) => {
    if (expected.text === got.text) return;
    stepDifferences.push({
      what,
      expected: expected.text,
      got: got.text,
      missing: without(expected.parts, got.parts),
      extra: without(got.parts, expected.parts),
    });
  };
  if (isPossibility(result)) comparePossibility(step, result, compare);
  else compareAnswer(step, result, compare);
  if (step.until !== undefined) {
    const got = result.validUntil === undefined ? 'no end' : formatInstant(result.validUntil);
    compare('until', createSide(formatInstant(step.until)), createSide(got));
  }
  return stepDifferences;
}

function comparePossibility(
  { outcome, reasons }: TestStep,
  { possible, reasons: own }: Possibility,
  compare: Compare,
): void {
  compare('possibility', createSide(outcome), createSide(possible ? 'possible' : 'impossible'));
  if (reasons !== undefined) compare('reasons', list(reasons), list(own));
}

function compareAnswer(step: TestStep, answer: Answer, compare: Compare): void {
  compare('effect', createSide(step.outcome), createSide(answer.effect));
  if (step.reasons !== undefined) compare('reasons', list(step.reasons), list(answer.reasons));
  if (step.constraints !== undefined) {
    const expected = step.constraints.map(
      ({ constraint, value }) => [constraint.name, toJson(constraint.type, value)] as const,
    );
    compare(
      'constraints',
      createSettingsSide(expected),
      createSettingsSide(Object.entries(answer.constraints)),
    );
  }
  if (step.obligations !== undefined) {
    const expected = step.obligations.map(({ obligation, properties }) =>
      showObligation(
        obligation.name,
        properties.map(({ name, value }) => [name, evaluateConstant(value)] as const),
      ),
    );
    const got = listAnswerDemands(answer).map(({ name, properties }) =>
      showObligation(name, Object.entries(properties)),
    );
    compare('obligations', list(expected), list(got));
  }
  if (step.lower !== undefined) {
    const expected = step.lower.map(({ path, json }) => [path, parseValue(json)] as const);
    compare('lower', offers(expected), offers(Object.entries(answer.lower)));
  }
}

function without(parts: readonly string[], others: readonly string[]): readonly string[] {
  const there = new Set(others);
  return parts.filter((part) => !there.has(part));
}

function createSide(text: string): Side {
  return { text, parts: [text] };
}

function list(texts: readonly string[]): Side {
  const parts = [...new Set(texts)].sort();
  return { text: parts.join(', ') || 'none', parts };
}

/** Each member of a set is a part. */
function createSettingsSide(all: Named): Side {
  const parts = sortByName(all).flatMap(([name, value]) =>
    Array.isArray(value) && value.length > 0
      ? value.map((element) => `${name}: ${showJson(element)}`)
      : [`${name}: ${showJson(value)}`],
  );
  return { text: showSettings(all), parts };
}

/** The order of a set is irrelevant. */
function offers(all: Named): Side {
  return createSettingsSide(
    all.map(([path, value]) => [path, Array.isArray(value) ? sortValues(value) : value]),
  );
}

function parseValue(json: string): JsonValue {
  const parsed = parseJson(json);
  if (parsed === undefined) throw new Error('broken invariant: a test with invalid JSON');
  return toJsonValue(parsed);
}

function sortValues(values: readonly JsonValue[]): readonly JsonValue[] {
  return values.toSorted((a, b) => (showJson(a) < showJson(b) ? -1 : 1));
}

function showObligation(name: string, properties: Named): string {
  return `${name} ${showSettings(properties)}`;
}

/** The values in a test are constants. */
function evaluateConstant(expr: Expr): JsonValue {
  if (expr.kind !== 'Constant') throw new Error('broken invariant: a test with no constant');
  return toJson(expr.type, expr.value);
}

function showSettings(all: Named): string {
  return `{ ${sortByName(all)
    .map(([name, value]) => `${name}: ${showJson(value)}`)
    .join(', ')} }`;
}

function sortByName(all: Named): Named {
  return [...all].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Constraints are scalars and sets of scalars. */
function showJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map((element) => showJson(element)).join(', ')}]`;
  return stringify(value);
}
