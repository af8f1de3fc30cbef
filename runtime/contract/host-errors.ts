// The texts of errors that hosts report without a module's error code: for input that they reject themselves, and for
// modules that violate the contract. `{}` stands for a value.

import { jsonTypes, requestErrors, sessionErrors } from './errors.ts';
import { inputLimits, maxSession, maxSessionId } from './limits.ts';

/** `expected` and `found` of errors in input. */
export const hostTexts = {
  tableNames: 'one of the tables {}',
  noTable: 'no table',
  unknownTable: 'an unknown table',
  tableBytes: 'at most {} bytes of tables',
  oversizedDocument: requestErrors.out_of_memory.found,
  keyThatIs: 'a key that is {}',
  object: jsonTypes.object,
  levels: `at most ${inputLimits.levels} levels of nesting`,
  deeperOrCyclic: 'deeper nesting or a cycle',
  bytes: 'at most {} bytes',
  longerDocument: requestErrors.too_large.found,
  openSession: 'the id of an open session',
  unknownSession: 'an unknown id',
  newSession: 'an id that no open session has',
  sessionId: `a valid Unicode id of at most ${maxSessionId} bytes`,
  invalidSessionId: 'an invalid id',
  snapshotBytes: `at most ${maxSession} bytes`,
  number: 'a number that JSON can represent',
  largeInteger: 'an integer beyond 2^53',
  instant: 'an instant in milliseconds',
  otherValue: 'another value',
  unrevokedSession: 'the id of a session that was not revoked',
  revokedSession: 'the id of a revoked session',
  path: 'a path that the policy declares',
  throwingRequest: 'a request that throws when it is read',
  signal: sessionErrors.no_signal.expected,
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
} as const;

/** `found` of an `engine_error`: what a module wrote that its manifest and the ABI do not allow. */
export const violations = {
  unknownEffect: 'an unknown effect',
  effectReasons: 'reasons that contradict the effect',
  effectFlags: 'flags that contradict the effect',
  grantedInvalid: 'an invalid request that is not denied',
  unknownError: 'an unknown error',
  errorFlag: 'an error that contradicts its flag',
  invalidInstant: 'an invalid instant',
  tooManyReasons: 'more reasons than the manifest has',
  unknownReason: 'a reason that is not in the manifest',
  unknownSelector: 'a selector that is not in the manifest',
  unknownFile: 'a file that is not in the manifest',
  unknownPlaceholder: 'a placeholder that is not in the manifest',
  unknownPath: 'a path that is not in the manifest',
  unlistedUnknownPath: 'an unknown path that is not in the manifest',
  cyclicPath: 'a cyclic path',
  unknownObligation: 'an obligation that is not in the manifest',
  unknownProperty: 'a property that is not in the manifest',
  unusableObligation: 'an obligation with an unknown property',
  unusableAccessRequest: 'an access request with an unknown property',
  endlessAccessRequest: 'an access request without `expires_in`',
  unknownTable: 'a table that is not in the manifest',
  noTableExports: 'no exports for external tables',
  unknownKey: 'a key that is not in the manifest',
  missingKey: 'a missing key',
  unknownValue: 'an unknown value',
  unknownElement: 'an unknown element',
  nestedSet: 'a nested set',
  unknownMember: 'an unknown enum member',
  invalidBool: 'a Bool that is neither 0 nor 1',
  invalidIp: 'an Ip that is not 16 bytes long',
  invalidCidr: 'a Cidr that is not 17 bytes long',
  longPrefix: 'a Cidr with a prefix of more than 128 bits',
  unknownCidr: 'a Cidr that is neither IPv4 nor IPv6',
  outsideMemory: 'an address outside of memory',
  invalidUtf8: 'invalid UTF-8',
  tooManyChanges: 'more changes than there is room for',
  noError: 'an answer without an error',
  noExplanation: 'an answer without an explanation',
} as const;

/** Replaces the `{}` of a text. */
export function fillText(text: string, value: string | number): string {
  return text.replace('{}', () => String(value));
}
