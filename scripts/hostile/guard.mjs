// Starts guards of `npm run hostile` and reads what they decided.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const peers = join(root, 'test/service/hostile');
const nhipol = join(root, 'dist/bin/nhipol.js');

/** Compiles the policy once. Returns the path of the module. */
export function compilePolicy(folder) {
  const module = join(folder, 'policy.wasm');
  const options = ['--sessions', '--possible', '-o', module];
  const source = join(peers, 'policy.nhipol');
  execFileSync(process.execPath, [nhipol, 'compile', source, ...options], { stdio: 'ignore' });
  return module;
}

/** The command of a guard with its own state and log. */
export function guardCommand(module, folder, name, server) {
  const own = ['--state', join(folder, `${name}.db`), '--log', join(folder, `${name}.jsonl`)];
  return [process.execPath, nhipol, 'guard', module, '--server', 'peer', ...own, '--', ...server];
}

export function start([command, ...args], seen) {
  return spawn(command, args, {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, HOSTILE_SEEN: seen },
  });
}

/** The decisions of the guard, from its log. */
export function readDecisions(folder, name) {
  const entries = readLines(join(folder, `${name}.jsonl`));
  const permitted = new Set();
  let completed = 0;
  for (const { kind, decision, request, signal } of entries) {
    if (kind === 'event' && signal === 'completed') completed += 1;
    if (kind !== 'decision' || !decision) continue;
    const { name: action, properties } = request.action;
    permitted.add(`${action} ${properties.arguments?.text ?? properties.params?.message}`);
  }
  return { permitted, completed };
}

/** The JSON of each line; nothing if there is no file. */
export function readLines(file) {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}
