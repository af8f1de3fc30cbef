// Implements `nhipol guard scan`: asks a server for its tools, shows them with what a reader of their descriptions could miss,
// and writes a policy for them with tests, and the file of reviewed tools. If there is one, it reports how the tools
// differ from those that were reviewed.

import { basename } from 'node:path';
import { displayText, pluralize } from '@nhipol/language/support';
import type { ServerDescription } from '@nhipol/service';
import type { Console } from '../../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../../io/exit-codes.ts';
import { exists, writeAtomically } from '../../../io/files.ts';
import { matchesAny, type ToolChoices, type ToolKind } from '../../../scan/classify-tool.ts';
import { findMarks } from '../../../scan/marks.ts';
import { describeTool } from '../../../scan/tool-description.ts';
import { writePolicy } from '../../../scan/write-policy.ts';
import { writePolicyFile } from '../policies/write-policy-file.ts';
import { describeCommand } from './describe-command.ts';
import { deriveServerName } from './server-name.ts';
import {
  findChangedMembers,
  formatToolsFile,
  readToolsFile,
  type ToolsFile,
} from './tools-file.ts';

export interface ScanOptions {
  /** `undefined` if it is derived from the command. */
  readonly server?: string | undefined;
  readonly output: string;
  readonly env: readonly string[];
  /** Patterns of the tools that only read, and of those that change something. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
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
  const name = options.server ?? reviewed?.server ?? deriveServerName(program, args);
  const described = await describeCommand(program, args, options.env);
  if (reviewed === undefined) {
    if (await exists(output)) {
      throw new UsageError(`${output} exists, and ${toolsPath} does not: nothing was written`);
    }
    requireMatches(options, described);
    return writeNew({ name, described, output, toolsPath, choices: options }, console);
  }
  if (options.reads.length > 0 || options.writes.length > 0) {
    throw new UsageError(`--reads and --writes are for a new policy, and ${toolsPath} exists`);
  }
  return compare(
    reviewed,
    described,
    { name, policyPath: output, toolsPath, accept: options.accept },
    console,
  );
}

/** A pattern that matches nothing is a spelling mistake. */
function requireMatches({ reads, writes }: ToolChoices, { tools }: ServerDescription): void {
  const findUnused = (patterns: readonly string[]) =>
    patterns.find((pattern) => !tools.some(({ name }) => matchesAny(name, [pattern])));
  for (const [option, pattern] of [
    ['--reads', findUnused(reads)],
    ['--writes', findUnused(writes)],
  ]) {
    if (pattern !== undefined)
      throw new UsageError(`${option} ${pattern}: no tool has such a name`);
  }
}

interface NewPolicy {
  readonly name: string;
  readonly described: ServerDescription;
  readonly output: string;
  readonly toolsPath: string;
  readonly choices: ToolChoices;
}

async function writeNew(
  { name, described, output, toolsPath, choices }: NewPolicy,
  console: Console,
): Promise<ExitCode> {
  const tools = described.tools.map((tool) => ({
    name: tool.name,
    inputSchema: tool.inputSchema,
    annotations: toMembers(tool.annotations),
    marks: findMarks(tool),
  }));
  const written = writePolicy({
    name,
    tools,
    choices,
    capabilities: new Set(described.capabilities),
  });
  for (const [index, tool] of described.tools.entries()) {
    const kind = written.kinds[index] ?? 'unclassified';
    await console.out(
      describeTool(
        `${displayText(tool.name)}: ${kindTexts[kind]}`,
        tool,
        tools[index]?.marks ?? [],
      ),
    );
  }
  await writeAtomically(toolsPath, await formatToolsFile(name, described.tools));
  const { tests, hasFailed } = await writePolicyFile(output, written.source);
  await console.out(`${summarize(output, written.kinds)}, ${tests}\n`);
  console.err(`wrote ${toolsPath}: a tool that differs from it is denied until it is reviewed\n`);
  const marked = tools.filter(({ marks }) => marks.length > 0).length;
  if (marked > 0) {
    console.err(`review ${pluralize(marked, 'tool')} marked with ! before you use this server\n`);
  }
  console.err(`next: nhipol guard ${output} -- COMMAND\n`);
  return hasFailed ? exitCode.findings : exitCode.fine;
}

/** The kind of a tool, and the effect of the policy on it. */
const kindTexts: Readonly<Record<ToolKind, string>> = {
  read: 'reads, permitted',
  write: 'changes something, challenged',
  exit: 'reads and may carry data out, challenged',
  guess: 'seems to read, challenged; `--reads` permits it',
  marked: 'has a marked description, challenged',
  unclassified: 'does not state what it does, denied; see `--reads` and `--writes`',
};

const countTexts: Readonly<Record<ToolKind, string>> = {
  read: 'read: permitted',
  write: 'write: challenged',
  exit: 'read and may carry data out: challenged',
  guess: 'seem to read: challenged',
  marked: 'marked: challenged',
  unclassified: 'unclassified: denied',
};

function summarize(output: string, kinds: readonly ToolKind[]): string {
  const counts = Object.entries(countTexts).flatMap(([kind, text]) => {
    const count = kinds.filter((each) => each === kind).length;
    return count === 0 ? [] : [`${count} ${text}`];
  });
  return `wrote ${basename(output)}: ${pluralize(kinds.length, 'tool')} (${counts.join(', ')})`;
}

interface Comparing {
  readonly name: string;
  readonly policyPath: string;
  readonly toolsPath: string;
  readonly accept: boolean;
}

async function compare(
  { pins, tools: reviewed }: ToolsFile,
  { tools }: ServerDescription,
  { name, policyPath, toolsPath, accept }: Comparing,
  console: Console,
): Promise<ExitCode> {
  const { digestOfTool } = await import('@nhipol/service');
  const listed = new Set(tools.map((tool) => tool.name));
  const texts: string[] = [];
  for (const tool of tools) {
    if (pins.get(tool.name) === digestOfTool(tool)) continue;
    const before = reviewed.find((reviewedTool) => reviewedTool.name === tool.name);
    const title =
      before === undefined ? 'new' : `changed (${await findChangedMembers(before, tool)})`;
    texts.push(describeTool(`${title}: ${displayText(tool.name)}`, tool, findMarks(tool)));
  }
  for (const removed of [...pins.keys()].filter((each) => !listed.has(each))) {
    texts.push(`removed: ${displayText(removed)}\n`);
  }
  if (texts.length === 0) {
    await console.out(`${pluralize(tools.length, 'tool')}, all as reviewed\n`);
    return exitCode.fine;
  }
  await console.out(texts.join(''));
  if (!accept) {
    console.err(`to accept these tools, run the command again with --accept\n`);
    return exitCode.findings;
  }
  await writeAtomically(toolsPath, await formatToolsFile(name, tools));
  console.err(`wrote ${toolsPath}; rules for new tools are yours to write\n`);
  console.err(`a guard uses these tools after \`nhipol guard confirm ${policyPath}\`\n`);
  return exitCode.fine;
}

function toMembers(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
