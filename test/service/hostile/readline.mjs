// A server or a client that reads lines by `node:readline`: `readline.mjs server`, or `readline.mjs client COMMAND...`.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { createAnswer, openPings, see } from './seen.mjs';

const [side, command, ...args] = process.argv.slice(2);
const read = (input, onMessage) =>
  createInterface({ input }).on('line', (line) => {
    let message;
    try {
      message = JSON.parse(line);
    } catch {
      message = { unreadable: line };
    }
    see(message);
    onMessage(message);
  });

if (side === 'server') {
  read(process.stdin, (message) => {
    const answer = createAnswer(message);
    if (answer !== undefined) process.stdout.write(`${JSON.stringify(answer)}\n`);
  });
} else {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.on('error', () => {});
  for (const ping of openPings) child.stdin.write(`${JSON.stringify(ping)}\n`);
  read(child.stdout, () => {});
}
