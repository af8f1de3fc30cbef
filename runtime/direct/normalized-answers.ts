// The cache for a policy whose answers depend on selectors and tests alone: the module evaluates each combination
// once.

import { AnswerCache } from '../answer/answer-cache.ts';
import type { Answer, Encoding } from '../contract/index.ts';
import type { Writer } from './writer.ts';

/** The bits of a key; lookup is fastest for small integers. */
const keyBits = 30;

export class NormalizedAnswers {
  readonly #actions: number;
  readonly #resources: number;
  readonly #tests: number;
  readonly #kept = new AnswerCache();

  constructor({ selectors }: Encoding, tests: number) {
    this.#actions = selectors.actions.length + 1;
    this.#resources = selectors.resources.length + 1;
    this.#tests = tests;
  }

  get(writer: Writer): Answer | undefined {
    return this.#kept.get(this.#makeKey(writer));
  }

  keep(writer: Writer, answer: Answer): void {
    this.#kept.keep(this.#makeKey(writer), answer);
  }

  #makeKey({ subject, action, resource, certain, possible }: Writer): number {
    const chosen = (subject * this.#actions + action) * this.#resources + resource;
    return (((chosen << this.#tests) | possible) << this.#tests) | certain;
  }
}

/** `undefined` if answers of the policy depend on more, or on too much for a key. */
export function createNormalizedAnswers(encoding: Encoding): NormalizedAnswers | undefined {
  const tests = encoding.tests.reduce((most, { bit }) => Math.max(most, bit + 1), 0);
  const { subjects, actions, resources } = encoding.selectors;
  const choices = (subjects.length + 1) * (actions.length + 1) * (resources.length + 1);
  const bits = 2 * tests + Math.ceil(Math.log2(choices));
  return encoding.settled && bits <= keyBits ? new NormalizedAnswers(encoding, tests) : undefined;
}
