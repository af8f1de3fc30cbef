// `nhipol eval`: requests in, AuthZEN responses out, one or one a line. A request that can't be read
// is an answer too, a deny that says why.

import { stringify, toAuthZen } from '@nhipol/runtime';
import type { Console } from '../console.ts';
import {
  compiledEngine,
  type Engine,
  type EngineName,
  evaluatorEngine,
  foreignModule,
  type Instant,
} from '../engines.ts';
import { type ExitCode, exitCode, UsageError } from '../exit-codes.ts';
import { openRequest, readPolicyOrModule } from '../files.ts';
import { policyOrReport } from '../report.ts';
import { readRequest, requestLines } from '../request-lines.ts';
import { type RefusesTable, readTables, type TableFile, tableRefuses } from '../table-files.ts';

export interface EvalOptions {
  /** A file, or `-`. */
  readonly request: string;
  readonly tables: readonly TableFile[];
  readonly jsonl: boolean;
  readonly engine: EngineName;
  readonly now: bigint | undefined;
  readonly exitCode: boolean;
  /** undefined: indented where a person sees it. */
  readonly pretty: boolean | undefined;
}

export async function evalCommand(
  path: string,
  options: EvalOptions,
  console: Console,
): Promise<ExitCode> {
  const deciding = await engineFor(path, options.engine, console);
  if (deciding === undefined) return exitCode.findings;
  const { engine, refuses } = deciding;
  const tables = await readTables(options.tables, refuses);
  const input = await openRequest(options.request, console.input);
  const indent = !options.jsonl && (options.pretty ?? console.interactive) ? 2 : undefined;
  let permitted = true;
  const respond = (request: Uint8Array): string => {
    const answer = engine(request, instantOf(options.now), tables);
    permitted &&= answer.decision;
    return `${stringify(toAuthZen(answer), indent)}\n`;
  };
  if (options.jsonl) {
    for await (const batch of requestLines(input)) await console.out(batch.map(respond).join(''));
  } else await console.out(respond(await readRequest(input)));
  return options.exitCode && !permitted ? exitCode.notPermitted : exitCode.fine;
}

/** Without an instant of the user's the request's own time counts, and the clock where it has none. */
function instantOf(now: bigint | undefined): Instant {
  return now === undefined ? { now: BigInt(Date.now()), by: 'request' } : { now, by: 'host' };
}

async function engineFor(
  path: string,
  name: EngineName,
  console: Console,
): Promise<{ readonly engine: Engine; readonly refuses: RefusesTable } | undefined> {
  const file = await readPolicyOrModule(path);
  if (file.kind === 'module') {
    if (name === 'wasm') return foreignModule(path, file.bytes);
    throw new UsageError(`${path} is compiled: the evaluator needs the policy's source`);
  }
  const policy = policyOrReport(file.checked, console);
  if (policy === undefined) return undefined;
  const engine = name === 'wasm' ? await compiledEngine(policy) : evaluatorEngine(policy);
  return { engine, refuses: (table, text) => tableRefuses(policy, table, text) };
}
