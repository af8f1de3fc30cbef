// Implements `nhipol bench`: measures how long decisions take on the user's requests. Module and evaluator
// decide all requests first and must agree. Invalid requests are reported, because they are denied.

import type { EvaluatedAnswer } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { pluralize } from '@nhipol/language/support';
import { type Answer, load, type Policy as Module } from '@nhipol/runtime';
import { effects } from '@nhipol/runtime/abi';
import { fillModule, isSameAnswer, type TableTexts } from '@nhipol/testing';
import {
  compilePolicy,
  createEvaluatorEngine,
  type DecisionTime,
  openForeignModule,
} from '../../engines/engines.ts';
import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode } from '../../io/exit-codes.ts';
import { openRequest } from '../../io/files.ts';
import { resumeOptimization } from '../../io/optimization.ts';
import { readPolicyOrModule } from '../../io/policies/check-policy.ts';
import {
  findTableRefusal,
  type RefusesTable,
  readTables,
  type TableFile,
} from '../../io/policies/table-files.ts';
import { alignColumns } from '../../output/columns.ts';
import { formatTableLines } from '../../output/invariant-lines.ts';
import { selectPolicyOrReport } from '../../output/policy-or-report.ts';
import { printStage } from '../../output/print-stage.ts';
import { type Measured, measure } from './measure.ts';
import { type BenchRequest, benchRequests } from './requests.ts';
import { createBenchWays } from './ways.ts';

export interface BenchOptions {
  /** A file, or `-`. */
  readonly requests: string;
  readonly tables: readonly TableFile[];
  readonly rounds: number;
  readonly seconds: number;
  readonly now: bigint | undefined;
  readonly json: boolean;
  /** A monotonic clock in milliseconds with any origin. */
  readonly clock: () => number;
}

interface Subject {
  readonly wasm: Uint8Array;
  /** `undefined` if only the module is given, so there is nothing to compare it with. */
  readonly policy: PolicyModel | undefined;
  readonly refuses: RefusesTable;
}

/** The number of invalid requests to print; further ones are counted. */
const maxReported = 10;

export async function benchCommand(
  path: string,
  options: BenchOptions,
  console: Console,
): Promise<ExitCode> {
  const subject = await loadSubject(path, console);
  if (subject === undefined) return exitCode.findings;
  const { wasm, policy, refuses } = subject;
  const tables = await readTables(options.tables, refuses);
  const requests = benchRequests(
    options.requests === '-' ? 'standard input' : options.requests,
    await readRequestText(options.requests, console),
  );
  const instant: DecisionTime =
    options.now === undefined
      ? { now: BigInt(Date.now()), precedence: 'request' }
      : { now: options.now, precedence: 'host' };
  const module = load(wasm);
  const answers = collectAnswers(module, requests, instant, tables);
  const disagreement = policy && findDisagreement(policy, requests, answers, instant, tables);
  if (disagreement !== undefined) {
    console.err(disagreement);
    return exitCode.bug;
  }
  const invalid = reportInvalid(requests, answers, console);
  resumeOptimization();
  const measured = measure(createBenchWays(wasm, module, requests, instant, tables), options);
  const counts = Object.fromEntries(
    effects.map((effect) => [effect, answers.filter((answer) => answer.effect === effect).length]),
  );
  const result = { requests: requests.length, invalid, compared: policy !== undefined, counts };
  await console.out(
    options.json ? asJson(path, result, options, measured) : asText(path, result, measured),
  );
  return exitCode.fine;
}

async function loadSubject(path: string, console: Console): Promise<Subject | undefined> {
  const file = await readPolicyOrModule(path);
  if (file.kind === 'module') {
    const { refuses } = await openForeignModule(path, file.bytes);
    return { wasm: file.bytes, policy: undefined, refuses };
  }
  const policy = selectPolicyOrReport(file.checked, console);
  if (policy === undefined) return undefined;
  const { wasm } = await compilePolicy(policy);
  return { wasm, policy, refuses: (name, text) => findTableRefusal(policy, name, text) };
}

