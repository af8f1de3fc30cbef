// Measures how fast the news of a revocation reaches sessions: opens many sessions in one process, delivers a security event
// about one identity, and measures the time until the last of its sessions is revoked, and until the event is acknowledged.
// Also measures the memory that a session takes, by part. `--sessions`, `--affected` and `--events` change the sizes.

import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  Activation,
  addSignals,
  createAccess,
  createMetrics,
  DecisionPoint,
  listenService,
  readSignalSettings,
  Signals,
  serviceItself,
  sqliteSignals,
  sqliteStore,
} from '@nhipol/service';
import { exportJWK, SignJWT } from 'jose';

const { values } = parseArgs({
  options: {
    sessions: { type: 'string', default: '1000000' },
    affected: { type: 'string', default: '1000' },
    events: { type: 'string', default: '20' },
    batch: { type: 'string', default: '2000' },
  },
});
const [sessions, affected, events, batch] = [
  values.sessions,
  values.affected,
  values.events,
  values.batch,
].map(Number);

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'nhipol-bench-signals-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const module = join(folder, 'signals.wasm');
execFileSync(
  process.execPath,
  [at('../../dist/bin/nhipol.js'), 'compile', at('signals.nhipol'), '--sessions', '-o', module],
  { stdio: 'ignore' },
);

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = { ...(await exportJWK(publicKey)), kid: 'bench', alg: 'ES256' };
const issuer = 'https://idp.example';
const audience = 'https://pdp.example';
const settings = readSignalSettings(
  JSON.stringify({
    sources: [
      { name: 'idp', issuer, audience, jwks: { keys: [jwk] }, delivery: 'push', manage: false },
    ],
  }),
  folder,
);

const memory = () => {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heapUsed };
};
const before = memory();
const path = join(folder, 'state.db');
const onWarning = (warning) => process.stderr.write(`${warning}\n`);
const store = sqliteStore(path);
const metrics = createMetrics();
const point = await DecisionPoint.open({
  module: new Uint8Array(readFileSync(module)),
  store,
  observer: metrics,
  onWarning,
  maxSessions: sessions + 1,
});
const signalStore = sqliteSignals(path);
const signals = await Signals.open({
  settings,
  sessions: point.sessions.signals,
  policy: () => point.policy,
  store: signalStore,
  url: () => '',
  now: Date.now,
  observer: metrics,
  onWarning,
});
const service = await listenService({
  point,
  access: createAccess(undefined),
  metrics,
  onWarning,
  host: '127.0.0.1',
  port: 0,
  activation: new Activation({ point, onWarning }),
  addRoutes: (app, access, admissions) => addSignals(app, access, admissions, signals),
});
signals.start();

/** Each identity has as many sessions as are affected by one event; identities take turns. */
const identities = Math.ceil(sessions / affected);
const nameIdentity = (index) => `agent-${index % identities}`;
const read = { action: { name: 'read' }, resource: { type: 'file', id: 'f' } };

const openedAt = performance.now();
let slowest = 0;
for (let first = 0; first < sessions; first += batch) {
  const startedAt = performance.now();
  const indices = Array.from({ length: Math.min(batch, sessions - first) }, (_, at) => first + at);
  await Promise.all(
    indices.map((index) =>
      point.sessions.open(serviceItself, `session-${index}`, {
        subject: {
          type: 'ai_agent',
          id: nameIdentity(index),
          properties: { owner: 'ann@acme.example' },
        },
        ...read,
        context: { tenant: 'acme' },
      }),
    ),
  );
  slowest = Math.max(slowest, performance.now() - startedAt);
}
const opening = performance.now() - openedAt;
const after = memory();

let seen = 0;
let last = 0;
point.sessions.listen(({ kind, change }) => {
  if (kind !== 'changed' || change.answer.effect !== 'revoke') return;
  seen += 1;
  last = performance.now();
});

const deliver = async (identity, jti) => {
  const token = await new SignJWT({
    iss: issuer,
    aud: audience,
    iat: Math.floor(Date.now() / 1_000),
    jti,
    sub_id: { format: 'opaque', id: identity },
    events: { 'https://schemas.openid.net/secevent/caep/event-type/session-revoked': {} },
  })
    .setProtectedHeader({ alg: 'ES256', kid: 'bench', typ: 'secevent+jwt' })
    .sign(privateKey);
  const startedAt = performance.now();
  const response = await fetch(`${service.url}/signals/idp`, {
    method: 'POST',
    headers: { 'content-type': 'application/secevent+jwt' },
    body: token,
  });
  if (response.status !== 202) throw new Error(`answered ${response.status}`);
  return { revoked: last - startedAt, acknowledged: performance.now() - startedAt };
};
await deliver('nobody', 'warm-up');
const revoked = [];
const acknowledged = [];
for (let round = 0; round < events; round += 1) {
  seen = 0;
  const times = await deliver(`agent-${round}`, `event-${round}`);
  const expected = Math.floor((sessions - 1 - round) / identities) + 1;
  if (seen !== expected) throw new Error(`${seen} sessions were revoked instead of ${expected}`);
  revoked.push(times.revoked);
  acknowledged.push(times.acknowledged);
}
const empty = [];
for (let round = 0; round < events; round += 1) {
  empty.push((await deliver('nobody', `empty-${round}`)).acknowledged);
}

const milliseconds = (times) => {
  const sorted = times.toSorted((a, b) => a - b);
  const place = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return `${place(0.5).toFixed(1)} (${sorted[0].toFixed(1)}–${sorted.at(-1).toFixed(1)})`;
};
const each = (bytes) => Math.round(bytes / sessions);
const rows = [
  [
    'sessions, of which one event revokes',
    `${sessions.toLocaleString('en')}, ${affected.toLocaleString('en')}`,
  ],
  ['from the request to the last revoked session, ms', milliseconds(revoked)],
  ['from the request to the acknowledgement, ms', milliseconds(acknowledged)],
  ['the same for an event about nobody, ms', milliseconds(empty)],
  ['opening all sessions, s', (opening / 1_000).toFixed(1)],
  ['resident memory for each session, bytes', each(after.rss - before.rss)],
  ['of that in objects of JavaScript', each(after.heapUsed - before.heapUsed)],
  ['in the database for each session, bytes', each(statSync(path).size)],
];
process.stdout.write(
  `| | |\n|---|---|\n${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}\n`,
);
process.stdout.write(
  `\n${events} events, median, minimum and maximum; Node.js ${process.version.slice(1)}, ${cpus()[0]?.model}, ${cpus().length} processors\n`,
);
await service.close();
await signals.end();
// The database is removed.
process.exit(0);
