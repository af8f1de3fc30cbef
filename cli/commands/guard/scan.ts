// Implements `nhipol guard scan`: asks a server for its tools, and writes a policy for them with tests, and the file of
// reviewed tools. If there is one, it reports how the tools differ from those that were reviewed.

import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ServerDescription } from '@nhipol/service';
import { counted } from '../../../language/support/words.ts';
import { format } from '../../../language/syntax/format/format.ts';
import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';
import { writeAtomically } from '../../io/files.ts';
import { type WrittenPolicy, writePolicy } from '../../scan/write-policy.ts';
import { runPolicy } from '../../test-run/run-policy.ts';
import { describeCommand } from './describe-command.ts';
import { serverName } from './server-name.ts';
import { readToolsFile, type ToolsFile, toolsFileText } from './tools-file.ts';

export interface ScanOptions {
  /** undefined: derived from the command. */
  readonly server?: string | undefined;
  readonly output: string;
  readonly env: readonly string[];
  /** Whether tools that differ are reviewed now. */
  readonly accept: boolean;
}

export async function scanCommand(
  command: readonly string[],
  options: ScanOptions,
  console: Console,
): Promise<ExitCode> {
  const [program, ...args] = command;
  if (program === undefined) {
    throw new UsageError('expected the command of an MCP server after --');
  }
  const { output } = options;
  if (!output.endsWith('.nhipol')) {
    throw new UsageError(`-o ${output}: expected a name that ends with .nhipol`);
  }
  const toolsPath = output.replace(/\.nhipol$/, '.tools.json');
  const reviewed = (await exists(toolsPath)) ? await readToolsFile(toolsPath) : undefined;
  const name = options.server ?? reviewed?.server ?? serverName(program, args);
  const described = await describeCommand(program, args, options.env);
  if (reviewed === undefined) {
    if (await exists(output)) {
      throw new UsageError(`${output} exists, and ${toolsPath} does not: nothing was written`);
    }
    return writeNew(name, described, output, toolsPath, console);
  }
  return compare(reviewed, described, { name, toolsPath, accept: options.accept }, console);
}

async function writeNew(
  name: string,
  described: ServerDescription,
  output: string,
  toolsPath: string,
  console: Console,
): Promise<ExitCode> {
  const tools = described.tools.map((tool) => ({
    name: tool.name,
    inputSchema: tool.inputSchema,
    annotations: membersOf(tool.annotations),
  }));
  const written = writePolicy({ name, tools, capabilities: new Set(described.capabilities) });
  const formatted = format(output, written.source);
  await writeAtomically(toolsPath, await toolsFileText(name, described.tools));
  await writeAtomically(output, formatted.text ?? written.source);
  const run = await runPolicy(output, testOptions);
  const failed = run.tests.filter((test) => !test.passed);
  await console.out(`${summary(output, written)}, ${testLine(run.tests.length, failed.length)}\n`);
  console.err(`wrote ${toolsPath}: a tool that differs from it is denied until it is reviewed\n`);
  console.err(`next: nhipol guard ${output} -- COMMAND\n`);
  return failed.length > 0 ? exitCode.findings : exitCode.fine;
}

const testOptions = {
  engine: 'evaluator',
  filter: undefined,
  now: undefined,
  covers: false,
  colored: false,
} as const;

function summary(output: string, { kinds }: WrittenPolicy): string {
  const { read, write, unclassified } = kinds;
  const all = counted(read + write + unclassified, 'tool');
  const others = unclassified === 0 ? '' : `, ${unclassified} unclassified: denied`;
  return `wrote ${basename(output)}: ${all} (${read} read: permitted, ${write} write: challenged${others})`;
}

function testLine(all: number, failed: number): string {
  return failed === 0
    ? `${counted(all, 'test')} pass`
    : `${failed} of ${counted(all, 'test')} fail`;
}

interface Comparing {
  readonly name: string;
  readonly toolsPath: string;
  readonly accept: boolean;
}

async function compare(
  { pins }: ToolsFile,
  { tools }: ServerDescription,
  { name, toolsPath, accept }: Comparing,
  console: Console,
): Promise<ExitCode> {
  const { digestOfTool } = await import('@nhipol/service');
  const listed = new Set(tools.map((tool) => tool.name));
  const lines = [
    ...tools.flatMap((tool) => {
      const pin = pins.get(tool.name);
      if (pin === undefined) return [`new: ${tool.name}: ${String(tool.description ?? '')}`];
      return pin === digestOfTool(tool)
        ? []
        : [`changed: ${tool.name}: ${String(tool.description ?? '')}`];
    }),
    ...[...pins.keys()].filter((each) => !listed.has(each)).map((each) => `removed: ${each}`),
  ];
  if (lines.length === 0) {
    await console.out(`${counted(tools.length, 'tool')}, all as reviewed\n`);
    return exitCode.fine;
  }
  await console.out(lines.map((line) => `${line}\n`).join(''));
  if (!accept) {
    console.err(`to accept these tools, run the command again with --accept\n`);
    return exitCode.findings;
  }
  await writeAtomically(toolsPath, await toolsFileText(name, tools));
  console.err(`wrote ${toolsPath}; rules for new tools are yours to write\n`);
  return exitCode.fine;
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
