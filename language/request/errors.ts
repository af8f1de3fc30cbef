// What can be wrong with a request or a table, each with the number that the module reports it by. The
// manifest carries these words, so that every host says the same.

export interface RequestError {
  readonly code: ErrorName;
  /** JSONPath (RFC 9535) of the member at fault; `$` for the text as a whole. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
  /** Bytes from the start of the text. */
  readonly offset: number;
}

/** Bounds on a request. */
export const limits = {
  requestBytes: 65_536,
  stringBytes: 4_096,
  elements: 256,
  depth: 16,
} as const;

/**
 * How bad: a text that is not JSON outweighs a duplicate name, and that a member at fault. Among
 * equals the first in the text is reported.
 */
const severities = { fault: 1, ambiguous: 2, text: 3 } as const;

interface ErrorRow {
  readonly number: number;
  readonly severity: number;
  /** For errors of the text as a whole; a member's own expectation comes from its type. */
  readonly expected?: string;
  readonly found?: string;
}

export const errorTable = {
  not_json: {
    number: 1,
    severity: severities.text,
    expected: 'JSON text',
    found: 'a byte that cannot stand there',
  },
  not_utf8: {
    number: 2,
    severity: severities.text,
    expected: 'UTF-8',
    found: 'bytes that are not UTF-8',
  },
  lone_surrogate: {
    number: 3,
    severity: severities.text,
    expected: 'paired surrogates',
    found: 'a lone surrogate',
  },
  too_deep: {
    number: 4,
    severity: severities.text,
    expected: `at most ${limits.depth} levels`,
    found: 'a deeper nesting',
  },
  too_large: {
    number: 5,
    severity: severities.text,
    expected: `at most ${limits.requestBytes} bytes`,
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
  wrong_type: { number: 16, severity: severities.fault },
  missing: { number: 17, severity: severities.fault },
  too_long: {
    number: 18,
    severity: severities.fault,
    expected: `at most ${limits.stringBytes} bytes`,
    found: 'a longer string',
  },
  too_many: {
    number: 19,
    severity: severities.fault,
    expected: `at most ${limits.elements} elements`,
    found: 'more elements',
  },
  /** Of tables alone, as the next. */
  wrong_key: { number: 20, severity: severities.fault },
  duplicate_key: {
    number: 21,
    severity: severities.fault,
    expected: 'each key once',
    found: 'a key twice',
  },
} as const satisfies Record<string, ErrorRow>;

/** Nothing can be judged of a request with such an error. */
export function isFatal(code: ErrorName): boolean {
  return errorTable[code].severity > severities.fault;
}

export type ErrorName = keyof typeof errorTable;

/** What was found, by the module's numbers. */
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
