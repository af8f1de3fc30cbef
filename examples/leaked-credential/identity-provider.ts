// A small identity provider: publishes its key, and pushes a signed event to each of its receivers until they accept it, as
// a transmitter of the Shared Signals Framework does (RFC 8935).

import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { formatEventUri, setContentType, setSigner } from '@nhipol/service';
import type { Timeline } from './timeline.ts';

export interface Receiver {
  readonly name: string;
  /** Where it receives. */
  readonly url: string;
  /** How tokens name it. */
  readonly audience: string;
}

export interface IdentityProvider {
  readonly issuer: string;
  readonly jwks: string;
  /** Reports that the credential of an identity has leaked. Resolves when all receivers have accepted the event. */
  readonly credentialLeaked: (identity: string, receivers: readonly Receiver[]) => Promise<void>;
  readonly close: () => void;
}

const name = 'identity provider';
const pause = 100;

export async function startIdentityProvider(timeline: Timeline): Promise<IdentityProvider> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = 'https://idp.acme.example';
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const signer = await setSigner(() => issuer, [pem]);
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(signer.keySet));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  const send = async (receiver: Receiver, identity: string, txn: string) => {
    const token = await signer.sign({
      jti: randomUUID(),
      txn,
      audience: receiver.audience,
      issuedAt: Date.now(),
      subject: { format: 'opaque', id: identity },
      type: formatEventUri('credential-compromise'),
      claims: { credential_type: 'api_key', event_timestamp: Date.now() / 1_000 },
    });
    timeline.note(name, `sends credential-compromise to the ${receiver.name}`);
    const headers = { 'content-type': setContentType };
    for (;;) {
      const answer = await fetch(receiver.url, { method: 'POST', headers, body: token });
      if (answer.status === 202) break;
      if (answer.status === 400) throw new Error(`${receiver.name}: ${await answer.text()}`);
      await delay(pause);
    }
    timeline.note(receiver.name, 'acknowledges the event: its effects are on the disk');
  };
  return {
    issuer,
    jwks: `http://127.0.0.1:${port}/jwks.json`,
    credentialLeaked: async (identity, receivers) => {
      const txn = randomUUID();
      await Promise.all(receivers.map((each) => send(each, identity, txn)));
    },
    close: () => server.close(),
  };
}
