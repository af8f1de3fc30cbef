// The machines of a test: three NATS servers whose links can be cut, and nodes of the service as processes. Every node
// reaches every server by a link of its own.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, NatsServer } from '../service/cluster/nats-harness.ts';
import { Link } from './links.ts';

const main = fileURLToPath(new URL('../../dist/bin/nhipol.js', import.meta.url));
const hook = (name: string) => fileURLToPath(new URL(name, import.meta.url));
/** The size of a disk of a server, in MiB. */
const diskSize = 64;

export interface MachinesOptions {
  readonly nodes?: number;
  readonly module: Uint8Array;
  /** The settings of signals. */
  readonly signals: object;
  readonly partitions?: number;
  /** How much the wall clock of each node is ahead, in milliseconds. */
  readonly skews?: readonly number[];
  /** The check that is removed from the nodes: see planted-hooks.mjs. */
  readonly plant?: string | undefined;
  /** Whether each server has a small disk of its own, which only root can give it. */
  readonly hasDisks?: boolean;
}

/** How long a node has its partitions after it failed, in milliseconds. */
export const lease = 1_000;

export class Node {
  readonly port: number;
  readonly links: readonly Link[];
  readonly #args: readonly string[];
  readonly #env: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  messages = '';

  constructor(
    port: number,
    links: readonly Link[],
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ) {
    this.port = port;
    this.links = links;
    this.#args = args;
    this.#env = env;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts nothing if it runs. */
  start(): void {
    if (this.isRunning) return;
    const child = spawn(process.execPath, [...this.#args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...this.#env, NO_COLOR: '1' },
    });
    child.stderr?.on('data', (data) => {
      this.messages = `${this.messages}${data}`.slice(-20_000);
    });
    this.#child = child;
  }

  get isRunning(): boolean {
    const child = this.#child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.isRunning) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    child.kill('SIGCONT');
    await ended;
  }
}

export class Machines {
  readonly servers: readonly NatsServer[];
  readonly nodes: readonly Node[];
  /** The links between servers, by the indexes of both. */
  readonly routes: ReadonlyMap<string, Link>;
  readonly folder: string;
  readonly #disks: readonly string[];

  private constructor(
    servers: readonly NatsServer[],
    nodes: readonly Node[],
    routes: ReadonlyMap<string, Link>,
    folder: string,
    disks: readonly string[],
  ) {
    this.servers = servers;
    this.nodes = nodes;
    this.routes = routes;
    this.folder = folder;
    this.#disks = disks;
  }

  static async start(options: MachinesOptions): Promise<Machines> {
    const {
      nodes: count = 3,
      module,
      signals,
      partitions = 6,
      skews = [],
      plant,
      hasDisks = false,
    } = options;
    const folder = mkdtempSync(join(tmpdir(), 'nhipol-machines-'));
    const indexes = [0, 1, 2];
    const ports = await Promise.all(indexes.map(() => freePort()));
    const routePorts = await Promise.all(indexes.map(() => freePort()));
    const routes = new Map<string, Link>();
    for (const from of indexes) {
      for (const to of indexes) {
        if (from !== to) routes.set(`${from} ${to}`, await Link.open(routePorts[to] ?? 0));
      }
    }
    const disks = hasDisks ? indexes.map((index) => disk(join(folder, `s${index}`))) : [];
    const servers = indexes.map(
      (index) =>
        new NatsServer({
          name: `s${index}`,
          port: ports[index] ?? 0,
          routePort: routePorts[index] ?? 0,
          routes: indexes.flatMap((to) => routes.get(`${index} ${to}`)?.port ?? []),
          folder,
        }),
    );
    await Promise.all(servers.map((server) => server.start()));
    const policy = join(folder, 'policy.wasm');
    writeFileSync(policy, module);
    const settings = join(folder, 'signals.json');
    writeFileSync(settings, JSON.stringify(signals));
    const nodes: Node[] = [];
    for (let index = 0; index < count; index += 1) {
      const links = await Promise.all(ports.map((port) => Link.open(port)));
      const port = await freePort();
      const args = [
        '--import',
        hook('skewed-clock.mjs'),
        ...(plant === undefined ? [] : ['--import', hook('planted.mjs')]),
        main,
        'serve',
        policy,
        '--listen',
        `127.0.0.1:${port}`,
        '--console',
        'off',
        ...links.flatMap((link) => ['--cluster', `nats://127.0.0.1:${link.port}`]),
        '--signals',
        settings,
        '--public-url',
        'https://pdp.example',
        '--cluster-lease',
        `${lease / 1_000}`,
        '--cluster-partitions',
        `${partitions}`,
      ];
      const env = {
        NHIPOL_TEST_SKEW: `${skews[index] ?? 0}`,
        ...(plant === undefined ? {} : { NHIPOL_TEST_PLANT: plant }),
      };
      nodes.push(new Node(port, links, args, env));
    }
    return new Machines(servers, nodes, routes, folder, disks);
  }

  /** Whether all nodes can decide all sessions. */
  async areReady(): Promise<boolean> {
    const ready = this.nodes.map((node) =>
      fetch(`${node.url}/readyz`, { signal: AbortSignal.timeout(1_000) }).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    return (await Promise.all(ready)).every(Boolean);
  }

  async untilReady(patience = 60_000): Promise<void> {
    const end = performance.now() + patience;
    while (!(await this.areReady())) {
      if (performance.now() > end) {
        const messages = this.nodes.map((node) => node.messages.slice(-400)).join('\n---\n');
        throw new Error(`the nodes are not ready: ${messages}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** All links of a server, to other servers and to nodes. */
  listLinks(server: number): readonly Link[] {
    const routes = [...this.routes].flatMap(([key, link]) =>
      key.split(' ').includes(`${server}`) ? [link] : [],
    );
    return [...routes, ...this.nodes.flatMap(({ links }) => links[server] ?? [])];
  }

  get links(): readonly Link[] {
    return [...this.routes.values(), ...this.nodes.flatMap(({ links }) => links)];
  }

  /** Fills the disk of a server; the returned function frees it. */
  fillDisk(server: number): () => void {
    const filler = join(this.#disks[server] ?? '', 'filler');
    try {
      execFileSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=64K', `count=${diskSize * 16}`], {
        stdio: 'ignore',
      });
    } catch {
      // It ends when the disk is full.
    }
    return () => rmSync(filler, { force: true });
  }

  get hasDisks(): boolean {
    return this.#disks.length > 0;
  }

  async close(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.end()));
    await Promise.all(this.servers.map((server) => server.kill()));
    for (const link of this.links) link.close();
    for (const mounted of this.#disks) execFileSync('umount', ['-l', mounted]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function disk(path: string): string {
  mkdirSync(path);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskSize}m`, 'tmpfs', path]);
  return path;
}

/** Whether this process may give servers disks of their own. */
export function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'nhipol-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
