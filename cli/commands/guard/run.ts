// Implements `nhipol guard`: opens policy, facts, log and state, and relays between a client and an MCP server.

import type { AskMode, DecisionLog, Guard, GuardOptions, Mode, Pins, Store } from '@nhipol/service';
import { openModuleCache } from '../../cache/open-cache.ts';
import type { Console } from '../../io/console.ts';
import { exitCode, UsageError } from '../../io/exit-codes.ts';
import { resumeOptimization } from '../../io/optimization.ts';
import { defaultSocketPath } from '../../io/paths/socket-path.ts';
import { collectAbilities } from './abilities.ts';
import { parseUpstreamAddress } from './address.ts';
import { guardByDaemon } from './by-daemon.ts';
import { parseConstraints } from './constraints.ts';
import { readFacts } from './facts.ts';
import { splitPolicyOperand } from './operands.ts';
import { formatRevokeCommand } from './people/revoke-command.ts';
import { type ConfirmedSource, openConfirmedSource } from './policies/confirmed-source.ts';
import type { GuardModule } from './policies/guard-module.ts';
import { openReviewedTools } from './servers/reviewed-tools.ts';
import { openGuardLog } from './state/open-log.ts';
import {
  type GuardSignalOptions,
  type GuardSignals,
  openGuardSignals,
} from './state/open-signals.ts';
import { openState } from './state/open-state.ts';
import { isLocked, retryLocked } from './state/retry-locked.ts';
import { readTokenClaims } from './token-claims.ts';
import {
  createHttpTransport,
  createProcessTransport,
  type GuardTransport,
  type Identification,
} from './transports.ts';

export interface GuardCommandOptions extends GuardSignalOptions {
  readonly mode: Mode;
  readonly server?: string;
  /** `type:id`. */
  readonly subject: string;
  readonly facts?: string;
  readonly session?: string;
  readonly tools?: string;
  readonly requireState: boolean;
  readonly log?: string;
  readonly ask: AskMode;
  /** Milliseconds. */
  readonly askTimeout: number;
  readonly env: readonly string[];
  /** `undefined` if the server is a process. */
  readonly upstream?: string;
  /** `host:port`. */
  readonly listen: string;
  readonly tokenEnv?: string;
  /** `undefined` if clients are not identified by tokens. */
  readonly tokenClaims?: string;
  readonly obligation: readonly string[];
  readonly constraint: readonly string[];
  /** Whether messages become requests of AuthZEN by its COAZ-MCP binding. */
  readonly coaz: boolean;
  /** The socket of a daemon, true for the socket of the policy, or `undefined` if this process decides. */
  readonly daemon?: string | true;
  readonly maxMessageBytes: number;
  /** Whether modules may come from the cache. */
  readonly cache: boolean;
}

/**
 * `operands`: a policy, if the first one names a file of a policy, and the command of the server. If the guard does not start,
 * its client on standard input learns why, too.
 */
export async function guardCommand(
  operands: readonly string[],
  options: GuardCommandOptions,
  console: Console,
): Promise<number> {
  try {
    return await runGuard(operands, options, console);
  } catch (error) {
    if (error instanceof UsageError) await informClient(error.message, options, console);
    throw error;
  }
}

/** Answers the first request of a client on standard input. */
async function informClient(
  reason: string,
  { upstream }: GuardCommandOptions,
  console: Console,
): Promise<void> {
  if (upstream !== undefined || console.answers) return;
  const { refuseClient } = await import('@nhipol/service');
  const answer = await refuseClient(console.input, `nhipol guard did not start: ${reason}`);
  if (answer !== undefined) await console.out(`${answer}\n`);
}

