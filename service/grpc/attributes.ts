// The attributes of a request that Envoy checks as inputs of a mapping. Takes a message of ext_authz, and returns plain
// data; what Envoy did not send is absent, so that an expression about it fails or finds nothing.

import { listPeerMembers } from '../access/peer-certificate.ts';
import { readExactly } from '../json/exact.ts';
import { isMembers, type Members } from '../json/members.ts';
import type { Inputs } from '../mapping/expression.ts';
import type { Evidence } from '../pdp/requests/vouched-facts.ts';
import { parsePemCertificate } from './certificates.ts';
import { addHeader } from './headers.ts';
import { type Struct, toMembers } from './struct.ts';

export interface CheckRequest {
  readonly attributes?: {
    readonly source?: Peer;
    readonly destination?: Peer;
    readonly request?: { readonly time?: Timestamp; readonly http?: HttpRequest };
    readonly context_extensions?: Readonly<Record<string, string>>;
    readonly metadata_context?: Metadata;
    readonly route_metadata_context?: Metadata;
    readonly tls_session?: { readonly sni?: string };
  };
}

interface Peer {
  readonly address?: {
    readonly socket_address?: { readonly address?: string; readonly port_value?: number };
    readonly pipe?: { readonly path?: string };
  };
  readonly service?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly principal?: string;
  readonly certificate?: string;
}

interface Timestamp {
  readonly seconds?: string;
  readonly nanos?: number;
}

interface HttpRequest {
  readonly id?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly header_map?: {
    readonly headers?: readonly {
      readonly key?: string;
      readonly value?: string;
      readonly raw_value?: Buffer;
    }[];
  };
  readonly path?: string;
  readonly host?: string;
  readonly scheme?: string;
  readonly protocol?: string;
  readonly size?: string;
  readonly body?: string;
  readonly raw_body?: Buffer;
}

interface Metadata {
  readonly filter_metadata?: Readonly<Record<string, Struct>>;
}

/** The namespaces of Envoy's filters, and the member in which the payload of a token is expected. */
const jwtNamespace = 'envoy.filters.http.jwt_authn';
const payloadMember = 'payload';
const mcpNamespace = 'envoy.filters.http.mcp';

export interface CheckedAttributes {
  readonly inputs: Inputs;
  /** The facts about the client that Envoy verified. */
  readonly evidence: Evidence;
  readonly headers: ReadonlyMap<string, string>;
}

export function readAttributes({ attributes = {} }: CheckRequest): CheckedAttributes {
  const { source = {}, destination = {}, request = {}, tls_session: tls } = attributes;
  const headers = readHeaders(request.http);
  const metadata = readMetadata(attributes.metadata_context);
  const certificate = source.certificate ? parsePemCertificate(source.certificate) : undefined;
  const token = getMember(metadata[jwtNamespace], payloadMember);
  const peer = certificate === undefined ? {} : listPeerMembers(certificate);
  return {
    headers,
    evidence: { token, peer },
    inputs: {
      request: {
        ...readRequest(request.http ?? {}, headers),
        ...readTime(request.time),
        ...(tls?.sni ? { sni: tls.sni } : {}),
        context_extensions: { ...attributes.context_extensions },
        route_metadata: readMetadata(attributes.route_metadata_context),
      },
      source: readPeer(source),
      destination: readPeer(destination),
      metadata,
      params: getMember(metadata[mcpNamespace], 'params'),
      peer,
      token,
    },
  };
}

function readRequest(http: HttpRequest, headers: ReadonlyMap<string, string>): Members {
  const { path: target = '' } = http;
  const end = target.indexOf('?');
  const path = end === -1 ? target : target.slice(0, end);
  const request: Record<string, unknown> = {
    query: end === -1 ? {} : parseQuery(target.slice(end + 1)),
    headers: Object.fromEntries(headers),
  };
  addGiven(request, http, ['id', 'method', 'host', 'scheme', 'protocol']);
  const size = Number(http.size ?? -1);
  if (size >= 0) request.size = size;
  if (target !== '') Object.assign(request, { path, target });
  return Object.assign(request, readBody(http, headers));
}

/** The values of each parameter, in their order. */
function parseQuery(text: string): Members {
  const values = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return Object.fromEntries(values);
}

/** `text`: a body in UTF-8. `body`: the value of one in JSON that every reader reads in the same way. */
function readBody({ body, raw_body: raw }: HttpRequest, headers: ReadonlyMap<string, string>) {
  const bytes = raw ?? (body === undefined ? undefined : Buffer.from(body));
  const isPartial = headers.get('x-envoy-auth-partial-body') === 'true';
  if (bytes === undefined || bytes.length === 0 || isPartial) return {};
  const text = bytes.toString();
  const type = headers.get('content-type') ?? '';
  if (!/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type)) return { text };
  const read = readExactly(bytes);
  return 'value' in read ? { text, body: read.value } : { text };
}

function readHeaders(http: HttpRequest | undefined): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(http?.headers ?? {})) addHeader(headers, name, value);
  for (const { key = '', value, raw_value: raw } of http?.header_map?.headers ?? []) {
    addHeader(headers, key, value || (raw?.toString() ?? ''));
  }
  return headers;
}

function readPeer(peer: Peer): Members {
  const { address: { socket_address: socket, pipe } = {}, labels, certificate } = peer;
  const read = certificate ? parsePemCertificate(certificate) : undefined;
  const members: Record<string, unknown> = { labels: { ...labels } };
  if (socket?.address) members.address = socket.address;
  if (socket?.port_value) members.port = socket.port_value;
  if (pipe?.path) members.address = pipe.path;
  addGiven(members, peer, ['service', 'principal']);
  if (read !== undefined) members.certificate = listPeerMembers(read);
  return members;
}

function readTime(time: Timestamp | undefined): Members {
  if (time === undefined) return {};
  const at = Number(time.seconds ?? 0) * 1_000 + (time.nanos ?? 0) / 1_000_000;
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? {} : { time: date.toISOString() };
}

function readMetadata(metadata: Metadata | undefined): Members {
  const filters = Object.entries(metadata?.filter_metadata ?? {});
  return Object.fromEntries(filters.map(([name, struct]) => [name, toMembers(struct)]));
}

/** Adds the members of these names that have a value: protobuf does not distinguish an empty string from none. */
function addGiven<Name extends string>(
  to: Record<string, unknown>,
  from: Readonly<Partial<Record<Name, string>>>,
  names: readonly Name[],
): void {
  for (const name of names) if (from[name]) to[name] = from[name];
}

function getMember(value: unknown, name: string): Members {
  const member = isMembers(value) ? value[name] : undefined;
  return isMembers(member) ? member : {};
}
