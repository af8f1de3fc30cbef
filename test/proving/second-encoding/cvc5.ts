// cvc5 as a process that answers questions. `node scripts/install/cvc5.mjs` installs it; see answers.py.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Term } from './smt.ts';

const python = fileURLToPath(new URL('.venv/bin/python', import.meta.url));
const program = fileURLToPath(new URL('answers.py', import.meta.url));

export const hasCvc5: boolean = existsSync(python);

export type ModelValue = boolean | bigint | string;

export type Result =
  | { readonly kind: 'unsat' }
  | { readonly kind: 'unknown' }
  /** The values of the terms. */
  | { readonly kind: 'sat'; readonly values: readonly ModelValue[] };

export interface Question {
  readonly script: string;
  readonly asserts: readonly Term[];
  readonly terms: readonly Term[];
  /** In milliseconds, for each question. */
  readonly timeout: number;
}

/** The solver ends itself after its time; the process is ended if it does not. */
const grace = 15_000;

export class Cvc5 {
  #process: ChildProcess | undefined;
  #lines: Interface | undefined;
  #script: string | undefined;
  #waiting: ((line: string | undefined) => void) | undefined;

  async ask({ script, asserts, terms, timeout }: Question): Promise<Result> {
    const isKept = this.#process !== undefined && this.#script === script;
    const question = isKept ? { keep: true } : { script };
    const sent = JSON.stringify({ ...question, asserts, terms, timeout });
    const line = await this.#exchange(sent, timeout + grace);
    if (line === undefined) {
      this.close();
      return { kind: 'unknown' };
    }
    this.#script = script;
    const { result, why, values = [] } = JSON.parse(line);
    if (result === 'error') {
      this.#script = undefined;
      throw new Error(`cvc5: ${why}`);
    }
    if (result !== 'sat') return { kind: result === 'unsat' ? 'unsat' : 'unknown' };
    return { kind: 'sat', values: values.map(modelValue) };
  }

  close(): void {
    this.#lines?.close();
    this.#process?.kill('SIGKILL');
    this.#process = undefined;
    this.#script = undefined;
  }

  /** Returns the answer, or `undefined` if none arrives in time. */
  #exchange(sent: string, timeout: number): Promise<string | undefined> {
    const { stdin } = this.#start();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#waiting?.(undefined), timeout);
      this.#waiting = (line) => {
        clearTimeout(timer);
        this.#waiting = undefined;
        resolve(line);
      };
      stdin?.write(`${sent}\n`);
    });
  }

  #start(): ChildProcess {
    if (this.#process !== undefined) return this.#process;
    const started = spawn(python, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: started.stdout });
    lines.on('line', (line) => this.#waiting?.(line));
    started.on('exit', () => {
      if (this.#process === started) this.#waiting?.(undefined);
    });
    started.stdin.on('error', () => {});
    this.#process = started;
    this.#lines = lines;
    return started;
  }
}

function modelValue(value: {
  readonly string?: readonly number[];
  readonly integer?: string;
  readonly bits?: string;
  readonly boolean?: boolean;
}): ModelValue {
  if (value.string !== undefined) return String.fromCodePoint(...value.string);
  if (value.integer !== undefined) return BigInt(value.integer);
  if (value.bits !== undefined) return BigInt(`0b${value.bits}`);
  return value.boolean === true;
}
