// Implements `nhipol daemon`: opens policy, facts, log and state, and decides until it is stopped.

import { realpath } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Daemon, DecisionLog, Engine, HookAskMode, Mode, Store } from '@nhipol/service';
import { StrangerError } from '@nhipol/service/own-socket';
import { locateCacheFolder } from '../../cache/cache-folder.ts';
import { openModuleCache } from '../../cache/open-cache.ts';
import type { Console } from '../../io/console.ts';
import { exitCode, UsageError } from '../../io/exit-codes.ts';
import { resumeOptimization } from '../../io/optimization.ts';
import { findProgramFolder } from '../../io/paths/program-folder.ts';
import { defaultSocketPath } from '../../io/paths/socket-path.ts';
import { defaultStatePath } from '../../io/paths/state-path.ts';
import { collectAbilities } from '../guard/abilities.ts';
import { readFacts } from '../guard/facts.ts';
import { formatRevokeCommand } from '../guard/people/revoke-command.ts';
import { type ConfirmedSource, openConfirmedSource } from '../guard/policies/confirmed-source.ts';
import { defaultToolsPath } from '../guard/servers/tools-file.ts';
import { openGuardLog } from '../guard/state/open-log.ts';
import {
  type GuardSignalOptions,
  type GuardSignals,
  openGuardSignals,
} from '../guard/state/open-signals.ts';
import { openState } from '../guard/state/open-state.ts';
import { isLocked, retryLocked } from '../guard/state/retry-locked.ts';
import { printStatus, readDaemonStatus, startInBackground, stopDaemon } from './other-daemon.ts';

export interface DaemonCommandOptions extends GuardSignalOptions {
  readonly mode: Mode;
  /** `type:id`. */
  readonly subject: string;
  readonly facts?: string;
  readonly requireState: boolean;
  readonly log?: string;
  readonly socket?: string;
  readonly ask: HookAskMode;
  /** Milliseconds. */
  readonly askTimeout: number;
  readonly allow: boolean;
  readonly obligation: readonly string[];
  readonly constraint: readonly string[];
  readonly maxMessageBytes: number;
  /** Whether modules may come from the cache. */
  readonly cache: boolean;
  readonly background: boolean;
  readonly status: boolean;
  readonly stop: boolean;
}

export async function runDaemonCommand(
  policyPath: string,
  options: DaemonCommandOptions,
  console: Console,
): Promise<number> {
  const socket = options.socket ?? defaultSocketPath(policyPath, process.env);
  if (options.stop) return stopDaemon(socket, console);
  if (options.status) return printStatus(socket, console);
  if (options.background) return startInBackground(socket, console);
  return runDaemon(policyPath, socket, options, console);
}

async function runDaemon(
  policyPath: string,
  socket: string,
  options: DaemonCommandOptions,
  console: Console,
): Promise<number> {
  const warn = (text: string) => console.notify('nhipol daemon', text);
  const store = await openState(options, warn);
  let source: ConfirmedSource | undefined;
  let log: DecisionLog | undefined;
  let daemon: Daemon | undefined;
  let signals: GuardSignals | undefined;
  try {
    const cache = openModuleCache(options.cache, process.env);
    source = await openConfirmedSource(policyPath, { console, store, warn, cache });
    if (source === undefined) return exitCode.findings;
    const { module, limits, held, files } = source;
    const facts = await readFacts(options.subject, options.facts);
    const logging = { positions: store, onWarning: warn };
    log = options.log === undefined ? undefined : await openGuardLog(options.log, logging);
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const onUnreachable = () => {
      warn(`${socket} was removed or replaced`);
      end();
    };
    daemon = await openDaemon(
      policyPath,
      { module, limits, facts, held, files: () => [...files(), defaultToolsPath(policyPath)] },
      options,
      {
        socket,
        store,
        log,
        warn,
        onUnreachable,
        onEngine: async (engine) => {
          const policy = () => engine.policy;
          signals = await openGuardSignals(options, { events: engine.events, policy }, warn);
        },
      },
    );
    const opened = daemon;
    if (options.mode === 'observe') warn('observing: decisions are logged and not enforced');
    source.watch(
      (policy) => opened.activate(policy.module, collectAbilities(options, policy)),
      () => opened.policyHeld(),
    );
    // Before anybody knows that the daemon listens, so that no signal is missed.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
    resumeOptimization();
    warn(`listening on ${socket} with ${policyPath}`);
    await ended;
    return exitCode.fine;
  } finally {
    await signals?.close();
    await daemon?.close();
    await source?.close();
    await log?.close();
    store.close();
  }
}

