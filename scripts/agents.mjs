// Runs the tests of hooks with real coding agents: installs them into a temporary folder, or uses those in the folder that
// NHIPOL_AGENTS names. Claude Code needs no Node, Codex neither; Gemini CLI runs on that of this script.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The versions of service/hooks/agents/. */
const packages = [
  '@anthropic-ai/claude-code@2.1.332',
  '@openai/codex@0.171.0',
  '@google/gemini-cli@0.61.0',
];

const run = (command, args, options) => {
  const { status } = spawnSync(command, args, { stdio: 'inherit', ...options });
  if (status !== 0) process.exit(status ?? 1);
};

let { NHIPOL_AGENTS: folder } = process.env;
if (folder === undefined) {
  folder = mkdtempSync(join(tmpdir(), 'nhipol-agents-'));
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
  run('npm', ['install', '--no-audit', '--no-fund', ...packages], { cwd: folder });
}
const env = { ...process.env, NHIPOL_AGENTS: folder };
run('npx', ['vitest', 'run', 'test/hooks/agents', ...process.argv.slice(2)], { env });
