// Runs the command line without a process: from arguments and files to the exit code and both outputs,
// without the folder of the files in them.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import type { Watcher } from '../../../cli/io/watch/watch.ts';
import { run } from '../../../cli/program.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Around {
  readonly stdin?: Iterable<string | Uint8Array>;
  readonly env?: Readonly<Record<string, string>>;
  readonly terminal?: boolean;
  /** Whether the folder is the working directory. */
  readonly inside?: boolean;
  readonly watcher?: Watcher;
}

/** A temporary folder for the files of one test. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'nhipol-'));

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
    for (const [name, content] of Object.entries(files)) this.write(name, content);
  }

  write(name: string, content: string | Uint8Array): void {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  remove(name: string): void {
    rmSync(join(this.path, name));
  }

  read(name: string): Uint8Array {
    return readFileSync(join(this.path, name));
  }

  get names(): readonly string[] {
    return readdirSync(this.path).sort();
  }

  /** In an argument `@name` and `…=@name` stand for the file `name` in this folder. */
  async run(args: readonly string[], around: Around = {}): Promise<Ran> {
    const [stdout, stderr] = [new Sink(around.terminal), new Sink(around.terminal)];
    const chunks = [...(around.stdin ?? [])].map((chunk) => Buffer.from(chunk as string));
    const stdin = Object.assign(Readable.from(chunks), { isTTY: around.terminal === true });
    const { watcher } = around;
    const before = process.cwd();
    if (around.inside === true) process.chdir(this.path);
    const code = await run(
      args.map((arg) => arg.replace(/(^|=)@(?=.)/, `$1${this.path}/`)),
      { stdin, stdout, stderr, env: around.env ?? {} },
      ...(watcher === undefined ? [] : [async () => watcher]),
    ).finally(() => process.chdir(before));
    const shorten = (text: string) => text.replaceAll(`${this.path}/`, '');
    return { code, out: shorten(stdout.text), err: shorten(stderr.text) };
  }

  [Symbol.dispose](): void {
    // A process that was ended may still write a file.
    rmSync(this.path, { recursive: true, maxRetries: 10 });
  }
}

class Sink extends Writable {
  readonly isTTY: boolean;
  text = '';

  constructor(isTTY = false) {
    super({ decodeStrings: false });
    this.isTTY = isTTY;
  }

  override _write(chunk: string | Uint8Array, _encoding: string, done: () => void): void {
    this.text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    done();
  }
}
