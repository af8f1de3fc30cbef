// Controls a store in a process of its own, which can be killed at any moment.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Store } from '@nhipol/service';

/** How another process opens a store: a function that a module exports, and its argument. */
export interface Opener {
  readonly module: string;
  readonly name: string;
  readonly place: string;
  /** The program and arguments that start the process; default: none. */
  readonly wrapper?: readonly string[];
}

const script = fileURLToPath(new URL('store-process.mjs', import.meta.url));

export class StoreProcess {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;

  private constructor(child: ChildProcess, reader: Interface) {
    this.#child = child;
    this.#reader = reader;
    this.#lines = reader[Symbol.asyncIterator]();
  }

  /** Resolves when the store is open. */
  static async start({ module, name, place, wrapper = [] }: Opener): Promise<StoreProcess> {
    const [program = '', ...args] = [...wrapper, process.execPath, script, module, name, place];
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const started = new StoreProcess(child, createInterface({ input: child.stdout as never }));
    await started.#lines.next();
    return started;
  }

  /** Calls a function of the store. Rejects with its error. Calls are answered one after another. */
  async call<Name extends Exclude<keyof Store, 'sessions'>>(
    method: Name,
    ...given: Parameters<Store[Name]>
  ): Promise<ReturnType<Store[Name]>> {
    return (await this.#outcome({ method, given })) as ReturnType<Store[Name]>;
  }

  /** Writes sessions. `undefined` for a session that was closed. */
  async write(name: string, changed: ReadonlyMap<string, string | undefined>): Promise<void> {
    await this.#outcome({ method: 'write', given: [...changed], sessions: name });
  }

  async #outcome(call: object): Promise<unknown> {
    this.#child.stdin?.write(`${JSON.stringify(call)}\n`);
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error('the process ended');
    const { returned, failed } = JSON.parse(value);
    if (failed !== undefined) throw new Error(failed);
    return returned;
  }

  /** Ends the process without letting it do anything more. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
    this.#reader.close();
  }
}
