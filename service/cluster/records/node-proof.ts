// The files that prove to NATS who a node is. They are read for each connection, so that others can replace them while it runs; if
// they cannot be used then, what was read last is.

import { createSecureContext } from 'node:tls';
import { type Authenticator, credsAuthenticator, nkeyAuthenticator } from '@nats-io/transport-node';
import { ClusterError } from '../cluster-error.ts';
import {
  type ClusterCredentials,
  type PemKind,
  readCredentials,
  readPem,
} from './credential-files.ts';

export interface CredentialFiles {
  /** Path of a credentials file (JWT and NKey), or of the seed of an NKey. */
  readonly credentials?: string | undefined;
  /** Paths of files in PEM. */
  readonly authorities?: string | undefined;
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
}

const pemKinds = {
  authorities: 'CERTIFICATE',
  certificate: 'CERTIFICATE',
  key: 'PRIVATE KEY',
} as const;
type PemName = keyof typeof pemKinds;
type Pems = Readonly<Partial<Record<PemName, string>>>;

export class NodeProof {
  readonly #files: CredentialFiles;
  #credentials: ClusterCredentials | undefined;
  #pems: Pems = {};

  /** Throws a `ClusterError` that names a file which cannot be read. */
  constructor(files: CredentialFiles) {
    this.#files = files;
    this.#credentials = this.#readCredentials();
    this.#pems = this.#readPems();
  }

  /** Throws a `ClusterError` if the files as they are now cannot be used. */
  expect(): void {
    this.#readCredentials();
    expectPair(this.#readPems(), this.#files);
  }

  readonly authenticator: Authenticator = (nonce) => {
    try {
      this.#credentials = this.#readCredentials();
    } catch {
      // Reported by `expect`.
    }
    if (this.#credentials === undefined) return undefined;
    const { kind, bytes } = this.#credentials;
    const sign = kind === 'seed' ? nkeyAuthenticator(bytes) : credsAuthenticator(bytes);
    return sign(nonce);
  };

  /** The text of a file in PEM, or `undefined` if none is named. */
  pem(name: PemName): string | undefined {
    try {
      const pems = this.#readPems();
      expectPair(pems, this.#files);
      this.#pems = pems;
    } catch {
      // Reported by `expect`.
    }
    return this.#pems[name];
  }

  #readCredentials(): ClusterCredentials | undefined {
    const { credentials } = this.#files;
    return credentials === undefined ? undefined : readCredentials(credentials);
  }

  #readPems(): Pems {
    const names = Object.entries(pemKinds) as [PemName, PemKind][];
    const texts = names.flatMap(([name, kind]) => {
      const path = this.#files[name];
      return path === undefined ? [] : [[name, readPem(path, kind)] as const];
    });
    return Object.fromEntries(texts);
  }
}

function expectPair({ authorities, certificate, key }: Pems, files: CredentialFiles): void {
  if (certificate === undefined && authorities === undefined) return;
  try {
    createSecureContext({ ca: authorities, cert: certificate, key });
  } catch {
    const named = [files.certificate, files.key, files.authorities];
    const paths = named.filter((path) => path !== undefined);
    throw new ClusterError(`${paths.join(', ')} cannot be used together`);
  }
}
