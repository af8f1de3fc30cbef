// The services of gRPC as definitions for servers and clients. Reading a message never fails for a field that is unknown.

import type { ServiceDefinition } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import { root } from './messages.ts';

/** Messages are objects with the members that are present; 64-bit integers are strings. */
const definitions = fromJSON(root as Parameters<typeof fromJSON>[0], { longs: String });

function loadService(name: string): ServiceDefinition {
  return definitions[name] as unknown as ServiceDefinition;
}

export const authorizationService = loadService('envoy.service.auth.v3.Authorization');
export const extMcpService = loadService('agentgateway.dev.ext_mcp.ExtMcp');
export const healthService = loadService('grpc.health.v1.Health');

/** The names that health checks may name; the empty one stands for the whole server. */
export const serviceNames: ReadonlySet<string> = new Set([
  '',
  'envoy.service.auth.v3.Authorization',
  'agentgateway.dev.ext_mcp.ExtMcp',
]);
