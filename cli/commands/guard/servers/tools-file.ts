// The file of reviewed tools, which `nhipol guard scan` writes: the name of the server, and the digest of each tool.

import { isDeepStrictEqual } from 'node:util';
import { isMembers } from '@nhipol/runtime/abi';
import type { Pins } from '@nhipol/service';
import { UsageError } from '../../../io/exit-codes.ts';
import { readInputText } from '../../../io/files.ts';

export interface ToolsFile {
  readonly server: string;
  readonly pins: Pins;
  readonly tools: readonly ReviewedTool[];
}

/** A tool as its server lists it, read from JSON. */
export interface ListedTool {
  readonly name: string;
  readonly [member: string]: unknown;
}

/** A tool as it was when it was reviewed. */
export interface ReviewedTool extends ListedTool {
  readonly inputSchema: unknown;
}

/** The names of the reviewed members in which a tool differs, for people. */
export async function findChangedMembers(before: ReviewedTool, tool: ListedTool): Promise<string> {
  const { reviewedMembers } = await import('@nhipol/service');
  const changed = reviewedMembers.filter((name) => !isDeepStrictEqual(before[name], tool[name]));
  return changed.join(', ');
}

/** While this is the format of the file, members are only added. */
const toolsFormat = 'nhipol-tools/1';

/** The path of the tools file of a policy, next to it. */
export function defaultToolsPath(policy: string): string {
  return policy.replace(/\.(nhipol|wasm)$/, '.tools.json');
}

/** The text of the file for the tools that a server lists now. */
export async function formatToolsFile(
  server: string,
  tools: readonly ListedTool[],
): Promise<string> {
  const { digestOfTool, pickReviewed } = await import('@nhipol/service');
  const reviewed = tools.map((tool) => [
    tool.name,
    { digest: digestOfTool(tool), ...pickReviewed(tool) },
  ]);
  const file = { format: toolsFormat, server, tools: Object.fromEntries(reviewed) };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

export async function readToolsFile(path: string): Promise<ToolsFile> {
  return parseToolsFile(path, await readInputText(path));
}

/** `path`: for messages. */
export async function parseToolsFile(path: string, text: string): Promise<ToolsFile> {
  const value = await parseObject(path, text);
  const { format, server, tools } = value;
  if (format !== toolsFormat) {
    throw new UsageError(`${path}: $.format: expected "${toolsFormat}"`);
  }
  if (typeof server !== 'string') throw new UsageError(`${path}: $.server: expected a string`);
  if (!isMembers(tools)) {
    throw new UsageError(`${path}: $.tools: expected an object`);
  }
  const pins = new Map<string, string>();
  const reviewed: ReviewedTool[] = [];
  for (const [name, tool] of Object.entries(tools)) {
    const { digest, inputSchema, ...others } = isMembers(tool) ? tool : {};
    if (typeof digest !== 'string') {
      throw new UsageError(`${path}: $.tools[${JSON.stringify(name)}].digest: expected a string`);
    }
    pins.set(name, digest);
    reviewed.push({ ...others, name, inputSchema });
  }
  return { server, pins, tools: reviewed };
}

async function parseObject(path: string, text: string): Promise<Readonly<Record<string, unknown>>> {
  const { parseFile, SettingsError } = await import('@nhipol/service');
  try {
    const value = parseFile(text);
    if (isMembers(value)) return value;
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw new UsageError(`${path}: ${error.message}; \`nhipol guard scan\` writes the file`);
  }
  throw new UsageError(`${path}: expected an object`);
}