async function runGuard(
  operands: readonly string[],
  options: GuardCommandOptions,
  console: Console,
): Promise<number> {
  const [policyPath, ...rest] = splitPolicyOperand(operands);
  if (options.daemon !== undefined) {
    const socket =
      options.daemon === true ? defaultSocketPath(policyPath, process.env) : options.daemon;
    return guardByDaemon(policyPath, rest, { ...options, socket }, console);
  }
  const warn = (text: string) => console.notify('nhipol guard', text);
  const identification = await readIdentification(options);
  const transport = createTransport(rest, options, identification, warn);
  const store: Store = await openState(options, warn);
  let source: ConfirmedSource | undefined;
  let log: DecisionLog | undefined;
  let guard: Guard | undefined;
  let signals: GuardSignals | undefined;
  try {
    const cache = openModuleCache(options.cache, process.env);
    source = await openConfirmedSource(policyPath, { console, store, warn, cache });
    if (source === undefined) {
      await informClient(`${policyPath} has errors`, options, console);
      return exitCode.findings;
    }
    const tools = await openReviewedTools(policyPath, options, store, warn);
    if (tools === undefined) warn('no reviewed tools: each tool is accepted as it is first listed');
    const facts = await readFacts(options.subject, options.facts);
    const logging = { positions: store, onWarning: warn };
    log = options.log === undefined ? undefined : await openGuardLog(options.log, logging);
    const { names, resultLimits } = await parseConstraints(options.constraint);
    const abilities = (policy: GuardModule) =>
      collectAbilities({ ...options, constraint: names }, policy);
    guard = await openGuard(policyPath, {
      module: source.module,
      abilities: abilities(source),
      store,
      log,
      mode: options.mode,
      facts: identification === undefined ? facts : undefined,
      server: options.server ?? tools?.server ?? transport.serverName,
      session: options.session,
      pins: tools?.pins satisfies Pins | undefined,
      ask: options.ask,
      askTimeout: options.askTimeout,
      resultLimits,
      refusal: options.coaz ? 'error' : 'result',
      isCoaz: options.coaz,
      onWarning: warn,
      revokeCommand: formatRevokeCommand(options.state),
      onRevoked: (reason) => {
        warn(`access was revoked: ${reason}`);
        void transport.stop();
      },
    });
    if (options.mode === 'observe') warn('observing: decisions are logged and not enforced');
    const opened = guard;
    const { events } = opened;
    const policy = () => opened.policy;
    signals = await openGuardSignals(options, { events, policy }, warn);
    const { held } = source;
    source.watch(
      (policy) => opened.activate(policy.module, abilities(policy)),
      () => opened.policyHeld(held() ?? ''),
    );
    resumeOptimization();
    return await transport.run(guard);
  } finally {
    await transport.stop();
    await signals?.close();
    await guard?.close();
    await source?.close();
    await log?.close();
    store.close();
  }
}

function createTransport(
  [command, ...args]: readonly string[],
  options: GuardCommandOptions,
  identification: Identification | undefined,
  warn: (warning: string) => void,
): GuardTransport {
  if (options.upstream !== undefined) {
    if (command !== undefined) throw new UsageError('expected either a command or --upstream');
    return createHttpTransport(
      parseUpstreamAddress(options, process.env),
      identification,
      options,
      warn,
    );
  }
  if (command === undefined) {
    throw new UsageError('expected the command of an MCP server after --, or --upstream');
  }
  return createProcessTransport(command, args, options, warn);
}

async function readIdentification({
  tokenClaims,
  tokenEnv,
  upstream,
  subject,
  facts,
}: GuardCommandOptions): Promise<Identification | undefined> {
  if (tokenClaims === undefined) return undefined;
  if (upstream === undefined) throw new UsageError('--token-claims needs --upstream');
  if (tokenEnv !== undefined) {
    throw new UsageError('expected either --token-claims or --token-env');
  }
  const { MappingError, createTokenVerifier } = await import('@nhipol/service');
  const claims = await readTokenClaims(tokenClaims);
  const { context } = await readFacts(subject, facts);
  try {
    return { verifier: createTokenVerifier(claims, context), isTokenForwarded: claims.isForwarded };
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    throw new UsageError(`--token-claims ${tokenClaims}: ${error.message}`);
  }
}

async function openGuard(policyPath: string, options: GuardOptions): Promise<Guard> {
  const { Guard: Opened } = await import('@nhipol/service');
  const { LoadError } = await import('@nhipol/runtime');
  try {
    return await retryLocked(() => Opened.open(options));
  } catch (error) {
    if (error instanceof LoadError)
      throw new UsageError(`the policy cannot be used: ${policyPath}: ${error.message}`);
    if (!isLocked(error)) throw error;
    throw new UsageError(
      `--session ${options.session}: ${(error as Error).message}; name another one, or share a session by \`nhipol daemon\``,
    );
  }
}
