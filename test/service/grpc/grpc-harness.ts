// A service over gRPC in this process with a real client, for tests: the policy of the tests, calls of ext_authz and of
// ExtMcp, and certificates of an authority of its own.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ChannelCredentials,
  type ClientOptions,
  Metadata,
  makeClientConstructor,
  type ServiceError,
} from '@grpc/grpc-js';
import {
  DecisionPoint,
  type DecisionPointOptions,
  type LogEntry,
  openAccess,
} from '@nhipol/service';
import {
  type GrpcOptions,
  type GrpcService,
  listenGrpc,
  parseGrpcMapping,
} from '@nhipol/service/grpc';
import { expect } from 'vitest';
import type { CheckResponse } from '../../../service/grpc/ext-authz.ts';
import {
  authorizationService,
  extMcpService,
  healthService,
} from '../../../service/grpc/services.ts';
import { toMembers, toStruct } from '../../../service/grpc/struct.ts';
import { noObserver } from '../../../service/pdp/observer.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { temporaryStore } from '../relay/relay-harness.ts';

export type { CheckResponse };
export type Json = Readonly<Record<string, unknown>>;

/** Clients of the service that Envoy calls. */
export const Authorization = makeClientConstructor(authorizationService, 'Authorization');

const envoyPolicy = `
policy test.envoy version "1.0.0"

use nhi.{ Approval, Events }
use nhi.{ is_approved }

subject identity { scopes?: Set<String> }
subject ai_agent {}
action "GET" {}
action "POST" { amount?: Int }
action "tools/call" { tool?: String, path?: String }
action "fs:find" { arguments: { path: String, depth?: Int(1..100), price?: Decimal } }
action "fs:read" { arguments: { path: String } }
action "mcp:resources/read" { params: { uri: String } }
resource route { host?: String }
resource mcp_server {}
context {
  time: Timestamp
  call_digest?: String
  approvals?: List<Approval>
  network?: { ip?: Ip }
}

signals Events
outcomes { "completed": {}, "failed": {} }

constraint max_rows: Int smallest wins
constraint region: String must agree
constraint depth: Int limits action.arguments.depth or lower
obligation notify: custom { to: String }
obligation ask: access_request { template: String, expires_in: Duration = 10m }

for identity {
  revoke session_revoked when once(signal "session-revoked"), if unknown skip
    because "the session was ended"
}
for identity doing "GET" on route {
  permit public when resource.id under "/public"
  permit timed when resource.id under "/timed" and context.time < 2100-01-01T00:00:00Z
  permit read_rows when resource.id under "/rows"
  narrow rows when resource.id under "/rows" to { max_rows: 100, region: "Köln" }
  permit told when resource.id under "/told" with notify { to: "owner" }
  permit local when resource.id under "/local" and context.network.ip in 10.0.0.0/8
  challenge asks when resource.id under "/asks" and not is_approved(context.approvals, context.call_digest)
    with ask { template: "read" }
    because "{resource.id} needs an approval"
  permit asked when resource.id under "/asks"
  deny secret when resource.id ends_with ".env"
    because "{resource.id} holds secrets"
}
for identity doing "POST" on route {
  permit small when action.amount <= 100
  permit scoped when "write" in subject.scopes
}
for identity doing "tools/call" on mcp_server {
  permit reads when action.tool is "read" and action.path under "/work"
}
for ai_agent doing "fs:read", "fs:find" on mcp_server {
  permit inside when action.arguments.path under "/work"
}
for ai_agent doing "fs:find" on mcp_server {
  narrow shallow when action.arguments.path under "/work/deep" to { depth: 3 }
  narrow few when action.arguments.path under "/work/many" to { max_rows: 10 }
}
for ai_agent doing "mcp:resources/read" on mcp_server {
  permit own when action.params.uri starts_with "file:///work/"
}
`;

let module: Promise<Uint8Array> | undefined;
/** The compiled policy. */
function envoyModule(): Promise<Uint8Array> {
  module ??= compileForGuard(envoyPolicy);
  return module;
}

const folders: string[] = [];
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nhipol-grpc-'));
  folders.push(folder);
  return folder;
}

export interface HarnessOptions extends Partial<Omit<GrpcOptions, 'point'>> {
  readonly declared?: unknown;
  readonly pointOptions?: Partial<DecisionPointOptions>;
}

export interface Reply {
  readonly error?: ServiceError;
  readonly response?: unknown;
}

/** A response of a check with headers and metadata as objects. */
export interface Checked {
  /** The code of gRPC: 0, or 7 for a refusal. */
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly metadata: Json;
  /** With a permit only. */
  readonly removed?: readonly string[];
  /** With a refusal only: the status of HTTP and the problem. */
  readonly status?: number;
  readonly body?: Json;
}

export class GrpcHarness {
  readonly point: DecisionPoint;
  readonly service: GrpcService;
  readonly warnings: string[];

  constructor(point: DecisionPoint, service: GrpcService, warnings: string[]) {
    this.point = point;
    this.service = service;
    this.warnings = warnings;
  }

