// Files that a command or a service reads, each damaged in every way: the command ends soon with 1 or 2 and a sentence that
// names the file, and never reports a bug in nhipol.

import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openLogFile, sqliteStore } from '@nhipol/service';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAuthority } from '../../support/system/certificates.ts';
import { Folder, type Ran } from '../../support/system/run-cli.ts';
import { compileForGuard } from '../guard/guard-policy.ts';

const source = `policy p

external table owners: String -> String

subject ai_agent { name?: String }
action read {}
resource file {}

for ai_agent { permit reads when subject.name is owners[resource.id] }
`;

const folder = mkdtempSync(join(tmpdir(), 'nhipol-damaged-'));
const whole = join(folder, 'whole');
const at = (name: string) => join(whole, name);

beforeAll(async () => {
  chmodSync(folder, 0o755);
  mkdirSync(whole);
  const { certificate, issue } = createAuthority(whole);
  const { key } = issue('server', 'DNS:localhost');
  const json = {
    'access.json': { keys: [{ id: 'a', sha256: '0'.repeat(64) }] },
    'entities.json': [{ type: 'file', id: 'f' }],
    'owners.json': { f: 'ann' },
    'facts.json': { subject: { name: '{token.name}' } },
    'grpc.json': { ext_authz: { action: { name: 'read' } } },
    'signals.json': { transmitter: { key_files: ['signing.pem'] } },
    'p.tools.json': { format: 'nhipol-tools/1', server: 's', tools: {} },
    'session.json': { context: {} },
    'claims.json': {
      issuer: 'https://i',
      audience: 'a',
      jwks: 'https://i/keys',
      algorithms: ['ES256'],
      subject: { type: 'ai_agent', id: '{token.sub}' },
    },
  };
  for (const [name, value] of Object.entries(json)) {
    writeFileSync(at(name), JSON.stringify(value, undefined, 2));
  }
  const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const signing = pem.export({ type: 'pkcs8', format: 'pem' });
  for (const name of ['signing.pem', 'metadata.pem']) writeFileSync(at(name), signing);
  writeFileSync(at('server.crt'), readFileSync(certificate));
  writeFileSync(at('p.nhipol'), source);
  writeFileSync(at('p.wasm'), await compileForGuard(source));
  writeFileSync(at('token'), 'secret');
  writeFileSync(at('nats.creds'), `SU${'A'.repeat(56)}`);
  sqliteStore(at('state.db')).close();
  const log = await openLogFile(at('log.jsonl'));
  for (const reason of ['a', 'b', 'c']) {
    const policy = { name: 'p', version: '1', digest: `sha-256:${'0'.repeat(64)}` };
    log.append({ kind: 'refusal', entry_point: 'guard', session: 's', policy, reason }, 0);
  }
  await log.close();
  using cli = new Folder();
  const run = (...args: readonly string[]) =>
    cli.run(['log', ...args], { env: { XDG_STATE_HOME: folder } });
  writeFileSync(at('log.pub'), (await run('key', at('log.pem'))).out);
  await run('checkpoint', at('log.jsonl'), '--key', at('log.pem'), '--checkpoints', at('marks'));
  expect(key).toContain('server.key');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Root can read everything, so another user reads what root cannot. */
const nobody = 65_534;

const damages = {
  empty: (path) => truncateSync(path),
  'cut in half': (path) => truncateSync(path, Math.floor(readFileSync(path).length / 2)),
  'not UTF-8': (path) => writeFileSync(path, Buffer.from([0x7b, 0xff, 0xfe, 0x22, 0x0a, 0xc3])),
  'a folder': (path) => {
    rmSync(path);
    mkdirSync(path);
  },
  unreadable: (path) => {
    chmodSync(path, 0o000);
    if (process.getuid?.() === 0) spawnSync('chown', ['-R', `${nobody}`, dirname(path)]);
    if (process.getuid?.() === 0) chownSync(path, 0, 0);
  },
  'a dangling link': (path) => {
    rmSync(path);
    symlinkSync(join(folder, 'nowhere'), path);
  },
  'a pipe': (path) => {
    rmSync(path);
    spawnSync('mkfifo', [path]);
  },
  huge: (path) => truncateSync(path, 70 * 1024 * 1024),
  'of another shape': (path) => writeFileSync(path, '[[1, null]]\n'),
  'with a name twice': (path) => {
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace(/"(\w+)":/, '"$1": 0, "$1":'));
  },
} satisfies Readonly<Record<string, (path: string) => void>>;

type Damage = keyof typeof damages;
const every = Object.keys(damages) as Damage[];
/** The damages of a file that is not JSON. */
const textual = every.filter((each) => each !== 'with a name twice');

interface Reader {
  /** The file that is damaged. */
  readonly file: string;
  /** The command, in which `name:` is replaced by the path of the file. */
  readonly args: readonly string[];
  readonly damages: readonly Damage[];
}

const serve = (...rest: readonly string[]) => [
  'serve',
  'p.wasm:',
  '--listen',
  '127.0.0.1:0',
  '--console',
  'off',
  '--state',
  'other.db:',
  ...rest,
];
const json = (file: string, args: readonly string[]): Reader => ({ file, args, damages: every });
const text = (file: string, args: readonly string[], ...without: readonly Damage[]): Reader => ({
  file,
  args,
  damages: textual.filter((each) => !without.includes(each)),
});

const readers: readonly Reader[] = [
  text('p.nhipol', ['check', 'p.nhipol:']),
  text('p.nhipol', ['compile', 'p.nhipol:', '-o', 'out.wasm:']),
  text('p.nhipol', ['serve', 'p.nhipol:', '--listen', '127.0.0.1:0', '--state', 'other.db:']),
  text('p.wasm', serve()),
  text('p.wasm', ['eval', 'p.wasm:', '--request', 'session.json:']),
  json('access.json', serve('--access', 'access.json:')),
  json('entities.json', serve('--entities', 'entities.json:')),
  json('owners.json', serve('--table', 'owners=owners.json:')),
  json('owners.json', [
    'eval',
    'p.wasm:',
    '--request',
    'session.json:',
    '--table',
    'owners=owners.json:',
  ]),
  json('facts.json', serve('--facts', 'facts.json:')),
  json('signals.json', serve('--signals', 'signals.json:')),
  text('signing.pem', serve('--signals', 'signals.json:')),
  json('grpc.json', serve('--grpc', '127.0.0.1:0', '--grpc-mapping', 'grpc.json:')),
  text('metadata.pem', serve('--metadata-key', 'metadata.pem:')),
  text('server.crt', serve('--tls-cert', 'server.crt:', '--tls-key', 'server.key:')),
  text('server.key', serve('--tls-cert', 'server.crt:', '--tls-key', 'server.key:')),
  // Bytes after the pages of a database are not read.
  text('state.db', [...serve(), '--state', 'state.db:'], 'huge'),
  text('state.db', ['guard', 'revoke', 'ai_agent:a', '--state', 'state.db:'], 'huge'),
  text('state.db.id', [...serve(), '--state', 'state.db:']),
  // A log that ends within a line is continued.
  text('log.jsonl', serve('--log', 'log.jsonl:'), 'empty', 'cut in half', 'huge'),
  text('log.jsonl', ['log', 'verify', 'log.jsonl:']),
  text(
    'log.jsonl',
    ['simulate', 'p.wasm:', '--events', 'log.jsonl:'],
    'empty',
    'cut in half',
    'huge',
  ),
  text('marks', ['log', 'verify', 'log.jsonl:', '--checkpoints', 'marks:', '--key', 'log.pub:']),
  text('log.pub', ['log', 'verify', 'log.jsonl:', '--checkpoints', 'marks:', '--key', 'log.pub:']),
  text('log.pem', [
    'log',
    'checkpoint',
    'log.jsonl:',
    '--key',
    'log.pem:',
    '--checkpoints',
    'marks:',
  ]),
  json('p.tools.json', ['guard', 'p.wasm:', '--state', 'other.db:', '--', 'false']),
  json('session.json', [
    'guard',
    'p.wasm:',
    '--state',
    'other.db:',
    '--facts',
    'session.json:',
    '--',
    'false',
  ]),
  json('claims.json', [
    'guard',
    'p.wasm:',
    '--state',
    'other.db:',
    '--upstream',
    'http://127.0.0.1:9/',
    '--token-claims',
    'claims.json:',
  ]),
  text('p.wasm', ['guard', 'p.wasm:', '--state', 'other.db:', '--', 'false']),
  text('nats.creds', serve('--cluster', 'nats://127.0.0.1:9', '--cluster-creds', 'nats.creds:')),
  text(
    'token',
    [
      ...serve('--log', 'other.jsonl:', '--log-to', 'https://127.0.0.1:9/'),
      '--log-to-token',
      'token:',
    ],
    'cut in half',
    'not UTF-8',
    'of another shape',
  ),
];

/** `own`: a folder for this case alone, so that several run at the same time. */
async function runCommand({ args }: Reader, own: string): Promise<Ran> {
  using cli = new Folder();
  const command = args.map((each) => each.replace(/([\w.]+):$/, (_, name) => join(own, name)));
  const ended = cli.run(command, { env: { XDG_STATE_HOME: own } });
  const late = Symbol('late');
  const result = await Promise.race([ended, delay(15_000, late, { ref: false })]);
  if (result !== late) return result as Ran;
  process.emit('SIGTERM');
  const { code, out, err } = await Promise.race([
    ended,
    delay(2_000, { code: -1, out: '', err: '' }),
  ]);
  return { code: -1, out: `still running (${code}): ${out}`, err };
}

/** At the same time, except what runs as another user. */
async function runEach<Result>(
  given: readonly Damage[],
  run: (damage: Damage) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = await Promise.all(given.filter((each) => each !== 'unreadable').map(run));
  return given.includes('unreadable') ? [...results, await run('unreadable')] : results;
}

async function asNobody<Result>(isNobody: boolean, run: () => Promise<Result>): Promise<Result> {
  if (!isNobody || process.getuid?.() !== 0) return run();
  process.seteuid?.(nobody);
  try {
    return await run();
  } finally {
    process.seteuid?.(0);
  }
}

describe.each(readers.map((each) => [each.args.join(' '), each] as const))('%s', (_, reader) => {
  test(`names ${reader.file}, however it is damaged`, async () => {
    const results = await runEach(reader.damages, async (damage) => {
      const own = join(folder, damage.replaceAll(' ', '-'));
      spawnSync('cp', ['-a', whole, own]);
      damages[damage](join(own, reader.file));
      try {
        const { code, out, err } = await asNobody(damage === 'unreadable', () =>
          runCommand(reader, own),
        );
        const said = `${out}${err}`;
        const isNamed = said.includes(join(own, reader.file)) || said.includes(reader.file);
        const isPlain = !/bug in nhipol|\n {4}at /.test(said);
        if ([1, 2].includes(code) && isNamed && isPlain) return [];
        return [`${damage}: ${code} ${said.slice(0, 600)}`];
      } finally {
        rmSync(own, { recursive: true, force: true });
      }
    });
    expect(results.flat()).toEqual([]);
  }, 60_000);
});
