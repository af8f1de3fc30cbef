// Implements `nhipol eval`: decides one request, or one per line, and prints AuthZEN responses or explanations. A
// request that cannot be read is denied, and the response contains the reason.

import { stringify, toAuthZen } from '@nhipol/runtime';
import type { TableTexts } from '@nhipol/testing';
import {
  compileEngine,
  compilePossibilityEngine,
  createEvaluatorEngine,
  createPossibilityEngine,
  createPossibilityEvaluator,
  type DecisionEngine,
  type DecisionTime,
  type EngineName,
  openForeignModule,
  type PossibilityEngine,
} from '../../engines/engines.ts';
import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';
import { openRequest } from '../../io/files.ts';
import { readPolicyOrModule } from '../../io/policies/check-policy.ts';
import {
  findTableRefusal,
  type RefusesTable,
  readTables,
  type TableFile,
} from '../../io/policies/table-files.ts';
import { readRequest, readRequestLines } from '../../io/request-lines.ts';
import { selectPolicyOrReport } from '../../output/policy-or-report.ts';
import { buildPossibilityJson } from '../../output/possibility-json.ts';
import { createExplainer, type ExplanationForm } from '../../output/print-explanation.ts';

export interface EvalOptions {
  /** A file, or `-`. */
  readonly request: string;
  readonly tables: readonly TableFile[];
  readonly jsonl: boolean;
  /** Whether possibilities are printed, not decisions. */
  readonly possible: boolean;
  /** `undefined` for responses without an explanation. */
  readonly explain: ExplanationForm | undefined;
  /** `undefined` for the module, or for the evaluator if there is an explanation. */
  readonly engine: EngineName | undefined;
  readonly now: bigint | undefined;
  readonly exitCode: boolean;
  /** `undefined` if it is indented on a terminal. */
  readonly pretty: boolean | undefined;
}

/** The output for one request. */
interface Response {
  readonly text: string;
  readonly decision: boolean;
}

interface Deciding {
  readonly respond: (request: Uint8Array, tables: TableTexts) => Response;
  readonly refuses: RefusesTable;
}

export async function evalCommand(
  path: string,
  options: EvalOptions,
  console: Console,
): Promise<ExitCode> {
  const deciding = await createDeciding(path, options, console);
  if (deciding === undefined) return exitCode.findings;
  const tables = await readTables(options.tables, deciding.refuses);
  const input = await openRequest(options.request, console.input);
  let permitted = true;
  const respond = (request: Uint8Array): string => {
    const { text, decision } = deciding.respond(request, tables);
    permitted &&= decision;
    return text;
  };
  if (options.jsonl) {
    for await (const batch of readRequestLines(input))
      await console.out(batch.map(respond).join(''));
  } else await console.out(respond(await readRequest(input)));
  return options.exitCode && !permitted ? exitCode.notPermitted : exitCode.fine;
}

/** Returns undefined after reporting the errors of the policy. */
async function createDeciding(
  path: string,
  options: EvalOptions,
  console: Console,
): Promise<Deciding | undefined> {
  const { explain, engine: name } = options;
  const indent = !options.jsonl && (options.pretty ?? console.interactive) ? 2 : undefined;
  if (explain !== undefined && name === 'wasm') {
    throw new UsageError('--explain uses the evaluator and cannot be combined with --engine wasm');
  }
  const file = await readPolicyOrModule(path);
  if (file.kind === 'module') {
    if (explain !== undefined)
      throw new UsageError(`${path} is a module: --explain needs the source of the policy`);
    if (name === 'evaluator')
      throw new UsageError(`${path} is a module: the evaluator needs the source of the policy`);
    const { module, engine, refuses } = await openForeignModule(path, file.bytes);
    if (!options.possible) return { respond: createAnswerer(engine, options.now, indent), refuses };
    if (!module.manifest.possible)
      throw new UsageError(`${path} was compiled without --possible, which eval --possible needs`);
    return {
      respond: createConsiderer(createPossibilityEngine(module), options.now, indent),
      refuses,
    };
  }
  const policy = selectPolicyOrReport(file.checked, console);
  if (policy === undefined) return undefined;
  const refuses: RefusesTable = (table, text) => findTableRefusal(policy, table, text);
  if (explain !== undefined) {
    const { jsonl: numbered, possible } = options;
    const look = { form: explain, numbered, indent, colors: console.outColors, possible };
    const explained = createExplainer(policy, look);
    return {
      respond: (request, tables) => explained(request, chooseInstant(options.now), tables),
      refuses,
    };
  }
  if (options.possible) {
    const considered =
      name === 'wasm' ? await compilePossibilityEngine(policy) : createPossibilityEvaluator(policy);
    return { respond: createConsiderer(considered, options.now, indent), refuses };
  }
  const engine = name === 'evaluator' ? createEvaluatorEngine(policy) : await compileEngine(policy);
  return { respond: createAnswerer(engine, options.now, indent), refuses };
}

function createAnswerer(
  engine: DecisionEngine,
  now: bigint | undefined,
  indent: number | undefined,
): Deciding['respond'] {
  return (request, tables) => {
    const answer = engine(request, chooseInstant(now), tables);
    return { text: `${stringify(toAuthZen(answer), indent)}\n`, decision: answer.decision };
  };
}

function createConsiderer(
  engine: PossibilityEngine,
  now: bigint | undefined,
  indent: number | undefined,
): Deciding['respond'] {
  return (request, tables) => {
    const found = engine(request, chooseInstant(now), tables);
    return {
      text: `${stringify(buildPossibilityJson(found), indent)}\n`,
      decision: found.possible,
    };
  };
}

/** The time of decisions: `--now`, otherwise `context.time` of the request, otherwise the clock. */
function chooseInstant(now: bigint | undefined): DecisionTime {
  return now === undefined
    ? { now: BigInt(Date.now()), precedence: 'request' }
    : { now, precedence: 'host' };
}
