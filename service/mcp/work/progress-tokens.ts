// The progress tokens of the requests of one side. Progress is passed on only while its request is carried out: a notification
// has a text, and after a refusal or a cancellation nothing of a call reaches the client. A token and an id are texts of any length:
// only digests of long ones are remembered, and only while the request is open, or goes on as a task. Meanwhile no other request can use
// the token: the texts of one would be taken for those of the other.

import { createHash } from 'node:crypto';
import { isMembers, type Members } from '../../json/members.ts';
import { buildIdKey, isId, type MessageId } from '../protocol/message.ts';
import { maxOpenRequests } from './open-requests.ts';

/** The use of a token by a request that is open, or by the task as which one goes on. */
type Use = { readonly id: MessageId; readonly task?: undefined } | { readonly task: string };

/** The longest text that is its own key. */
const maxKeyLength = 64;
/** The number of tokens from which on those of closed requests are looked for. */
const minSwept = 100;
/** The tokens that are remembered: of all open requests, and of as many tasks. */
const maxUses = 2 * maxOpenRequests;

/** Which requests and tasks still use their tokens. */
interface TokenUsers {
  readonly isOpen: (id: MessageId) => boolean;
  /** Whether the other side may send texts of a task: it runs, or was stopped and may not have noticed. */
  readonly isTalking: (task: string) => boolean;
}

export class ProgressTokens {
  /** The requests that use a token. */
  readonly #uses = new Map<string, Use>();
  /** The tokens by the ids of their requests. */
  readonly #tokens = new Map<string, string>();
  #sweepSize = minSwept;

  get size(): number {
    return this.#uses.size;
  }

  /** Starts a request. Returns false if another request that is not answered, or a task, has its token. */
  start(id: MessageId, { _meta }: Members, users: TokenUsers): boolean {
    const token = isMembers(_meta) ? _meta.progressToken : undefined;
    if (!isId(token)) return true;
    const key = toKey(token);
    const use = this.#uses.get(key);
    if (use !== undefined && isUsed(use, users)) return false;
    this.#sweep(users);
    this.#remove(key);
    this.#uses.set(key, { id });
    this.#tokens.set(toKey(id), key);
    this.#forgetOldest();
    return true;
  }

  /** The request was answered, or refused. `task`: the task as which it goes on. */
  end(id: MessageId, task: string | undefined): void {
    const requestKey = toKey(id);
    const key = this.#tokens.get(requestKey);
    if (key === undefined) return;
    this.#tokens.delete(requestKey);
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

  /** The request that progress is about, or `undefined` if it is about none that is not answered. */
  findRequest(params: Members): MessageId | undefined {
    const use = this.#find(params);
    return use?.task === undefined ? use?.id : undefined;
  }

  #find({ progressToken }: Members): Use | undefined {
    return isId(progressToken) ? this.#uses.get(toKey(progressToken)) : undefined;
  }

  #remove(key: string): void {
    const use = this.#uses.get(key);
    this.#uses.delete(key);
    if (use !== undefined && use.task === undefined) this.#tokens.delete(toKey(use.id));
  }

  /** Forgets requests and tasks that have ended, each time that the number of tokens has doubled. */
  #sweep(users: TokenUsers): void {
    if (this.#uses.size < this.#sweepSize) return;
    for (const [key, use] of this.#uses) if (!isUsed(use, users)) this.#remove(key);
    this.#sweepSize = Math.min(Math.max(minSwept, 2 * this.#uses.size), maxUses);
  }

  /** Many tasks do not use up the memory. */
  #forgetOldest(): void {
    const [oldest] = this.#uses.keys();
    if (oldest !== undefined && this.#uses.size > maxUses) this.#remove(oldest);
  }
}

function isUsed(use: Use, { isOpen, isTalking }: TokenUsers): boolean {
  return use.task === undefined ? isOpen(use.id) : isTalking(use.task);
}

/** Distinguishes ids and tokens, also if they are long. */
function toKey(value: MessageId): string {
  const text = buildIdKey(value);
  // No key of JSON begins with `#`.
  if (text.length <= maxKeyLength) return text;
  return `#${createHash('sha256').update(text).digest('base64')}`;
}
