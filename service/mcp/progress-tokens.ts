// The progress tokens of the requests of one side. Progress is passed on only while its request is carried out: a notification
// has a text, and after a refusal or a cancellation nothing of a call reaches the client.

import { isMembers, type Members } from '../json/members.ts';
import { idKey, isId, type MessageId } from './message.ts';
import { maxOpenRequests } from './open-requests.ts';

interface Use {
  readonly id: MessageId;
  /** A task goes on after the answer to its request. */
  readonly isTask: boolean;
}

export class ProgressTokens {
  /** The requests that use a token. */
  readonly #uses = new Map<string, Use>();
  /** The tokens by the ids of their requests. */
  readonly #tokens = new Map<string, string>();

  /** Starts a request. Returns false if another request that is not answered has its token. */
  start(id: MessageId, { _meta }: Members, isOpen: (id: MessageId) => boolean): boolean {
    const token = isMembers(_meta) ? _meta.progressToken : undefined;
    if (!isId(token)) return true;
    const key = idKey(token);
    const use = this.#uses.get(key);
    if (use !== undefined && isOpen(use.id)) return false;
    this.#remove(key);
    this.#uses.set(key, { id, isTask: false });
    this.#tokens.set(idKey(id), key);
    this.#forgetOldest();
    return true;
  }

  /** The request was answered. */
  end(id: MessageId, isTask: boolean): void {
    const key = this.#tokens.get(idKey(id));
    if (key === undefined) return;
    if (isTask) this.#uses.set(key, { id, isTask });
    else this.#remove(key);
    this.#tokens.delete(idKey(id));
  }

  /** Whether the progress is that of a request that is carried out. */
  accepts({ progressToken }: Members, isAwaited: (id: MessageId) => boolean): boolean {
    const use = isId(progressToken) ? this.#uses.get(idKey(progressToken)) : undefined;
    return use !== undefined && (use.isTask || isAwaited(use.id));
  }

  #remove(key: string): void {
    const use = this.#uses.get(key);
    this.#uses.delete(key);
    if (use !== undefined) this.#tokens.delete(idKey(use.id));
  }

  /** Refused requests and old tasks do not use up the memory. */
  #forgetOldest(): void {
    const [oldest] = this.#uses.keys();
    if (oldest !== undefined && this.#uses.size > 2 * maxOpenRequests) this.#remove(oldest);
  }
}
