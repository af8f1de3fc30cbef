// Implements `nhipol signals key`: writes a private key that only its owner can read, and prints the public key set.

import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';

export type KeyAlgorithm = 'ES256' | 'RS256';

/** The interoperability profile of CAEP requires RS256 with at least 2048 bits. */
const modulusLength = 3_072;

export async function runKeyCommand(
  path: string,
  algorithm: KeyAlgorithm,
  console: Console,
): Promise<ExitCode> {
  const { readSigningKey: signingKeyIn } = await import('@nhipol/service');
  const { privateKey } =
    algorithm === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  try {
    await writeFile(path, pem, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw new UsageError(`cannot create ${path}: ${(error as Error).message}`);
  }
  const { publicKey } = await signingKeyIn(pem);
  await console.out(`${JSON.stringify({ keys: [publicKey] })}\n`);
  return exitCode.fine;
}
