// What is wrong with a request or a table, as the evaluator reports it; the errors and their texts are in the contract.

import { type ErrorName, requestErrors, severities } from '@nhipol/runtime/abi';

export interface RequestError {
  readonly code: ErrorName;
  /** JSONPath (RFC 9535) of the member at fault; `$` for the text as a whole. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
  /** Bytes from the start of the text. */
  readonly offset: number;
}

/** Nothing can be judged of a request with such an error. */
export function isFatal(code: ErrorName): boolean {
  return requestErrors[code].severity > severities.member;
}
