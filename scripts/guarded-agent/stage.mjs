// A scratch folder with the example of docs/guarded-agent, and terminals in it, with the command line that was built. Instants
// and ids of their output can be replaced, so that it is always the same.

import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const nhipol = join(root, 'dist/bin/nhipol.js');
/** How long a command may take on a busy machine, in milliseconds. */
const patience = 120_000;

export class Stage {
  #running = [];

  constructor() {
    // The servers of the example find their packages from here.
    this.folder = mkdtempSync(join(root, 'node_modules/.guarded-agent-'));
    // The path of a socket must be short.
    this.home = mkdtempSync(join(tmpdir(), 'nhipol-home-'));
    cpSync(join(root, 'docs/guarded-agent'), this.folder, { recursive: true });
    const bin = join(this.folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'nhipol'), `#!/bin/sh\nexec '${process.execPath}' '${nhipol}' "$@"\n`);
    chmodSync(join(bin, 'nhipol'), 0o755);
    const path = [bin, join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter);
    this.env = { ...process.env, PATH: path, HOME: this.home, XDG_RUNTIME_DIR: this.home };
  }

  /** Starts a command in a terminal of its own. */
  start(line) {
    const child = spawn('sh', ['-c', line], { cwd: this.folder, env: this.env, detached: true });
    const started = { line, output: '', child, hasEnded: false };
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        started.output += text;
      });
    }
    started.ended = new Promise((resolve) => {
      child.once('close', () => {
        started.hasEnded = true;
        resolve();
      });
    });
    this.#running.push(started);
    return started;
  }

  /** Runs a command to its end, and returns its output. */
  async run(line) {
    const started = this.start(line);
    await this.until(() => started.hasEnded, line);
    return started.output;
  }

  /** Waits until a terminal shows a text. */
  async shows(started, text) {
    await this.until(() => started.output.includes(text), `${started.line}: ${text}`);
  }

  async until(holds, what) {
    for (const end = Date.now() + patience; !holds(); await delay(20)) {
      if (Date.now() > end) {
        const shown = this.#running.map(({ line, output }) => `$ ${line}\n${output}`).join('');
        throw new Error(`this did not happen: ${what}\n${shown}`);
      }
    }
  }

  /** The number of lines of a file; 0: there is none. */
  lines(file) {
    const path = join(this.folder, file);
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0;
  }

  async close() {
    for (const { child, hasEnded } of this.#running) {
      if (!hasEnded) process.kill(-child.pid, 'SIGTERM');
    }
    await Promise.all(this.#running.map(({ ended }) => ended));
    for (const each of [this.folder, this.home]) rmSync(each, { recursive: true, force: true });
  }
}

const uuids = ['7f3a2c41-5b0e-4d27-9c18-2e6f0a91d3b5', 'c04d91ee-83a6-4f12-b7f5-19d8e2740c6a'];

/** Replaces instants and ids, in the order in which they appear, by the same ones in each run. */
export function steady(text, { folder, home }) {
  const ids = new Map();
  let seconds = 0;
  const clock = () => {
    seconds += 0.731;
    return new Date(Date.UTC(2026, 2, 3, 10, 2, 11, 305) + seconds * 1_000).toISOString();
  };
  return text
    .replaceAll(folder, '~/shop')
    .replaceAll(`${home}/.local`, '~/.local')
    .replaceAll(home, '/run/user/1000')
    .replace(/nhipol\/[0-9a-f]{16}\.sock/g, 'nhipol/8426b9251f7c6cc1.sock')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) => {
      if (!ids.has(id)) ids.set(id, uuids[ids.size] ?? id);
      return ids.get(id);
    })
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '2026-03-03T10:12:11.305Z')
    .replace(/^\d\d:\d\d:\d\d\.\d{3}/gm, () => clock().slice(11, 23));
}
