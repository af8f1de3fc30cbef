// How requests that a proxy checks become requests of AuthZEN: takes a declared mapping, in which strings that begin with `$`
// are expressions over the inputs. What cannot be mapped is refused.

import { isMembers, type Members } from '../json/members.ts';
import { absent, type Inputs } from '../mapping/expression.ts';
import { MappingError } from '../mapping/mapping-error.ts';
import { compileTemplate, type Template } from '../mapping/template.ts';
import { type OwnHeader, ownHeaders } from './headers.ts';

interface MappedRequest {
  /** `subject`, `action`, `resource` and `context`. */
  readonly request: Members;
  /** The id of the session that decides it. */
  readonly session: string | undefined;
}

export interface RequestMapping {
  /** Throws a `MappingError` if an expression fails. */
  readonly request: (inputs: Inputs) => MappedRequest;
  /** The part of a request that is known; what an expression cannot determine is absent. */
  readonly part: (inputs: Inputs) => Members;
}

export interface GrpcMapping {
  readonly extAuthz: RequestMapping;
  readonly extMcp: RequestMapping;
  /** The headers that an upstream gets with a permitted request; constraints are always among them. */
  readonly headers: ReadonlySet<OwnHeader>;
  /** The parts in which a client decides whether its request has a session: it can leave the session out. */
  readonly optionalSessions: readonly string[];
}

/** The mapping of AuthZEN's API gateway profile, with the identity that Envoy verified. */
const defaultExtAuthz: Members = {
  subject: { type: 'identity', id: '$token.?sub.orValue(source.principal)' },
  action: { name: '$request.method' },
  resource: {
    type: 'route',
    id: '$request.path',
    properties: { host: '$request.?host', scheme: '$request.?scheme', query: '$request.query' },
  },
  context: { network: { ip: '$source.?address' } },
};

/** The requests of the guard: each tool is an action with typed arguments, and each other method one with parameters. */
const defaultExtMcp: Members = {
  subject: { type: 'ai_agent', id: '$token.sub' },
  action: {
    name: "$request.method == 'tools/call' ? request.service + ':' + params.name : 'mcp:' + request.method",
    properties: {
      arguments: "$request.method == 'tools/call' ? params.?arguments : optional.none()",
      params: "$request.method == 'tools/call' ? optional.none() : optional.of(params)",
    },
  },
  resource: { type: 'mcp_server', id: '$request.service' },
};

/** The default mapping, as a file could declare it. */
export const defaultMapping = {
  ext_authz: defaultExtAuthz,
  ext_mcp: defaultExtMcp,
  headers: ['effect', 'decision-id', 'valid-until'],
} as const;

/**
 * `declared`: the contents of a mapping file; a member that it does not have is that of the default. Throws a `MappingError`
 * for one that is not valid.
 */
export function parseGrpcMapping(declared: unknown = {}): GrpcMapping {
  const given = expectObject(declared, '$');
  expectOnly(given, ['ext_authz', 'ext_mcp', 'headers'], '$');
  const { ext_authz: authz, ext_mcp: mcp, headers } = { ...defaultMapping, ...given };
  return {
    extAuthz: parseRequestMapping(authz, '$.ext_authz'),
    extMcp: parseRequestMapping(mcp, '$.ext_mcp'),
    headers: new Set([...readOwnHeaders(headers), 'constraints']),
    optionalSessions: Object.entries({ ext_authz: authz, ext_mcp: mcp })
      .filter(([, part]) => isMembers(part) && isOfClient(part.session))
      .map(([name]) => `$.${name}.session`),
  };
}

/** The inputs that the client chooses, and expressions that may find nothing. */
const ofClient = /\brequest\b|\bparams\b|\.\s*\?|\[\s*\?|\boptional\b|\bhas\s*\(/;

/** Whether an expression reads what the client sends, or may find nothing. */
function isOfClient(session: unknown): boolean {
  return typeof session === 'string' && ofClient.test(session);
}

const entities = ['subject', 'action', 'resource', 'context'] as const;

function parseRequestMapping(declared: unknown, path: string): RequestMapping {
  const given = expectObject(declared, path);
  expectOnly(given, [...entities, 'session'], path);
  for (const name of entities.slice(0, 3)) expectObject(given[name], `${path}.${name}`);
  const { session: named, ...entityTemplates } = given;
  const request = compileMapping(entityTemplates, path);
  const session = named === undefined ? () => undefined : compileMapping(named, `${path}.session`);
  return {
    request: (inputs) => ({
      request: request(inputs) as Members,
      session: readSession(session(inputs)),
    }),
    part: (inputs) => request(inputs, true) as Members,
  };
}

function compileMapping(template: unknown, path: string): Template {
  try {
    return compileTemplate(template);
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    throw new MappingError(`${path}: ${error.message}`);
  }
}

function readSession(value: unknown): string | undefined {
  if (typeof value === 'string' && value !== '') return value;
  if (value === undefined || value === absent) return undefined;
  throw new MappingError(value === '' ? '`session` is empty' : '`session` is not a string');
}

function readOwnHeaders(value: unknown): readonly OwnHeader[] {
  const names: readonly unknown[] = Array.isArray(value) ? value : [undefined];
  return names.map((name) => {
    const header = ownHeaders.find((each) => each === name);
    if (header !== undefined) return header;
    throw new MappingError(`$.headers: expected an array of ${ownHeaders.join(', ')}`);
  });
}

function expectObject(value: unknown, path: string): Members {
  if (isMembers(value)) return value;
  throw new MappingError(`${path}: expected an object`);
}

function expectOnly(given: Members, names: readonly string[], path: string): void {
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new MappingError(`${path}: unknown member \`${unknown}\``);
}
