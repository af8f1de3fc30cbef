// Where a module takes the digest of the call, and tells which one it judged. A request's own says nothing: whoever
// could choose the digest could use an approval for another call.

import { cellLayout } from '../contract/index.ts';
import { toUtf8 } from '../json/utf8.ts';
import { isKnown } from '../module/cell-values.ts';
import type { ModuleMemory } from '../module/memory.ts';
import { digestLength } from '../request/call-digest.ts';

const none = new Uint8Array(digestLength);

export class DigestDoor {
  readonly #memory: ModuleMemory;
  readonly #told: number;
  readonly #judged: number;

  constructor(memory: ModuleMemory, told: number, judged: number) {
    this.#memory = memory;
    this.#told = told;
    this.#judged = judged;
  }

  /** Right before each call that reads a request or a part of one. undefined: the call has none. */
  tell(digest: string | undefined): void {
    this.#memory.refresh();
    this.#memory.write(this.#told, digest === undefined ? none : toUtf8(digest));
  }

  /** Of the call that was judged last. */
  judged(): string | undefined {
    const [memory, cell] = [this.#memory, this.#judged];
    if (!isKnown(memory, cell)) return undefined;
    return memory.text(memory.u32(cell + cellLayout.pointer), memory.u32(cell + cellLayout.length));
  }
}
