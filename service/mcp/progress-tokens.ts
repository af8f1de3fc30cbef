// The progress tokens of the requests of one side. Progress is passed on only while its request is carried out: a notification
// has a text, and after a refusal or a cancellation nothing of a call reaches the client. A token and an id are texts of any length:
// only digests of long ones are remembered, and only while the request is open, or goes on as a task.

import { createHash } from 'node:crypto';
import { isMembers, type Members } from '../json/members.ts';
import { idKey, isId, type MessageId } from './message.ts';
import { maxOpenRequests } from './open-requests.ts';

/** The use of a token by a request that is open, or by the task as which one goes on. */
type Use = { readonly id: MessageId; readonly task?: undefined } | { readonly task: string };

/** The longest text that is its own key. */
const maxKeyLength = 64;
/** The number of tokens from which on those of closed requests are looked for. */
const minSwept = 100;

export class ProgressTokens {
  /** The requests that use a token. */
  readonly #uses = new Map<string, Use>();
  /** The tokens by the ids of their requests. */
  readonly #tokens = new Map<string, string>();
  #sweepSize = minSwept;

  get size(): number {
    return this.#uses.size;
  }

  /** Starts a request. Returns false if another request that is not answered has its token. */
  start(id: MessageId, { _meta }: Members, isOpen: (id: MessageId) => boolean): boolean {
    const token = isMembers(_meta) ? _meta.progressToken : undefined;
    if (!isId(token)) return true;
    const key = keyOf(token);
    const use = this.#uses.get(key);
    if (use !== undefined && use.task === undefined && isOpen(use.id)) return false;
    this.#sweep(isOpen);
    this.#remove(key);
    this.#uses.set(key, { id });
    this.#tokens.set(keyOf(id), key);
    this.#forgetOldest();
    return true;
  }

  /** The request was answered, or refused. `task`: the task as which it goes on. */
  end(id: MessageId, task: string | undefined): void {
    const own = keyOf(id);
    const key = this.#tokens.get(own);
    if (key === undefined) return;
    this.#tokens.delete(own);
    if (task === undefined) this.#uses.delete(key);
    else this.#uses.set(key, { task });
  }

  /** Whether the progress is that of a request, or of a task, that is carried out. */
  accepts(
    params: Members,
    isAwaited: (id: MessageId) => boolean,
    isRunning: (task: string) => boolean,
  ): boolean {
    const use = this.#find(params);
    if (use === undefined) return false;
    return use.task === undefined ? isAwaited(use.id) : isRunning(use.task);
  }

  /** The task that progress is about, or `undefined` if it is about none. */
  findTask(params: Members): string | undefined {
    return this.#find(params)?.task;
  }

  #find({ progressToken }: Members): Use | undefined {
    return isId(progressToken) ? this.#uses.get(keyOf(progressToken)) : undefined;
  }

  #remove(key: string): void {
    const use = this.#uses.get(key);
    this.#uses.delete(key);
    if (use !== undefined && use.task === undefined) this.#tokens.delete(keyOf(use.id));
  }

  /** Forgets requests that ended without an answer of the server, each time that the number of tokens has doubled. */
  #sweep(isOpen: (id: MessageId) => boolean): void {
    if (this.#uses.size < this.#sweepSize) return;
    for (const [key, use] of this.#uses) {
      if (use.task === undefined && !isOpen(use.id)) this.#remove(key);
    }
    this.#sweepSize = Math.max(minSwept, 2 * this.#uses.size);
  }

  /** Old tasks do not use up the memory. */
  #forgetOldest(): void {
    const [oldest] = this.#uses.keys();
    if (oldest !== undefined && this.#uses.size > 2 * maxOpenRequests) this.#remove(oldest);
  }
}

/** Distinguishes ids and tokens, also if they are long. */
function keyOf(value: MessageId): string {
  const text = idKey(value);
  // No key of JSON begins with `#`.
  if (text.length <= maxKeyLength) return text;
  return `#${createHash('sha256').update(text).digest('base64')}`;
}
