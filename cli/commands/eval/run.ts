// `nhipol eval`: requests in, AuthZEN responses out, one or one a line. A request that can't be read
// is an answer too, a deny that says why. Or, instead of responses, why they are what they are.

import { stringify, toAuthZen } from '@nhipol/runtime';
import type { TableTexts } from '../../../testing/generate/tables.ts';
import {
  compiledEngine,
  type Engine,
  type EngineName,
  evaluatorEngine,
  foreignModule,
  type Instant,
} from '../../engines/engines.ts';
import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';
import { openRequest, readPolicyOrModule } from '../../io/files.ts';
import { readRequest, requestLines } from '../../io/request-lines.ts';
import {
  type RefusesTable,
  readTables,
  type TableFile,
  tableRefuses,
} from '../../io/table-files.ts';
import { policyOrReport } from '../../output/policy-or-report.ts';
import { type ExplanationForm, explaining } from '../../output/print-explanation.ts';

export interface EvalOptions {
  /** A file, or `-`. */
  readonly request: string;
  readonly tables: readonly TableFile[];
  readonly jsonl: boolean;
  /** undefined: responses alone. */
  readonly explain: ExplanationForm | undefined;
  /** undefined: the module, and for an explanation the evaluator. */
  readonly engine: EngineName | undefined;
  readonly now: bigint | undefined;
  readonly exitCode: boolean;
  /** undefined: indented where a person sees it. */
  readonly pretty: boolean | undefined;
}

/** What is printed for a request. */
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
  const deciding = await decidingBy(path, options, console);
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
    for await (const batch of requestLines(input)) await console.out(batch.map(respond).join(''));
  } else await console.out(respond(await readRequest(input)));
  return options.exitCode && !permitted ? exitCode.notPermitted : exitCode.fine;
}

/** undefined: the policy has errors, which have been told. */
async function decidingBy(
  path: string,
  options: EvalOptions,
  console: Console,
): Promise<Deciding | undefined> {
  const { explain, engine: name } = options;
  const indent = !options.jsonl && (options.pretty ?? console.interactive) ? 2 : undefined;
  if (explain !== undefined && name === 'wasm') {
    throw new UsageError('an explanation comes from the evaluator: leave out --engine wasm');
  }
  const file = await readPolicyOrModule(path);
  if (file.kind === 'module') {
    if (explain !== undefined)
      throw new UsageError(`${path} is compiled: an explanation needs the policy's source`);
    if (name === 'evaluator')
      throw new UsageError(`${path} is compiled: the evaluator needs the policy's source`);
    const { engine, refuses } = await foreignModule(path, file.bytes);
    return { respond: answering(engine, options.now, indent), refuses };
  }
  const policy = policyOrReport(file.checked, console);
  if (policy === undefined) return undefined;
  const refuses: RefusesTable = (table, text) => tableRefuses(policy, table, text);
  if (explain !== undefined) {
    const look = { form: explain, numbered: options.jsonl, indent, colors: console.outColors };
    const told = explaining(policy, look);
    return { respond: (request, tables) => told(request, instantOf(options.now), tables), refuses };
  }
  const engine = name === 'evaluator' ? evaluatorEngine(policy) : await compiledEngine(policy);
  return { respond: answering(engine, options.now, indent), refuses };
}

function answering(
  engine: Engine,
  now: bigint | undefined,
  indent: number | undefined,
): Deciding['respond'] {
  return (request, tables) => {
    const answer = engine(request, instantOf(now), tables);
    return { text: `${stringify(toAuthZen(answer), indent)}\n`, decision: answer.decision };
  };
}

/** Without an instant of the user's the request's own time counts, and the clock where it has none. */
function instantOf(now: bigint | undefined): Instant {
  return now === undefined ? { now: BigInt(Date.now()), by: 'request' } : { now, by: 'host' };
}
