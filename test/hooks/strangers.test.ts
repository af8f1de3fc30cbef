// The socket of a daemon in places that another user of the system could have made: every command refuses, and sends
// nothing. The other user is a real one, so these tests act only as root.

import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectOwn, expectOwn, openOwnFile } from '@nhipol/service/own-socket';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { forwardHook } from '../../cli/hook/forward.ts';
import { defaultSocketPath } from '../../cli/io/paths/socket-path.ts';
import { attack } from '../attacks/attack.ts';
import { Folder } from '../support/system/run-cli.ts';
import { hasOtherUsers, OtherUser, stranger } from './other-user.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

function createStranger(): { readonly folder: Folder; readonly other: OtherUser } {
  const folder = new Folder();
  const other = new OtherUser();
  cleanups.push(
    () => folder[Symbol.dispose](),
    () => other.end(),
  );
  return { folder, other };
}

/** The messages of the commands that connect to a daemon, about a socket. */
async function problems(folder: Folder, socket: string): Promise<readonly string[]> {
  const commands = [
    ['daemon', '--status'],
    ['daemon', '--stop'],
    ['daemon', '--background'],
  ].map((command) => [...command, '--socket', socket]);
  const guard = ['guard', '--daemon', socket, '--env', 'SECRET=x', '--', 'server'];
  const said: string[] = [];
  for (const command of [...commands, guard]) {
    const { code, out, err } = await folder.run(command);
    expect([command[1], code, out]).toEqual([command[1], 2, '']);
    said.push(err.trim());
  }
  const input = (async function* () {
    yield Buffer.from('{}');
  })();
  const hook = await forwardHook({ agent: 'claude-code', socket, timeout: 5_000, input });
  expect(hook).toMatchObject({ exitCode: 2, stdout: '' });
  return [...said, hook.stderr.trim().replaceAll(`${folder.path}/`, '')];
}

async function expectRefused(folder: Folder, socket: string, problem: string): Promise<void> {
  const said = await problems(folder, socket);
  for (const each of said) expect(each).toContain(problem);
}

describe('a socket of another user', () => {
  attack('daemon-foreign-folder', async () => {
    if (!hasOtherUsers) return;
    const { folder, other } = createStranger();
    chmodSync(folder.path, 0o1777);
    const own = join(folder.path, 'nhipol-0');
    expect(await other.act('folder', own)).toBe(true);
    expect(await other.act('listen', join(own, 'd.sock'))).toBe(true);
    await expectRefused(folder, join(own, 'd.sock'), 'belongs to another user');
    expect(await other.act<string>('received')).toBe('');
  });

  attack('daemon-foreign-socket', async () => {
    if (!hasOtherUsers) return;
    const { folder, other } = createStranger();
    chmodSync(folder.path, 0o1777);
    const theirs = join(folder.path, 'theirs');
    await other.act('folder', theirs);
    await other.act('listen', join(theirs, 'd.sock'));
    const own = join(folder.path, 'own');
    mkdirSync(own, { mode: 0o700 });
    renameSync(join(theirs, 'd.sock'), join(own, 'd.sock'));
    await expectRefused(folder, join(own, 'd.sock'), 'd.sock belongs to another user');
    symlinkSync(join(own, 'd.sock'), join(own, 'link.sock'));
    await expectRefused(folder, join(own, 'link.sock'), 'link.sock is not a socket');
    expect(await other.act<string>('received')).toBe('');
  });

  attack('daemon-linked-folder', async () => {
    if (!hasOtherUsers) return;
    const { folder, other } = createStranger();
    chmodSync(folder.path, 0o1777);
    const own = join(folder.path, 'own');
    mkdirSync(own, { mode: 0o700 });
    const link = join(folder.path, 'link');
    expect(await other.act('link', [own, link])).toBe(true);
    await expectRefused(folder, join(link, 'd.sock'), 'link is a symbolic link');
    mkdirSync(join(own, 'deeper'), { mode: 0o700 });
    await expectRefused(folder, join(link, 'deeper', 'd.sock'), 'link belongs to another user');
  });

  attack('daemon-linked-messages', async () => {
    const { folder } = createStranger();
    const precious = join(folder.path, 'precious');
    writeFileSync(precious, 'precious');
    const run = join(folder.path, 'run');
    mkdirSync(run, { mode: 0o700 });
    const socket = join(run, 'd.sock');
    symlinkSync(precious, `${socket}.log`);
    const { code, err } = await folder.run(['daemon', '--background', '--socket', socket]);
    expect([code, err]).toEqual([2, expect.stringContaining('d.sock.log is a symbolic link')]);
    expect(readFileSync(precious, 'utf8')).toBe('precious');
  });

  attack('daemon-shared-parent', async () => {
    const { folder } = createStranger();
    const shared = join(folder.path, 'shared');
    const own = join(shared, 'own');
    mkdirSync(own, { recursive: true, mode: 0o700 });
    chmodSync(shared, 0o777);
    await expectRefused(folder, join(own, 'd.sock'), 'others can write to shared');
    chmodSync(shared, 0o700);
    chmodSync(own, 0o711);
    await expectRefused(folder, join(own, 'd.sock'), 'others can open shared/own');
  });

  attack('daemon-race', async () => {
    if (!hasOtherUsers) return;
    const { folder, other } = createStranger();
    chmodSync(folder.path, 0o1777);
    const run = join(folder.path, 'run');
    mkdirSync(run, { mode: 0o700 });
    const socket = join(run, 'd.sock');
    const { server, connections } = await listening(socket);
    cleanups.push(() => server.close());
    let isEnded = false;
    let attempts = 0;
    const replacing = (async () => {
      while (!isEnded) {
        for (const path of [run, socket, folder.path]) {
          expect(await other.act('replace', path)).toBe(false);
          attempts += 1;
        }
      }
    })();
    let made = 0;
    for (; made < 300 || attempts < 12; made += 1) await connectSocket(socket);
    isEnded = true;
    await replacing;
    expect(connections()).toBe(made);
  });

  attack('daemon-guessed-path', () => {
    const path = defaultSocketPath('guard.nhipol', { XDG_STATE_HOME: '/home/ann/state' });
    expect(path).toMatch(/^\/home\/ann\/state\/nhipol\/run\/[0-9a-f]{16}\.sock$/);
    expect(defaultSocketPath('guard.nhipol', {}).startsWith(`${tmpdir()}/`)).toBe(false);
  });
});

