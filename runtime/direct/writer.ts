// What writes a request's facts, and decides the tests that the host can: the runtime's own, which goes
// by the module's encoding, or one that was generated for a policy and has it in its code.

import type { CellWriter } from './cell-writer.ts';

export interface Writer {
  /** Of the request that was written, as the module numbers them. */
  readonly subject: number;
  readonly action: number;
  readonly resource: number;
  /** The first words of tests: those that are true, and those that are true or unknown. */
  readonly certain: number;
  readonly possible: number;
  /** False: something about the request is unusual. Throws only what a getter or a proxy throws. */
  write(request: unknown, hasInstant: boolean): boolean;
  /** Something else wrote to the cells. */
  forget(): void;
}

/** What a generated writer is made with. */
export interface WriterKit {
  readonly cells: CellWriter;
  /** An instant in milliseconds; NaN where it is not told in the usual way. */
  readonly instantOf: (value: unknown) => number;
}

/** Generated for one policy. */
export interface Bindings {
  /** The manifest's hash of the sources. */
  readonly sources: string;
  readonly makeWriter: (kit: WriterKit) => Writer;
}
