// The claims of warnings about conditions that are always or never true agree with their values for every request, which are
// found by brute force.

import type { PolicyModel } from '@nhipol/language/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Condition,
  conditions,
  declarations,
  enumerateRequests,
  type Truth,
  writeRequest,
} from '../support/arbitraries/small-conditions.ts';
import { runs } from '../support/budget.ts';
import { checkText } from '../support/checking.ts';
import { evaluator } from '../support/modules/engines.ts';

const seed = Number(process.env.NHIPOL_SEED ?? 20_261_201);
/** The analysis follows one operand at a time, and gives up after a number of cases. */
const maxMissedPercent = 3;

/** The values that a condition has for some request. */
function listValues({ reads, evaluate }: Condition): ReadonlySet<Truth> {
  const found = new Set<Truth>();
  for (const request of enumerateRequests(reads)) found.add(evaluate(request));
  return found;
}

function listParts(condition: Condition): readonly Condition[] {
  return [condition, ...condition.parts.flatMap(listParts)];
}

const without = (text: string) => text.replace(/^\((.*)\)$/s, '$1');

/** The claim of each warning about the values of the condition of a rule. */
const claims: Readonly<
  Record<string, Readonly<Record<string, (values: ReadonlySet<Truth>) => boolean>>>
> = {
  d: {
    'never-fires': (values) => !values.has(true) && !values.has(undefined),
    'never-true': (values) => !values.has(true),
    'always-fires': (values) => !values.has(false),
  },
  p: {
    'never-fires': (values) => !values.has(true),
    'never-certain': (values) => !values.has(true),
    'always-fires': (values) => !values.has(false) && !values.has(undefined),
    'never-false': (values) => !values.has(false),
  },
};
const partClaims = ['decided-condition', 'decided-comparison'];

interface Found {
  readonly code: string;
  readonly underlined: string;
  readonly message: string;
}

function checkCondition(text: string): {
  readonly policy: PolicyModel;
  readonly found: readonly Found[];
} {
  const source = `${declarations}for agent { permit p when ${text} }\nfor agent { deny d when ${text} }`;
  const { policy, diagnostics } = checkText(source);
  if (policy === undefined) throw new Error(`${source}\n${diagnostics.map((d) => d.message)}`);
  const found = diagnostics.map(({ code, span, message }) => ({
    code,
    underlined: source.slice(span.start, span.end),
    message,
  }));
  return { policy, found };
}

interface Counts {
  decided: number;
  missed: number;
  parts: number;
  missedParts: number;
}

function check(condition: Condition, counts: Counts): void {
  const { policy, found } = checkCondition(condition.text);
  checkOracle(condition, policy);
  const values = listValues(condition);
  for (const { code, underlined, message } of found) {
    const holds = claims[underlined]?.[code];
    if (holds !== undefined)
      expect([condition.text, code, holds(values)]).toEqual([condition.text, code, true]);
    if (!partClaims.includes(code)) continue;
    const part = listParts(condition).find(({ text }) => without(text) === without(underlined));
    const value = /is always true/.test(message);
    const isWrong = part !== undefined && listValues(part).has(!value);
    expect([condition.text, underlined, isWrong]).toEqual([condition.text, underlined, false]);
  }
  const isReported = (rule: string) =>
    found.some(({ code, underlined }) => underlined === rule && claims[rule]?.[code] !== undefined);
  const isExplained = found.some(({ code }) => partClaims.includes(code));
  if (!values.has(true) || !values.has(false)) {
    counts.decided += 1;
    if (!isExplained && !isReported('d') && !isReported('p')) counts.missed += 1;
    return;
  }
  for (const part of listParts(condition).slice(1)) {
    const own = listValues(part);
    if (!part.junction || (own.has(true) && own.has(false))) continue;
    counts.parts += 1;
    const isFound = found.some(
      ({ code, underlined }) =>
        partClaims.includes(code) &&
        (underlined.includes(without(part.text)) || part.text.includes(without(underlined))),
    );
    if (!isFound) counts.missedParts += 1;
  }
}

/** The evaluator has the same value for some of the requests. */
function checkOracle(condition: Condition, policy: PolicyModel): void {
  const ask = evaluator(policy);
  const requests = [...enumerateRequests(condition.reads)];
  for (const at of [0, requests.length >> 1, requests.length - 1]) {
    const request = requests[at] ?? {};
    const { text, now } = writeRequest(request);
    const { reasons } = ask(text, now);
    expect([condition.text, request, reasons.includes('d')]).toEqual([
      condition.text,
      request,
      condition.evaluate(request) !== false,
    ]);
  }
}

test('no warning about a condition is wrong, and few are missing', { timeout: 240_000 }, () => {
  const counts: Counts = { decided: 0, missed: 0, parts: 0, missedParts: 0 };
  for (const condition of fc.sample(conditions, { numRuns: runs(2_400, 400), seed }))
    check(condition, counts);
  const total = counts.decided + counts.parts;
  const missed = counts.missed + counts.missedParts;
  expect(counts.decided).toBeGreaterThan(30);
  expect((missed * 100) / total).toBeLessThan(maxMissedPercent);
});
