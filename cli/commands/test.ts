// `nhipol test`: runs the `test` blocks of policies through one engine or both, and tells each with
// what came instead of what it expects; then tries to refute their invariants.

import type { Answer } from '@nhipol/runtime';
import { displayText } from '../../language/display.ts';
import { type Policy, type PolicyTest, positionAt } from '../../language/index.ts';
import { sampleInvariants } from '../../testing/invariants.ts';
import {
  type OpenSession,
  runTests,
  type StepFailure,
  type TestResult,
} from '../../testing/run-tests.ts';
import { evaluatorSessions, moduleSessions } from '../../testing/sessions.ts';
import type { Console } from '../console.ts';
import {
  compiledModule,
  deciding,
  type Engine,
  type EngineName,
  engineOf,
  evaluatorEngine,
} from '../engines.ts';
import { type ExitCode, exitCode } from '../exit-codes.ts';
import { checkFiles } from '../files.ts';
import { policyOrReport } from '../report.ts';
import { tellInvariant } from '../tell-invariant.ts';

export interface TestOptions {
  readonly engine: EngineName | 'both';
}

export async function testCommand(
  paths: readonly string[],
  options: TestOptions,
  console: Console,
): Promise<ExitCode> {
  const engines: readonly EngineName[] =
    options.engine === 'both' ? ['evaluator', 'wasm'] : [options.engine];
  const { good, error, strong } = console.outColors;
  let [passed, failed, broken] = [0, 0, 0];
  for (const path of paths) {
    const checked = await checkFiles(path);
    const policy = policyOrReport(checked, console);
    if (policy === undefined) {
      broken += 1;
      continue;
    }
    for (const name of engines) {
      const { engine, sessions } = await asked(policy, name);
      const results = runTests(policy, deciding(engine), sessions);
      const by = engines.length > 1 ? ` (${name})` : '';
      await console.out(`${strong(`${path}${by}`)}\n`);
      for (const result of results) {
        await console.out(tell(result, checked.sources, console));
        if (result.passed) passed += 1;
        else failed += 1;
      }
      for (const result of sampleInvariants(policy, deciding(engine))) {
        await console.out(tellInvariant(policy, result, console.outColors));
        if (result.counterexample === undefined) passed += 1;
        else failed += 1;
      }
    }
  }
  const summary = `${passed} passed, ${failed} failed`;
  const unread = broken === 0 ? '' : `, ${broken} of ${paths.length} policies have errors`;
  const isFine = failed === 0 && broken === 0;
  await console.out(`${(isFine ? good : error)(summary + unread)}\n`);
  return isFine ? exitCode.fine : exitCode.findings;
}

async function asked(
  policy: Policy,
  name: EngineName,
): Promise<{ readonly engine: Engine; readonly sessions: OpenSession }> {
  if (name === 'evaluator') {
    return { engine: evaluatorEngine(policy), sessions: evaluatorSessions(policy) };
  }
  const isOfSessions = policy.tests.some(({ opens }) => opens !== undefined);
  const module = await compiledModule(policy, isOfSessions);
  return { engine: engineOf(module), sessions: moduleSessions(module) };
}

function tell(
  { test, passed, failures }: TestResult,
  sources: ReadonlyMap<string, string>,
  { outColors }: Console,
): string {
  const mark = passed ? outColors.good('✓') : outColors.error('✗');
  const lines = [
    `  ${mark} ${displayText(test.name)}`,
    ...failures.flatMap((failure) => tellFailure(test, failure, sources)),
  ];
  return `${lines.join('\n')}\n`;
}

function tellFailure(
  test: PolicyTest,
  { step, expected, answer, differences }: StepFailure,
  sources: ReadonlyMap<string, string>,
): readonly string[] {
  const { file, start } = expected.span;
  const { line, column } = positionAt(sources.get(file) ?? '', start);
  const which = test.steps.length > 1 ? ` (step ${step})` : '';
  return [
    `      ${displayText(file)}:${line}:${column}${which}`,
    ...differences.flatMap(({ what, expected: wanted, got }) => [
      `        ${what.padEnd(11)} expected ${displayText(wanted)}`,
      `        ${''.padEnd(11)} got      ${displayText(got)}`,
    ]),
    ...why(answer).map((each) => `        ${displayText(each)}`),
  ];
}

/** What the answer says for itself. */
function why(answer: Answer): readonly string[] {
  const { error } = answer;
  if (error !== undefined)
    return [`${error.path}: expected ${error.expected}, found ${error.found}`];
  return answer.reasonDetails.map(({ id, effect, message, unknown, source }) => {
    const place = source === undefined ? '' : ` at ${source.file}:${source.line}`;
    const said = message === undefined ? '' : `: ${message}`;
    const open = unknown.length === 0 ? '' : ` (unknown: ${unknown.join(', ')})`;
    return `${effect} ${id}${place}${said}${open}`;
  });
}
