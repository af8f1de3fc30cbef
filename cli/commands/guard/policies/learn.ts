// Implements `nhipol guard learn`: reads decision logs, and writes the narrowest policy that permits what they contain. It can
// show what this policy changes.

import { basename } from 'node:path';
import { pluralize } from '@nhipol/language/support';
import type { DecisionLogEntry } from '@nhipol/testing/replay';
import type { Console } from '../../../io/console.ts';
import { describeGaps, readDecisionLog } from '../../../io/decision-log.ts';
import { type ExitCode, exitCode, UsageError } from '../../../io/exit-codes.ts';
import { exists } from '../../../io/files.ts';
import { openRecording } from '../../../io/recording.ts';
import { type LearnedPolicy, learnPolicy } from '../../../learn/learned-policy.ts';
import { collectObservedCalls, type ObservedCalls } from '../../../learn/observed-calls.ts';
import { diffCommand } from '../../diff/run.ts';
import { readToolsFile } from '../servers/tools-file.ts';
import { writePolicyFile } from './write-policy-file.ts';

export interface LearnOptions {
  readonly output: string;
  /** The digest before the first line of the only log, or `undefined` if all logs are whole. */
  readonly anchor?: string | undefined;
  /** The reviewed tools of the server, or `undefined` for `guard.tools.json`. */
  readonly tools?: string | undefined;
  /** Those of further servers. */
  readonly moreTools: readonly string[];
  /** The policy to compare with. */
  readonly current?: string | undefined;
  readonly maxValues: number;
  readonly prefixDepth: number;
  readonly includeRefused: boolean;
}

const defaultTools = 'guard.tools.json';
/** The number of requests that the comparison generates. */
const samples = 2_000;

export async function learnCommand(
  logs: readonly string[],
  options: LearnOptions,
  console: Console,
): Promise<ExitCode> {
  const { output, tools: toolsPath = defaultTools, current, includeRefused } = options;
  if (options.anchor !== undefined && logs.length > 1) {
    throw new UsageError('--anchor is for one log');
  }
  if (await exists(output)) throw new UsageError(`${output} exists: nothing was written`);
  const toolsPaths = [toolsPath, ...options.moreTools];
  const servers = (await Promise.all(toolsPaths.map(readToolsFile))).map(({ server, tools }) => ({
    name: server,
    tools,
  }));
  const observedCalls: ObservedCalls[] = [];
  for (const log of logs) {
    observedCalls.push(
      collectObservedCalls(await readEntries(log, options.anchor, console), includeRefused),
    );
  }
  const calls = observedCalls.flatMap((each) => each.calls);
  const learned = learnPolicy(servers, calls, options);
  if (learned === undefined) {
    const names = servers.map(({ name }) => name).join(', ');
    throw new UsageError(`no calls of tools of ${names} to learn from: nothing was written`);
  }
  const { hasFailed, tests } = await writePolicyFile(output, learned.source);
  const all = servers.reduce((sum, { tools }) => sum + tools.length, 0);
  const permitted = `${learned.permittedTools} of ${pluralize(all, 'tool')} permitted`;
  await console.out(
    `wrote ${basename(output)}: ${permitted}, from ${pluralize(learned.learned.length, 'call')}, ${tests}\n`,
  );
  const without = describeNotLearned(observedCalls, learned, options, toolsPaths);
  if (without !== '') console.err(`not learned: ${without}\n`);
  if (hasFailed) return exitCode.findings;
  if (current === undefined) {
    console.err(`next: nhipol diff guard.nhipol ${output}\n`);
    return exitCode.fine;
  }
  return diffCommand([current, output], comparison, console);
}

const comparison = {
  samples,
  seed: 1,
  requests: undefined,
  now: undefined,
  tables: [],
  noLoosening: false,
  format: 'text',
  output: undefined,
} as const;

async function readEntries(
  path: string,
  anchor: string | undefined,
  console: Console,
): Promise<readonly DecisionLogEntry[]> {
  const recording = await openRecording(path, console.input);
  if (!recording.isDecisionLog) throw new UsageError(`${path} is not a decision log`);
  const log = await readDecisionLog(recording, anchor);
  const [fault] = log.faults;
  if (fault !== undefined) {
    throw new UsageError(`${recording.describePlace(fault.line)}: ${fault.path}: ${fault.message}`);
  }
  for (const gap of describeGaps(log, new Map())) console.err(`${gap}\n`);
  return log.entries;
}

function describeNotLearned(
  observedCalls: readonly ObservedCalls[],
  { unlisted, unfit }: LearnedPolicy,
  { includeRefused }: LearnOptions,
  toolsPaths: readonly string[],
): string {
  const sum = (of: (calls: ObservedCalls) => number) =>
    observedCalls.reduce((total, each) => total + of(each), 0);
  const counts: readonly (readonly [number, string])[] = [
    [includeRefused ? 0 : sum(({ refused }) => refused), 'refused'],
    [includeRefused ? 0 : sum(({ failed }) => failed), 'failed or stopped'],
    [sum(({ invalid }) => invalid) + unfit, 'with arguments that the schema of the tool refuses'],
    [
      unlisted,
      `of tools that ${toolsPaths.join(' and ')} ${toolsPaths.length === 1 ? 'does' : 'do'} not list`,
    ],
  ];
  return counts
    .filter(([count]) => count > 0)
    .map(([count, reason]) => `${pluralize(count, 'call')} ${reason}`)
    .join(', ');
}
