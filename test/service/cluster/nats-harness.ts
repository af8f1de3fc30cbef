// Runs NATS servers for tests of clusters: one alone, or three whose links can be cut. Skipped if the server is not
// installed: `node scripts/install/nats.mjs`.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const binary = fileURLToPath(new URL('../nats/.venv/bin/nats-server', import.meta.url));

/** Whether the server is installed, by `node scripts/install/nats.mjs`. */
export const hasNats = existsSync(binary);

/** Whether strace can delay the system calls of a server, which only root may be sure of. */
export function canSlowDisks(): boolean {
  return process.getuid?.() === 0 && spawnSync('strace', ['-V']).status === 0;
}

export interface NatsServerOptions {
  readonly name: string;
  readonly port: number;
  /** Where it accepts other servers, or `undefined` if it is alone. */
  readonly routePort?: number;
  /** Ports at which it reaches other servers. */
  readonly routes?: readonly number[];
  readonly folder: string;
  /** More of its configuration, such as TLS and users. */
  readonly config?: string;
  /** Runs before the server: a program with arguments, such as one that limits the length of files. */
  readonly wrapper?: readonly string[];
}

export class NatsServer {
  readonly options: NatsServerOptions;
  #child: ChildProcess | undefined;

  constructor(options: NatsServerOptions) {
    this.options = options;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.options.port}`;
  }

  get isRunning(): boolean {
    const child = this.#child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Resolves when it listens. Starts nothing if it runs. */
  async start(): Promise<void> {
    if (this.isRunning) return;
    const { name, folder, wrapper = [] } = this.options;
    const file = join(folder, `${name}.conf`);
    writeFileSync(file, writeConfig(this.options));
    const log = openSync(join(folder, `${name}.log`), 'a');
    const [command = binary, ...args] = [...wrapper, binary, '-c', file];
    this.#child = spawn(command, args, { stdio: ['ignore', log, log] });
    for (let attempt = 0; !(await accepts(this.options.port)); attempt += 1) {
      if (attempt > 1_200) throw new Error(`${name} does not listen`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Delays each write to the disk, in milliseconds, until the returned function is called. See `canSlowDisks`. */
  slowDisk(delay: number): () => void {
    const traced = ['-e', 'trace=fsync,fdatasync'];
    const injected = ['-e', `inject=fsync,fdatasync:delay_exit=${Math.round(delay * 1_000)}`];
    const args = ['-f', '-q', '-o', '/dev/null', ...traced, ...injected, '-p'];
    const tracer = spawn('strace', [...args, `${this.#child?.pid}`], { stdio: 'ignore' });
    return () => tracer.kill('SIGTERM');
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}

/** Acknowledged messages are on the disk. Routes are those of the configuration: addresses that servers report are not used. */
function writeConfig({
  name,
  port,
  routePort,
  routes = [],
  folder,
  config = '',
}: NatsServerOptions): string {
  const cluster =
    routePort === undefined
      ? ''
      : `cluster {
  name: test
  listen: "127.0.0.1:${routePort}"
  no_advertise: true
  advertise: "127.0.0.1:1"
  pool_size: -1
  routes: [${routes.map((route) => `"nats://127.0.0.1:${route}"`).join(', ')}]
}
`;
  return `server_name: ${name}
listen: "127.0.0.1:${port}"
ping_interval: "1s"
ping_max: 2
jetstream { store_dir: "${join(folder, name)}", sync_interval: always, max_file: 2G }
${cluster}${config}`;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** One server alone. `config`: more of its configuration. */
export async function startNats(config = ''): Promise<{
  readonly server: NatsServer;
  readonly close: () => Promise<void>;
}> {
  const folder = mkdtempSync(join(tmpdir(), 'nhipol-nats-'));
  const server = new NatsServer({ name: 'alone', port: await freePort(), folder, config });
  await server.start();
  return {
    server,
    close: async () => {
      await server.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
