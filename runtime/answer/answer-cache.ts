// A bounded cache of answers by number. They are frozen, since callers share them. It is bounded because callers
// choose the numbers.

import type { Answer } from '../contract/index.ts';
import { freeze } from '../json/freeze.ts';

const mostKept = 4096;

export class AnswerCache {
  readonly #kept = new Map<number, Answer>();

  get(key: number): Answer | undefined {
    return this.#kept.get(key);
  }

  keep(key: number, answer: Answer): void {
    if (this.#kept.size >= mostKept) this.#kept.clear();
    this.#kept.set(key, freeze(answer));
  }
}