async function listening(socket: string): Promise<{
  readonly server: Server;
  readonly connections: () => number;
}> {
  let count = 0;
  const server = createServer((connection) => {
    count += 1;
    connection.on('error', () => {}).end('own');
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return { server, connections: () => count };
}

function connectSocket(socket: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const connection = connectOwn(socket);
    let text = '';
    connection.on('data', (chunk) => {
      text += chunk;
    });
    connection.once('error', reject);
    connection.once('end', () => connection.end());
    connection.once('close', () => resolve(text));
  });
}

describe('where a socket is accepted, another user', () => {
  const level = fc.record({
    owner: fc.constantFrom(0, 0, 0, stranger),
    mode: fc.constantFrom(0o700, 0o700, 0o755, 0o711, 0o770, 0o775, 0o777, 0o1777, 0o1733),
  });
  /** Folders below each other, and the socket. */
  const places = fc.record({
    folders: fc.array(level, { minLength: 1, maxLength: 3 }),
    socketOwner: fc.constantFrom(0, 0, 0, stranger),
  });

  test('can neither replace a part of the path nor connect', { timeout: 120_000 }, async () => {
    if (!hasOtherUsers) return;
    const other = new OtherUser();
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(places, async ({ folders, socketOwner }) => {
        const folder = new Folder();
        // The folder itself is one that others may pass through.
        chmodSync(folder.path, 0o755);
        const paths: string[] = [];
        let path = folder.path;
        for (const _ of folders) {
          path = join(path, 'f');
          mkdirSync(path);
          paths.push(path);
        }
        const socket = join(path, 'd.sock');
        const { server } = await listening(socket);
        chmodSync(socket, 0o600);
        chownSync(socket, socketOwner, socketOwner);
        for (const [index, { owner, mode }] of folders.entries()) {
          chownSync(paths[index] ?? '', owner, owner);
          chmodSync(paths[index] ?? '', mode);
        }
        try {
          try {
            expectOwn(socket);
          } catch {
            return;
          }
          accepted += 1;
          for (const each of [...paths, socket]) {
            expect([each, await other.act('replace', each)]).toEqual([each, false]);
          }
          expect(await other.act('create', join(path, 'd.sock.log'))).toBe(false);
          expect(await other.act('connect', socket)).toBe(false);
        } finally {
          server.close();
          rmSync(folder.path, { recursive: true, force: true });
        }
      }),
      { numRuns: 150 },
    );
    other.end();
    expect(accepted).toBeGreaterThan(5);
  });
});

test('an own file of an earlier start is emptied, and keeps no other name', () => {
  const { folder } = createStranger();
  const path = join(folder.path, 'd.sock.log');
  for (const text of ['first', 'second']) {
    const file = openOwnFile(path);
    writeFileSync(file, text);
    expect(readFileSync(path, 'utf8')).toBe(text);
  }
  expect(lstatSync(path).mode & 0o777).toBe(0o600);
  mkdirSync(join(folder.path, 'folder.log'));
  expect(() => openOwnFile(join(folder.path, 'folder.log'))).toThrow();
});
