// The daemon as a process, with the commands of hooks and guards: one history for all of them, and refusals whenever a
// part fails. Needs `dist/bin/`.

import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { attack } from '../attacks/attack.ts';
import { reportLeak, scanner } from '../service/delivery/signed-webhook.ts';
import { compileForGuard } from '../service/guard/guard-policy.ts';
import { Folder } from '../support/system/run-cli.ts';
import { hooksPolicy } from './hooks-policy.ts';

const bin = fileURLToPath(new URL('../../dist/bin/', import.meta.url));
const peer = fileURLToPath(new URL('../service/peers/server.mjs', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

let compiled: Uint8Array;
beforeAll(async () => {
  compiled = await compileForGuard(hooksPolicy);
});

/** A folder of a user with a policy, and its daemon. Most daemons start from a module, which is faster. */
class Home {
  readonly folder = new Folder({ 'guard.nhipol': hooksPolicy, 'guard.wasm': compiled });
  readonly socket = join(this.folder.path, 'run', 'daemon.sock');
  readonly env: NodeJS.ProcessEnv;

  constructor() {
    this.env = {
      ...process.env,
      HOME: this.folder.path,
      XDG_RUNTIME_DIR: join(this.folder.path, 'run'),
      XDG_STATE_HOME: join(this.folder.path, 'state'),
      XDG_CACHE_HOME: join(this.folder.path, '.cache'),
    };
    cleanups.push(() => this.folder[Symbol.dispose]());
    cleanups.push(async () => void (await this.run(['daemon', '--stop', '--socket', this.socket])));
  }

  spawn(program: string, args: readonly string[]): ChildProcess {
    return spawn(process.execPath, [join(bin, program), ...args], {
      cwd: this.folder.path,
      env: this.env,
      stdio: 'pipe',
    });
  }

  async run(args: readonly string[], input: string | Buffer = ''): Promise<Ended> {
    return awaitEnd(this.spawn('nhipol.js', args), input);
  }

  /** Starts the daemon as a session of an agent does. */
  async start(policy = 'guard.wasm', ...options: readonly string[]): Promise<void> {
    const given = ['--background', '--socket', this.socket, '--log', 'log.jsonl', ...options];
    expect(await this.run(['daemon', policy, ...given])).toEqual({ code: 0, out: '', err: '' });
  }

  /** The id of the daemon's process. */
  async process(): Promise<number> {
    const { out } = await this.run(['daemon', '--status', '--socket', this.socket]);
    return Number(/^process (\d+) listens on /.exec(out)?.[1]);
  }

  async hook(command: string, changed: object = {}): Promise<Ended> {
    return this.#send(use('before', command, changed));
  }

  async used(command: string, changed: object = {}): Promise<Ended> {
    return this.#send(use('after', command, changed));
  }

  #send(input: object): Promise<Ended> {
    const child = this.spawn('nhipol-hook.js', ['claude-code', this.socket]);
    return awaitEnd(child, JSON.stringify(input));
  }

  get log(): readonly Record<string, unknown>[] {
    const text = readFileSync(join(this.folder.path, 'log.jsonl'), 'utf8');
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }
}

function awaitEnd(child: ChildProcess, input: string | Buffer): Promise<Ended> {
  let [out, err] = ['', ''];
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    err += chunk;
  });
  // A refusal need not wait for the input.
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

function use(event: 'before' | 'after', command: string, changed: object): object {
  const text = readFileSync(new URL(`./inputs/claude-code-${event}.json`, import.meta.url), 'utf8');
  return { ...JSON.parse(text), tool_input: { command }, ...changed };
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
}

const readReason = ({ out }: Ended) => JSON.parse(out).hookSpecificOutput?.permissionDecisionReason;

