// The reviewed tools of a guard: the tools in its file, unless it accepts more than the ones that a person confirmed last.
// Then these stay. The first file that is used counts as confirmed.

import type { Store } from '@nhipol/service';
import { isTaken, readInputText } from '../../../io/files.ts';
import { ConfirmedVersions } from '../../../versions/confirmed-versions.ts';
import {
  createTextVersion,
  getEntryText,
  type PolicyVersion,
} from '../../../versions/policy-version.ts';
import { defaultToolsPath, parseToolsFile, type ToolsFile } from './tools-file.ts';

export interface ToolsOptions {
  /** The file that is named on the command line. */
  readonly tools?: string | undefined;
}

/** Returns `undefined` if no tools were reviewed, so that each one is accepted as it is first listed. */
export async function openReviewedTools(
  policyPath: string,
  options: ToolsOptions,
  store: Store,
  warn: (warning: string) => void,
): Promise<ToolsFile | undefined> {
  const path = findToolsPath(policyPath, options);
  const versions = new ConfirmedVersions(store, path, 'tools');
  const [version, confirmed] = [await readToolsVersion(policyPath, options), versions.read()];
  const tools = await parseTools(path, version);
  if (confirmed === undefined || confirmed.digest === version.digest) {
    if (confirmed === undefined && tools !== undefined) versions.confirm(version);
    return tools;
  }
  const before = await parseTools(path, confirmed);
  if (acceptsMore(before, tools)) {
    const change = tools === undefined ? 'was removed' : 'changed and may accept more tools';
    const end = `until \`nhipol guard confirm ${policyPath}\``;
    warn(`${path} ${change}: the tools that were confirmed last stay ${end}`);
    return before;
  }
  versions.confirm(version);
  return tools;
}

export function findToolsPath(policyPath: string, { tools }: ToolsOptions): string {
  return tools ?? defaultToolsPath(policyPath);
}

/** The version in the file. It has no text if the file need not exist and does not. */
export async function readToolsVersion(
  policyPath: string,
  options: ToolsOptions,
): Promise<PolicyVersion> {
  const path = findToolsPath(policyPath, options);
  const isRead = options.tools !== undefined || (await isTaken(path));
  return createTextVersion(path, isRead ? await readInputText(path) : undefined);
}

/** The tools in the file, whether a person has confirmed them or not, or `undefined` if there is no file. */
export async function readReviewedTools(
  policyPath: string,
  options: ToolsOptions,
): Promise<ToolsFile | undefined> {
  return parseTools(
    findToolsPath(policyPath, options),
    await readToolsVersion(policyPath, options),
  );
}

async function parseTools(path: string, version: PolicyVersion): Promise<ToolsFile | undefined> {
  const text = getEntryText(version);
  return text === undefined ? undefined : parseToolsFile(path, text);
}

function acceptsMore(before: ToolsFile | undefined, after: ToolsFile | undefined): boolean {
  if (before === undefined) return false;
  if (after === undefined || after.server !== before.server) return true;
  return [...after.pins].some(([name, digest]) => before.pins.get(name) !== digest);
}
