// TLS of the listener: reads certificates from files, and again when it is reloaded. A client without a certificate may still
// have a key or a token.

import { experimental, ServerCredentials } from '@grpc/grpc-js';
import { readTls, type TlsFiles } from '../http/tls-files.ts';

type Listener<Update> = (update: Update | null) => void;

/** The files in PEM. Throws if one cannot be read, or if they cannot be used together. */
class CertificateFiles implements experimental.CertificateProvider {
  readonly #files: TlsFiles;
  readonly #authorities = new Set<Listener<experimental.CaCertificateUpdate>>();
  readonly #identities = new Set<Listener<experimental.IdentityCertificateUpdate>>();
  #read: ReturnType<typeof readPem>;

  constructor(files: TlsFiles) {
    this.#files = files;
    this.#read = readPem(files);
  }

  reload(): void {
    this.#read = readPem(this.#files);
    const { identity, authorities } = this.#read;
    for (const listener of this.#identities) listener(identity);
    for (const listener of this.#authorities) listener(authorities);
  }

  addCaCertificateListener(listener: experimental.CaCertificateUpdateListener): void {
    this.#authorities.add(listener);
    // A listener that is called within this function has not been added to the server yet.
    process.nextTick(() => listener(this.#read.authorities));
  }

  removeCaCertificateListener(listener: experimental.CaCertificateUpdateListener): void {
    this.#authorities.delete(listener);
  }

  addIdentityCertificateListener(listener: experimental.IdentityCertificateUpdateListener): void {
    this.#identities.add(listener);
    process.nextTick(() => listener(this.#read.identity));
  }

  removeIdentityCertificateListener(
    listener: experimental.IdentityCertificateUpdateListener,
  ): void {
    this.#identities.delete(listener);
  }
}

function readPem(files: TlsFiles) {
  const { cert, key, ca } = readTls(files);
  const identity = { certificate: cert, privateKey: key };
  return { identity, authorities: ca === undefined ? null : { caCertificate: ca } };
}

export interface ListenerCredentials {
  readonly credentials: ServerCredentials;
  /** Reads the files again. Throws if they cannot be used; then the previous ones stay. */
  readonly reload: () => void;
}

/** `files`: undefined for a listener without TLS. */
export function listenerCredentials(files: TlsFiles | undefined): ListenerCredentials {
  if (files === undefined) {
    return { credentials: ServerCredentials.createInsecure(), reload: () => {} };
  }
  const provider = new CertificateFiles(files);
  // The names of its parameters say the reverse: the identity comes first.
  const credentials = experimental.createCertificateProviderServerCredentials(
    provider,
    files.clientAuthorities === undefined ? null : provider,
    false,
  );
  return { credentials, reload: () => provider.reload() };
}
