// Envoy itself with an upstream, for tests: the configuration of docs/envoy.md with the ports and files of a test.

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  type RequestOptions,
  request,
  type Server,
} from 'node:http';
import { request as requestSecurely } from 'node:https';
import { type AddressInfo, connect, createServer as createSocketServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { globSync } from 'tinyglobby';
import { parse } from 'yaml';
import { type Json, temporaryFolder } from './grpc-harness.ts';

const [binary] = globSync('.venv/lib/*/site-packages/envoy/_bin/envoy', {
  cwd: fileURLToPath(new URL('../envoy/', import.meta.url)),
  absolute: true,
  dot: true,
});

/** Whether Envoy is installed, by `node scripts/install/envoy.mjs`. */
export const hasEnvoy = binary !== undefined;

const page = readFileSync(new URL('../../../docs/envoy.md', import.meta.url), 'utf8');

/** The blocks of code in a language on docs/envoy.md that contain a text. */
export function findBlock(language: string, marker: string): string {
  const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, name, text = '']) => name === language && text.includes(marker))
    .map(([, , text = '']) => text);
  const [block, ...others] = blocks;
  if (block === undefined || others.length > 0) {
    throw new Error(`${blocks.length} blocks of ${language} have ${marker}`);
  }
  return block;
}

export const parseYaml = (marker: string) => parse(findBlock('yaml', marker));

// biome-ignore lint/suspicious/noExplicitAny: a configuration, or a body, has the shape that a test expects
type Tree = any;

/** A configuration of Envoy that a test may change. */
export interface EnvoyConfig {
  readonly all: Tree;
  readonly manager: Tree;
  /** The HTTP filters by name, without their prefix. */
  readonly filter: (name: string) => Tree;
  readonly cluster: (name: string) => Tree;
  readonly listener: Tree;
}

/** The configuration of docs/envoy.md. */
export function pageConfig(): EnvoyConfig {
  const all = parseYaml('static_resources:');
  const [listener] = all.static_resources.listeners;
  const manager = listener.filter_chains[0].filters[0].typed_config;
  return {
    all,
    listener,
    manager,
    filter: (name) =>
      manager.http_filters.find((each: Tree) => each.name === `envoy.filters.http.${name}`)
        .typed_config,
    cluster: (name) => all.static_resources.clusters.find((each: Tree) => each.name === name),
  };
}

/** Tokens of an issuer that Envoy trusts. */
export class Issuer {
  readonly path = join(temporaryFolder(), 'jwks.json');
  #key: CryptoKey | undefined;

  async open(): Promise<this> {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' };
    writeFileSync(this.path, JSON.stringify({ keys: [jwk] }));
    this.#key = privateKey;
    return this;
  }

  token(claims: Record<string, unknown>): Promise<string> {
    if (this.#key === undefined) throw new Error('the issuer is not open');
    const exp = Math.floor(Date.now() / 1_000) + 300;
    const own = { iss: 'https://idp.example.com', aud: 'https://api.example.com', exp };
    return new SignJWT({ ...own, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .sign(this.#key);
  }
}

/** An upstream that answers with what it got. */
export class Upstream {
  readonly #server: Server;
  /** The requests that it got. */
  readonly requests: IncomingMessage[];

  private constructor(server: Server, requests: IncomingMessage[]) {
    this.#server = server;
    this.requests = requests;
  }

  static async open(): Promise<Upstream> {
    const requests: IncomingMessage[] = [];
    const server = createServer(async (given, response) => {
      requests.push(given);
      const chunks: Buffer[] = [];
      for await (const chunk of given) chunks.push(chunk as Buffer);
      const { method, url, headers } = given;
      const body = Buffer.concat(chunks).toString();
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ method, url, headers, body }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Upstream(server, requests);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Tree;
}

/** A line of the access log. */
export interface AccessLine {
  readonly path: string;
  readonly status: number;
  readonly details: string;
  readonly decision: Json | null;
}

export class Envoy {
  readonly #process: ChildProcess;
  readonly port: number;
  readonly #admin: number;
  readonly lines: AccessLine[] = [];
  errors = '';

  private constructor(child: ChildProcess, port: number, admin: number) {
    this.#admin = admin;
    this.#process = child;
    this.port = port;
    child.stderr?.on('data', (chunk) => {
      this.errors += chunk;
    });
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on('line', (line) =>
      this.lines.push(JSON.parse(line)),
    );
  }

  /** Starts Envoy with a configuration, and waits until it listens. */
  static async start(
    { all, listener, cluster }: EnvoyConfig,
    ports: { readonly upstream: number; readonly nhipol: number },
  ): Promise<Envoy> {
    const port = await freePort();
    const admin = await freePort();
    const address = { address: '127.0.0.1', port_value: admin };
    listener.address.socket_address.port_value = port;
    for (const [name, value] of Object.entries(ports)) {
      const [{ lb_endpoints }] = cluster(name).load_assignment.endpoints;
      lb_endpoints[0].endpoint.address.socket_address.port_value = value;
    }
    const path = join(temporaryFolder(), 'envoy.json');
    writeFileSync(
      path,
      JSON.stringify({ ...all, admin: { address: { socket_address: address } } }),
    );
    const options = [
      '--disable-hot-restart',
      '--file-flush-interval-msec',
      '50',
      '--concurrency',
      '1',
      '--log-level',
      'warning',
    ];
    const child = spawn(binary ?? '', [...options, '-c', path], { stdio: 'pipe' });
    const envoy = new Envoy(child, port, admin);
    while (!(await isListening(port))) {
      if (child.exitCode !== null) throw new Error(`Envoy has ended: ${envoy.errors}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return envoy;
  }

  /** Sends a request to Envoy. `secrets`: those of TLS. */
  send(path: string, options: RequestOptions = {}, body = '', secrets?: object): Promise<Answered> {
    const target = { host: '127.0.0.1', port: this.port, path, ...options, ...secrets };
    return new Promise((resolve, reject) => {
      const sent = (secrets === undefined ? request : requestSecurely)(target, async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        const text = Buffer.concat(chunks).toString();
        const isJson = /json/.test(String(response.headers['content-type']));
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, body: isJson ? JSON.parse(text) : text });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  /** Sends these lines of a header, and returns the status of the response; 0: there is none. */
  sendRaw(lines: readonly string[]): Promise<number> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.port, '127.0.0.1');
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk;
        const status = /^HTTP\/1\.1 (\d+)/.exec(text)?.[1];
        if (status === undefined) return;
        socket.destroy();
        resolve(Number(status));
      });
      socket.once('error', reject);
      socket.once('close', () => resolve(0));
      socket.write(`${[...lines, 'host: api', 'connection: close'].join('\r\n')}\r\n\r\n`);
    });
  }

  /** The health of the hosts of a cluster, by the admin interface. */
  async readHealth(cluster: string): Promise<readonly Json[]> {
    const response = await fetch(`http://127.0.0.1:${this.#admin}/clusters?format=json`);
    const { cluster_statuses: clusters }: Tree = await response.json();
    const { host_statuses: hosts } = clusters.find(({ name }: Tree) => name === cluster);
    return hosts.map(({ health_status }: Tree) => health_status);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    if (this.#process.exitCode === null && this.#process.kill('SIGKILL')) await ended;
  }
}

/** A port on which nothing listens now. */
export async function freePort(): Promise<number> {
  const server = createSocketServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const finish = (found: boolean) => {
      socket.destroy();
      resolve(found);
    };
    socket.once('connect', () => finish(true)).once('error', () => finish(false));
  });
}
