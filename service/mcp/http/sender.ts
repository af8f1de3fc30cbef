// Who sent an HTTP request, and which relay its message goes to.

import type { IncomingMessage } from 'node:http';
import type { ClientFacts } from '../client.ts';
import type { Relay } from '../relay.ts';

export interface Sender {
  /** The client by its token, or `undefined` if clients are not identified. */
  readonly client: ClientFacts | undefined;
  /** The relay of the session that the request names, or `undefined` if it names none. */
  readonly known: Relay | undefined;
  /** Whose bytes count together. */
  readonly owner: string;
}

/** Names the client of a request in limits and warnings. */
export function identifyOwner(
  { socket }: IncomingMessage,
  client: ClientFacts | undefined,
): string {
  if (client === undefined) return socket.remoteAddress ?? 'unknown clients';
  return `${client.identity.type}:${client.identity.id}`;
}
