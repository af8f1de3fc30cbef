// Passes the digest of the call to a module and reads the one that was evaluated. The request's own digest is
// ignored: a caller that could choose the digest could use an approval for another call.

import { cellLayout } from '../contract/index.ts';
import { toUtf8 } from '../json/utf8.ts';
import { isKnown } from '../module/cell-values.ts';
import type { ModuleMemory } from '../module/memory.ts';
import { digestLength } from '../request/call-digest.ts';

const none = new Uint8Array(digestLength);

export class DigestChannel {
  readonly #memory: ModuleMemory;
  readonly #told: number;
  readonly #judged: number;

  constructor(memory: ModuleMemory, told: number, judged: number) {
    this.#memory = memory;
    this.#told = told;
    this.#judged = judged;
  }

  /** Must be called before each call that reads a request or a part of one. undefined: the call has no digest. */
  tell(digest: string | undefined): void {
    this.#memory.refresh();
    this.#memory.write(this.#told, digest === undefined ? none : toUtf8(digest));
  }

  /** The digest of the latest evaluated call. */
  judged(): string | undefined {
    const [memory, cell] = [this.#memory, this.#judged];
    if (!isKnown(memory, cell)) return undefined;
    return memory.text(memory.u32(cell + cellLayout.pointer), memory.u32(cell + cellLayout.length));
  }
}
