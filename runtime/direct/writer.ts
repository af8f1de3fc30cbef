// A writer encodes a request's facts and decides the tests that the host can decide: either the runtime's own,
// which follows the module's encoding, or one that was generated for a policy.

import type { CellWriter } from './cell-writer.ts';

export interface Writer {
  /** The selectors of the written request, as the module numbers them. */
  readonly subject: number;
  readonly action: number;
  readonly resource: number;
  /** The first words of tests: those that are true, and those that are true or unknown. */
  readonly certain: number;
  readonly possible: number;
  /** False: the request must be encoded as JSON. Throws only what a getter or a proxy throws. */
  write(request: unknown, hasInstant: boolean): boolean;
  /** Something else has written to the cells. */
  forget(): void;
}

/** The parameters of a generated writer. */
interface WriterKit {
  readonly cells: CellWriter;
  /** An instant in milliseconds; NaN if it is not in the common form. */
  readonly instantOf: (value: unknown) => number;
}

/** Bindings that were generated for one policy. */
export interface Bindings {
  /** The hash of the sources, as in the manifest. */
  readonly sources: string;
  /** `undefined` if requests are encoded as JSON. */
  readonly makeWriter?: (kit: WriterKit) => Writer;
}
