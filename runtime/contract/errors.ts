// The errors that a module and the evaluator report: their numbers, severities and texts. A module contains the texts,
// so that every host prints the same.

import { engineTexts, hostTexts } from './host-errors.ts';
import { maxName, maxSession, requestLimits } from './limits.ts';

/**
 * The severity of errors: invalid JSON outranks a duplicate name, which outranks an invalid member. Among equals, the
 * first one in the document is reported.
 */
export const severities = { member: 1, ambiguous: 2, bytes: 3 } as const;

export interface ErrorRow {
  readonly number: number;
  /** Its code, if that is not the name of the row. */
  readonly code?: string;
  readonly severity: number;
  /** Missing if the type of the member states it. */
  readonly expected?: string;
  /** Missing if `foundNames` states it. */
  readonly found?: string;
}

export const requestErrors = {
  not_json: {
    number: 1,
    severity: severities.bytes,
    expected: 'valid JSON',
    found: 'an unexpected byte',
  },
  not_utf8: {
    number: 2,
    severity: severities.bytes,
    expected: 'valid UTF-8',
    found: 'invalid UTF-8',
  },
  lone_surrogate: {
    number: 3,
    severity: severities.bytes,
    expected: 'paired surrogates',
    found: 'a lone surrogate',
  },
  too_deep: {
    number: 4,
    severity: severities.bytes,
    expected: `at most ${requestLimits.depth} levels of nesting`,
    found: 'deeper nesting',
  },
  too_large: {
    number: 5,
    severity: severities.bytes,
    expected: `at most ${requestLimits.bytes} bytes`,
    found: 'a longer document',
  },
  duplicate_name: {
    number: 6,
    severity: severities.ambiguous,
    expected: 'unique names',
    found: 'a duplicate name',
  },
  out_of_memory: {
    number: 7,
    severity: severities.ambiguous,
    expected: 'a request that fits in memory',
    found: 'a document that does not fit',
  },
  wrong_type: { number: 16, severity: severities.member },
  missing: { number: 17, severity: severities.member },
  too_long: {
    number: 18,
    severity: severities.member,
    expected: `a string of at most ${requestLimits.stringBytes} bytes`,
    found: 'a longer string',
  },
  too_many: {
    number: 19,
    severity: severities.member,
    expected: `at most ${requestLimits.elements} elements`,
    found: 'more elements',
  },
  /** Tables only, like the next. */
  wrong_key: { number: 20, severity: severities.member },
  duplicate_key: {
    number: 21,
    severity: severities.member,
    expected: 'unique keys',
    found: 'a duplicate key',
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorName = keyof typeof requestErrors;

/** Why a module refuses a call that concerns a session. */
export const sessionErrors = {
  no_room: {
    number: 22,
    severity: severities.member,
    expected: 'memory for another session',
    found: 'no free memory',
  },
  no_session: {
    number: 23,
    severity: severities.member,
    expected: hostTexts.openSession,
    found: hostTexts.unknownSession,
  },
  other_type: {
    number: 24,
    severity: severities.member,
    expected: 'the value that the session was opened with',
    found: 'a different value',
  },
  /** The name is what was found. */
  no_signal: {
    number: 25,
    severity: severities.member,
    expected: 'a signal that the policy declares',
  },
  no_snapshot: {
    number: 26,
    severity: severities.member,
    expected: 'a snapshot that a module has written',
    found: 'an invalid snapshot',
  },
  session_exists: {
    number: 27,
    severity: severities.member,
    expected: 'an id that no open session has',
    found: hostTexts.openSession,
  },
  wrong_id: {
    number: 28,
    severity: severities.member,
    expected: `a valid Unicode id of at most ${maxName} bytes`,
    found: 'an invalid id',
  },
  long_snapshot: {
    number: 29,
    code: 'too_large',
    severity: severities.member,
    expected: `at most ${maxSession} bytes`,
    found: 'a longer document',
  },
  wrong_instant: {
    number: 30,
    code: 'wrong_type',
    severity: severities.member,
    expected: hostTexts.instant,
    found: hostTexts.otherValue,
  },
} as const satisfies Record<string, ErrorRow>;

/** Why a module refuses a call that concerns a table as a whole. `{}` stands for the names of the tables. */
export const tableErrors = {
  unknown_table: {
    number: 31,
    severity: severities.member,
    expected: 'one of the tables {}',
    found: hostTexts.unknownTable,
  },
  /** The limit in bytes follows, and `hostTexts.ofTables`. */
  no_table_room: {
    number: 32,
    code: 'out_of_memory',
    severity: severities.member,
    expected: 'at most ',
    found: 'a document that does not fit',
  },
  /** Transitive tables only. */
  cycle: {
    number: 34,
    severity: severities.member,
    expected: 'keys that do not lead back to themselves',
    found: 'a cycle',
  },
} as const satisfies Record<string, ErrorRow>;

/** Why a module does not evaluate a valid request. */
export const decisionErrors = {
  no_instant: {
    number: 33,
    code: 'engine_error',
    severity: severities.member,
    expected: engineTexts.epochInstant,
    found: hostTexts.otherValue,
  },
} as const satisfies Record<string, ErrorRow>;

/** The types of JSON values, in `expected` and `found`. */
export const jsonTypes = {
  object: 'an object',
  array: 'an array',
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
  null: 'null',
} as const;

/** The `found` of an error, by the module's numbers. */
export const foundNames = [
  'nothing',
  jsonTypes.object,
  jsonTypes.array,
  jsonTypes.string,
  jsonTypes.number,
  jsonTypes.boolean,
  jsonTypes.null,
  'a fractional number',
  'an invalid timestamp',
  'an invalid value',
] as const;

export type FoundName = (typeof foundNames)[number];

/** An error's name and texts; a text is '' if the path or the found name states it. */
export type ErrorTexts = readonly [name: string, expected: string, found: string];

/** The rows by the number of the error. */
export const requestErrorTexts: ReadonlyMap<number, ErrorTexts> = indexTexts(requestErrors);

export const sessionErrorTexts: ReadonlyMap<number, ErrorTexts> = indexTexts(sessionErrors);

export const tableErrorTexts: ReadonlyMap<number, ErrorTexts> = indexTexts(tableErrors);

export const decisionErrorTexts: ReadonlyMap<number, ErrorTexts> = indexTexts(decisionErrors);

function indexTexts(table: Readonly<Record<string, ErrorRow>>): ReadonlyMap<number, ErrorTexts> {
  return new Map(
    Object.entries(table).map(([name, { number, code = name, expected = '', found = '' }]) => [
      number,
      [code, expected, found],
    ]),
  );
}
