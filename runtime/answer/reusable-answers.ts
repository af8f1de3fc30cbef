// A cache of answers that only differ in how long they are valid, since their reasons have constant texts. Each is
// identified by a number and frozen.

import {
  type Answer,
  effects,
  type Manifest,
  reasonLayout,
  resultFlags,
  resultLayout,
} from '../contract/index.ts';
import { AnswerCache } from '../direct/answer-cache.ts';
import type { Instance } from '../instance/instance.ts';
import { withValidUntil } from './given-answer.ts';

/** The maximum number of reasons of a cached answer, plus one. */
const maxReasons = 16;
const narrow = effects.indexOf('narrow');
const challenge = effects.indexOf('challenge');

export class ReusableAnswers {
  readonly #subjects: number;
  readonly #actions: number;
  readonly #resources: number;
  readonly #reasons: number;
  readonly #cache = new AnswerCache();

  constructor({ selectors, reasons }: Manifest) {
    this.#subjects = selectors.subjects.length + 1;
    this.#actions = selectors.actions.length + 1;
    this.#resources = selectors.resources.length + 1;
    this.#reasons = reasons.length + 1;
  }

  /** -1: the answer cannot be cached. */
  keyOf({ memory, reasons, digest }: Instance, result: number): number {
    const count = memory.u32(result + resultLayout.reasonCount);
    const effect = memory.u32(result + resultLayout.effect);
    const flags = memory.u32(result + resultLayout.flags);
    if (
      flags !== (count === 0 ? resultFlags.defaultDeny : 0) ||
      effect === narrow ||
      (effect === challenge && digest !== undefined) ||
      effect >= effects.length ||
      memory.u32(result + resultLayout.errorCode) !== 0
    ) {
      return -1;
    }
    const subject = memory.u32(result + resultLayout.subject);
    const action = memory.u32(result + resultLayout.action);
    const resource = memory.u32(result + resultLayout.resource);
    const isListed =
      subject < this.#subjects && action < this.#actions && resource < this.#resources;
    if (!isListed) return -1;
    const chosen = (resource * this.#actions + action) * this.#subjects + subject;
    let key = chosen * effects.length + effect;
    for (let at = 0; at < count; at += 1) {
      const entry = reasons + at * reasonLayout.size;
      const reason = memory.u32(entry + reasonLayout.index) + 1;
      if (reason >= this.#reasons || memory.u32(entry + reasonLayout.firedOnUnknown) !== 0) {
        return -1;
      }
      key = key * this.#reasons + reason;
    }
    key = key * maxReasons + count;
    return count < maxReasons && key <= Number.MAX_SAFE_INTEGER ? key : -1;
  }

  /** undefined: not cached yet. */
  get(key: number, validUntil: number | undefined): Answer | undefined {
    const cached = this.#cache.get(key);
    return cached === undefined || validUntil === undefined
      ? cached
      : withValidUntil(cached, validUntil);
  }

  keep(key: number, answer: Answer): void {
    // A cached answer shares its parts with the given one.
    this.#cache.keep(
      key,
      answer.validUntil === undefined ? answer : withValidUntil(answer, undefined),
    );
  }
}
