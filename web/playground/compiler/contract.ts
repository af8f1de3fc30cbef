// The messages between the page and the worker that compiles.

import type { PolicyFiles } from '../worker/contract.ts';

export interface CompileTask {
  readonly policy: PolicyFiles;
}

export type CompileResult =
  | {
      readonly wasm: Uint8Array<ArrayBuffer>;
      readonly name: string;
      /** The number of requests on which module and evaluator were compared. */
      readonly compared: number;
    }
  | { readonly failure: string };
