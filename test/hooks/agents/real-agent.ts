// Runs a real coding agent for one prompt, in a folder and a home of its own, with a model of the test.

import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type AgentName = 'claude-code' | 'codex' | 'gemini';

export interface AgentPlace {
  /** The folder with the agents in `node_modules`. */
  readonly agents: string;
  readonly project: string;
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
}

interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: (url: string) => NodeJS.ProcessEnv;
  /** The settings of the user, with which the agent runs tools without a question. */
  readonly prepare: (place: AgentPlace, url: string) => void;
}

const put = (path: string, value: unknown) => {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
};

const commands: Readonly<Record<AgentName, Command>> = {
  'claude-code': {
    program: 'claude',
    args: ['-p', 'hello', '--model', 'claude-sonnet-4-6'],
    env: (url) => ({
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_API_KEY: 'sk-ant-test',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
    }),
    prepare: ({ home, project }) => {
      const projects = { [project]: { hasTrustDialogAccepted: true } };
      put(join(home, '.claude.json'), { projects });
      put(join(home, '.claude', 'settings.json'), { permissions: { allow: ['Bash', 'Read'] } });
    },
  },
  codex: {
    program: 'codex',
    args: [
      'exec',
      '--skip-git-repo-check',
      '--dangerously-bypass-hook-trust',
      '--dangerously-bypass-approvals-and-sandbox',
      'hello',
    ],
    env: () => ({ MODEL_KEY: 'test' }),
    prepare: ({ home, project }, url) => {
      const lines = [
        'model = "gpt-5"',
        'model_provider = "test"',
        '[model_providers.test]',
        'name = "test"',
        `base_url = "${url}/v1"`,
        'wire_api = "responses"',
        'env_key = "MODEL_KEY"',
        `[projects."${project}"]`,
        'trust_level = "trusted"',
      ];
      put(join(home, '.codex', 'config.toml'), `${lines.join('\n')}\n`);
    },
  },
  gemini: {
    program: 'gemini',
    args: ['-y', '-m', 'gemini-2.5-pro', '-p', 'hello'],
    env: (url) => ({ GOOGLE_GEMINI_BASE_URL: url, GEMINI_API_KEY: 'test' }),
    prepare: ({ home, project }) => {
      const auth = { selectedType: 'gemini-api-key' };
      put(join(home, '.gemini', 'settings.json'), { security: { auth } });
      put(join(home, '.gemini', 'trustedFolders.json'), { [project]: 'TRUST_FOLDER' });
    },
  },
};

/** The longest run of an agent, in milliseconds. */
const patience = 90_000;

/** Resolves when the agent has ended. */
export function runAgent(name: AgentName, place: AgentPlace, url: string): Promise<void> {
  const { program, args, env, prepare } = commands[name];
  prepare(place, url);
  const child = spawn(join(place.agents, 'node_modules', '.bin', program), args, {
    cwd: place.project,
    env: { PATH: process.env.PATH, HOME: place.home, ...place.env, ...env(url) },
    stdio: 'ignore',
    timeout: patience,
  });
  return new Promise((resolve) => child.once('close', () => resolve()));
}
