// Seals state that a client keeps for the guard: the client can neither read nor change it. The key is that of one
// process, so that no state outlives it.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

export interface Sealer<State> {
  readonly seal: (state: State) => string;
  /** Returns `undefined` if it was not sealed by this sealer. */
  readonly open: (sealed: unknown) => State | undefined;
}

export function createSealer<State>(): Sealer<State> {
  const key = randomBytes(keyBytes);
  return {
    seal: (state) => {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, key, nonce);
      const text = Buffer.concat([cipher.update(JSON.stringify(state), 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url');
    },
    open: (sealed) => {
      if (typeof sealed !== 'string') return undefined;
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length < nonceBytes + tagBytes) return undefined;
      // Only this process can have sealed the JSON, so that it needs no strict reader.
      try {
        const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes));
        decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
        const text = decipher.update(bytes.subarray(nonceBytes + tagBytes));
        return JSON.parse(Buffer.concat([text, decipher.final()]).toString('utf8'));
      } catch {
        return undefined;
      }
    },
  };
}
