// Security events for the benchmark: signs tokens, delivers them, and waits until workloads at every node see the end of the
// sessions.

import { generateKeyPairSync } from 'node:crypto';
import { exportJWK, SignJWT } from 'jose';

const issuer = 'https://idp.example';
const audience = 'https://pdp.example';
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = { ...(await exportJWK(publicKey)), kid: 'bench', alg: 'ES256' };

export const settings = {
  subjects: {
    any: { format: 'opaque', id: '$session.subject.id' },
    tenant: { format: 'opaque', id: '$session.context.tenant' },
  },
  events: {
    'credential-compromise': { signal: 'leaked', payload: {} },
    'session-presented': { signal: 'seen', payload: {} },
  },
  sources: [
    {
      name: 'idp',
      issuer,
      audience,
      delivery: 'push',
      manage: false,
      jwks: { keys: [jwk] },
    },
  ],
};

export const ofIdentity = (id) => ({ format: 'opaque', id });
export const ofTenant = (id) => ({ format: 'complex', tenant: { format: 'opaque', id } });

let count = 0;

export function sign(type, subject) {
  count += 1;
  return new SignJWT({
    iss: issuer,
    aud: audience,
    iat: Math.floor(Date.now() / 1_000),
    jti: `set-${count}`,
    sub_id: subject,
    events: { [`https://schemas.openid.net/secevent/${uris[type]}/event-type/${type}`]: {} },
  })
    .setProtectedHeader({ alg: 'ES256', kid: 'bench', typ: 'secevent+jwt' })
    .sign(privateKey);
}

const uris = { 'credential-compromise': 'risc', 'session-presented': 'caep' };

/** Resolves when the event is acknowledged. */
export async function deliver(url, token) {
  const response = await fetch(`${url}/signals/idp`, {
    method: 'POST',
    headers: { 'content-type': 'application/secevent+jwt' },
    body: token,
  });
  if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`);
}

/** A workload at a node that follows all sessions, as middleware does, and stops what it does in those that are revoked. */
export class Workload {
  #ending = new AbortController();
  #left = new Set();
  #finish = () => {};

  static async follow(url) {
    const workload = new Workload();
    const response = await fetch(`${url}/changes`, { signal: workload.#ending.signal });
    void workload.#read(response.body).catch(() => {});
    return workload;
  }

  async #read(body) {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of body) {
      const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split('\n');
      rest = lines.pop();
      for (const line of lines)
        if (line.startsWith('data:')) this.#noteChange(JSON.parse(line.slice(5)));
    }
  }

  #noteChange({ id, context }) {
    if (context?.effect !== 'revoke') return;
    this.#left.delete(id);
    if (this.#left.size === 0) this.#finish(performance.now());
  }

  /** Resolves with the instant at which all of these sessions were seen to be revoked. */
  awaitRevocations(ids) {
    this.#left = new Set(ids);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${this.#left.size} sessions were not revoked`)),
        60_000,
      );
      this.#finish = (at) => {
        clearTimeout(timer);
        resolve(at);
      };
    });
  }

  stop() {
    this.#ending.abort();
  }
}
