// The settings of `nhipol serve` from the command line, variables and a file: which of them is used, and what is refused.

import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createProgram } from '../../cli/program.ts';
import { Folder } from '../support/system/run-cli.ts';

let folder: Folder;
beforeEach(() => {
  folder = new Folder();
});
afterEach(() => {
  vi.unstubAllEnvs();
  folder[Symbol.dispose]();
});

/** The argument and the options with which the service would start. */
interface Given {
  readonly policy: string;
  readonly options: Readonly<Record<string, unknown>>;
}

function createServeProgram() {
  const streams = { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: {} };
  const expectNone = async () => expect.fail('nothing is watched');
  return createProgram(streams, expectNone, () => {});
}

function findServe(program: ReturnType<typeof createServeProgram>) {
  const serve = program.commands.find((command) => command.name() === 'serve');
  return serve ?? expect.fail('the program has no such command');
}

async function readGiven(...args: readonly string[]): Promise<Given> {
  const program = createServeProgram();
  let given: Given | undefined;
  findServe(program).action((...args) => {
    const [policy, options] = args as unknown as [string, Given['options']];
    given = { policy, options };
  });
  await program.parseAsync(['serve', ...args], { from: 'user' });
  return given ?? expect.fail('the command did not run');
}

/** The same with a file of settings. */
function readFile(text: string, ...args: readonly string[]): Promise<Given> {
  folder.write('etc/serve.toml', text);
  return readGiven('--config', `${folder.path}/etc/serve.toml`, ...args);
}

test('the command line is used before a variable, a variable before the file, the file before the default', async () => {
  const text = 'drain = 1\npoll = 1\nmax-body = 1\nlisten = "a:1"\nlog-optional = true\n';
  vi.stubEnv('NHIPOL_SERVE_DRAIN', '2');
  vi.stubEnv('NHIPOL_SERVE_POLL', '2');
  vi.stubEnv('NHIPOL_SERVE_LOG_OPTIONAL', 'false');
  const { policy, options } = await readFile(text, '--drain', '3');
  expect(policy).toBe('policy.nhipol');
  expect(options).toMatchObject({
    drain: 3,
    poll: 2,
    maxBody: 1,
    listen: 'a:1',
    maxSessions: 100_000,
    logOptional: false,
  });
});

test('a variable names the file, and the policy', async () => {
  folder.write('serve.toml', 'policy = "a.nhipol"\ndrain = 7\n');
  vi.stubEnv('NHIPOL_SERVE_CONFIG', `${folder.path}/serve.toml`);
  const { policy, options } = await readGiven();
  expect(policy).toBe(relativePath('a.nhipol'));
  expect(options.drain).toBe(7);
  vi.stubEnv('NHIPOL_SERVE_POLICY', 'b.nhipol');
  expect((await readGiven()).policy).toBe('b.nhipol');
  expect((await readGiven('c.nhipol')).policy).toBe('c.nhipol');
});

function relativePath(name: string): string {
  return relative('.', `${folder.path}/${name}`);
}

test('paths in the file are relative to its folder; URLs and `-` stay', async () => {
  const text = `policy = "https://policies.example/p.wasm"
access = "access.json"
log = "-"
entities = ["one.json", "/two.json"]
table = ["owners=owners.json"]
cluster = ["nats://a:4222", "nats://b:4222"]
public-url = "https://pdp.example"
`;
  const { policy, options } = await readFile(text);
  expect(policy).toBe('https://policies.example/p.wasm');
  expect(options).toMatchObject({
    access: relativePath('etc/access.json'),
    log: '-',
    entities: [relativePath('etc/one.json'), relative('.', '/two.json')],
    table: [{ name: 'owners', path: relativePath('etc/owners.json') }],
    cluster: ['nats://a:4222', 'nats://b:4222'],
    publicUrl: 'https://pdp.example',
  });
});

