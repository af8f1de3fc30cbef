// The texts of errors that hosts report without a module: for input that they reject themselves, and for modules that
// violate the contract. `{}` stands for a value.

import { inputLimits } from './limits.ts';

/** `expected` and `found` of errors in input. */
export const hostTexts = {
  keyThatIs: 'a key that is {}',
  ofTables: ' bytes of tables',
  noTable: 'no table',
  unknownTable: 'an unknown table',
  unknownSession: 'an unknown id',
  levels: `at most ${inputLimits.levels} levels of nesting`,
  deeperOrCyclic: 'deeper nesting or a cycle',
  bytes: 'at most {} bytes',
  longerDocument: 'a longer document',
  openSession: 'the id of an open session',
  number: 'a number that JSON can represent',
  largeInteger: 'an integer beyond 2^53',
  instant: 'an instant in milliseconds',
  otherValue: 'another value',
  unrevokedSession: 'the id of a session that was not revoked',
  revokedSession: 'the id of a revoked session',
  path: 'a path that the policy declares',
  throwingRequest: 'a request that throws when it is read',
} as const;

/** `expected` and `found` of an `engine_error`. Conformance does not compare them. */
export const engineTexts = {
  conformingAnswer: 'an answer that conforms to the ABI',
  noTrap: 'a module that does not trap',
  trap: 'a trap: {}',
  answer: 'an answer from the module',
  readableRequest: 'a readable request',
  epochInstant: 'an instant in milliseconds since the epoch',
  deadline: 'an answer within the deadline',
  noAnswer: 'no answer',
  possibility: 'a module that was compiled with `--possible`',
  noPossibility: 'one without the export `could`',
} as const;

/** `found` of an `engine_error`: what a module wrote that the ABI does not allow. */
export const violations = {
  unknownEffect: 'an unknown effect',
  grantedInvalid: 'an invalid request that is not denied',
  invalidInstant: 'an invalid instant',
  noResponse: 'no response',
  invalidResponse: 'a response that is not one of the ABI',
  otherEffect: 'a response with another effect',
  outsideMemory: 'an address outside of memory',
  invalidUtf8: 'invalid UTF-8',
  tooManyChanges: 'more changes than there is room for',
  noRoomForRecord: 'no room for a record of the history across sessions',
  noError: 'a refusal without an error',
  noTables: 'no exports for external tables',
} as const;

/** Replaces the `{}` of a text. */
export function fillText(text: string, value: string | number): string {
  return text.replace('{}', () => String(value));
}
