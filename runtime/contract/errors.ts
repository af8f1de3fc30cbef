// The errors in requests, tables and sessions that a module and the evaluator report: their numbers, severities and
// texts. The manifest repeats the texts, so that every host prints the same.

import { requestLimits } from './limits.ts';

/**
 * The severity of errors: invalid JSON outranks a duplicate name, which outranks an invalid member. Among equals, the
 * first one in the document is reported.
 */
export const severities = { member: 1, ambiguous: 2, bytes: 3 } as const;

export interface ErrorRow {
  readonly number: number;
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
    expected: 'JSON text',
    found: 'a byte that cannot stand there',
  },
  not_utf8: {
    number: 2,
    severity: severities.bytes,
    expected: 'UTF-8',
    found: 'bytes that are not UTF-8',
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
    expected: `at most ${requestLimits.depth} levels`,
    found: 'a deeper nesting',
  },
  too_large: {
    number: 5,
    severity: severities.bytes,
    expected: `at most ${requestLimits.bytes} bytes`,
    found: 'a longer text',
  },
  duplicate_name: {
    number: 6,
    severity: severities.ambiguous,
    expected: 'each name once',
    found: 'a name twice',
  },
  out_of_memory: {
    number: 7,
    severity: severities.ambiguous,
    expected: 'a smaller request',
    found: 'more than fits',
  },
  wrong_type: { number: 16, severity: severities.member },
  missing: { number: 17, severity: severities.member },
  too_long: {
    number: 18,
    severity: severities.member,
    expected: `at most ${requestLimits.stringBytes} bytes`,
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
    expected: 'each key once',
    found: 'a key twice',
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorName = keyof typeof requestErrors;

/** Why a module rejects input for a session. Since 1.4. */
export const sessionErrors = {
  no_room: {
    number: 22,
    severity: severities.member,
    expected: 'room for another session',
    found: 'none, until more memory is reserved',
  },
  no_session: {
    number: 23,
    severity: severities.member,
    expected: 'the handle of an open session',
    found: 'another',
  },
  other_type: {
    number: 24,
    severity: severities.member,
    expected: 'the same as the session was opened with',
    found: 'another',
  },
  no_signal: {
    number: 25,
    severity: severities.member,
    expected: 'a signal that the policy declares',
    found: 'another',
  },
  no_snapshot: {
    number: 26,
    severity: severities.member,
    expected: "a session's text, as a module writes it",
    found: 'another',
  },
} as const satisfies Record<string, ErrorRow>;

/** What an error found, by the module's numbers. */
export const foundNames = [
  'nothing',
  'an object',
  'an array',
  'a string',
  'a number',
  'true or false',
  'null',
  'a fraction',
  'text that is no instant',
  'a value outside of it',
] as const;

export type FoundName = (typeof foundNames)[number];

/** An error's name and texts; a text is '' if the path or the found name states it. */
export type ErrorTexts = readonly [name: string, expected: string, found: string];

/** By an error's number. */
export const requestErrorTexts: ReadonlyMap<number, ErrorTexts> = textsOf(requestErrors);

export const sessionErrorTexts: ReadonlyMap<number, ErrorTexts> = textsOf(sessionErrors);

function textsOf(table: Readonly<Record<string, ErrorRow>>): ReadonlyMap<number, ErrorTexts> {
  return new Map(
    Object.entries(table).map(([name, { number, expected = '', found = '' }]) => [
      number,
      [name, expected, found],
    ]),
  );
}