describe('nhipol daemon', { timeout: 120_000 }, () => {
  test('a daemon decides hooks, remembers them across a restart, and keeps a log', async () => {
    const home = new Home();
    await home.start();
    for (let each = 0; each < 3; each += 1) {
      expect(await home.hook('ls')).toEqual({ code: 0, out: '{}\n', err: '' });
      expect(await home.used('ls')).toEqual({ code: 0, out: '{}\n', err: '' });
    }
    expect(readReason(await home.hook('ls'))).toBe('not permitted: three commands are enough');
    const first = await home.process();
    const { socket } = home;
    expect(await home.run(['daemon', '--stop', '--socket', socket])).toMatchObject({
      code: 0,
      out: `stopped process ${first}\n`,
    });
    await home.start();
    expect(await home.process()).not.toBe(first);
    expect(readReason(await home.hook('ls'))).toBe('not permitted: three commands are enough');
    // Another session of the agent has its own history.
    expect((await home.hook('ls', { session_id: 'other' })).out).toBe('{}\n');
    expect(await home.run(['log', 'verify', 'log.jsonl'])).toMatchObject({ code: 0 });
    expect(home.log.every((line) => line.entry_point === 'hook')).toBe(true);
  });

  test('while the daemon is away, hooks refuse, and a new one takes over', async () => {
    const home = new Home();
    await home.start();
    await home.hook('ls');
    await home.used('ls');
    await home.used('ls');
    process.kill(await home.process(), 'SIGKILL');
    await expect.poll(() => home.process()).toBeNaN();
    const refused = {
      code: 2,
      out: '',
      err: 'nhipol: not permitted: the daemon is away; start it with `nhipol daemon`\n',
    };
    expect(await home.hook('ls')).toEqual(refused);
    expect(await home.used('ls')).toEqual(refused);
    await home.start();
    await home.used('ls');
    expect(readReason(await home.hook('ls'))).toBe('not permitted: three commands are enough');
  });

  test('a second daemon of a policy does not start', async () => {
    const home = new Home();
    await home.start();
    const first = await home.process();
    await home.start();
    expect(await home.process()).toBe(first);
    const second = await home.run(['daemon', 'guard.wasm', '--socket', home.socket]);
    expect(second).toMatchObject({ code: 2, err: expect.stringContaining('listens on') });
    expect(await home.process()).toBe(first);
  });

  test('an operator revokes the agent everywhere', async () => {
    const home = new Home();
    await home.start('guard.wasm', '--subject', 'ai_agent:laptop');
    await home.hook('ls');
    const revoke = ['guard', 'revoke', 'ai_agent:laptop', '--because', 'the key has leaked'];
    expect(await home.run(revoke)).toMatchObject({ code: 0 });
    await expect
      .poll(async () => JSON.parse((await home.hook('ls')).out))
      .toMatchObject({
        continue: false,
        hookSpecificOutput: { permissionDecisionReason: 'not permitted: the key has leaked' },
      });
  });

  test('an event about the agent ends it everywhere, also after a crash', async () => {
    const home = new Home();
    const rule = `
signals { "credential-compromise": {} }
for ai_agent {
  revoke leaked when once(signal "credential-compromise")
    because "a credential has leaked"
}
`;
    const { secret, webhook } = scanner;
    home.folder.write('events.nhipol', `${hooksPolicy}${rule}`);
    home.folder.write('signals.json', JSON.stringify({ webhooks: [webhook] }));
    home.folder.write('scanner.secret', secret);
    const start = async () => {
      const listening = ['--signals', 'signals.json', '--signals-listen', '127.0.0.1:0'];
      const args = ['daemon', 'events.nhipol', '--socket', home.socket, ...listening];
      const child = home.spawn('nhipol.js', args);
      let warnings = '';
      child.stderr?.on('data', (chunk) => {
        warnings += chunk;
      });
      await expect
        .poll(() => warnings, { timeout: 30_000 })
        .toMatch(/listening on \S+ for events[\s\S]*listening on \S+ with/);
      return { child, url: /listening on (\S+) for events/.exec(warnings)?.[1] };
    };
    const { child, url } = await start();
    const report = (identity: string) => reportLeak(url, identity);
    expect((await home.hook('ls')).out).toBe('{}\n');
    expect(await report('another')).toBe(202);
    expect((await home.hook('ls')).out).toBe('{}\n');
    expect(await report('local')).toBe(202);
    const refused = 'not permitted: a credential has leaked';
    expect(readReason(await home.hook('ls'))).toBe(refused);
    expect(readReason(await home.hook('ls', { session_id: 'other' }))).toBe(refused);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    await start();
    expect(readReason(await home.hook('ls'))).toBe(refused);
    expect(readReason(await home.hook('ls', { session_id: 'latest' }))).toBe(refused);
  });

  test('a broken policy keeps the previous one, and a valid one replaces it', async () => {
    const home = new Home();
    await home.start('guard.nhipol');
    const warnings = () => readFileSync(`${home.socket}.log`, 'utf8');
    home.folder.write('guard.nhipol', 'policy broken {');
    await expect.poll(warnings, { timeout: 20_000 }).toContain('the previous policy stays');
    expect(readReason(await home.hook('cat secret'))).toBe('not permitted: it looks for secrets');
    home.folder.write('guard.nhipol', hooksPolicy.replace('it looks for secrets', 'no secrets'));
    await expect.poll(warnings, { timeout: 20_000 }).toContain('the new policy is active');
    expect(readReason(await home.hook('cat secret'))).toBe('not permitted: no secrets');
  });

  test('a policy with errors does not start, and says why', async () => {
    const home = new Home();
    home.folder.write('guard.nhipol', 'policy broken {');
    const { code, out, err } = await home.run(['daemon', '--background']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('guard.nhipol');
    expect(err).toContain('the daemon did not start');
  });

  test('a full disk refuses, when the log is required', async () => {
    const home = new Home();
    if (!existsSync('/dev/full')) return;
    const { code, err } = await home.run([
      'daemon',
      'guard.wasm',
      '--background',
      '--log',
      '/dev/full/log',
    ]);
    expect([code, err]).toEqual([2, expect.stringContaining('cannot write the decision log')]);
  });

  test('a daemon whose socket was removed ends', async () => {
    const home = new Home();
    await home.start();
    const id = await home.process();
    rmSync(home.socket);
    await expect.poll(() => isAlive(id), { timeout: 20_000 }).toBe(false);
  });

  test('invalid connections end with a problem', async () => {
    const home = new Home();
    await home.start();
    const sendText = (text: string | Buffer) =>
      new Promise<string>((resolve) => {
        const connection = createConnection(home.socket);
        let answer = '';
        connection.on('data', (chunk) => {
          answer += chunk;
        });
        connection.on('error', () => resolve('error'));
        connection.on('close', () => resolve(answer));
        connection.end(text);
      });
    expect(await sendText('')).toContain('"problem"');
    const ambiguous = '{"kind":"status","kind":"hook"}\n';
    for (const text of ['nothing\n', ambiguous]) {
      expect(await sendText(text)).toContain('not JSON with unique names');
    }
    expect(await sendText('{"kind":"other"}\n')).toContain('expected hook, server or status');
    expect(await sendText('{"kind":"server","server":"x"}\n')).toContain(
      'command: expected a string',
    );
    expect(await sendText('{"kind":"hook","agent":"claude-code"}\nno JSON')).toContain(
      '"exitCode":2',
    );
    const long = Buffer.alloc(17 * 1_048_576, 'x');
    expect(
      await sendText(Buffer.concat([Buffer.from('{"kind":"hook","agent":"codex"}\n'), long])),
    ).toContain('longer than');
    expect((await home.hook('ls')).out).toBe('{}\n');
  });
});

describe('nhipol-hook', { timeout: 60_000 }, () => {
  test('a daemon that does not answer in time refuses', async () => {
    const home = new Home();
    const path = join(home.folder.path, 'slow.sock');
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(path, resolve));
    cleanups.push(() => void server.close());
    const args = ['hook', 'claude-code', '--socket', path, '--timeout', '1'];
    expect(await home.run(args, '{}')).toEqual({
      code: 2,
      out: '',
      err: 'nhipol: not permitted: the daemon did not answer within 1 s\n',
    });
  });

  test('an answer that cannot be read refuses', async () => {
    const home = new Home();
    const path = join(home.folder.path, 'odd.sock');
    const answers = ['', 'no JSON', '{}', '{"stdout":"{}","exitCode":0}', '[]'];
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.resume().once('end', () => socket.end(answers.shift() ?? ''));
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    cleanups.push(() => void server.close());
    while (answers.length > 0) {
      const child = home.spawn('nhipol-hook.js', ['claude-code', path]);
      expect(await awaitEnd(child, '{}')).toMatchObject({ code: 2, out: '' });
    }
  });

  test('a folder that others can write to is not trusted', async () => {
    const home = new Home();
    chmodSync(home.folder.path, 0o777);
    const path = join(home.folder.path, 'x.sock');
    const child = home.spawn('nhipol-hook.js', ['claude-code', path]);
    expect(await awaitEnd(child, '{}')).toMatchObject({
      code: 2,
      err: expect.stringContaining('others can write to'),
    });
  });

  test('a wrong installation refuses', async () => {
    const child = new Home().spawn('nhipol-hook.js', []);
    expect(await awaitEnd(child, '{}')).toMatchObject({
      code: 2,
      err: expect.stringContaining('nhipol hook install'),
    });
  });
});

