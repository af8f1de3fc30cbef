// The claims of warnings are true, for generated programs and requests: a rule that never fires according
// to a warning does not fire, and one that never wins, is shadowed or is never certain is not such a
// reason of any answer.

import { check, type Diagnostic, type EvaluatedAnswer } from '@nhipol/language';
import { findSourcePlace, type PolicyModel } from '@nhipol/language/model';
import { createRequestArbitrary } from '@nhipol/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Program, programs } from '../support/arbitraries/program-arbitrary.ts';
import { runs, share } from '../support/budget.ts';
import { evaluator } from '../support/modules/engines.ts';

const seed = Number(process.env.NHIPOL_SEED ?? 20_261_125);
const entry = 'p.nhipol';

/** Conditions that contradict or imply each other more often than those of generated programs. */
const conditions = fc.constantFrom(
  'context.level is LOW',
  'context.level is HIGH',
  'context.level < HIGH',
  'context.n > 5',
  'context.n < 4',
  'context.n in { 4, 5, 6 }',
  'context.state is on',
  'context.state is not on',
  'context.must is on',
  'context.risk.level is HIGH',
  'latest(context.risk.level) is HIGH',
  'context.risk is missing',
  'context.risk is present',
  'known(context.risk)',
  'known(context.risk.level)',
  'known(context.risk.calm)',
  'known(latest(context.risk))',
  'context.risk.calm',
  'context.risk.level is present',
  'context.owner.id is missing',
  'context.owner.id is "a"',
  'context.tags is missing',
  'known(context.level)',
  'not known(context.n)',
  '(context.level else LOW) is LOW',
  '(context.n > 5) else false',
  'if context.state is on then context.level is LOW else context.n < 4',
  'context.on',
  'size(context.tags) > 0',
  'context.tags within { "a" }',
  '(any t in context.tags satisfies t is "b")',
  'limits[context.s] > context.n',
  'known(limits[context.s])',
  'age(context.at) < 5m',
  'age(context.at) > 1h',
  'context.time < 2026-03-03T10:00:00Z',
);
const literal = fc.tuple(fc.boolean(), conditions).map(([not, it]) => (not ? `not ${it}` : it));
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    literal,
    fc
      .tuple(fc.constantFrom('and', 'and', 'or'), tie('condition'), tie('condition'))
      .map(([operator, a, b]) => `(${a} ${operator} ${b})`),
    tie('condition').map((inner) => `not (${inner})`),
  ),
}));
const forPermit = condition.filter((text) => !text.includes('latest'));
const rule = fc.oneof(
  forPermit.map((when) => `permit p when ${when}`),
  fc
    .tuple(fc.constantFrom('challenge', 'deny', 'revoke'), condition, fc.boolean())
    .map(([effect, when, skip]) => `${effect} r when ${when}${skip ? ', if unknown skip' : ''}`),
  condition.map((when) => `narrow n when ${when} to { rows: 5 }`),
  condition.map((when) => `narrow n when ${when} to { privilege: LOW }`),
);
const group = fc
  .tuple(
    fc.constantFrom('for any', 'for any doing pay', 'for agent'),
    fc.option(forPermit, { freq: 3, nil: undefined }),
    fc.array(rule, { minLength: 1, maxLength: 4 }),
  )
  .map(
    ([head, when, rules]) =>
      `${head}${when === undefined ? '' : ` when ${when}`} {\n${rules.join('\n')}\n}`,
  );
const tight = fc.array(group, { minLength: 1, maxLength: 3 }).map((groups) => ({
  others: {},
  text: `policy p
enum Level { LOW < MEDIUM < HIGH }
enum State { on, off, else off }
action any { privilege?: Level }
action pay { privilege?: Level }
subject agent {}
context {
  time: Timestamp, at?: Timestamp, level?: Level, n?: Int(0..9), s?: String
  state?: State, must: State, on: Bool = false, tags: Set<String> = {}
  risk?: { level?: Level, calm: Bool = false, observed_at?: Timestamp } fresh 5m, owner?: { id: String }
}
table limits: String -> Int { "a": 4, "prod": 8 }
constraint rows: Int smallest wins
constraint privilege: Level limits action.privilege
${groups.join('\n')}`,
}));

const own = new Set(['never-fires', 'never-certain', 'never-wins', 'never-true']);

interface Warned {
  readonly text: string;
  readonly policy: PolicyModel;
  readonly warnings: readonly Diagnostic[];
  readonly seen: Map<string, number>;
}

function checkProgram({ text, others }: Program): Warned | undefined {
  const { policy, diagnostics } = check(entry, new Map([[entry, text], ...Object.entries(others)]));
  if (policy === undefined) return undefined;
  return { text, policy, warnings: diagnostics, seen: new Map() };
}

/** Whether the claim of each warning is true for an answer to a valid request. */
function checkClaims({ text, policy, warnings }: Warned, answer: EvaluatedAnswer): void {
  if (answer.error !== undefined) return;
  const at = (span: Diagnostic['span']) => {
    const { file, line, column } = findSourcePlace(policy, span);
    return `${file}:${line}:${column}`;
  };
  for (const { code, span, message } of warnings) {
    if (!own.has(code) && code !== 'shadowed') continue;
    if (message.includes('says the same')) continue;
    const found = policy.rules.filter((each) => at(each.span) === at(span));
    for (const detail of answer.reasonDetails) {
      const { source } = detail;
      if (source === undefined || `${source.file}:${source.line}:${source.column}` !== at(span))
        continue;
      const asWritten = found.some(({ effect }) => effect === detail.effect);
      const refuted =
        code === 'never-true'
          ? detail.firedOn === 'true'
          : code === 'never-wins' || code === 'shadowed'
            ? asWritten
            : true;
      expect(refuted && `${code} at ${at(span)} of\n${text}`).toBe(false);
    }
  }
}

function tryAll(texts: fc.Arbitrary<Program>, numRuns: number, requests: number) {
  const counts = new Map<string, number>();
  for (const program of fc.sample(texts, { numRuns, seed })) {
    const found = checkProgram(program);
    if (found === undefined) continue;
    for (const { code } of found.warnings) counts.set(code, (counts.get(code) ?? 0) + 1);
    const ask = evaluator(found.policy);
    for (const request of fc.sample(createRequestArbitrary(found.policy), {
      numRuns: requests,
      seed,
    }))
      checkClaims(found, ask(request.text, request.now));
  }
  return counts;
}

test('warnings are correct for programs with every operator', { timeout: 240_000 }, () => {
  const counts = tryAll(programs, runs(120, 12), 60);
  expect(counts.get('shadowed') ?? 0).toBeGreaterThan(0);
});

test('warnings are correct for programs whose conditions contradict or imply each other', {
  timeout: 240_000,
}, () => {
  const counts = tryAll(tight, runs(700, 250), runs(80, 30));
  for (const code of [...own, 'shadowed', 'fails-open', 'true-of-nothing'])
    expect([code, counts.get(code) ?? 0]).toEqual([
      code,
      expect.toSatisfy((n: number) => n > share(5)),
    ]);
});
