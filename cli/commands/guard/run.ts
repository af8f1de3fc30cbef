// Implements `nhipol guard`: starts a server of MCP behind the guard, with standard input and output as its client.

import type {
  Abilities,
  AskMode,
  DecisionLog,
  Guard,
  GuardOptions,
  Mode,
  Pins,
  ServerProcess,
  Store,
} from '@nhipol/service';
import type { Console } from '../../io/console.ts';
import { exitCode, UsageError } from '../../io/exit-codes.ts';
import { readFacts } from './facts.ts';
import { openGuardLog } from './open-log.ts';
import { openState } from './open-state.ts';
import { operandsOf } from './operands.ts';
import { type GuardPolicy, openPolicySource } from './policy-source.ts';
import { serverName } from './server-name.ts';
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
  readonly obligation: readonly string[];
  readonly constraint: readonly string[];
  readonly refusal: 'result' | 'error';
  readonly maxMessageBytes: number;
}

/** `operands`: a policy, if the first one names a file of a policy, and the command of the server. */
export async function guardCommand(
  operands: readonly string[],
  options: GuardCommandOptions,
  console: Console,
): Promise<number> {
  const { policyPath, command, args } = operandsOf(operands);
  const warn = (text: string) => console.err(`nhipol guard: ${text}\n`);
  const source = await openPolicySource(policyPath, console);
  if (source === undefined) return exitCode.findings;
  let store: Store | undefined;
  let log: DecisionLog | undefined;
  let guard: Guard | undefined;
  let server: ServerProcess | undefined;
  try {
    const toolsPath = options.tools ?? (await toolsPathOf(policyPath));
    const tools = toolsPath === undefined ? undefined : await readToolsFile(toolsPath);
    if (tools === undefined) warn('no reviewed tools: each tool is accepted as it is first listed');
    const facts = await readFacts(options.subject, options.facts);
    const service = await import('@nhipol/service');
    store = await openState(options.state);
    log = options.log === undefined ? undefined : await openGuardLog(options.log);
    const abilities = ({ limits }: GuardPolicy): Abilities => ({
      obligations: new Set(options.obligation),
      constraints: new Set([...options.constraint, ...limits]),
    });
    guard = await openGuard({
      module: source.module,
      abilities: abilities(source),
      store,
      log,
      mode: options.mode,
      ...facts,
      server: options.server ?? tools?.server ?? serverName(command, args),
      session: options.session,
      pins: tools?.pins satisfies Pins | undefined,
      ask: options.ask,
      askTimeout: options.askTimeout,
      refusal: options.refusal,
      onWarning: warn,
      onRevoked: (reason) => {
        warn(`access was revoked: ${reason}`);
        void server?.stop();
      },
    });
    if (options.mode === 'observe') warn('observing: decisions are logged and not enforced');
    server = service.startServer({
      command,
      arguments: args,
      environment: service.serverEnvironment(process.env, options.env),
    });
    const stop = () => void server?.stop().then(() => process.exit(exitCode.fine));
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
    source.watch((policy) => guard?.activate(policy.module, abilities(policy)), warn);
    return await service.relayStdio(guard.relay, {
      input: process.stdin,
      output: process.stdout,
      server,
      maxMessageBytes: options.maxMessageBytes,
      onWarning: warn,
    });
  } catch (error) {
    const { syscall, message } = error as NodeJS.ErrnoException;
    if (syscall?.startsWith('spawn')) throw new UsageError(`cannot start ${command}: ${message}`);
    throw error;
  } finally {
    await server?.stop();
    guard?.close();
    await source.close();
    await log?.close();
    store?.close();
  }
}

async function openGuard(options: GuardOptions): Promise<Guard> {
  const { Guard: Opened } = await import('@nhipol/service');
  const { LoadError } = await import('@nhipol/runtime');
  try {
    return await Opened.open(options);
  } catch (error) {
    if (error instanceof LoadError)
      throw new UsageError(`the policy cannot be used: ${error.message}`);
    throw error;
  }
}
