// `nhipol-envoy`, the server for Envoy in hosts/go/envoy, in a process of its own, for tests. It is built once, with Go.

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ChannelCredentials, type Client, type ServiceError } from '@grpc/grpc-js';
import { Authorization, type CheckResponse, temporaryFolder } from './grpc-harness.ts';

const folder = fileURLToPath(new URL('../../../hosts/go/envoy/', import.meta.url));

/** Whether Go is installed, which builds the server. */
export const hasGo = spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0;

let binary: string | undefined;

/** Builds the server, unless it was built by this process. Returns the path of the program. */
export function buildServer(): string {
  if (binary !== undefined) return binary;
  const path = join(temporaryFolder(), 'nhipol-envoy');
  // The tests have a cache of their own, in which nothing of Go was built.
  const { XDG_CACHE_HOME: _, ...env } = process.env;
  const build = ['build', '-o', path, './cmd/nhipol-envoy'];
  execFileSync('go', build, { cwd: folder, stdio: 'pipe', env });
  binary = path;
  return path;
}

/** The output and the exit code of a server that has ended. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

export class GoServer {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #ended: Promise<Ended>;

  private constructor(child: ChildProcess, ended: Promise<Ended>, port: number) {
    this.#child = child;
    this.#ended = ended;
    this.port = port;
  }

  /** Resolves with what it wrote if it ends instead. `mapping`: undefined for the default. */
  static async start(
    module: Uint8Array,
    mapping: unknown,
    options: readonly string[] = [],
  ): Promise<GoServer | Ended> {
    const files = temporaryFolder();
    const policy = join(files, 'policy.wasm');
    writeFileSync(policy, module);
    const mapped = join(files, 'mapping.json');
    writeFileSync(mapped, JSON.stringify(mapping ?? {}));
    return GoServer.run(['--grpc', '127.0.0.1:0', '--grpc-mapping', mapped, ...options, policy]);
  }

  static async run(args: readonly string[]): Promise<GoServer | Ended> {
    const child = spawn(buildServer(), args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const ended = new Promise<Ended>((resolve) => {
      child.once('close', (code) => resolve({ code, output }));
    });
    child.stderr.on('data', (text) => {
      output += text;
    });
    const port = new Promise<number>((resolve) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        output += `${line}\n`;
        const [, shown] = /for gRPC, 127\.0\.0\.1:(\d+),/.exec(line) ?? [];
        if (shown !== undefined) resolve(Number(shown));
      });
    });
    const first = await Promise.race([port, ended]);
    return typeof first === 'number' ? new GoServer(child, ended, first) : first;
  }

  /** Requests its end, and resolves when it has ended. */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    this.#child.kill(signal);
    return this.#ended;
  }
}

/** Starts a server that is expected to listen. */
export async function startServer(...given: Parameters<typeof GoServer.start>): Promise<GoServer> {
  const started = await GoServer.start(...given);
  if (started instanceof GoServer) return started;
  throw new Error(`the server has ended: ${started.output}`);
}

type Checking = Client & {
  readonly Check: (
    request: object,
    reply: (error: ServiceError | null, response: CheckResponse) => void,
  ) => void;
};

/** A connection to a server. */
export class Door {
  readonly #client: Checking;

  constructor(port: number) {
    const address = `127.0.0.1:${port}`;
    this.#client = new Authorization(
      address,
      ChannelCredentials.createInsecure(),
    ) as unknown as Checking;
  }

  /** Resolves with the response, or with the code of gRPC. */
  check(request: object): Promise<CheckResponse | number> {
    return new Promise((resolve) => {
      this.#client.Check(request, (error, response) => resolve(error?.code ?? response));
    });
  }

  close(): void {
    this.#client.close();
  }
}

/** A response in which the id of the decision, and instants of the last hour and the next, are the same for all servers. */
export function comparable(response: CheckResponse | number): string {
  const text = JSON.stringify(response);
  const [, id] = /"decision_id":\{"stringValue":"([^"]*)"/.exec(text) ?? [];
  const named = id === undefined ? text : text.replaceAll(id, 'ID');
  return named.replace(/20\d\d-\d\d-\d\dT[\d:.]+Z/g, (instant) =>
    Math.abs(Date.parse(instant) - Date.now()) < 3_600_000 ? 'NOW' : instant,
  );
}
