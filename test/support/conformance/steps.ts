// The steps of a conformance case, as test/conformance/README.md describes them: the operations and their
// expected outcomes.

import type { AuthZenResponse } from '@nhipol/runtime';

export type Doing =
  | Question<'decide'>
  | Question<'could'>
  | { readonly do: 'load_table'; readonly table: string; readonly contents: string }
  | { readonly do: 'drop_table'; readonly table: string }
  | InSession;

interface Question<Verb extends string> {
  readonly do: Verb;
  readonly name?: string;
  readonly request?: string;
  readonly request_base64?: string;
  readonly clock: 'host' | 'request';
  readonly now?: number;
}

export type InSession =
  | {
      readonly do: 'open';
      readonly session: string;
      readonly request: string;
      readonly now: number;
    }
  | { readonly do: 'patch' | 'replace'; readonly session: string; readonly part: string }
  | {
      readonly do: 'record';
      readonly session: string;
      readonly signal: string;
      readonly payload: string;
      readonly time?: number;
      readonly now: number;
    }
  | {
      readonly do: 'decide_session';
      readonly session: string;
      readonly request?: string;
      readonly now: number;
    }
  | {
      readonly do: 'could_session';
      readonly session: string;
      readonly request?: string;
      readonly now: number;
    }
  | { readonly do: 'reevaluate'; readonly session: string; readonly now: number }
  | { readonly do: 'sweep'; readonly all: boolean; readonly now: number }
  | { readonly do: 'snapshot'; readonly session: string }
  | { readonly do: 'restore'; readonly text: string }
  | { readonly do: 'close'; readonly session: string };

export interface Fault {
  readonly code: string;
  readonly path: string;
  readonly expected: string;
  readonly found: string;
  readonly offset?: number;
}

/** The outcome of a step; its members depend on the operation. */
export interface Outcome {
  readonly answer?: AuthZenResponse;
  readonly possible?: boolean;
  readonly reasons?: readonly string[];
  /** Milliseconds since the epoch. */
  readonly valid_until?: number;
  readonly error?: Fault;
  readonly changes?: readonly {
    readonly session: string;
    readonly before: string;
    readonly after: string;
  }[];
  readonly text?: string;
  readonly session?: string;
  readonly mismatch?: Fault;
}

/** `native`: the request can be passed as values of the host, with the same answer. */
export type Step = Doing & Outcome & { readonly native?: true };

export interface ConformanceCase {
  readonly name: string;
  /** A path within the folder of all cases. */
  readonly module: string;
  readonly steps: readonly Step[];
}

export interface Malformed {
  readonly name: string;
  readonly module_base64: string;
}
