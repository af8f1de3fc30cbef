// An issuer of security event tokens for tests, with its keys at a URL, and settings of a service that trusts it.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { formatEventUri } from '@nhipol/service';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { SignalSettings, SourceSettings } from '../../../service/signals/settings.ts';
import { createPublicDestinations } from '../../../service/support/destinations.ts';

export const issuerName = 'https://idp.example';
export const audience = 'https://pdp.example';
/** The servers of tests are on this machine, which `allow_addresses` has to have. */
export const thisMachine = createPublicDestinations(['127.0.0.0/8']);

export interface SignedEvent {
  readonly type?: string;
  readonly subject?: object;
  readonly claims?: object;
  /** Other members of the payload; undefined removes one. */
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly header?: object;
}

type Keys = Awaited<ReturnType<typeof generateKeyPair>>;

export class TestIssuer {
  readonly #server: Server;
  #keys: Keys;
  #kid = 'key-1';
  /** The public keys at the URL. */
  #published: object[] = [];
  /** How often the keys were read. */
  reads = 0;
  /** Whether the URL fails. */
  isDown = false;
  /** Runs before each answer with the keys. */
  onRead: () => void = () => {};
  #count = 0;

  static async start(): Promise<TestIssuer> {
    const issuer = new TestIssuer(await generateKeyPair('ES256'));
    await issuer.publish();
    await new Promise<void>((resolve) => issuer.#server.listen(0, '127.0.0.1', resolve));
    return issuer;
  }

  private constructor(keys: Keys) {
    this.#keys = keys;
    this.#server = createServer((_request, response) => {
      this.reads += 1;
      this.onRead();
      response.writeHead(this.isDown ? 500 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ keys: this.#published }));
    });
  }

  get jwks(): URL {
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/jwks`);
  }

  /** Publishes the current key, and no others. */
  async publish(): Promise<void> {
    const jwk = await exportJWK(this.#keys.publicKey);
    this.#published = [{ ...jwk, kid: this.#kid, alg: 'ES256' }];
  }

  /** Signs with another key from now on. */
  async rotate(kid: string): Promise<void> {
    this.#keys = await generateKeyPair('ES256');
    this.#kid = kid;
  }

  /** A token; default: session-revoked of `a-1` now. */
  sign({
    type = 'session-revoked',
    subject,
    claims = {},
    payload,
    header,
  }: SignedEvent = {}): Promise<string> {
    this.#count += 1;
    const whole = {
      iss: issuerName,
      aud: audience,
      iat: Math.floor(Date.now() / 1_000),
      jti: `set-${this.#count}`,
      sub_id: subject ?? { format: 'opaque', id: 'a-1' },
      events: { [formatEventUri(type)]: claims },
      ...payload,
    };
    const present = Object.entries(whole).filter(([, value]) => value !== undefined);
    return new SignJWT(Object.fromEntries(present) as JWTPayload)
      .setProtectedHeader({ alg: 'ES256', kid: this.#kid, typ: 'secevent+jwt', ...header })
      .sign(this.#keys.privateKey);
  }

  close(): void {
    this.#server.close();
  }
}

export function sourceSettings(keys: SourceSettings['keys']): SourceSettings {
  return {
    name: 'idp',
    issuer: issuerName,
    audience: [audience],
    keys,
    algorithms: ['ES256', 'RS256'],
    delivery: 'push',
    isManaged: false,
    events: undefined,
    verifyInterval: 3_600_000,
    authorization: undefined,
    pushAuthorization: undefined,
    pushUrl: undefined,
    pollUrl: undefined,
    pollInterval: undefined,
    destinations: thisMachine,
  };
}

export function signalSettings(parts: Partial<SignalSettings> = {}): SignalSettings {
  return {
    subjects: undefined,
    events: {},
    retention: 30 * 86_400_000,
    allowed: [],
    sources: [],
    webhooks: [],
    transmitter: undefined,
    ...parts,
  };
}

/** A policy with the events of CAEP and RISC as signals, and facts that they change. */
export const signalPolicy = `
policy test.signals version "1.0.0"

use nhi.{ Events, LifecycleState, Risk }

subject ai_agent { team?: String, owner?: String, lifecycle_state: LifecycleState = active }
action read {}
resource file {}
context { time: Timestamp, tenant?: String, device?: String, risk?: Risk fresh 1h }
signals Events

for ai_agent {
  revoke ended when once(signal "session-revoked")
    because "the identity provider ended the session"
  revoke leaked when once(signal "credential-compromise")
    because "a credential has leaked"
}
for ai_agent doing read on file {
  permit reads when context.risk.level is not HIGH and subject.lifecycle_state is active
  deny risky when context.risk.level is HIGH
}
`;

export async function push(url: string, token: string, headers: object = {}): Promise<Response> {
  return fetch(`${url}/signals/idp`, {
    method: 'POST',
    headers: { 'content-type': 'application/secevent+jwt', ...headers },
    body: token,
  });
}
