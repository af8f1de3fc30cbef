// Requests that are signed as Standard Webhooks are, and keys, for tests.

import { createHmac, generateKeyPairSync } from 'node:crypto';

/** `time`: seconds since the epoch. */
export function signedWebhook(
  secret: string,
  id: string,
  body: string,
  time = Math.floor(Date.now() / 1_000),
) {
  const signature = createHmac('sha256', secret).update(`${id}.${time}.${body}`).digest('base64');
  return {
    ...{ method: 'POST', body },
    headers: {
      ...{ 'content-type': 'application/json', 'webhook-id': id },
      ...{ 'webhook-timestamp': String(time), 'webhook-signature': `v1,${signature}` },
    },
  };
}

export function newKeyPem(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
