// Errors in requests and tables as the evaluator reports them; the contract defines the codes and their texts.

import { type ErrorName, requestErrors, severities } from '@nhipol/runtime/abi';

export interface RequestError {
  readonly code: ErrorName;
  /** The JSONPath (RFC 9535) of the faulty member; `$` for the whole document. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
  /** The offset in the document, in bytes. */
  readonly offset: number;
}

/** Whether no rule can be evaluated for a request with this error. */
export function isFatal(code: ErrorName): boolean {
  return requestErrors[code].severity > severities.member;
}
