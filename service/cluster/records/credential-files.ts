// Reads the files that prove to NATS who a node is. Throws a `ClusterError` that names the file.

import { formatErrorMessage } from '../../support/message-of.ts';
import { readNamedFile } from '../../support/named-file.ts';
import { ClusterError } from '../cluster-error.ts';

export type PemKind = 'CERTIFICATE' | 'PRIVATE KEY';

/** The text of a file in PEM that has a block of a kind. */
export function readPem(path: string, kind: PemKind): string {
  const text = readBytes(path).toString('latin1');
  const pattern = new RegExp(`-----BEGIN (?:[A-Z]+ )?${kind}-----`);
  if (pattern.test(text)) return text;
  throw new ClusterError(`${path} contains no ${kind.toLowerCase()} in PEM`);
}

export interface ClusterCredentials {
  /** `file`: a JWT with a seed, as nsc writes it. */
  readonly kind: 'file' | 'seed';
  readonly bytes: Uint8Array;
}

export function readCredentials(path: string): ClusterCredentials {
  const bytes = readBytes(path);
  const text = bytes.toString('latin1');
  if (/-----BEGIN NATS USER JWT-----.*-----BEGIN USER NKEY SEED-----/s.test(text)) {
    return { kind: 'file', bytes };
  }
  const seed = /^\s*(SU[A-Z2-7]{56})\s*$/.exec(text)?.[1];
  if (seed !== undefined) return { kind: 'seed', bytes: Buffer.from(seed) };
  throw new ClusterError(`${path} contains neither credentials of NATS nor the seed of a user`);
}

function readBytes(path: string): Buffer {
  try {
    return readNamedFile(path);
  } catch (error) {
    throw new ClusterError(formatErrorMessage(error));
  }
}
