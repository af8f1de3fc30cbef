// Implements `nhipol signals key`: writes a private key that only its owner can read, and prints the public key set.

import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';

export async function keyCommand(path: string, console: Console): Promise<ExitCode> {
  const { signingKeyIn } = await import('@nhipol/service');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
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
