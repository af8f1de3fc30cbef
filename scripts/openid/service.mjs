// A decision point for one run of a plan. In: the scenario and how callers authenticate. Out: a running `nhipol serve` and
// the configuration with which the suite calls it.

import { execFileSync, spawn } from 'node:child_process';
import { createHash, createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { calculateJwkThumbprint, exportJWK } from 'jose';

const root = fileURLToPath(new URL('../..', import.meta.url));
const nhipol = join(root, 'dist/bin/nhipol.js');
const scenarios = join(root, 'test/service/authzen');
const apiKey = 'a-key-of-the-suite-only';
const client = 'spiffe://nhipol.example/conformance-suite';

/** `temporary`: a folder for the files of the service. */
export async function startService({ scenario, variant }, temporary) {
  const folder = mkdtempSync(join(temporary, 'service-'));
  const url = `https://127.0.0.1:${await freePort()}`;
  const own = certificate(folder, 'service', 'IP:127.0.0.1');
  const peer = certificate(folder, 'client', `URI:${client}`);
  const signer = certificate(folder, 'signer', 'DNS:signer');
  const child = spawn(
    process.execPath,
    [
      nhipol,
      'serve',
      join(scenarios, `${scenario}.nhipol`),
      '--entities',
      join(scenarios, `${scenario}.json`),
      '--state',
      join(folder, 'state.db'),
      '--listen',
      url.slice('https://'.length),
      '--public-url',
      url,
      '--context',
      'none',
      '--tls-cert',
      own.certificate,
      '--tls-key',
      own.key,
      '--metadata-key',
      signer.key,
      ...accessOptions(variant.pdp_auth_type, folder, peer),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  await listening(child);
  return { config: await createConfig(url, peer, signer), stop: () => child.kill() };
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A certificate that its own key signs. */
function certificate(folder, name, subjectAltName) {
  const [key, file] = ['key', 'crt'].map((extension) => join(folder, `${name}.${extension}`));
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${subjectAltName}`];
  const files = ['-nodes', '-keyout', key, '-out', file];
  const options = ['-newkey', 'rsa:2048', '-days', '2', ...subject, ...files];
  execFileSync('openssl', ['req', '-x509', ...options], { stdio: 'ignore' });
  return { key, certificate: file };
}

/** The API key is also the secret of basic authentication. */
function accessOptions(authentication, folder, peer) {
  if (authentication === 'none') return [];
  const roles = ['evaluate'];
  const sha256 = createHash('sha256').update(apiKey).digest('hex');
  const access =
    authentication === 'mtls'
      ? { certificates: [{ name: client, roles }] }
      : { keys: [{ id: 'suite', sha256, roles }] };
  const file = join(folder, 'access.json');
  writeFileSync(file, JSON.stringify(access));
  const authority = authentication === 'mtls' ? ['--tls-client-ca', peer.certificate] : [];
  return ['--access', file, ...authority];
}

/** Rejects with what the service wrote if it ends instead. */
function listening(child) {
  return new Promise((resolve, reject) => {
    const lines = [];
    createInterface({ input: child.stderr }).on('line', (line) => lines.push(line));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('listening on')) resolve();
    });
    child.once('exit', () => reject(new Error(`the service has ended: ${lines.join('\n')}`)));
  });
}

async function createConfig(url, peer, signer) {
  const jwk = await exportJWK(createPublicKey(readFileSync(signer.key)));
  const kid = await calculateJwkThumbprint(jwk);
  const [cert, key] = [peer.certificate, peer.key].map((file) => readFileSync(file, 'utf8'));
  return {
    description: 'nhipol',
    pdp: {
      policy_decision_point: url,
      access_evaluation_endpoint: `${url}/access/v1/evaluation`,
      access_evaluations_endpoint: `${url}/access/v1/evaluations`,
      search_subject_endpoint: `${url}/access/v1/search/subject`,
      search_resource_endpoint: `${url}/access/v1/search/resource`,
      search_action_endpoint: `${url}/access/v1/search/action`,
      jwks: { keys: [{ ...jwk, kid, alg: 'RS256', use: 'sig' }] },
      api_key: apiKey,
    },
    client: { client_id: 'suite', client_secret: apiKey },
    mtls: { cert, key, ca: cert },
  };
}
