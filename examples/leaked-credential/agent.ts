// The agent behind the guard: calls the tool of the server `archive`, and says what became of its call.

import { createInterface } from 'node:readline';
import type { Started } from './processes.ts';
import type { Timeline } from './timeline.ts';

export class Agent {
  readonly #guard: Started;
  readonly #timeline: Timeline;
  readonly #waiting = new Map<number, (message: Answer) => void>();
  #count = 0;

  constructor(guard: Started, timeline: Timeline) {
    this.#guard = guard;
    this.#timeline = timeline;
    createInterface({ input: guard.process.stdout }).on('line', (line) => {
      const message: Answer = JSON.parse(line);
      this.#waiting.get(message.id)?.(message);
    });
  }

  /** Packs a folder. Resolves with the text of the result. */
  async pack(folder: string): Promise<string> {
    const { result, error } = await this.#request('tools/call', {
      name: 'pack',
      arguments: { folder },
    });
    const text = result?.content?.[0]?.text ?? error?.message ?? '';
    this.#timeline.note('agent', `archive:pack: ${text}`);
    return text;
  }

  #request(method: string, params: object): Promise<Answer> {
    this.#count += 1;
    const id = this.#count;
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    this.#guard.process.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    return answered;
  }
}

interface Answer {
  readonly id: number;
  readonly result?: { readonly content?: readonly { readonly text?: string }[] };
  readonly error?: { readonly message: string };
}
