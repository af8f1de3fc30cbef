// Passes the input of a hook to the daemon, and returns what the daemon answers. Any failure blocks the tool. A
// hook starts for each use of a tool, so this loads nothing but parts of Node.

import type { HookReply } from '@nhipol/service';
import { connectOwn, StrangerError } from '@nhipol/service/own-socket';
import { describeAwayProblem } from './away-problem.ts';

export interface Forwarding {
  readonly agent: string;
  /** The path of the daemon's socket. */
  readonly socket: string;
  /** How long the daemon has to answer, in milliseconds. */
  readonly timeout: number;
  readonly input: AsyncIterable<Uint8Array>;
}

/** Blocks in all agents. */
function blockCall(problem: string): HookReply {
  return { stdout: '', stderr: `nhipol: not permitted: ${problem}\n`, exitCode: 2 };
}

export async function forwardHook(forwarding: Forwarding): Promise<HookReply> {
  const { timeout } = forwarding;
  const late = AbortSignal.timeout(timeout);
  try {
    return parseReply(await exchange(forwarding, late));
  } catch (error) {
    if (late.aborted) return blockCall(`the daemon did not answer within ${timeout / 1_000} s`);
    if (error instanceof StrangerError) return blockCall(error.message);
    const failed = error as Error;
    return blockCall(describeAwayProblem(failed) ?? `the daemon failed: ${failed.message}`);
  }
}

async function exchange(
  { agent, socket: path, input }: Forwarding,
  late: AbortSignal,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of input) chunks.push(chunk);
  return new Promise((resolve, reject) => {
    const socket = connectOwn(path);
    const end = () => socket.destroy(new Error('late'));
    late.addEventListener('abort', end);
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      answer += text;
    });
    socket.once('error', reject);
    socket.once('end', () => resolve(answer));
    socket.once('close', () => {
      late.removeEventListener('abort', end);
      resolve(answer);
    });
    socket.write(`${JSON.stringify({ kind: 'hook', agent })}\n`);
    for (const chunk of chunks) socket.write(chunk);
    socket.end();
  });
}

function parseReply(given: string): HookReply {
  const { stdout, stderr, exitCode, problem } = JSON.parse(given) as Partial<HookReply> & {
    readonly problem?: unknown;
  };
  if (typeof problem === 'string') return blockCall(problem);
  if (typeof stdout !== 'string' || typeof stderr !== 'string' || typeof exitCode !== 'number') {
    return blockCall('the answer of the daemon cannot be read');
  }
  return { stdout, stderr, exitCode };
}
