// Nodes connect to a real NATS server with TLS and each kind of credentials, and say in a sentence why they cannot. Skipped
// if the server is not installed: `node scripts/install/nats.mjs`.

import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, openCluster } from '@nhipol/service/cluster';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectToNats } from '../../../service/cluster/records/connection.ts';
import { NodeProof } from '../../../service/cluster/records/node-proof.ts';
import { makeAccount, makeCertificates, makeUser } from './nats-credentials.ts';
import { freePort, hasNats, NatsServer, startNats } from './nats-harness.ts';

type Server = Awaited<ReturnType<typeof startNats>>;

describe.skipIf(!hasNats)('a node', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nhipol-nats-credentials-'));
  const at = (name: string) => join(folder, name);
  const user = makeUser();
  const account = makeAccount();
  const servers: Server[] = [];
  const certificate = (name: string) =>
    `cert_file: "${at(`${name}.pem`)}", key_file: "${at(`${name}.key`)}"`;
  const configs = {
    plain: '',
    tls: `tls { ${certificate('server')} }`,
    elsewhere: `tls { ${certificate('elsewhere')} }`,
    named: `tls { ${certificate('named')} }`,
    mutual: `tls { ${certificate('server')}, ca_file: "${at('ca.pem')}", verify: true }`,
    users: `authorization { users: [{ user: node, password: "s@cret" }, { nkey: ${user.publicKey} }] }`,
    account: account.config,
  };
  type Name = keyof typeof configs;
  const ports = new Map<Name, number>();

  beforeAll(async () => {
    makeCertificates(folder, {
      server: 'IP:127.0.0.1',
      elsewhere: 'IP:127.0.0.2',
      named: 'DNS:localhost',
      client: 'DNS:client',
    });
    const texts = {
      seed: user.seed,
      'other.seed': makeUser().seed,
      creds: account.credentials,
      'other.creds': makeAccount().credentials,
      junk: 'junk',
    };
    for (const [name, text] of Object.entries(texts)) writeFileSync(at(name), text);
    for (const [name, config] of Object.entries(configs)) {
      const server = await startNats(config);
      servers.push(server);
      ports.set(name as Name, server.server.options.port);
    }
  });
  afterAll(async () => {
    for (const server of servers) await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  type Files = Partial<
    Pick<ConnectionOptions, 'credentials' | 'authorities' | 'certificate' | 'key'>
  >;

  /** `url`: with `PORT`. Connects, and uses JetStream. */
  async function joinCluster(server: Name, url: string, files: Files): Promise<void> {
    const paths = Object.entries(files).map(([option, name]) => [option, at(name as string)]);
    const cluster = await openCluster({
      servers: [url.replace('PORT', `${ports.get(server)}`)],
      replicas: 1,
      ...Object.fromEntries(paths),
    });
    await cluster.close();
  }

  const tls = 'tls://127.0.0.1:PORT';
  const plain = 'nats://127.0.0.1:PORT';
  const authorities = 'ca.pem';

  test.each<[Name, string, Files]>([
    ['plain', plain, {}],
    ['tls', tls, { authorities }],
    ['tls', plain, { authorities }],
    ['named', 'tls://localhost:PORT', { authorities }],
    ['mutual', tls, { authorities, certificate: 'client.pem', key: 'client.key' }],
    ['users', 'nats://node:s%40cret@127.0.0.1:PORT', {}],
    ['users', plain, { credentials: 'seed' }],
    ['account', plain, { credentials: 'creds' }],
  ])('joins the server %s by %s with %o', async (server, url, files) => {
    await expect(joinCluster(server, url, files)).resolves.toBeUndefined();
  });

  const untrusted = 'the certificate of the server is not signed by an authority that is trusted';
  const otherHost = 'the certificate of the server is for another host';

  test.each<[Name, string, Files, string]>([
    ['tls', tls, {}, untrusted],
    ['tls', plain, {}, untrusted],
    ['tls', tls, { authorities: 'client.pem' }, untrusted],
    ['elsewhere', tls, { authorities }, otherHost],
    ['named', tls, { authorities }, otherHost],
    ['plain', tls, { authorities }, 'the server has no TLS'],
    ['mutual', tls, { authorities }, 'it may require a certificate of the node'],
    [
      ...(['mutual', tls, { authorities, certificate: 'client.pem' }] as const),
      'a certificate for NATS needs its private key',
    ],
    [
      ...(['mutual', tls, { authorities, certificate: 'client.pem', key: 'ca.key' }] as const),
      'the private key does not belong to the certificate',
    ],
    ['tls', tls, { authorities: 'none.pem' }, 'none.pem: no such file or folder'],
    ['tls', tls, { authorities: 'client.key' }, 'client.key contains no certificate in PEM'],
    ['users', plain, {}, 'the server requires credentials, and none are given'],
    ['users', 'nats://node:wrong@127.0.0.1:PORT', {}, 'the server refuses the credentials'],
    ['users', plain, { credentials: 'other.seed' }, 'the server refuses the credentials'],
    ['account', plain, { credentials: 'other.creds' }, 'the server refuses the credentials'],
    ['users', plain, { credentials: 'none' }, 'none: no such file or folder'],
    ['users', plain, { credentials: 'junk' }, 'junk contains neither credentials of NATS'],
  ])('of the server %s by %s with %o is refused', async (server, url, files, message) => {
    const refused = joinCluster(server, url, files);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.not.toThrow('wrong');
  });

  test('connects again with other credentials and another certificate that are in the files by then', {
    timeout: 120_000,
  }, async () => {
    const [first, second] = [makeUser(), makeUser()];
    const tls = `tls { ${certificate('server')}, ca_file: "${at('ca.pem')}", verify: true }`;
    const accepting = (publicKey: string) =>
      `authorization { users: [{ nkey: ${publicKey} }] }\n${tls}`;
    const before = await startNats(accepting(first.publicKey));
    const { options } = before.server;
    writeFileSync(at('node.seed'), first.seed);
    for (const end of ['pem', 'key']) copyFileSync(at(`client.${end}`), at(`node.${end}`));
    const files = {
      credentials: at('node.seed'),
      authorities: at('ca.pem'),
      certificate: at('node.pem'),
      key: at('node.key'),
    };
    const proof = new NodeProof(files);
    const servers = [`tls://127.0.0.1:${options.port}`];
    const connection = await connectToNats({ servers, name: 'node', ...files }, proof);
    let attempts = 0;
    void (async () => {
      for await (const { type } of connection.status()) if (type === 'reconnecting') attempts += 1;
    })();
    const after = new NatsServer({ ...options, config: accepting(second.publicKey) });
    try {
      await before.server.kill();
      await after.start();
      // It is refused more than twice, after which its client would give up by default; damaged files change nothing.
      writeFileSync(at('node.seed'), 'junk');
      copyFileSync(at('ca.key'), at('node.key'));
      expect(() => proof.expect()).toThrow('node.seed contains neither credentials');
      writeFileSync(at('node.seed'), first.seed);
      expect(() => proof.expect()).toThrow('cannot be used together');
      const seen = attempts;
      await expect.poll(() => attempts, { timeout: 60_000 }).toBeGreaterThan(seen + 3);
      writeFileSync(at('node.seed'), second.seed);
      for (const end of ['pem', 'key']) copyFileSync(at(`server.${end}`), at(`node.${end}`));
      await expect
        .poll(() => connection.rtt().then(() => 'connected', String), { timeout: 60_000 })
        .toBe('connected');
      expect(connection.isClosed()).toBe(false);
      expect(() => proof.expect()).not.toThrow();
    } finally {
      await connection.close();
      await after.kill();
      await before.close();
    }
  });

  test('names the server at which nothing listens', async () => {
    const url = `nats://127.0.0.1:${await freePort()}`;
    const opened = openCluster({ servers: [url] });
    await expect(opened).rejects.toThrow(`cannot connect to ${url}: nothing listens there`);
  });
});