/** A policy for two servers that share a session: what was read is not sent. */
const twoServers = `
policy test.servers version "1.0.0"

subject ai_agent {}
action "files:read" { arguments: { path: String } }
action "mail:read" { arguments: { path: String } }
resource mcp_server {}
context { time: Timestamp }
outcomes { "completed": {} }

for ai_agent {
  permit calls otherwise
}
for ai_agent doing "mail:read" {
  deny after_read when once(outcome "completed" doing "files:read")
    because "the agent has read files"
}
`;

describe('nhipol guard --daemon', { timeout: 120_000 }, () => {
  let servers: Uint8Array;
  beforeAll(async () => {
    servers = await compileForGuard(twoServers);
  });

  async function client(home: Home, server: string): Promise<Client> {
    const connected = new Client({ name: 'test', version: '1' });
    const args = [join(bin, 'nhipol.js'), 'guard', '--daemon', home.socket, '--server', server];
    const command = [...args, '--', process.execPath, peer];
    const { path: cwd } = home.folder;
    const env = home.env as Record<string, string>;
    await connected.connect(
      new StdioClientTransport({ command: process.execPath, args: command, env, cwd }),
    );
    cleanups.push(() => connected.close());
    return connected;
  }
  const read = async (from: Client) => {
    const result = await from.callTool({ name: 'read', arguments: { path: 'a' } });
    return (result.content as { readonly text: string }[])[0]?.text;
  };

  test('two servers share the history of a session', async () => {
    const home = new Home();
    home.folder.write('guard.wasm', servers);
    await home.start();
    const [files, mail] = [await client(home, 'files'), await client(home, 'mail')];
    expect(await read(mail)).toBe('read a');
    expect(await read(files)).toBe('read a');
    expect(await read(mail)).toBe('not permitted: the agent has read files');
    expect((await mail.listTools()).tools.map(({ name }) => name)).not.toContain('read');
    const opened = home.log.filter(({ kind }) => kind === 'opened');
    expect(opened).toMatchObject([{ entry_point: 'guard' }]);
  });

  test('a revoke at one server stops that server only', async () => {
    const home = new Home();
    home.folder.write('guard.wasm', servers);
    await home.start();
    const [files, mail] = [await client(home, 'files'), await client(home, 'mail')];
    expect([await read(mail), await read(files)]).toEqual(['read a', 'read a']);
    await home.run(['guard', 'revoke', 'ai_agent:local', '--server', 'files']);
    await expect.poll(() => read(files)).toContain('access was revoked by an operator');
    expect(await read(mail)).toBe('not permitted: the agent has read files');
  });

  test('a client that ends takes its server with it, and the daemon stays', async () => {
    const home = new Home();
    home.folder.write('guard.wasm', servers);
    await home.start();
    const files = await client(home, 'files');
    const child = await files.callTool({ name: 'child', arguments: {} });
    const id = Number((child.content as { readonly text: string }[])[0]?.text);
    expect(isAlive(id)).toBe(true);
    await files.close();
    await expect.poll(() => isAlive(id), { timeout: 10_000 }).toBe(false);
    const mail = await client(home, 'mail');
    expect(await read(mail)).toBe('read a');
  });

  test.each([
    ['killed', 'SIGKILL', 'the connection to the daemon has ended'],
    ['stopped', 'SIGTERM', 'stopped while it ran: the daemon ends'],
  ] as const)(
    'a daemon that is %s leaves no client without an answer',
    async (_, signal, reason) => {
      const home = new Home();
      home.folder.write('guard.wasm', servers);
      await home.start();
      const args = ['guard', '--daemon', home.socket, '--server', 'mail'];
      const guard = home.spawn('nhipol.js', [...args, '--', process.execPath, peer]);
      let [out, err] = ['', ''];
      guard.stdout?.on('data', (chunk) => {
        out += chunk;
      });
      guard.stderr?.on('data', (chunk) => {
        err += chunk;
      });
      const code = new Promise((resolve) => guard.once('close', resolve));
      const read = (id: number, path: string) => {
        const params = { name: 'read', arguments: { path } };
        guard.stdin?.write(
          `${JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params })}\n`,
        );
      };
      read(1, 'never');
      read(2, 'a');
      await expect.poll(() => out, { timeout: 30_000 }).toContain('read a');
      process.kill(await home.process(), signal);
      // The input of the guard stays open.
      expect(await code).toBe(2);
      expect(err).toContain(`the daemon at ${home.socket} has ended: start it again`);
      const answers = out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      const [stopped, ...others] = answers.filter(({ id }) => id === 1);
      expect(others).toEqual([]);
      expect(stopped.error?.message ?? stopped.result.content[0].text).toBe(
        `not permitted: ${reason}`,
      );
    },
  );

  test('without the daemon, the guard does not start', async () => {
    const home = new Home();
    const guard = ['guard', 'guard.nhipol', '--daemon', '--', process.execPath, peer];
    expect(await home.run(guard)).toMatchObject({
      code: 2,
      err: expect.stringContaining('the daemon is away'),
    });
    const both = [
      'guard',
      'guard.nhipol',
      '--daemon',
      home.socket,
      '--log',
      'x',
      '--',
      process.execPath,
      peer,
    ];
    expect(await home.run(both)).toMatchObject({
      code: 2,
      err: expect.stringContaining('cannot be used with'),
    });
  });
});

