// Guards a server by the daemon, which starts it and decides: this process passes on what its client and the daemon send.

import type { Socket } from 'node:net';
import type { AskMode, ServerOpening } from '@nhipol/service';
import { connectOwn, StrangerError } from '@nhipol/service/own-socket';
import { describeAwayProblem } from '../../hook/away-problem.ts';
import type { Console } from '../../io/console.ts';
import { exitCode, UsageError } from '../../io/exit-codes.ts';
import { openReviewedTools } from './servers/reviewed-tools.ts';
import { deriveServerName } from './servers/server-name.ts';
import { openState } from './state/open-state.ts';

export interface DaemonGuardOptions {
  readonly socket: string;
  readonly server?: string;
  readonly session?: string;
  readonly tools?: string;
  readonly ask: AskMode;
  readonly coaz: boolean;
  readonly env: readonly string[];
  readonly maxMessageBytes: number;
}

/** Resolves when the client, the server or the daemon ended. */
export async function guardByDaemon(
  policyPath: string,
  [command, ...args]: readonly string[],
  options: DaemonGuardOptions,
  console: Console,
): Promise<number> {
  if (command === undefined) throw new UsageError('expected the command of an MCP server after --');
  const { relayByDaemon, selectServerEnvironment } = await import('@nhipol/service');
  const warn = (text: string) => console.notify('nhipol guard', text);
  const store = await openState({}, warn);
  const tools = await openReviewedTools(policyPath, options, store, warn).finally(store.close);
  const opening: ServerOpening = {
    kind: 'server',
    server: options.server ?? tools?.server ?? deriveServerName(command, args),
    command,
    arguments: args,
    environment: selectServerEnvironment(process.env, options.env),
    folder: process.cwd(),
    pins: tools && Object.fromEntries(tools.pins),
    ask: options.ask,
    isCoaz: options.coaz,
    session: options.session,
  };
  const socket = await connectDaemon(options.socket);
  socket.write(`${JSON.stringify(opening)}\n`);
  const { stdin: input, stdout: output } = process;
  const { maxMessageBytes } = options;
  const ended = await relayByDaemon({ input, output, socket, maxMessageBytes });
  process.stdin.destroy();
  // A server that was revoked or has ended leaves its client with the answers that were sent.
  const isLost = ended.unanswered > 0 || (!ended.hasClientLeft && (await isAway(options.socket)));
  if (!isLost) return exitCode.fine;
  warn(`the daemon at ${options.socket} has ended: start it again, and then the server`);
  return exitCode.usage;
}

/** Whether no daemon listens at a socket. */
async function isAway(path: string): Promise<boolean> {
  try {
    (await connectDaemon(path)).destroy();
    return false;
  } catch {
    return true;
  }
}

async function connectDaemon(path: string): Promise<Socket> {
  const toUsageError = (problem: string) => new UsageError(`cannot connect to ${path}: ${problem}`);
  try {
    const socket = connectOwn(path);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return socket;
  } catch (error) {
    if (error instanceof StrangerError) throw toUsageError(error.message);
    throw toUsageError(describeAwayProblem(error as Error) ?? (error as Error).message);
  }
}