  static async open({ declared, pointOptions, ...options }: HarnessOptions = {}) {
    const warnings: string[] = [];
    const onWarning = (warning: string) => warnings.push(warning);
    const { store } = temporaryStore();
    const point = await DecisionPoint.open({
      module: await envoyModule(),
      store,
      onWarning,
      ...pointOptions,
    });
    const service = await listenGrpc({
      point,
      access: openAccess,
      mapping: parseGrpcMapping(declared),
      observer: noObserver,
      obligations: new Set<string>(),
      constraints: () => new Set(['depth']),
      contextForm: 'full',
      host: '127.0.0.1',
      port: 0,
      onWarning,
      ...options,
    });
    return new GrpcHarness(point, service, warnings);
  }

  /** A call of a method. */
  call(method: Method, request: object, given: CallOptions = {}): Promise<Reply> {
    return callService(this.service.port, method, request, given);
  }

  /** A check of Envoy; `http`: method, path, headers. */
  async check(http: object, attributes: object = {}, given: CallOptions = {}): Promise<Checked> {
    const source = { principal: 'spiffe://td/agent' };
    const request = { source, ...attributes, request: { http: { method: 'GET', ...http } } };
    const { error, response } = await this.call('check', { attributes: request }, given);
    if (error !== undefined) throw error;
    return readable(response as CheckResponse);
  }

  async close(): Promise<void> {
    await this.service.close();
    await this.point.close();
  }
}

export interface CallOptions {
  readonly metadata?: Readonly<Record<string, string>>;
  readonly credentials?: ChannelCredentials;
  readonly options?: ClientOptions;
}

const methods = {
  check: [authorizationService, 'Check'],
  mcpRequest: [extMcpService, 'CheckRequest'],
  mcpResponse: [extMcpService, 'CheckResponse'],
  health: [healthService, 'Check'],
} as const;
type Method = keyof typeof methods;

export function callService(
  port: number,
  method: Method,
  request: object,
  { metadata = {}, credentials = ChannelCredentials.createInsecure(), options }: CallOptions,
): Promise<Reply> {
  const [service, name] = methods[method];
  const Client = makeClientConstructor(service, name);
  const client = new Client(`127.0.0.1:${port}`, credentials, options);
  const sent = new Metadata();
  for (const [key, value] of Object.entries(metadata)) sent.set(key, value);
  return new Promise((resolve) => {
    const deadline = { deadline: Date.now() + 10_000 };
    client[name]?.(request, sent, deadline, (error: ServiceError | null, response: unknown) => {
      client.close();
      resolve(error === null ? { response } : { error });
    });
  });
}

function readable(response: CheckResponse): Checked {
  const { status, ok_response: ok, denied_response: denied, dynamic_metadata } = response;
  const headers = [...(ok?.headers ?? []), ...(denied?.headers ?? [])].map(
    ({ header, append_action }) => {
      expect(append_action, header.key).toBe(2);
      return [header.key, header.value] as const;
    },
  );
  return {
    code: status.code ?? 0,
    headers: Object.fromEntries(headers),
    metadata: toMembers(dynamic_metadata),
    ...(ok === undefined ? {} : { removed: ok.headers_to_remove ?? [] }),
    ...(denied === undefined ? {} : { status: denied.status.code, body: JSON.parse(denied.body) }),
  };
}

/** Dynamic metadata of filters, by name. */
export function createMetadata(filters: Readonly<Record<string, Json>>) {
  const filter_metadata = Object.fromEntries(
    Object.entries(filters).map(([name, members]) => [name, toStruct(members)]),
  );
  return { metadata_context: { filter_metadata } };
}

/** A log in memory. */
export function memoryLog() {
  const entries: LogEntry[] = [];
  return {
    entries,
    log: {
      append: (entry: LogEntry) => {
        entries.push(entry);
        return String(entries.length);
      },
      close: async () => {},
    },
  };
}

export interface TestCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** An authority that issues certificates, as files. */
export class Authority {
  readonly folder = temporaryFolder();
  readonly certificate = join(this.folder, 'ca.crt');

  constructor() {
    this.#openssl(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-keyout',
      'ca.key',
      '-out',
      'ca.crt',
      '-days',
      '2',
      '-subj',
      '/CN=test authority',
    );
  }

  /** `names`: subject alternative names, such as `IP:127.0.0.1`. */
  issue(name: string, names: string): TestCertificate {
    const [certificate, key] = [`${name}.crt`, `${name}.key`];
    writeFileSync(join(this.folder, `${name}.ext`), `subjectAltName=${names}\n`);
    this.#openssl(
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-keyout',
      key,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${name}`,
    );
    this.#openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-days',
      '2',
      '-CAcreateserial',
      '-extfile',
      `${name}.ext`,
      '-out',
      certificate,
    );
    return { certificate: join(this.folder, certificate), key: join(this.folder, key) };
  }

  credentials(client?: TestCertificate): ChannelCredentials {
    const ca = readFileSync(this.certificate);
    if (client === undefined) return ChannelCredentials.createSsl(ca);
    return ChannelCredentials.createSsl(
      ca,
      readFileSync(client.key),
      readFileSync(client.certificate),
    );
  }

  #openssl(...args: readonly string[]): void {
    execFileSync('openssl', args, { cwd: this.folder, stdio: 'pipe' });
  }
}
