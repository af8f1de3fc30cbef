// `nhipol bench`: how long a policy's decisions take on the requests of whoever asks. Module and evaluator
// answer all of them first, and must agree; what is wrong with a request is told, for it is denied.

import { type Answer, load, type Policy as Module } from '@nhipol/runtime';
import { effects } from '@nhipol/runtime/abi';
import type { Answer as Compared, Policy } from '../../../language/index.ts';
import { counted } from '../../../language/support/words.ts';
import { fillModule, type TableTexts } from '../../../testing/generate/tables.ts';
import { sameAnswer } from '../../../testing/runner/same-answer.ts';
import {
  compilePolicy,
  evaluatorEngine,
  foreignModule,
  type Instant,
} from '../../engines/engines.ts';
import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode } from '../../io/exit-codes.ts';
import { openRequest, readPolicyOrModule } from '../../io/files.ts';
import {
  type RefusesTable,
  readTables,
  type TableFile,
  tableRefuses,
} from '../../io/table-files.ts';
import { columns } from '../../output/columns.ts';
import { policyOrReport } from '../../output/policy-or-report.ts';
import { tellTables } from '../../output/print-invariant.ts';
import { printStage } from '../../output/print-stage.ts';
import { type Measured, measure } from './measure.ts';
import { type BenchRequest, benchRequests } from './requests.ts';
import { waysOf } from './ways.ts';

export interface BenchOptions {
  /** A file, or `-`. */
  readonly requests: string;
  readonly tables: readonly TableFile[];
  readonly rounds: number;
  readonly seconds: number;
  readonly now: bigint | undefined;
  readonly json: boolean;
  /** Milliseconds, from anywhere on. */
  readonly clock: () => number;
}

interface Subject {
  readonly wasm: Uint8Array;
  /** undefined: the policy is compiled, and nothing is there to compare its module with. */
  readonly policy: Policy | undefined;
  readonly refuses: RefusesTable;
}

/** More invalid requests than these are only counted. */
const mostTold = 10;

export async function benchCommand(
  path: string,
  options: BenchOptions,
  console: Console,
): Promise<ExitCode> {
  const subject = await subjectOf(path, console);
  if (subject === undefined) return exitCode.findings;
  const { wasm, policy, refuses } = subject;
  const tables = await readTables(options.tables, refuses);
  const requests = benchRequests(
    options.requests === '-' ? 'standard input' : options.requests,
    await textOf(options.requests, console),
  );
  const instant: Instant =
    options.now === undefined
      ? { now: BigInt(Date.now()), by: 'request' }
      : { now: options.now, by: 'host' };
  const module = load(wasm);
  const answers = answersOf(module, requests, instant, tables);
  const disagreement = policy && disagreementOf(policy, requests, answers, instant, tables);
  if (disagreement !== undefined) {
    console.err(disagreement);
    return exitCode.bug;
  }
  const invalid = tellInvalid(requests, answers, console);
  const measured = measure(waysOf(wasm, module, requests, instant, tables), options);
  const counts = Object.fromEntries(
    effects.map((effect) => [effect, answers.filter((answer) => answer.effect === effect).length]),
  );
  const result = { requests: requests.length, invalid, compared: policy !== undefined, counts };
  await console.out(
    options.json ? asJson(path, result, options, measured) : asText(path, result, measured),
  );
  return exitCode.fine;
}

async function subjectOf(path: string, console: Console): Promise<Subject | undefined> {
  const file = await readPolicyOrModule(path);
  if (file.kind === 'module') {
    const { refuses } = await foreignModule(path, file.bytes);
    return { wasm: file.bytes, policy: undefined, refuses };
  }
  const policy = policyOrReport(file.checked, console);
  if (policy === undefined) return undefined;
  const { wasm } = await compilePolicy(policy);
  return { wasm, policy, refuses: (name, text) => tableRefuses(policy, name, text) };
}

async function textOf(path: string, console: Console): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await openRequest(path, console.input)) chunks.push(chunk);
  return new TextDecoder().decode(Buffer.concat(chunks));
}

// --- answers ---------------------------------------------------------------------------------------

function answersOf(
  module: Module,
  requests: readonly BenchRequest[],
  { now, by }: Instant,
  tables: TableTexts,
): readonly Answer[] {
  fillModule(module, tables);
  return requests.map(({ bytes }) => module.decideJson(bytes, { now, clock: by }));
}

/** undefined: module and evaluator answer all requests alike. */
function disagreementOf(
  policy: Policy,
  requests: readonly BenchRequest[],
  answers: readonly Answer[],
  instant: Instant,
  tables: TableTexts,
): string | undefined {
  const evaluate = evaluatorEngine(policy);
  for (const [at, { place, bytes }] of requests.entries()) {
    const evaluator = evaluate(bytes, instant, tables);
    const module = answers[at] as Answer;
    if (sameAnswer(evaluator as Compared, module as Compared)) continue;
    return [
      `Nothing is measured: module and evaluator disagree about ${place}.`,
      'This is a bug in nhipol. Please report it with the policy and this request:',
      new TextDecoder().decode(bytes),
      ...tellTables(tables),
      `evaluator: ${printStage(evaluator)}module: ${printStage(module)}`,
    ].join('\n');
  }
  return undefined;
}

/** Gives how many there are. */
function tellInvalid(
  requests: readonly BenchRequest[],
  answers: readonly Answer[],
  console: Console,
): number {
  const lines = answers.flatMap(({ error }, at) =>
    error === undefined
      ? []
      : [
          `${requests[at]?.place}: ${error.path}: expected ${error.expected}, found ${error.found}\n`,
        ],
  );
  for (const line of lines.slice(0, mostTold)) console.err(line);
  const more = lines.length - mostTold;
  if (more > 0) console.err(`and ${counted(more, 'more invalid request')}\n`);
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
      median: tenth(median),
      lower: tenth(lower),
      upper: tenth(upper),
      min: tenth(min),
    },
    decisions_per_second: perSecond(median),
  }));
  return `${JSON.stringify({ policy, ...result, rounds, seconds, ways }, undefined, 2)}\n`;
}

function tenth(ns: number): number {
  return Math.round(ns * 10) / 10;
}

function perSecond(ns: number): number {
  return ns > 0 ? Math.round(1e9 / ns) : 0;
}

const number = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const digits = (ns: number) => (ns < 100 ? ns.toFixed(1) : number.format(ns));

function asText(
  policy: string,
  { requests, invalid, compared, counts }: Result,
  measured: readonly Measured[],
): string {
  const asked = `${counted(requests, 'request')}${invalid === 0 ? '' : `, ${invalid} of them invalid and so denied`}`;
  const agreed = compared
    ? 'module and evaluator agree on all'
    : "not compared with the evaluator, which needs the policy's source";
  const answered = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([effect, count]) => `${effect} ${count}`);
  const rows = measured.map(({ name, median, lower, upper }) => [
    name,
    digits(median),
    `${digits(lower)} to ${digits(upper)}`,
    number.format(perSecond(median)),
  ]);
  const head = ['', 'ns, median', 'half the rounds', 'a second'];
  return [
    `${policy}: ${asked}; ${agreed}`,
    `answers: ${answered.join(', ')}`,
    '',
    columns([head, ...rows]),
    '',
  ].join('\n');
}
