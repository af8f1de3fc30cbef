// The daemon: one engine with a local socket. Hooks of coding agents and guards of several servers connect to it, so
// that the calls of an identity have one history, and a policy is compiled once. Only its user can connect.

import { randomUUID } from 'node:crypto';
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { lockFile } from '@nhipol/runtime/node';
import type { Abilities } from '../engine/abilities.ts';
import type { CallerFacts } from '../engine/call.ts';
import type { Engine } from '../engine/engine.ts';
import type { Mode } from '../engine/engine-parts.ts';
import { Hooks, type HooksOptions } from '../hooks/hooks.ts';
import { Guard } from '../mcp/guard.ts';
import { type ServerProcess, startServer } from '../mcp/stdio/server-process.ts';
import { relayStdio } from '../mcp/stdio/stdio-relay.ts';
import type { Store } from '../store/store.ts';
import { formatIdentity, readFileStatus } from '../support/file-identity.ts';
import { formatErrorMessage } from '../support/message-of.ts';
import { readOpening, type ServerOpening } from './opening.ts';
import { preparePlace } from './own-socket.ts';
import { readFirstLine, readRest } from './read-connection.ts';

export interface DaemonOptions {
  /** The path of the socket. */
  readonly socket: string;
  readonly engine: Engine;
  readonly store: Store;
  readonly mode: Mode;
  readonly facts: CallerFacts;
  readonly hooks: Pick<HooksOptions, 'ask' | 'askTimeout' | 'isAllowing' | 'guardedFiles'>;
  readonly maxMessageBytes: number;
  /** The socket was removed or replaced, so that nobody reaches the daemon: it should end. */
  readonly onUnreachable: () => void;
  readonly onWarning: (warning: string) => void;
  /** Why the version of the policy in its files is not active, for people, or `undefined` if it is. */
  readonly held: () => string | undefined;
}

export interface DaemonStatus {
  readonly process: number;
  readonly policy: { readonly name: string; readonly version: string; readonly digest: string };
  readonly mode: Mode;
  /** Why the version of the policy in its files is not active. */
  readonly held?: string;
}

/** How often it is checked whether the socket is there, in milliseconds. */
const checkInterval = 2_000;

/** The mode of the socket: only its owner connects. */
const ownerOnly = 0o600;

/** Rejects if another daemon listens, if the socket cannot be made, or with a `StrangerError` if others could make it. */
export async function listenDaemon(options: DaemonOptions): Promise<Daemon> {
  const { socket } = options;
  preparePlace(socket);
  const release = await lockFile(socket);
  try {
    // The lock is ours: what is left of a socket is that of a daemon that ended.
    rmSync(socket, { force: true });
    const daemon = new Daemon(options, release);
    await daemon.listen();
    return daemon;
  } catch (error) {
    await release();
    throw error;
  }
}

export class Daemon {
  readonly #options: DaemonOptions;
  readonly #release: () => Promise<void>;
  readonly #hooks: Hooks;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #guards = new Set<Guard>();
  readonly #processes = new Set<ServerProcess>();
  /** The session of all servers that do not name another. */
  readonly #session = `shared-${randomUUID()}`;
  #check: ReturnType<typeof setInterval> | undefined;

  constructor(options: DaemonOptions, release: () => Promise<void>) {
    this.#options = options;
    this.#release = release;
    this.#hooks = new Hooks({ ...options, ...options.hooks, now: () => Date.now() });
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#takeConnection(socket));
  }

  async listen(): Promise<void> {
    const { socket } = this.#options;
    // The folder admits its owner only, so nobody connects before the mode is set.
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(socket, resolve);
    });
    chmodSync(socket, ownerOnly);
    const socketFile = findFile(socket);
    this.#check = setInterval(() => {
      if (findFile(socket) !== socketFile) this.#options.onUnreachable();
    }, checkInterval);
    this.#check.unref();
  }

  /** Replaces the policy; calls that run are decided again. Throws if it cannot be; then the previous policy stays. */
  activate(module: Uint8Array, abilities: Abilities): void {
    this.#options.engine.activate(module, abilities);
  }

  /** Logs that another version of the policy is not active. */
  policyHeld(): void {
    const { engine, held } = this.#options;
    engine.policyHeld(held() ?? '');
  }

  async close(): Promise<void> {
    clearInterval(this.#check);
    this.#server.close();
    for (const guard of this.#guards) guard.stopAll('the daemon ends');
    await Promise.all([...this.#processes].map((serverProcess) => serverProcess.stop()));
    for (const guard of this.#guards) guard.disconnectAll();
    for (const socket of this.#sockets) socket.destroy();
    await this.#options.engine.close();
    rmSync(this.#options.socket, { force: true });
    await this.#release();
  }

  #takeConnection(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
    this.#serve(socket).catch((error: unknown) => {
      this.#options.onWarning(`a connection failed: ${formatErrorMessage(error)}`);
      socket.destroy();
    });
  }

  async #serve(socket: Socket): Promise<void> {
    const { maxMessageBytes } = this.#options;
    const line = await readFirstLine(socket, maxMessageBytes);
    const opening = line === undefined ? 'there is no first line' : readOpening(line);
    if (typeof opening === 'string') {
      socket.end(`${JSON.stringify({ problem: opening })}\n`);
      return;
    }
    switch (opening.kind) {
      case 'status':
        socket.end(`${JSON.stringify(this.#status)}\n`);
        break;
      case 'hook': {
        const input = await readRest(socket, maxMessageBytes);
        const reply =
          input === undefined
            ? { problem: `the input is longer than ${maxMessageBytes} bytes` }
            : await this.#hooks.handle(opening.agent, input);
        socket.end(`${JSON.stringify(reply)}\n`);
        break;
      }
      case 'server':
        await this.#relay(opening, socket);
        break;
    }
  }

  get #status(): DaemonStatus {
    const { engine, mode, held } = this.#options;
    const waiting = held();
    const status = { process: process.pid, policy: engine.policy.logged, mode };
    return waiting === undefined ? status : { ...status, held: waiting };
  }

  async #relay(opening: ServerOpening, socket: Socket): Promise<void> {
    const { engine, hooks, maxMessageBytes, onWarning } = this.#options;
    const { server, pins, ask, isCoaz, session = this.#session } = opening;
    const { command, arguments: given, environment, folder } = opening;
    const started = startServer({ command, arguments: given, environment, folder });
    const guard = new Guard(engine, {
      ...this.#options,
      server,
      session,
      ask,
      isCoaz,
      askTimeout: hooks.askTimeout,
      refusal: isCoaz ? 'error' : 'result',
      pins: pins && new Map(Object.entries(pins)),
      onRevoked: (reason) => {
        onWarning(`access was revoked: ${reason}`);
        void started.stop();
      },
    });
    this.#guards.add(guard);
    this.#processes.add(started);
    try {
      // The relay destroys its input when it ends, and the client still gets the last answers.
      const input = socket.pipe(new PassThrough());
      socket.once('close', () => input.end());
      const peers = { input, output: socket, server: started };
      await guard.announce();
      await relayStdio(guard.connect(), { ...peers, maxMessageBytes, onWarning });
    } catch (error) {
      onWarning(`cannot start ${command}: ${formatErrorMessage(error)}`);
    } finally {
      await started.stop();
      this.#processes.delete(started);
      this.#guards.delete(guard);
      guard.disconnectAll();
      socket.end(() => socket.destroy());
    }
  }
}

/** Identifies the file at a path, or returns `undefined` if there is none. */
function findFile(path: string): string | undefined {
  const fileStatus = readFileStatus(path);
  return fileStatus && formatIdentity(fileStatus);
}
