// Implements `nhipol guard scan`: asks a server for its tools, and writes a policy for them with tests, and the file of
// reviewed tools. If there is one, it reports how the tools differ from those that were reviewed.

import { basename } from 'node:path';
import type { ServerDescription } from '@nhipol/service';
import { counted } from '../../../language/support/words.ts';
import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';
import { exists, writeAtomically } from '../../io/files.ts';
import { type WrittenPolicy, writePolicy } from '../../scan/write-policy.ts';
import { describeCommand } from './describe-command.ts';
import { serverName } from './server-name.ts';
import { readToolsFile, type ToolsFile, toolsFileText } from './tools-file.ts';
import { writePolicyFile } from './write-policy-file.ts';

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
  await writeAtomically(toolsPath, await toolsFileText(name, described.tools));
  const { tests, hasFailed } = await writePolicyFile(output, written.source);
  await console.out(`${summary(output, written)}, ${tests}\n`);
  console.err(`wrote ${toolsPath}: a tool that differs from it is denied until it is reviewed\n`);
  console.err(`next: nhipol guard ${output} -- COMMAND\n`);
  return hasFailed ? exitCode.findings : exitCode.fine;
}

function summary(output: string, { kinds }: WrittenPolicy): string {
  const { read, write, unclassified } = kinds;
  const all = counted(read + write + unclassified, 'tool');
  const others = unclassified === 0 ? '' : `, ${unclassified} unclassified: denied`;
  return `wrote ${basename(output)}: ${all} (${read} read: permitted, ${write} write: challenged${others})`;
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
