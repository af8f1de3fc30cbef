#!/usr/bin/env node
// The command that agents run for their hooks: `nhipol-hook AGENT SOCKET`. It is `nhipol hook` without its options, and
// starts faster.

import { formatTerminalText } from '@nhipol/language/support';
import { forwardHook } from './forward.ts';

/** Hooks are installed with a minute: the refusal of a late answer must come before. */
const timeout = 50_000;

const refuse = (problem: string) => {
  process.stderr.write(formatTerminalText(`nhipol: not permitted: ${problem}\n`, false));
  process.exit(2);
};
process.on('uncaughtException', (error) => refuse(`the hook failed: ${error.message}`));

const [agent, socket] = process.argv.slice(2);
if (agent === undefined || socket === undefined) {
  refuse('the hook is not installed correctly: run `nhipol hook install`');
} else {
  const answer = await forwardHook({ agent, socket, timeout, input: process.stdin });
  process.stderr.write(formatTerminalText(answer.stderr, false));
  process.stdout.write(answer.stdout, () => process.exit(answer.exitCode));
}
