// The settings in which coding agents name the commands of their hooks: where the files are, and what they contain. The
// other settings of a file are left as they are.

import { homedir } from 'node:os';
import { join } from 'node:path';
import { isMembers } from '@nhipol/runtime/abi';
import type { AgentName } from './agents.ts';

type Members = Readonly<Record<string, unknown>>;

interface HookCommands {
  /** Passes the input of a hook to the daemon. */
  readonly hook: string;
  /** Starts the daemon if it is not there. */
  readonly start: string;
}

export interface AgentSettings {
  /** The file in a project, which is not for others if the agent has such a file. */
  readonly projectFile: string;
  readonly userFile: (env: Readonly<Record<string, string | undefined>>) => string;
  /** The hooks by event. */
  readonly hooks: (commands: HookCommands) => Readonly<Record<string, readonly object[]>>;
  /** The name of the program of the agent. */
  readonly program: string;
  /** The first version in which a hook that fails blocks the tool, or `undefined` if it always did. */
  readonly minVersion: string | undefined;
  /** The version whose hooks were tested. */
  readonly testedVersion: string;
  /** A line for the person who installs the hooks. */
  readonly note: string;
}

/** In seconds; the hook itself refuses earlier. */
const timeout = 60;

/** An exit code of 2 blocks the tool, in all agents. That of a command that cannot be started, or crashes, would not. */
const addBlock = (command: string) => `${command} || exit 2`;

export const agentSettings: Readonly<Record<AgentName, AgentSettings>> = {
  'claude-code': {
    projectFile: join('.claude', 'settings.local.json'),
    userFile: ({ CLAUDE_CONFIG_DIR: folder }) =>
      join(folder ?? join(homedir(), '.claude'), 'settings.json'),
    hooks: ({ hook, start }) => {
      const reporting = { type: 'command', command: addBlock(hook), timeout };
      // A hook that does not end in time fails without an exit code.
      const blocking = { ...reporting, onFailure: 'block' };
      return {
        SessionStart: [{ hooks: [{ type: 'command', command: start, timeout }] }],
        PreToolUse: [{ matcher: '*', hooks: [blocking] }],
        PostToolUse: [{ matcher: '*', hooks: [reporting] }],
        PostToolUseFailure: [{ matcher: '*', hooks: [reporting] }],
      };
    },
    program: 'claude',
    minVersion: '2.1.295',
    testedVersion: '2.1.332',
    note: 'a hook that is not answered in time blocks the tool since Claude Code 2.1.295: use no earlier version',
  },
  codex: {
    projectFile: join('.codex', 'hooks.json'),
    userFile: ({ CODEX_HOME: folder }) => join(folder ?? join(homedir(), '.codex'), 'hooks.json'),
    hooks: ({ hook, start }) => {
      const reporting = { type: 'command', command: addBlock(hook), timeout };
      return {
        SessionStart: [{ hooks: [{ type: 'command', command: start, timeout }] }],
        PreToolUse: [{ matcher: '*', hooks: [reporting] }],
        PostToolUse: [{ matcher: '*', hooks: [reporting] }],
      };
    },
    program: 'codex',
    minVersion: undefined,
    testedVersion: '0.171.0',
    note: 'Codex runs a hook after you have trusted it: start codex, and review it with /hooks',
  },
  gemini: {
    projectFile: join('.gemini', 'settings.json'),
    userFile: () => join(homedir(), '.gemini', 'settings.json'),
    hooks: ({ hook, start }) => {
      // In milliseconds.
      const named = { name: 'nhipol', type: 'command', timeout: timeout * 1_000 };
      const reporting = { ...named, command: addBlock(hook) };
      return {
        SessionStart: [{ hooks: [{ ...named, command: start }] }],
        BeforeTool: [{ matcher: '*', hooks: [reporting] }],
        AfterTool: [{ matcher: '*', hooks: [reporting] }],
      };
    },
    program: 'gemini',
    minVersion: undefined,
    testedVersion: '0.61.0',
    note: 'Gemini CLI runs hooks in folders that you trust; with --skip-trust, only those of --user',
  },
};

/** The settings with these hooks instead of the hooks of an earlier installation. */
export function withHooks(
  settings: Members,
  added: Readonly<Record<string, readonly object[]>>,
): Members {
  const kept = readHooks(withoutHooks(settings));
  const events = Object.entries(added).map(([event, groups]) => [
    event,
    [...readGroups(kept[event]), ...groups],
  ]);
  return { ...settings, hooks: { ...kept, ...Object.fromEntries(events) } };
}

/** The settings without the hooks of an installation. */
export function withoutHooks(settings: Members): Members {
  const { hooks, ...others } = settings;
  if (hooks === undefined) return settings;
  const kept: [string, readonly unknown[]][] = [];
  for (const [event, groups] of Object.entries(readHooks(settings))) {
    const rest = readGroups(groups).flatMap(withoutOwn);
    if (rest.length > 0) kept.push([event, rest]);
  }
  return kept.length === 0 ? others : { ...others, hooks: Object.fromEntries(kept) };
}

/** The hooks of an installation that are not as it would write them now, by event; none: all are. */
export function listChangedEvents(settings: Members, { hooks }: AgentSettings): readonly string[] {
  const found = readHooks(settings);
  const expected = hooks({ hook: '', start: '' });
  return Object.entries(expected).flatMap(([event, groups]) => {
    const installedGroups = readGroups(found[event]).filter(
      (group) => withoutOwn(group)[0] !== group,
    );
    return JSON.stringify(installedGroups.map(normalizeGroup)) ===
      JSON.stringify(groups.map(normalizeGroup))
      ? []
      : [event];
  });
}

/** A group of hooks without the part of a command that the options of an installation determine. */
function normalizeGroup(group: unknown): unknown {
  if (!isMembers(group) || !Array.isArray(group.hooks)) return group;
  const hooks = group.hooks.map((hook: unknown) => {
    if (!isMembers(hook) || typeof hook.command !== 'string') return hook;
    return { ...hook, command: hook.command.endsWith(addBlock('')) ? addBlock('') : '' };
  });
  return { ...group, hooks };
}

function readHooks({ hooks }: Members): Members {
  return isMembers(hooks) ? hooks : {};
}

function readGroups(groups: unknown): readonly unknown[] {
  return Array.isArray(groups) ? groups : [];
}

function withoutOwn(group: unknown): readonly unknown[] {
  if (!isMembers(group) || !Array.isArray(group.hooks)) return [group];
  const hooks = group.hooks.filter((hook: unknown) => !isOwn(hook));
  if (hooks.length === group.hooks.length) return [group];
  return hooks.length === 0 ? [] : [{ ...group, hooks }];
}

function isOwn(hook: unknown): boolean {
  if (!isMembers(hook) || typeof hook.command !== 'string') return false;
  return /nhipol-hook\.js'? |nhipol\.js'? daemon /.test(hook.command);
}
