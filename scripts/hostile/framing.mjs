// Hostile bytes through a guard to a reader: counts the messages that the reader saw and the guard did not decide.

import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { generateBytes, signature } from './bytes.mjs';
import { guardCommand, peers, readDecisions, readLines, start } from './guard.mjs';

/**
 * Sends the bytes of a client to a server. `command`: the server that reads them. Returns the number of messages that were sent
 * and seen, and those that were seen although nothing decided them.
 */
export async function floodServer(run, { name, command, seed, messages }) {
  const seen = join(run.folder, `${name}.seen`);
  // A guard passes no variables on but those that are named.
  const guard = guardCommand(run.module, run.folder, name, command);
  guard.splice(guard.indexOf('--'), 0, '--env', 'HOSTILE_SEEN');
  const child = start(guard, seen);
  child.stdin.on('error', () => {});
  const exited = once(child, 'exit');
  const pause = createPause(child, exited);
  const sent = createSent();
  let chunks = 0;
  for (const bytes of generateBytes('client', seed, messages)) {
    sent.add(bytes);
    child.stdin.write(bytes);
    chunks += 1;
    if (chunks % chunksAtOnce === 0) sent.add(await pause());
  }
  child.stdin.end();
  await exited;
  return compare(run, name, messages, sent.signatures(), readLines(seen));
}

/** A hostile server writes its bytes to a client. `command`: the client, without the server that it starts. */
export async function floodClient(run, { name, command, seed, messages }) {
  const seen = join(run.folder, `${name}.seen`);
  const flood = [process.execPath, join(peers, 'flood.mjs'), String(seed), String(messages)];
  const child = start([...command, ...guardCommand(run.module, run.folder, name, flood)], seen);
  child.stdout.resume();
  await once(child, 'exit');
  const sent = createSent();
  for (const bytes of generateBytes('server', seed, messages)) sent.add(bytes);
  const own = new Set(['the server ended', 'invalid']);
  const got = readLines(seen).filter(
    ({ error }) => ![...own].some((text) => error?.message?.includes(text)),
  );
  return compare(run, name, messages, sent.signatures(), got);
}

/** The number of chunks before the reader must have answered: each result decides all calls that run again. */
const chunksAtOnce = 20;

/** Waits until the reader has answered a `ping`, or the guard ended. Returns what was sent. */
function createPause(child, exited) {
  let count = 0;
  const waiting = new Map();
  createInterface({ input: child.stdout }).on('line', (line) =>
    waiting.get(JSON.parse(line).id)?.(),
  );
  return async () => {
    count += 1;
    const id = `pause-${count}`;
    const bytes = Buffer.from(`\n${JSON.stringify({ jsonrpc: '2.0', id, method: 'ping' })}\n`);
    const answered = new Promise((resolve) => waiting.set(id, resolve));
    child.stdin.write(bytes);
    await Promise.race([answered, exited]);
    waiting.delete(id);
    return bytes;
  };
}

function compare(run, name, messages, sent, seen) {
  const { permitted } = readDecisions(run.folder, name);
  const undecided = seen.filter((message) => {
    if (isOwn(message)) return false;
    const { method, params } = message;
    if (method === 'tools/call') return !permitted.has(`peer:echo ${params?.arguments?.text}`);
    if (method === 'elicitation/create') return !permitted.has(`mcp:${method} ${params?.message}`);
    return method === 'sampling/createMessage' || !sent.has(signature(message));
  });
  return { sent: messages, seen: seen.length, undecided };
}

/** The guard lists the tools of a server itself, and cancels what runs when the client ends. */
function isOwn({ id, method, params }) {
  if (method === 'notifications/cancelled') return params.reason === 'the client ended';
  return method === 'tools/list' && String(id).startsWith('nhipol-');
}

/** A message without the members that the guard does not pass on, such as the parameters of a `ping` (docs/guard.md). */
function reduceMessage(message) {
  const { id, method } = message;
  if (method === 'ping') return { id, method };
  return method === undefined && 'result' in message ? { id, result: {} } : message;
}

/** The messages of a stream of bytes: each line that is JSON is one. */
function createSent() {
  const chunks = [];
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return {
    add: (bytes) => void chunks.push(bytes),
    signatures: () => {
      const found = new Set();
      const all = Buffer.concat(chunks);
      for (
        let start = 0, end = all.indexOf(10);
        end >= 0;
        start = end + 1, end = all.indexOf(10, start)
      ) {
        try {
          const message = JSON.parse(decoder.decode(all.subarray(start, end)));
          found.add(signature(message));
          found.add(signature(reduceMessage(message)));
        } catch {
          // It is not a message.
        }
      }
      return found;
    },
  };
}
