// Commands with a cache, each in its own process: what they print is the same with a module from the cache, and they load
// neither language nor compiler for it. Needs `dist/bin/`.

import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { policy, removeTimes, request } from '../cli/policies.ts';
import { Folder } from '../support/system/run-cli.ts';

const main = fileURLToPath(new URL('../../dist/bin/nhipol.js', import.meta.url));
const withBundle = test.runIf(existsSync(main));

/** With a warning. */
const guarded = `policy test.cached version "1.0.0"
use { secret } from "more.nhipol"
predicate unused(path: String) = path ends_with ".x"
subject ai_agent {}
action "agent:read" { path: String }
resource workspace {}
for ai_agent doing "agent:read" {
  permit reads otherwise
  deny secrets when secret(action.path)
}
`;
const more = 'predicate secret(path: String) = path ends_with ".env"\n';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** Whether the process loaded the parser, and the compiler. */
  readonly parses: boolean;
  readonly compiles: boolean;
  /** Whether it loaded the server for HTTP. */
  readonly listens: boolean;
}

/** A folder with policies and a cache. */
class Place {
  readonly folder = new Folder({
    'guard.nhipol': guarded,
    'more.nhipol': more,
    'p.nhipol': policy,
    'request.json': request,
  });

  constructor() {
    onTestFinished(() => this.folder[Symbol.dispose]());
  }

  /** Names of the modules in the cache. */
  get modules(): readonly string[] {
    const path = join(this.folder.path, 'cache/nhipol/modules');
    return existsSync(path) ? readdirSync(path) : [];
  }

  /** Runs a command, and ends it when it has printed `until`. */
  async run(args: readonly string[], env: NodeJS.ProcessEnv = {}, until = '\0'): Promise<Ended> {
    const coverage = new Folder();
    onTestFinished(() => coverage[Symbol.dispose]());
    const child = spawn(process.execPath, [main, ...args], {
      cwd: this.folder.path,
      env: {
        ...process.env,
        CI: '',
        NO_COLOR: '1',
        XDG_CACHE_HOME: join(this.folder.path, 'cache'),
        NODE_V8_COVERAGE: coverage.path,
        ...env,
      },
    });
    let [out, err] = ['', ''];
    let isEnding = false;
    const look = () => {
      if (isEnding || !`${out}${err}`.includes(until)) return;
      // A second signal ends it at once.
      isEnding = true;
      child.kill('SIGTERM');
    };
    child.stdout.on('data', (chunk) => {
      out += chunk;
      look();
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
      look();
    });
    child.stdin.end();
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    const texts = coverage.names.map((name) => Buffer.from(coverage.read(name)).toString());
    const loaded = texts.flatMap((text) => text.match(/dist\/bin\/[\w-]+\.js/g) ?? []);
    const isLoaded = (part: RegExp) =>
      loaded.some((script) =>
        part.test(readFileSync(script.replace('dist/bin', join(main, '..')), 'utf8')),
      );
    expect(loaded).not.toEqual([]);
    return {
      code,
      out,
      err,
      parses: isLoaded(/MismatchedTokenException/),
      compiles: isLoaded(/initializeProgram/),
      listens: isLoaded(/FST_ERR_/),
    };
  }
}

const guard = ['guard', 'guard.nhipol', '--state', 'state.db', '--', process.execPath, '-e', '0'];
const serve = [
  'serve',
  'guard.nhipol',
  '--state',
  'serve.db',
  '--listen',
  '127.0.0.1:0',
  '--drain',
  '0',
];
const daemon = ['daemon', 'guard.nhipol', '--state', 'state.db', '--socket', 'run/socket'];
const stops: readonly (readonly [string, readonly string[], string])[] = [
  ['guard', guard, '\0'],
  ['serve', serve, 'listening on'],
  ['daemon', daemon, 'listening on'],
];

withBundle.each(stops)(
  '%s starts with a module of the cache, and prints the same warnings',
  async (name, args, until) => {
    const place = new Place();
    const warnings = ({ err }: Ended) =>
      err.slice(err.indexOf('warning['), err.indexOf('1 warning'));
    const first = await place.run(args, {}, until);
    expect(first).toMatchObject({ code: 0, parses: true, compiles: true });
    expect(warnings(first)).toContain('`unused` is never called');
    expect(place.modules).toHaveLength(1);
    const second = await place.run(args, {}, until);
    const listens = name === 'serve';
    expect(second).toMatchObject({ code: 0, parses: false, compiles: false, listens });
    expect(warnings(second)).toBe(warnings(first));
    place.folder.write('more.nhipol', `${more}// changed\n`);
    expect(await place.run(args, {}, until)).toMatchObject({ code: 0, compiles: true });
  },
);

withBundle('guard, serve and daemon share a module', async () => {
  const place = new Place();
  await place.run(guard);
  for (const [, args, until] of stops) {
    expect(await place.run(args, {}, until)).toMatchObject({ compiles: false });
  }
  expect(place.modules).toHaveLength(1);
});

withBundle('test takes the module of the cache, and reports the same', async () => {
  const place = new Place();
  const first = await place.run(['test', 'p.nhipol']);
  expect(first).toMatchObject({ code: 0, compiles: true });
  const second = await place.run(['test', 'p.nhipol']);
  expect(second).toMatchObject({ code: 0, parses: true, compiles: false });
  expect(removeTimes(second.out)).toBe(removeTimes(first.out));
  expect(place.modules).toHaveLength(1);
});

withBundle('test in threads takes the modules of the cache', async () => {
  const place = new Place();
  place.folder.write('q.nhipol', policy.replace('acme.files', 'acme.others'));
  const args = ['test', '--jobs', '2', 'p.nhipol', 'q.nhipol'];
  expect((await place.run(args)).code).toBe(0);
  expect(place.modules).toHaveLength(2);
  expect(await place.run(args)).toMatchObject({ code: 0, compiles: false });
});

withBundle.each([
  ['with --no-cache', ['test', '--no-cache', 'p.nhipol'], {}],
  ['in CI', ['test', 'p.nhipol'], { CI: 'true' }],
])('nothing is read or written %s', async (_, args, env) => {
  const place = new Place();
  expect(await place.run(args, env)).toMatchObject({ code: 0, compiles: true });
  expect(place.modules).toEqual([]);
  await place.run(['test', 'p.nhipol']);
  expect(await place.run(args, env)).toMatchObject({ code: 0, compiles: true });
});

withBundle('compile and certify do not use the cache', async () => {
  const place = new Place();
  await place.run(guard);
  const compile = [
    'compile',
    'guard.nhipol',
    '--sessions',
    '--possible',
    '--prove',
    '-o',
    'p.wasm',
  ];
  expect(await place.run(compile)).toMatchObject({ code: 0, compiles: true });
  expect(await place.run(['certify', 'p.wasm'])).toMatchObject({ code: 0, compiles: true });
  expect(place.modules).toHaveLength(1);
});

withBundle('a folder where nothing can be written fails nothing', async () => {
  const place = new Place();
  place.folder.write('cache', '');
  expect(await place.run(guard)).toMatchObject({ code: 0, compiles: true });
});