interface Source {
  readonly module: Uint8Array;
  readonly limits: readonly string[];
  readonly facts: Awaited<ReturnType<typeof readFacts>>;
  readonly held: () => string | undefined;
  readonly files: () => readonly string[];
}

interface Opened {
  readonly socket: string;
  readonly store: Store;
  readonly log: DecisionLog | undefined;
  readonly warn: (warning: string) => void;
  readonly onUnreachable: () => void;
  /** Called before anybody can connect. */
  readonly onEngine: (engine: Engine) => Promise<void>;
}

async function openDaemon(
  policyPath: string,
  { module, limits, facts, held, files }: Source,
  options: DaemonCommandOptions,
  { socket, store, log, warn, onUnreachable, onEngine }: Opened,
): Promise<Daemon> {
  const { Engine: EngineClass, listenDaemon } = await import('@nhipol/service');
  const { LoadError } = await import('@nhipol/runtime');
  const { mode, ask, askTimeout, allow, maxMessageBytes } = options;
  const abilities = collectAbilities(options, { limits });
  const others = listGuardedFiles(options, socket, process.env);
  let engine: Engine | undefined;
  try {
    engine = new EngineClass({
      module,
      abilities,
      store,
      log,
      mode,
      entryPoint: 'hook',
      onWarning: warn,
      revokeCommand: formatRevokeCommand(options.state),
    });
    await restoreSessions(engine, socket, policyPath);
    await onEngine(engine);
    return await listenDaemon({
      socket,
      engine,
      store,
      mode,
      maxMessageBytes,
      onWarning: warn,
      facts,
      onUnreachable,
      held,
      hooks: {
        ask,
        askTimeout,
        isAllowing: allow,
        guardedFiles: () => [...files(), ...others],
      },
    });
  } catch (error) {
    await engine?.close();
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof UsageError) throw error;
    if (error instanceof LoadError) throw new UsageError(`the policy cannot be used: ${message}`);
    if (error instanceof StrangerError)
      throw new UsageError(`cannot listen on ${socket}: ${message}`);
    if (isLocked(error)) throw new UsageError(formatListening(socket));
    if (code !== undefined) throw new UsageError(`cannot listen on ${socket}: ${message}`);
    throw error;
  }
}

function formatListening(socket: string): string {
  return `a daemon listens on ${socket} already`;
}

/** The sessions of the daemons of a policy file, which is confirmed under its path, too. */
async function restoreSessions(engine: Engine, socket: string, policyPath: string): Promise<void> {
  const name = `daemon ${JSON.stringify(await realpath(policyPath))}`;
  try {
    await retryLocked(() => engine.persist(name));
  } catch (error) {
    if (!isLocked(error)) throw error;
    const isHere = (await readDaemonStatus(socket)) !== undefined;
    throw new UsageError(
      isHere
        ? formatListening(socket)
        : `another daemon decides with this policy and this state: ${(error as Error).message}; use its socket, or name another state with --state`,
    );
  }
}

/** The files of a daemon besides its policy, and the folders with settings of agents if they have other names. */
function listGuardedFiles(
  { facts, log, signals, state }: DaemonCommandOptions,
  socket: string,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const { CLAUDE_CONFIG_DIR: claude, CODEX_HOME: codex } = env;
  const programs = findProgramFolder(dirname(fileURLToPath(import.meta.url)));
  // A module that the agent wrote to the cache would be the policy of the next daemon.
  const cache = locateCacheFolder(env);
  const given = [facts, log, signals, state ?? defaultStatePath(env), socket];
  // A folder may not exist yet.
  const folders = [claude, codex, cache, programs].filter((path) => path !== undefined);
  return [...given.filter((path) => path !== undefined), ...folders.map((path) => `${path}${sep}`)];
}
