// TLS of the listener, whose certificates can be replaced while it runs. A client without a certificate may still have a key or a
// token.

import { experimental, ServerCredentials } from '@grpc/grpc-js';
import { hasSameAuthorities } from '../http/tls-connections.ts';
import { readTls, type TlsFiles, type TlsSecrets } from '../http/tls-files.ts';

type Listener<Update> = (update: Update | null) => void;

/** Gives the listeners of the library the certificates now, and each further ones. */
class Certificates implements experimental.CertificateProvider {
  readonly #authorities = new Set<Listener<experimental.CaCertificateUpdate>>();
  readonly #identities = new Set<Listener<experimental.IdentityCertificateUpdate>>();
  #current: ReturnType<typeof toUpdates>;

  constructor(secrets: TlsSecrets) {
    this.#current = toUpdates(secrets);
  }

  replace(secrets: TlsSecrets): void {
    this.#current = toUpdates(secrets);
    const { identity, authorities } = this.#current;
    for (const listener of this.#identities) listener(identity);
    for (const listener of this.#authorities) listener(authorities);
  }

  addCaCertificateListener(listener: experimental.CaCertificateUpdateListener): void {
    this.#authorities.add(listener);
    // A listener that is called within this function has not been added to the server yet.
    process.nextTick(() => listener(this.#current.authorities));
  }

  removeCaCertificateListener(listener: experimental.CaCertificateUpdateListener): void {
    this.#authorities.delete(listener);
  }

  addIdentityCertificateListener(listener: experimental.IdentityCertificateUpdateListener): void {
    this.#identities.add(listener);
    process.nextTick(() => listener(this.#current.identity));
  }

  removeIdentityCertificateListener(
    listener: experimental.IdentityCertificateUpdateListener,
  ): void {
    this.#identities.delete(listener);
  }
}

function toUpdates({ cert, key, ca }: TlsSecrets) {
  const identity = { certificate: cert, privateKey: key };
  return { identity, authorities: ca === undefined ? null : { caCertificate: ca } };
}

export interface ListenerCredentials {
  readonly credentials: ServerCredentials;
  /** Uses other certificates for connections that begin from now on. Returns whether other authorities accept clients. */
  readonly replace: (secrets: TlsSecrets) => boolean;
}

/** `files`: undefined for a listener without TLS. Throws if one cannot be read, or if they cannot be used together. */
export function createListenerCredentials(files: TlsFiles | undefined): ListenerCredentials {
  if (files === undefined) {
    return { credentials: ServerCredentials.createInsecure(), replace: () => false };
  }
  let current = readTls(files);
  const provider = new Certificates(current);
  // The names of its parameters say the reverse: the identity comes first.
  const credentials = experimental.createCertificateProviderServerCredentials(
    provider,
    files.clientAuthorities === undefined ? null : provider,
    false,
  );
  return {
    credentials,
    replace: (secrets) => {
      const isOther = !hasSameAuthorities(current, secrets);
      current = secrets;
      provider.replace(secrets);
      return isOther;
    },
  };
}
