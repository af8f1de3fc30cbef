// Certificates and credentials for NATS servers of tests: made by openssl, and signed as nsc does.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nkeys } from '@nats-io/transport-node';

type KeyPair = ReturnType<typeof nkeys.createUser>;

/** Makes an authority `ca.pem`, and certificates by it with their keys, by name: `server.pem` and `server.key`. */
export function makeCertificates(folder: string, names: Readonly<Record<string, string>>): void {
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-subj',
    '/CN=test authority',
    '-days',
    '2',
  );
  for (const [name, host] of Object.entries(names)) {
    const [key, request, certificate] = [`${name}.key`, `${name}.csr`, `${name}.pem`];
    openssl('req', ...newKey, '-keyout', key, '-out', request, '-subj', `/CN=${name}`);
    writeFileSync(join(folder, `${name}.ext`), `subjectAltName=${host}\n`);
    openssl(
      'x509',
      '-req',
      '-in',
      request,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-out',
      certificate,
      '-days',
      '2',
      '-extfile',
      `${name}.ext`,
    );
  }
}

export interface AccountOfTest {
  /** The configuration of a server that trusts the operator. */
  readonly config: string;
  /** Credentials of a user of the account. */
  readonly credentials: string;
}

/** An operator with an account that may use JetStream, and a user of it. */
export function makeAccount(): AccountOfTest {
  const operator = nkeys.createOperator();
  const [account, system] = [nkeys.createAccount(), nkeys.createAccount()];
  const user = nkeys.createUser();
  const unlimited = Object.fromEntries(
    [
      'subs',
      'data',
      'payload',
      'imports',
      'exports',
      'conn',
      'leaf',
      'mem_storage',
      'disk_storage',
      'streams',
      'consumer',
    ].map((name) => [name, -1]),
  );
  const limits = { ...unlimited, wildcards: true };
  const accountJwt = signClaims(account, operator, 'account', { limits });
  const none = { ...limits, mem_storage: 0, disk_storage: 0 };
  const systemJwt = signClaims(system, operator, 'account', { limits: none });
  const operatorJwt = signClaims(operator, operator, 'operator', {});
  const userJwt = signClaims(user, account, 'user', {
    pub: {},
    sub: {},
    subs: -1,
    data: -1,
    payload: -1,
  });
  return {
    config: `operator: "${operatorJwt}"
system_account: ${system.getPublicKey()}
resolver: MEMORY
resolver_preload: {
  ${account.getPublicKey()}: "${accountJwt}"
  ${system.getPublicKey()}: "${systemJwt}"
}
`,
    credentials: `-----BEGIN NATS USER JWT-----
${userJwt}
------END NATS USER JWT------

-----BEGIN USER NKEY SEED-----
${readSeed(user)}
------END USER NKEY SEED------
`,
  };
}

/** A user of a configuration file, and its seed. */
export function makeUser(): { readonly publicKey: string; readonly seed: string } {
  const user = nkeys.createUser();
  return { publicKey: user.getPublicKey(), seed: readSeed(user) };
}

function readSeed(pair: KeyPair): string {
  return Buffer.from(pair.getSeed()).toString('latin1');
}

function signClaims(subject: KeyPair, issuer: KeyPair, type: string, claims: object): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = encode({ typ: 'JWT', alg: 'ed25519-nkey' });
  const body = encode({
    jti: `${type} ${subject.getPublicKey()}`,
    iat: Math.floor(Date.now() / 1_000),
    iss: issuer.getPublicKey(),
    sub: subject.getPublicKey(),
    name: type,
    nats: { type, version: 2, ...claims },
  });
  const signature = issuer.sign(Buffer.from(`${head}.${body}`));
  return `${head}.${body}.${Buffer.from(signature).toString('base64url')}`;
}
