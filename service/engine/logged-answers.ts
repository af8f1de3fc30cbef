// The latest logged answer of each call: a call that is decided again has a line in the log whenever the new answer changes what its
// caller may or must do.

import { type Answer, stringify } from '@nhipol/runtime';
import type { Call } from './call.ts';

export class LoggedAnswers {
  readonly #terms = new WeakMap<Call, string>();

  /** The answer was logged. */
  note(call: Call, answer: Answer): void {
    this.#terms.set(call, formatTerms(answer));
  }

  /** Whether the latest logged answer of the call has the same effect, constraints, offers and obligations. */
  isLogged(call: Call, answer: Answer): boolean {
    return this.#terms.get(call) === formatTerms(answer);
  }
}

function formatTerms({ effect, decision, constraints, lower, obligations }: Answer): string {
  return stringify([effect, decision, constraints, lower, obligations]);
}