describe('nhipol hook install', { timeout: 120_000 }, () => {
  const files = {
    'claude-code': '.claude/settings.local.json',
    codex: '.codex/hooks.json',
    gemini: '.gemini/settings.json',
  };

  test.each(Object.entries(files))(
    '%s: settings are kept, and removed again',
    async (agent, file) => {
      const home = new Home();
      const own = { type: 'command', command: 'echo {}' };
      const before = { theme: 'dark', hooks: { SessionStart: [{ hooks: [own] }] } };
      home.folder.write(file, JSON.stringify(before));
      const install = ['hook', 'install', agent, '--policy', 'agent.nhipol'];
      const first = await home.run(install);
      expect(first).toMatchObject({ code: 0, out: expect.stringContaining(`wrote ${file}`) });
      expect(first.out).toContain('wrote agent.nhipol');
      const written = home.folder.read(file).toString();
      expect(JSON.parse(written)).toMatchObject({
        theme: 'dark',
        hooks: { SessionStart: [{ hooks: [own] }, { hooks: [{ type: 'command' }] }] },
      });
      // Again: nothing is there twice.
      expect(await home.run(install)).toMatchObject({ code: 0 });
      expect(home.folder.read(file).toString()).toBe(written);
      expect(await home.run(['hook', 'remove', agent])).toMatchObject({ code: 0 });
      expect(JSON.parse(home.folder.read(file).toString())).toEqual(before);
      expect(await home.run(['hook', 'remove', agent])).toMatchObject({ code: 2 });
    },
  );

  test('the installed commands start the daemon and decide', async () => {
    const home = new Home();
    expect(await home.run(['hook', 'install', 'claude-code'])).toMatchObject({ code: 0 });
    const { hooks } = JSON.parse(home.folder.read('.claude/settings.local.json').toString());
    const command = (event: string): string => hooks[event][0].hooks[0].command;
    const shell = (text: string, input: string) =>
      awaitEnd(
        spawn('/bin/sh', ['-c', text], { cwd: home.folder.path, env: home.env, stdio: 'pipe' }),
        input,
      );
    const secret = JSON.stringify(use('before', 'cat secret', {}));
    expect(await shell(command('PreToolUse'), secret)).toMatchObject({ code: 2 });
    expect(await shell(command('SessionStart'), '{}')).toEqual({ code: 0, out: '', err: '' });
    expect(readReason(await shell(command('PreToolUse'), secret))).toBe(
      'not permitted: it looks for secrets',
    );
    expect(hooks.PreToolUse[0].hooks[0].onFailure).toBe('block');
    expect(await home.run(['daemon', '--stop'])).toMatchObject({ code: 0 });
  });

  attack('daemon-planted-module', async () => {
    const home = new Home();
    expect(
      await home.run(['hook', 'install', 'claude-code', '--policy', 'agent.nhipol']),
    ).toMatchObject({ code: 0 });
    expect(await home.run(['daemon', 'agent.nhipol', '--background'])).toMatchObject({ code: 0 });
    const socket =
      /listens on (\S+)/.exec((await home.run(['daemon', 'agent.nhipol', '--status'])).out)?.[1] ??
      '';
    const write = (path: string) => {
      const input = { file_path: path, content: 'x' };
      const hook = home.spawn('nhipol-hook.js', ['claude-code', socket]);
      return awaitEnd(
        hook,
        JSON.stringify(
          use('before', '', { tool_name: 'Write', tool_input: input, cwd: home.folder.path }),
        ),
      );
    };
    const elsewhere = await write(join(home.folder.path, '.cache/other/file'));
    const inCache = await write(join(home.folder.path, `.cache/nhipol/modules/${'0'.repeat(64)}`));
    expect([elsewhere.code, inCache.code]).toEqual([0, 0]);
    expect(readReason(elsewhere)).toBeUndefined();
    expect(readReason(inCache)).toContain('configures the agent or its guard');
    expect(await home.run(['daemon', 'agent.nhipol', '--stop'])).toMatchObject({ code: 0 });
  });

  test('settings that cannot be read stay as they are', async () => {
    const home = new Home();
    const file = join(home.folder.path, '.gemini/settings.json');
    home.folder.write('.gemini/settings.json', '{ // a comment\n}');
    const { code, err } = await home.run(['hook', 'install', 'gemini']);
    expect([code, err]).toEqual([2, expect.stringContaining('nothing was written')]);
    expect(readFileSync(file, 'utf8')).toBe('{ // a comment\n}');
    writeFileSync(file, '[]');
    expect(await home.run(['hook', 'install', 'gemini'])).toMatchObject({ code: 2 });
  });

  test('for all projects of the user', async () => {
    const home = new Home();
    await home.run(['hook', 'install', 'gemini', '--user', '--daemon', '--mode observe']);
    const settings = JSON.parse(home.folder.read('.gemini/settings.json').toString());
    expect(settings.hooks.SessionStart[0].hooks[0].command).toMatch(/ --mode observe$/);
    expect(settings.hooks.BeforeTool[0].hooks[0].command).toMatch(/ \|\| exit 2$/);
  });
});
