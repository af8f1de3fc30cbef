// Who calls the service over gRPC: takes the metadata and the certificate of a call, and refuses callers without the role
// that decides requests.

import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import { type Access, type Credentials, expectRole } from '../access/access.ts';
import { keepStanding } from '../access/admitted-caller.ts';
import type { Caller } from '../access/caller.ts';
import { parseDerCertificate } from './certificates.ts';

export type ProxyCall = Pick<ServerUnaryCall<unknown, unknown>, 'metadata' | 'getAuthContext'>;

/** Rejects with a `Problem` if the caller is unknown, or has sent too many requests. */
export async function identifyProxyCaller(access: Access, call: ProxyCall): Promise<Caller> {
  const keep = keepStanding(access, () => readCredentials(call), 'evaluate');
  const caller = await access(readCredentials(call));
  access.limits?.count(caller);
  return keep(caller);
}

/** Throws a `Problem` if the caller may not have requests decided. */
export function expectEvaluator(caller: Caller): void {
  expectRole(caller, 'evaluate');
}

function readCredentials(call: ProxyCall): Credentials {
  // The certificate that was verified; the context has no other.
  const der = call.getAuthContext().sslPeerCertificate?.raw;
  return {
    authorization: readText(call.metadata, 'authorization'),
    apiKey: readText(call.metadata, 'x-api-key'),
    certificate: der === undefined ? undefined : parseDerCertificate(der),
  };
}

function readText(metadata: Metadata, name: string): string | undefined {
  const [value] = metadata.get(name);
  return typeof value === 'string' ? value : undefined;
}
