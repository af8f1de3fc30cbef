// Implements `nhipol log key`: writes a private key that only its owner can read, and prints the public key.

import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';

export async function logKeyCommand(path: string, console: Console): Promise<ExitCode> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  try {
    await writeFile(path, pem, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${(error as Error).message}`);
  }
  await console.out(String(publicKey.export({ type: 'spki', format: 'pem' })));
  return exitCode.fine;
}