test('a variable of a repeatable option has commas, and replaces the list of the file', async () => {
  vi.stubEnv('NHIPOL_SERVE_GRPC_OBLIGATION', 'log,notify');
  vi.stubEnv('NHIPOL_SERVE_TABLE', 'a=a.json,b=b.json');
  const { options } = await readFile('grpc-obligation = ["other"]\n');
  expect(options.grpcObligation).toEqual(['log', 'notify']);
  expect(options.table).toEqual([
    { name: 'a', path: 'a.json' },
    { name: 'b', path: 'b.json' },
  ]);
});

test('`cache = false` is `--no-cache`', async () => {
  expect((await readFile('cache = false\n')).options.cache).toBe(false);
  vi.stubEnv('NHIPOL_SERVE_CACHE', 'false');
  expect((await readGiven()).options.cache).toBe(false);
});

test('each option but `--config` is a key of the file', async () => {
  const { options } = findServe(createServeProgram());
  expect(options.length).toBeGreaterThan(40);
  for (const option of options) {
    const name = option.name().replace(/^no-/, '');
    const value =
      !option.required && !option.optional
        ? 'true'
        : (option.argChoices?.map((choice) => `"${choice}"`)[0] ??
          (Array.isArray(option.defaultValue)
            ? '["a=b"]'
            : /<(?:n|s|KiB|percent)>/.test(option.flags)
              ? '5'
              : '"text"'));
    const read = readFile(`${name} = ${value}\n`);
    // Kubernetes sets these, and they are not settings.
    expect(name).not.toMatch(/^(service|port)\b/);
    if (name === 'config') await expect(read).rejects.toThrow('unknown key `config`');
    else expect((await read).options).toHaveProperty(option.attributeName());
  }
});

test.each([
  ['acess = "a.json"', '1: unknown key `acess`: did you mean `access`?'],
  ['\n[tls]\ncert = "a"', '2: unknown key `tls`'],
  ['colour = 1', '1: unknown key `colour`'],
  ['drain = "5"', '1: `drain`: expected a number, found a string'],
  ['listen = 8181', '1: `listen`: expected a string, found a number'],
  ['access = ""', '1: `access`: expected a string, found an empty string'],
  ['log-optional = "yes"', '1: `log-optional`: expected a boolean, found a string'],
  ['entities = "one.json"', '1: `entities`: expected a list of strings, found a string'],
  ['policy = 1', '1: `policy`: expected a string, found a number'],
  ['max-body = 0', '1: `max-body`: Expected a number greater than 0.'],
  ['max-body = 1.5', '1: `max-body`: Expected a whole number of at most nine digits.'],
  ['hold-above = 101', '1: `hold-above`: Expected a number from 0 to 100.'],
  ['context = "some"', '1: `context`: Allowed choices are full, profiles, none.'],
  ['table = ["owners"]', '1: `table`: Expected a name and a file, such as limits=limits.json.'],
  ['cluster = [["a"]]', '1: `cluster`: expected a string, found a list'],
  ['log = 2026-01-01', '1: `log`: expected a string, found a date or time'],
  ['drain = inf', '1: `drain`: Expected a whole number of at most nine digits.'],
  ['__proto__ = 1', '1: unknown key `__proto__`'],
  ['drain = ', '1: invalid TOML:'],
  ['drain = 1\ndrain = 2', '2: invalid TOML:'],
])('a file with `%s` is refused, with its line', async (text, message) => {
  const error = await readFile(`${text}\n`).catch((caught: Error) => caught);
  expect(error).toBeInstanceOf(Error);
  expect((error as Error).message).toMatch(/etc\/serve\.toml:/);
  expect((error as Error).message).toContain(`serve.toml:${message}`);
});

test('all problems of a file are reported at once', async () => {
  await expect(readFile('drain = "a"\npol = 1\n')).rejects.toThrow(
    /serve\.toml:1: .*\n.*serve\.toml:2: unknown key `pol`/,
  );
});

