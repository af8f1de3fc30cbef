// Answers that are the same each time: those of one reason at most, which says the same each time, and
// which time alone does not change. What tells one from another is a number; what it stands for is frozen.

import { effectNames, type Manifest, reasonLayout, resultFlags, resultLayout } from './abi.ts';
import type { Answer } from './answer.ts';
import type { Instance } from './instance.ts';

/** Callers choose among the combinations: what is kept of them must have an end. */
const mostKept = 4096;
const narrow = effectNames.indexOf('narrow');

export class KeptAnswers {
  readonly #subjects: number;
  readonly #actions: number;
  readonly #resources: number;
  readonly #reasons: number;
  readonly #kept = new Map<number, Answer>();

  constructor({ selectors, reasons }: Manifest) {
    this.#subjects = selectors.subjects.length + 1;
    this.#actions = selectors.actions.length + 1;
    this.#resources = selectors.resources.length + 1;
    this.#reasons = reasons.length + 1;
  }

  /** -1: the answer is none of these. */
  keyOf({ memory, reasons }: Instance, result: number): number {
    const count = memory.u32(result + resultLayout.reasonCount);
    const effect = memory.u32(result + resultLayout.effect);
    const flags = memory.u32(result + resultLayout.flags);
    if (
      count > 1 ||
      flags !== (count === 0 ? resultFlags.defaultDeny : 0) ||
      effect === narrow ||
      effect >= effectNames.length ||
      memory.u32(result + resultLayout.errorCode) !== 0 ||
      memory.f64(result + resultLayout.validUntil) !== Number.POSITIVE_INFINITY
    ) {
      return -1;
    }
    const reason = count === 0 ? 0 : memory.u32(reasons + reasonLayout.index) + 1;
    if (count !== 0 && memory.u32(reasons + reasonLayout.firedOnUnknown) !== 0) return -1;
    const subject = memory.u32(result + resultLayout.subject);
    const action = memory.u32(result + resultLayout.action);
    const resource = memory.u32(result + resultLayout.resource);
    const isListed =
      reason < this.#reasons &&
      subject < this.#subjects &&
      action < this.#actions &&
      resource < this.#resources;
    if (!isListed) return -1;
    const chosen = (resource * this.#actions + action) * this.#subjects + subject;
    return (chosen * this.#reasons + reason) * effectNames.length + effect;
  }

  get(key: number): Answer | undefined {
    return this.#kept.get(key);
  }

  keep(key: number, answer: Answer): Answer {
    if (this.#kept.size >= mostKept) this.#kept.clear();
    this.#kept.set(key, freeze(answer));
    return answer;
  }
}

/** The parts of one answer may be those of another. */
function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) freeze(part);
  }
  return value;
}
