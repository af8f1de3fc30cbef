// Requests that are signed as Standard Webhooks are, those of a scanner that reports leaks, and keys, for tests.

import { createHmac, generateKeyPairSync } from 'node:crypto';

/** `time`: seconds since the epoch. */
export function signWebhook(
  secret: string,
  id: string,
  body: string,
  time = Math.floor(Date.now() / 1_000),
) {
  const signature = createHmac('sha256', secret).update(`${id}.${time}.${body}`).digest('base64');
  return {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(time),
      'webhook-signature': `v1,${signature}`,
    },
  };
}

export function newKeyPem(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** A scanner that signs what it sends with a secret in `scanner.secret`. */
export const scanner = {
  secret: 'a secret of the webhook',
  webhook: {
    name: 'scanner',
    secret_files: ['scanner.secret'],
    signature: { header: 'x-signature', content: '{body}' },
    event: { type: 'credential-compromise', subject: { format: 'opaque', id: '$body.identity' } },
  },
};

/** Has the scanner report a leak. Resolves with the status of the answer. */
export async function reportLeak(url: string | undefined, identity: string): Promise<number> {
  const body = JSON.stringify({ identity });
  const signature = createHmac('sha256', scanner.secret).update(body).digest('hex');
  const headers = { 'content-type': 'application/json', 'x-signature': signature };
  const { status } = await fetch(`${url}/webhooks/scanner`, { method: 'POST', headers, body });
  return status;
}
