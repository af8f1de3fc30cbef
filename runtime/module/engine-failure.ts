// An engine failure, in the words of an answer's error. Internal: callers get a deny.

import { engineTexts } from '../contract/index.ts';
export class EngineFailure extends Error {
  readonly expected: string;
  readonly found: string;

  constructor(expected: string, found: string) {
    super(`expected ${expected}, found ${found}`);
    this.name = 'EngineFailure';
    this.expected = expected;
    this.found = found;
  }
}

/** The module wrote something that its manifest or the ABI does not allow. */
export function createMisreadFailure(found: string): EngineFailure {
  return new EngineFailure(engineTexts.conformingAnswer, found);
}
