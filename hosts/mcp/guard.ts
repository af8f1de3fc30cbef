// Guards a server of the MCP SDK: each message of a client is decided before the server gets it.

import { guardTransport } from './guarded-transport.ts';
import type { GuardPolicy } from './open-policy.ts';
import type { GuardedServer, SdkServer, SdkTransport } from './sdk.ts';

/**
 * Returns the same server. Call it before the server is connected, also within the factory of `createMcpHandler`. Throws
 * if the server is connected or guarded already.
 */
export function guard<Server extends GuardedServer>(server: Server, policy: GuardPolicy): Server {
  const inner = getLowLevelServer(server);
  if (inner.transport !== undefined) throw new Error('the server is already connected');
  if (guarded.has(inner)) throw new Error('the server is already guarded');
  guarded.add(inner);
  const connect = inner.connect.bind(inner) as (transport: SdkTransport) => Promise<void>;
  const connectGuarded = async (transport: SdkTransport) => {
    guardTransport(transport, policy);
    await connect(transport);
  };
  inner.connect = connectGuarded as typeof inner.connect;
  return server;
}

const guarded = new WeakSet<object>();

function getLowLevelServer(server: GuardedServer): SdkServer {
  return 'server' in server ? server.server : server;
}
