// Implements `nhipol hook install`, `status` and `remove`: writes policy and settings of a coding agent, says what it wrote,
// and whether the settings are still so.

import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';
import { makeFolder, readIfThere, toSlashes, writeAtomically } from '../../io/files.ts';
import { defaultSocketPath } from '../../io/paths/socket-path.ts';
import { quoteWord } from '../../io/shell-word.ts';
import { templateFiles } from '../../templates/templates.generated.ts';
import { findVersionWarning } from './agent-version.ts';
import type { AgentName } from './agents.ts';
import {
  type AgentSettings,
  agentSettings,
  listChangedEvents,
  withHooks,
  withoutHooks,
} from './settings.ts';

/** The member that a policy reads to protect its own files. */
const guardFact = 'names_guard';

export interface InstallOptions {
  readonly policy: string;
  readonly user: boolean;
  readonly log: string;
  readonly socket?: string | undefined;
  /** Further options of the daemon. */
  readonly daemon: string;
}

export async function installCommand(
  agent: AgentName,
  options: InstallOptions,
  console: Console,
): Promise<ExitCode> {
  const settings = agentSettings[agent];
  const warning = await findVersionWarning(settings);
  const file = chooseSettingsFile(settings, options);
  const found = await readSettings(file);
  const policy = resolve(options.policy);
  if (!existsSync(policy)) {
    await makeFolder(dirname(policy));
    await writeAtomically(policy, getTemplatePolicy(agent));
    await console.out(
      `wrote ${toSlashes(options.policy)}: rules for the tools of ${agent}; review them\n`,
    );
  } else if (!((await readIfThere(policy)) ?? '').includes(guardFact)) {
    console.err(
      `${toSlashes(options.policy)} does not read \`action.${guardFact}\`, so that the agent may change it: compare it with a new one\n`,
    );
  }
  const commands = buildCommands(agent, policy, options);
  const written = withHooks(found, settings.hooks(commands));
  await makeFolder(dirname(file));
  await writeAtomically(file, `${JSON.stringify(written, undefined, 2)}\n`);
  const events = Object.keys(settings.hooks(commands)).join(', ');
  await console.out(`wrote ${toSlashes(file)}: hooks for ${events}\n`);
  console.err(
    `each use of a tool is decided by ${toSlashes(options.policy)}, and logged in ${toSlashes(options.log)}\n`,
  );
  if (warning !== undefined) console.err(`warning: ${warning}\n`);
  console.err(`${settings.note}\n`);
  console.err(
    `next: start ${agent} again, and watch it with nhipol log tail -f ${toSlashes(options.log)}\n`,
  );
  return exitCode.fine;
}

/** Whether the hooks are as an installation writes them now, and nothing turns them off. */
export async function runStatusCommand(
  agent: AgentName,
  options: Pick<InstallOptions, 'user'>,
  console: Console,
): Promise<ExitCode> {
  const settings = agentSettings[agent];
  const file = chooseSettingsFile(settings, options);
  const found = await readSettings(file);
  const warning = await findVersionWarning(settings);
  const changed = listChangedEvents(found, settings);
  const problems = [
    ...changed.map((event) => `the hook for ${event} is missing or was changed`),
    ...(found.disableAllHooks === true ? ['`disableAllHooks` turns the hooks off'] : []),
    ...(warning === undefined ? [] : [warning]),
  ].map((problem) => `${toSlashes(file)}: ${problem}\n`);
  if (problems.length === 0) {
    await console.out(`${toSlashes(file)}: all hooks are installed\n`);
    return exitCode.fine;
  }
  await console.out(problems.join(''));
  console.err(`to write the hooks again, run nhipol hook install ${agent}\n`);
  return exitCode.findings;
}

export async function removeCommand(
  agent: AgentName,
  options: Pick<InstallOptions, 'user'>,
  console: Console,
): Promise<ExitCode> {
  const file = chooseSettingsFile(agentSettings[agent], options);
  const settings = await readSettings(file);
  const left = withoutHooks(settings);
  if (JSON.stringify(left) === JSON.stringify(settings))
    throw new UsageError(`${toSlashes(file)} has no hooks of nhipol`);
  await writeAtomically(file, `${JSON.stringify(left, undefined, 2)}\n`);
  await console.out(`wrote ${toSlashes(file)} without the hooks\n`);
  return exitCode.fine;
}

function chooseSettingsFile(
  { userFile, projectFile }: AgentSettings,
  { user }: Pick<InstallOptions, 'user'>,
): string {
  return user ? userFile(process.env) : projectFile;
}

async function readSettings(path: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readIfThere(path);
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Readonly<Record<string, unknown>>;
    }
  } catch (error) {
    throw new UsageError(
      `${toSlashes(path)} is not valid JSON, so nothing was written: ${(error as Error).message}`,
    );
  }
  throw new UsageError(`${toSlashes(path)}: expected an object, so nothing was written`);
}

function getTemplatePolicy(agent: AgentName): string {
  const text = templateFiles.get('hooks')?.get(`${agent}.nhipol`);
  if (text === undefined)
    throw new UsageError(`there is no policy for ${agent}: name one by --policy`);
  return text;
}

/** All paths are absolute: an agent could put another program first in the folders that are searched. */
function buildCommands(agent: AgentName, policy: string, options: InstallOptions) {
  const socket = options.socket ?? defaultSocketPath(policy, process.env);
  const bin = dirname(fileURLToPath(import.meta.url));
  const node = quoteWord(process.execPath);
  const daemon = [
    'daemon',
    policy,
    '--background',
    '--socket',
    socket,
    '--log',
    resolve(options.log),
  ];
  const subject = options.daemon.includes('--subject') ? [] : ['--subject', `ai_agent:${agent}`];
  return {
    hook: [node, quoteWord(join(bin, 'nhipol-hook.js')), quoteWord(agent), quoteWord(socket)].join(
      ' ',
    ),
    start: [
      node,
      quoteWord(join(bin, 'nhipol.js')),
      ...[...daemon, ...subject].map(quoteWord),
      ...(options.daemon === '' ? [] : [options.daemon]),
    ].join(' '),
  };
}