test.each([
  ['NHIPOL_SERVE_DRAIN', 'soon', 'Expected a whole number of at most nine digits.'],
  ['NHIPOL_SERVE_LOG_OPTIONAL', '1', 'expected true or false'],
  ['NHIPOL_SERVE_ACCESS', '', 'expected a value, found an empty string'],
  ['NHIPOL_SERVE_ENTITIES', 'a.json,', 'expected a value, found an empty string'],
  ['NHIPOL_SERVE_POLICY', '', 'expected a value, found an empty string'],
  ['NHIPOL_SERVE_CONFIG', '', 'expected a value, found an empty string'],
  ['NHIPOL_SERVE_ACESS', 'a.json', 'unknown variable, did you mean NHIPOL_SERVE_ACCESS?'],
  ['NHIPOL_SERVE_COLOUR', 'red', 'no option of `nhipol serve` has this variable'],
])('the variable %s with the value `%s` is refused', async (name, value, message) => {
  vi.stubEnv(name, value);
  await expect(readGiven()).rejects.toThrow(`${name}: ${message}`);
});

test('all problems of variables are reported at once', async () => {
  vi.stubEnv('NHIPOL_SERVE_DRAIN', 'soon');
  vi.stubEnv('NHIPOL_SERVE_POL', '5');
  const problems = /^NHIPOL_SERVE_DRAIN: .*\nnhipol: NHIPOL_SERVE_POL: .*NHIPOL_SERVE_POLL\?$/;
  await expect(readGiven()).rejects.toThrow(problems);
});

test('variables that Kubernetes sets for a service named nhipol-serve are not settings', async () => {
  vi.stubEnv('NHIPOL_SERVE_PORT', 'tcp://10.0.0.1:8181');
  vi.stubEnv('NHIPOL_SERVE_PORT_8181_TCP_ADDR', '10.0.0.1');
  vi.stubEnv('NHIPOL_SERVE_SERVICE_HOST', '10.0.0.1');
  expect((await readGiven()).options.listen).toBe('127.0.0.1:8181');
});

/** Every value that is refused is a secret here. */
test('no message contains a value of the file or of a variable', async () => {
  const { options } = findServe(createServeProgram());
  for (const option of options) {
    const name = option.name().replace(/^no-/, '');
    for (const value of [
      '"s3cret"',
      '["s3cret"]',
      '5353',
      '[[5353]]',
      '{ a = "s3cret" }',
      's3cret',
    ]) {
      const error = await readFile(`${name} = ${value}\n`).then(
        () => undefined,
        (caught: Error) => caught,
      );
      expect(error?.message.replace(folder.path, '') ?? '').not.toMatch(/s3cret|5353/);
    }
    const variable = `NHIPOL_SERVE_${name.toUpperCase().replaceAll('-', '_')}`;
    vi.stubEnv(variable, name === 'config' ? '' : 's3cret');
    const error = await readGiven().then(
      () => undefined,
      (caught: Error) => caught,
    );
    expect(error?.message ?? '').not.toContain('s3cret');
    vi.unstubAllEnvs();
  }
});

test('the file in docs/operate.md is read', async () => {
  const page = readFileSync(new URL('../../docs/operate.md', import.meta.url), 'utf8');
  const { policy, options } = await readFile(/^```toml\n([^`]*)^```$/m.exec(page)?.[1] ?? '');
  expect(policy).toBe(relativePath('etc/agents.wasm'));
  expect(options).toMatchObject({
    listen: '0.0.0.0:8443',
    access: relativePath('etc/access.json'),
    tlsCert: relativePath('etc/tls.crt'),
    tlsKey: relativePath('etc/tls.key'),
    state: relative('.', '/var/lib/nhipol/state.db'),
    requireState: true,
    log: '-',
    entities: [relativePath('etc/agents.json'), relativePath('etc/services.json')],
    table: [{ name: 'limits', path: relativePath('etc/limits.json') }],
    holdAbove: 5,
  });
});

test('a file that cannot be read, or is refused, ends the command with 2', async () => {
  const missing = await folder.run(['serve', '--config', '@none.toml']);
  expect(missing).toMatchObject({ code: 2 });
  expect(missing.err).toContain('none.toml');
  folder.write('serve.toml', 'acess = "a.json"\n');
  const refused = await folder.run(['serve', '--config', '@serve.toml']);
  expect(refused).toMatchObject({ code: 2 });
  expect(refused.err).toContain('serve.toml:1: unknown key `acess`: did you mean `access`?');
});
