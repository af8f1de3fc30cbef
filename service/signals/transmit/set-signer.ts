// Signs security event tokens (RFC 8417, SSF 1.0 section 4). The first key signs; the public keys of all are published, so
// that tokens which wait for a receiver can be verified after a rotation.

import { SignJWT } from 'jose';
import type { Members } from '../../json/members.ts';
import { readSigningKey, type SigningKey } from '../../tokens/signing-key.ts';

interface UnsignedSet {
  readonly jti: string;
  readonly audience: string | readonly string[];
  readonly subject: Members;
  readonly txn: string | undefined;
  /** The URI of the event. */
  readonly type: string;
  readonly claims: Members;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
}

export interface SetSigner {
  readonly issuer: () => string;
  readonly keySet: { readonly keys: readonly object[] };
  readonly sign: (set: UnsignedSet) => Promise<string>;
}

/** `pems`: private keys, at least one. Rejects if one cannot be used. */
export async function setSigner(issuer: () => string, pems: readonly string[]): Promise<SetSigner> {
  const keys = await Promise.all(pems.map(readSigningKey));
  const { key, algorithm, publicKey } = keys[0] as SigningKey;
  const header = { alg: algorithm, typ: 'secevent+jwt', kid: publicKey.kid as string };
  return {
    issuer,
    keySet: { keys: keys.map((signingKey) => signingKey.publicKey) },
    sign: ({ jti, audience, subject, txn, type, claims, issuedAt }) =>
      new SignJWT({
        iss: issuer(),
        jti,
        iat: Math.floor(issuedAt / 1_000),
        aud: typeof audience === 'string' ? audience : [...audience],
        ...(txn === undefined ? {} : { txn }),
        sub_id: subject,
        events: { [type]: claims },
      })
        .setProtectedHeader(header)
        .sign(key),
  };
}
