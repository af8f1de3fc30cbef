// The files of TLS, in PEM. Each is read and examined by itself, so that an error names the file at fault.

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { readNamedFile } from '../support/named-file.ts';

/** Paths of files in PEM. */
export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
  /** The authorities whose client certificates are accepted. */
  readonly clientAuthorities?: string | undefined;
}

export interface TlsSecrets {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca: Buffer | undefined;
}

/** Throws an `Error` that names the file if one cannot be read or used, or if the key is not that of the certificate. */
export function readTls({ certificate, key, clientAuthorities }: TlsFiles): TlsSecrets {
  const cert = readNamedFile(certificate);
  const privateKey = readNamedFile(key);
  const first = read(certificate, 'certificate', () => new X509Certificate(cert));
  const keyObject = read(key, 'private key', () => createPrivateKey(privateKey));
  if (!first.checkPrivateKey(keyObject)) {
    throw new Error(
      `${key} and ${certificate} mismatch: this is not the private key of the certificate`,
    );
  }
  const ca = clientAuthorities === undefined ? undefined : readNamedFile(clientAuthorities);
  if (ca !== undefined) {
    read(clientAuthorities ?? '', 'certificate', () => new X509Certificate(ca));
  }
  read(certificate, 'chain of certificates', () =>
    createSecureContext({ cert, key: privateKey, ca }),
  );
  return { cert, key: privateKey, ca };
}

function read<Value>(path: string, kind: string, use: () => Value): Value {
  try {
    return use();
  } catch {
    throw new Error(`${path} contains no ${kind} in PEM that can be used`);
  }
}
