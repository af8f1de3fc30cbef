// The hooks that are installed: they block if they fail, in versions of agents where that is possible, and changes of them
// are reported.

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { hookAgents } from '@nhipol/service';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { agentNames } from '../../cli/commands/hook/agents.ts';
import { agentSettings } from '../../cli/commands/hook/settings.ts';
import { attack } from '../attacks/attack.ts';
import { Folder } from '../support/system/run-cli.ts';

const { PATH: path = '' } = process.env;
let folder: Folder;
beforeEach(() => {
  folder = new Folder();
  mkdirSync(join(folder.path, 'bin'));
  process.env.PATH = `${join(folder.path, 'bin')}${delimiter}${path}`;
});
afterEach(() => {
  process.env.PATH = path;
  folder[Symbol.dispose]();
});

/** Installs a program of an agent that prints this. */
function installAgent(program: string, version: string): void {
  folder.write(`bin/${program}`, `#!/bin/sh\necho '${version}'\n`);
  chmodSync(join(folder.path, 'bin', program), 0o755);
}

const run = (...args: readonly string[]) => folder.run(['hook', ...args], { inside: true });
const readSettings = (agent: keyof typeof agentSettings) =>
  JSON.parse(Buffer.from(folder.read(agentSettings[agent].projectFile)).toString());

attack('hooks-crash', async () => {
  for (const agent of agentNames) {
    const { program, testedVersion, projectFile } = agentSettings[agent];
    installAgent(program, testedVersion);
    expect(await run('install', agent)).toMatchObject({ code: 0 });
    const { hooks } = readSettings(agent);
    const events = Object.keys(hooks).filter((event) => event !== 'SessionStart');
    expect(events.length).toBeGreaterThan(1);
    for (const event of events) {
      const { command } = hooks[event][0].hooks[0];
      const commands = [
        // The script and the program are not there, the options of Node end it, and it is killed.
        command.replace('nhipol-hook.js', 'missing.js'),
        command.replace(process.execPath, '/nowhere/node'),
        `NODE_OPTIONS=--unknown ${command}`,
        command.replace(/^.*(?= \|\| )/, "sh -c 'kill -9 $$'"),
      ];
      for (const each of commands) {
        const { status } = spawnSync('/bin/sh', ['-c', each], { input: '{}' });
        expect([projectFile, event, each, status]).toEqual([projectFile, event, each, 2]);
      }
    }
  }
});

attack('hooks-old-agent', async () => {
  installAgent('claude', '2.1.294 (Claude Code)');
  const { code, out, err } = await run('install', 'claude-code');
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain('claude 2.1.294 lets a tool run if its hook fails');
  expect(folder.names).toEqual(['bin']);
});

describe('the version of an agent', () => {
  test.each([
    ['claude', '2.1.295', 'claude 2.1.295 is earlier than 2.1.332'],
    ['claude', '10.0.0', ''],
    ['claude', '2.2.0', ''],
    ['claude', '2.1.332 (Claude Code)', ''],
    ['claude', 'unknown', 'the version of claude is unknown: it needs at least 2.1.295'],
  ])('%s %s: %s', async (program, version, warning) => {
    installAgent(program, version);
    const { code, err } = await run('install', 'claude-code');
    expect(code).toBe(0);
    if (warning === '') expect(err).not.toContain('warning');
    else expect(err).toContain(`warning: ${warning}`);
  });

  test('is that of the agents whose hooks are tested', () => {
    for (const { name, testedVersion } of hookAgents) {
      expect(agentSettings[name as keyof typeof agentSettings].testedVersion).toBe(testedVersion);
    }
  });
});

attack('hooks-changed-settings', async () => {
  installAgent('claude', '2.1.332');
  expect(await run('status', 'claude-code')).toMatchObject({ code: 1 });
  await run('install', 'claude-code', '--log', 'other.jsonl');
  expect(await run('status', 'claude-code')).toMatchObject({ code: 0 });
  const { projectFile } = agentSettings['claude-code'];
  const installed = JSON.stringify(readSettings('claude-code'));
  const changes: readonly (readonly [from: string, to: string, problem: string])[] = [
    [' || exit 2', '', 'the hook for PreToolUse is missing or was changed'],
    ['"onFailure":"block"', '"onFailure":"ignore"', 'the hook for PreToolUse'],
    ['"matcher":"*"', '"matcher":"Read"', 'the hook for PreToolUse'],
    ['"timeout":60', '"timeout":1', 'the hook for SessionStart'],
    ['PostToolUseFailure', 'Stop', 'the hook for PostToolUseFailure'],
    ['{"hooks"', '{"disableAllHooks":true,"hooks"', 'turns the hooks off'],
  ];
  for (const [from, to, problem] of changes) {
    expect(installed).toContain(from);
    folder.write(projectFile, installed.replace(from, to));
    const { code, out } = await run('status', 'claude-code');
    expect([from, code, out]).toEqual([from, 1, expect.stringContaining(problem)]);
    // Another installation writes the hooks as they should be.
    if (problem.startsWith('the hook')) {
      await run('install', 'claude-code');
      expect(await run('status', 'claude-code')).toMatchObject({ code: 0 });
    }
  }
});

test('a policy of an earlier installation is reported', async () => {
  installAgent('claude', '2.1.332');
  folder.write('guard.nhipol', 'policy p version "1.0.0"\n');
  const { err } = await run('install', 'claude-code');
  expect(err).toContain('guard.nhipol does not read `action.names_guard`');
  folder.remove('guard.nhipol');
  await run('install', 'claude-code');
  expect((await run('install', 'claude-code')).err).not.toContain('names_guard');
});