async function readRequestText(path: string, console: Console): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await openRequest(path, console.input)) chunks.push(chunk);
  return new TextDecoder().decode(Buffer.concat(chunks));
}

// --- answers ---------------------------------------------------------------------------------------

function collectAnswers(
  module: Module,
  requests: readonly BenchRequest[],
  { now, precedence: by }: DecisionTime,
  tables: TableTexts,
): readonly Answer[] {
  fillModule(module, tables);
  return requests.map(({ bytes }) => module.decideJson(bytes, { now, clock: by }));
}

/** Returns the report of the first disagreement, or `undefined` if module and evaluator agree on all requests. */
function findDisagreement(
  policy: PolicyModel,
  requests: readonly BenchRequest[],
  answers: readonly Answer[],
  instant: DecisionTime,
  tables: TableTexts,
): string | undefined {
  const evaluate = createEvaluatorEngine(policy);
  for (const [at, { place, bytes }] of requests.entries()) {
    const evaluator = evaluate(bytes, instant, tables);
    const module = answers[at] as Answer;
    if (isSameAnswer(evaluator as EvaluatedAnswer, module as EvaluatedAnswer)) continue;
    return [
      `nothing was measured: module and evaluator disagree on ${place}`,
      'This is a bug in nhipol. Please report it with the policy and this request:',
      new TextDecoder().decode(bytes),
      ...formatTableLines(tables),
      `evaluator: ${printStage(evaluator)}module: ${printStage(module)}`,
    ].join('\n');
  }
  return undefined;
}

/** Prints the invalid requests and returns their number. */
function reportInvalid(
  requests: readonly BenchRequest[],
  answers: readonly Answer[],
  console: Console,
): number {
  const lines = answers.flatMap(({ error }, index) =>
    error === undefined
      ? []
      : [
          `${requests[index]?.place}: ${error.path}: expected ${error.expected}, found ${error.found}\n`,
        ],
  );
  for (const line of lines.slice(0, maxReported)) console.err(line);
  const more = lines.length - maxReported;
  if (more > 0) console.err(`and ${pluralize(more, 'more invalid request')}\n`);
  return lines.length;
}

// --- results ---------------------------------------------------------------------------------------

interface Result {
  readonly requests: number;
  readonly invalid: number;
  readonly compared: boolean;
  readonly counts: Readonly<Record<string, number>>;
}

function asJson(
  policy: string,
  result: Result,
  { rounds, seconds }: BenchOptions,
  measured: readonly Measured[],
): string {
  const ways = measured.map(({ name, median, lower, upper, min }) => ({
    name,
    ns: {
      median: roundToTenth(median),
      lower: roundToTenth(lower),
      upper: roundToTenth(upper),
      min: roundToTenth(min),
    },
    decisions_per_second: convertToRate(median),
  }));
  return `${JSON.stringify({ policy, ...result, rounds, seconds, ways }, undefined, 2)}\n`;
}

function roundToTenth(ns: number): number {
  return Math.round(ns * 10) / 10;
}

function convertToRate(ns: number): number {
  return ns > 0 ? Math.round(1e9 / ns) : 0;
}

const number = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const formatDigits = (ns: number) => (ns < 100 ? ns.toFixed(1) : number.format(ns));

function asText(
  policy: string,
  { requests, invalid, compared, counts }: Result,
  measured: readonly Measured[],
): string {
  const decided = `${pluralize(requests, 'request')}${invalid === 0 ? '' : `, ${invalid} of them invalid and therefore denied`}`;
  const agreed = compared
    ? 'module and evaluator agree on all'
    : "not compared with the evaluator, which needs the policy's source";
  const answered = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([effect, count]) => `${effect} ${count}`);
  const rows = measured.map(({ name, median, lower, upper }) => [
    name,
    formatDigits(median),
    `${formatDigits(lower)} to ${formatDigits(upper)}`,
    number.format(convertToRate(median)),
  ]);
  const head = ['', 'median ns', 'middle half', 'per second'];
  return [
    `${policy}: ${decided}; ${agreed}`,
    `answers: ${answered.join(', ')}`,
    '',
    alignColumns([head, ...rows]),
    '',
  ].join('\n');
}
