// A private key that signs tokens of the service: takes its PEM, and returns it with its public JWK.

import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';

export interface SigningKey {
  readonly key: KeyObject;
  readonly algorithm: string;
  readonly publicKey: JWK;
}

/** Why a key cannot sign. */
export class SigningKeyError extends Error {}

const algorithms: Readonly<Record<string, string>> = {
  rsa: 'RS256',
  ed25519: 'EdDSA',
};
const curves: Readonly<Record<string, string>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
};

function readPrivateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new SigningKeyError('this is not a private key in PEM');
  }
}

/** Rejects with a `SigningKeyError` if the text is not a private key of RSA, Ed25519 or a NIST curve. */
export async function readSigningKey(pem: string): Promise<SigningKey> {
  const key = readPrivateKey(pem);
  const curve = key.asymmetricKeyDetails?.namedCurve ?? '';
  const algorithm = algorithms[key.asymmetricKeyType ?? ''] ?? curves[curve];
  if (algorithm === undefined)
    throw new SigningKeyError('the key is not of RSA, Ed25519 or a NIST curve');
  const jwk = await exportJWK(createPublicKey(key));
  const kid = await calculateJwkThumbprint(jwk);
  return { key, algorithm, publicKey: { ...jwk, kid, alg: algorithm, use: 'sig' } };
}
