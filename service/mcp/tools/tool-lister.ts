// Lists the tools of a server for the guard itself, because a client may call a tool that it has not listed: what waits
// is continued when all pages were listed.

import { randomUUID } from 'node:crypto';
import { isMembers, type Members } from '../../json/members.ts';
import type { Passage } from '../passage.ts';
import type { ResponseMessage } from '../protocol/message.ts';
import { createRequestMessage } from '../protocol/replies.ts';
import type { ToolInventory } from './inventory.ts';

/** A server that returns pages without end is not waited for. */
const maxPages = 1_000;

type Continuation = () => void;

export class ToolLister {
  readonly #inventory: ToolInventory;
  readonly #waiting: Continuation[] = [];
  /** The id of the request for the current page, or `undefined` if nothing is listed. */
  #id: string | undefined;
  #meta: Members | undefined;
  #pages = 0;
  /** Why the tools could not be listed. */
  #problem: string | undefined;

  constructor(inventory: ToolInventory) {
    this.#inventory = inventory;
  }

  /** Why the tools could not be listed when that was last tried. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Calls once the tools are listed, or could not be. `params`: those of the call that waits. */
  list(params: Members, passage: Passage, continuation: Continuation): void {
    this.#waiting.push(continuation);
    if (this.#id !== undefined) return;
    this.#meta = isMembers(params._meta) ? selectProtocolMeta(params._meta) : undefined;
    this.#pages = 0;
    this.#request(undefined, passage);
  }

  #request(cursor: string | undefined, passage: Passage): void {
    this.#id = `nhipol-${randomUUID()}`;
    this.#pages += 1;
    const page = cursor === undefined ? {} : { cursor };
    const meta = this.#meta === undefined ? {} : { _meta: this.#meta };
    const isSent = passage.passToServer(
      createRequestMessage(this.#id, 'tools/list', { ...page, ...meta }),
    );
    if (!isSent) this.end();
  }

  /** Whether the message answers a request of the lister. */
  answer({ id, result, error }: ResponseMessage, passage: Passage): boolean {
    if (id === null || id !== this.#id) return false;
    this.#problem = isMembers(error) ? String(error.message) : undefined;
    if (Array.isArray(result?.tools)) this.#inventory.list(result.tools);
    const next = result?.nextCursor;
    if (typeof next === 'string' && this.#pages < maxPages) this.#request(next, passage);
    else this.end();
    return true;
  }

  /** Continues what waits: without a list, its tools stay unknown. */
  end(): void {
    this.#id = undefined;
    for (const continuation of this.#waiting.splice(0)) continuation();
  }
}

/** The metadata for a request of the guard itself: what the revision of a client requires of each, and nothing else of its call. */
export function selectProtocolMeta(meta: Members): Members {
  return Object.fromEntries(Object.entries(meta).filter(([name]) => name.startsWith(protocol)));
}

const protocol = 'io.modelcontextprotocol/';
