// A process of another user of the system, which acts on paths. It needs a root user to start it.

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** The user `nobody`. */
export const stranger = 65_534;

/** Whether processes of other users can be started, so that their attacks can be carried out. */
export const hasOtherUsers = process.getuid?.() === 0;

const program = `
const { renameSync, unlinkSync, symlinkSync, mkdirSync, rmSync } = require('node:fs');
const { createConnection, createServer } = require('node:net');
const attempt = (act) => { try { act(); return true; } catch { return false; } };
const actions = {
  /** Whether the entry can be replaced. */
  replace: (path) => {
    const aside = path + '.aside';
    if (!attempt(() => renameSync(path, aside))) return false;
    attempt(() => renameSync(aside, path));
    return true;
  },
  create: (path) => attempt(() => { symlinkSync('/nowhere', path); unlinkSync(path); }),
  connect: (path) => new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once('connect', () => { socket.destroy(); resolve(true); });
    socket.once('error', () => resolve(false));
  }),
  /** Listens in a folder of its own, and remembers what it gets. */
  listen: (path) => new Promise((resolve) => {
    const received = [];
    actions.received = () => received.join('');
    const server = createServer((socket) => socket.on('data', (chunk) => received.push(String(chunk))).on('error', () => {}));
    server.listen(path, () => resolve(true)).on('error', () => resolve(false));
  }),
  received: () => '',
  folder: (path) => attempt(() => mkdirSync(path, { mode: 0o700 })),
  link: ([target, path]) => attempt(() => symlinkSync(target, path)),
  remove: (path) => attempt(() => rmSync(path, { recursive: true })),
};
require('node:readline').createInterface({ input: process.stdin }).on('line', async (line) => {
  const [action, given] = JSON.parse(line);
  console.log(JSON.stringify(await actions[action](given)));
});
`;

export class OtherUser {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor() {
    const stdio = ['pipe', 'pipe', 'inherit'] as const;
    this.#child = spawn(process.execPath, ['-e', program], {
      cwd: '/',
      stdio: [...stdio],
      uid: stranger,
      gid: stranger,
    });
    if (this.#child.stdout === null) throw new Error('there is no output');
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Acts, and returns what came of it. */
  async act<Result = boolean>(action: string, given: unknown = null): Promise<Result> {
    this.#child.stdin?.write(`${JSON.stringify([action, given])}\n`);
    const { value } = await this.#answers.next();
    return JSON.parse(value);
  }

  end(): void {
    this.#child.kill();
  }
}
