// Implements `nhipol guard`: starts a server of MCP behind the guard, with standard input and output as its client.

import type { AskMode, Guard, Mode, Pins } from '@nhipol/service';
import type { Console } from '../../io/console.ts';
import { exitCode, UsageError } from '../../io/exit-codes.ts';
import { defaultStatePath } from '../../io/state-path.ts';
import { readFacts } from './facts.ts';
import { openGuardLog } from './open-log.ts';
import { openPolicySource } from './policy-source.ts';
import { readToolsFile, toolsPathOf } from './tools-file.ts';

export interface GuardCommandOptions {
  readonly mode: Mode;
  readonly server?: string;
  /** `type:id`. */
  readonly subject: string;
  readonly facts?: string;
  readonly session?: string;
  readonly tools?: string;
  readonly log?: string;
  readonly state?: string;
  readonly ask: AskMode;
  /** Milliseconds. */
  readonly askTimeout: number;
  readonly env: readonly string[];
  readonly refusal: 'result' | 'error';
  readonly maxMessageBytes: number;
}

const defaultPolicy = 'guard.nhipol';

/** `operands`: a policy, if the first one names a file of a policy, and the command of the server. */
export async function guardCommand(
  operands: readonly string[],
  options: GuardCommandOptions,
  console: Console,
): Promise<number> {
  const hasPolicy = /\.(nhipol|wasm)$/.test(operands[0] ?? '');
  const [policyPath = defaultPolicy, ...rest] = hasPolicy ? operands : [defaultPolicy, ...operands];
  const [command, ...args] = rest;
  if (command === undefined) {
    throw new UsageError('expected the command of an MCP server after --');
  }
  const warn = (text: string) => console.err(`nhipol guard: ${text}\n`);
  const source = await openPolicySource(policyPath, console);
  if (source === undefined) return exitCode.findings;
  const toolsPath = options.tools ?? (await toolsPathOf(policyPath));
  const tools = toolsPath === undefined ? undefined : await readToolsFile(toolsPath);
  if (tools === undefined) warn('no reviewed tools: each tool is accepted as it is first listed');
  const service = await import('@nhipol/service');
  const log = options.log === undefined ? undefined : await openGuardLog(options.log);
  const server = service.startServer({
    command,
    arguments: args,
    environment: service.serverEnvironment(process.env, options.env),
  });
  let guard: Guard | undefined;
  const store = service.sqliteStore(options.state ?? defaultStatePath(process.env));
  try {
    guard = await service.Guard.open({
      module: source.module,
      store,
      log,
      mode: options.mode,
      ...(await readFacts(options.subject, options.facts)),
      server: options.server ?? tools?.server ?? nameOf(command, args),
      session: options.session,
      pins: tools?.pins satisfies Pins | undefined,
      ask: options.ask,
      askTimeout: options.askTimeout,
      refusal: options.refusal,
      onWarning: warn,
      onRevoked: (reason) => {
        warn(`access was revoked: ${reason}`);
        void server.stop();
      },
    });
    if (options.mode === 'observe') warn('observing: decisions are logged and not enforced');
    source.watch((module) => guard?.activate(module), warn);
    const stop = () => void server.stop().then(() => process.exit(exitCode.fine));
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
    return await service.relayStdio(guard.relay, {
      input: process.stdin,
      output: process.stdout,
      server,
      maxMessageBytes: options.maxMessageBytes,
      onWarning: warn,
    });
  } finally {
    await server.stop();
    guard?.close();
    await source.close();
    await log?.close();
    store.close();
  }
}

/** The name of a server that was not scanned: the last part of its package, or of its file. */
function nameOf(command: string, args: readonly string[]): string {
  const packages = args.filter((each) => !each.startsWith('-'));
  const path = packages[0] ?? command;
  const [last = 'server'] = path.split('/').slice(-1);
  return last.replace(/\.[a-z]+$/, '').replace(/^server-/, '') || 'server';
}
