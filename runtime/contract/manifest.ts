// The manifest: a module's description of itself, as JSON in a custom section.

import type { EffectName } from './effects.ts';

/** Name of the custom section that holds the manifest as UTF-8 JSON. */
export const manifestSection = 'nhipol.manifest';

/** The type of obligations that become the access request of an answer. Since 1.2. */
export const accessRequestType = 'access_request';

export interface Manifest {
  readonly abi: { readonly major: number; readonly minor: number };
  readonly policy: { readonly name: string; readonly version: string };
  /** The version of the compiler, and the SHA-256 of its sources, in hexadecimal. */
  readonly compiler: string;
  readonly sources: string;
  /** Whether the module has vector instructions. */
  readonly simd?: boolean;
  /** The release of the IANA time zones, such as `2026f`, if a window or a calendar field needs them. */
  readonly time_zones?: string;
  /** JSON Schema 2020-12 of the request. */
  readonly schema: unknown;
  readonly selectors: {
    readonly subjects: readonly string[];
    readonly actions: readonly string[];
    readonly resources: readonly string[];
  };
  /** The paths that an error may name; the first is `$`, the whole request. */
  readonly paths: readonly ManifestPath[];
  readonly expected: readonly string[];
  /** The files of the sources. */
  readonly files: readonly string[];
  /** The paths and tables that rules read. */
  readonly reads: readonly string[];
  readonly reasons: readonly ManifestReason[];
  /** Rules and scores, from which the `read` list of an answer is computed. */
  readonly rules: readonly ManifestRule[];
  /** The strings of a request that select rules. */
  readonly choosers: readonly string[];
  readonly constraints: readonly ManifestConstraint[];
  readonly placeholders: readonly TypeDescription[];
  /** Since 1.1. */
  readonly obligations?: readonly ManifestObligation[];
  /** The types of the cells at the exported `properties`, for obligations. Since 1.1. */
  readonly properties?: readonly TypeDescription[];
  /** The tables that the host fills. Since 1.2. */
  readonly tables?: readonly ManifestTable[];
  /** Since 1.3. */
  readonly bounds?: ManifestBounds;
  /** Present if the module supports sessions. Since 1.4. */
  readonly sessions?: ManifestSessions;
  /** Present if rules use history terms. Since 1.4. */
  readonly history?: ManifestHistory;
}

export interface ManifestSessions {
  /** The bytes that each session takes, without its strings, its collections and its id. */
  readonly bytes: number;
  /**
   * The numbers that `session_set` changes, by path: the index of each, and its scale; 0: true and false, as 1 and
   * 0.
   */
  readonly words: Readonly<Record<string, readonly [word: number, scale: number]>>;
  /** The signals by their indexes, if rules use history terms. */
  readonly signals?: readonly string[];
  /**
   * Whether the context has `approvals`, each with the digest of a call and an end, and the digest of the call
   * itself.
   */
  readonly approvals?: boolean;
}

/** The history that rules read, as indexes into `reads`. */
export interface ManifestHistory {
  readonly terms: readonly number[];
  /** The terms that decisions contribute to: an answer that read one is valid for one action. */
  readonly decisions: readonly number[];
}

/** The maximum cost of one call, however hostile the request. */
export interface ManifestBounds {
  /** For the shortest requests to the longest allowed: function calls and loop iterations. */
  readonly steps: readonly StepBounds[];
  /** Without the pages that `reserve` adds. */
  readonly memory_bytes: number;
}

/** For a request of at most `bytes`. */
export type StepBounds = readonly [bytes: number, decide: number, again: number, explain: number];

/** An external table. `expected`: the words of an error, as in `paths`. */
export interface ManifestTable {
  readonly name: string;
  /** One or two keys. */
  readonly keys: readonly { readonly type: TypeDescription; readonly expected: string }[];
  readonly value: {
    readonly type: TypeDescription;
    readonly expected: string;
    /** The element type of a set. */
    readonly element?: string;
  };
}

/**
 * A JSONPath, with `[]` for array indexes: the index of an earlier row, and the step after it. `expected` is an
 * index into the list of that name.
 */
export type ManifestPath = readonly [before: number, step: string, expected: number];

export interface ManifestReason {
  readonly id: string;
  /** Strings and indexes into `placeholders`, alternating. */
  readonly message?: readonly (string | number)[];
  readonly covers?: readonly string[];
  /** `file` is an index into `files`. */
  readonly source: readonly [file: number, line: number, column: number];
  /** For each bit of the unknown mask, bit 0 first, an index into `reads`. */
  readonly unknown?: readonly number[];
  /** The obligations that it adds to an answer of this effect. */
  readonly asks?: { readonly effect: EffectName; readonly obligations: readonly ManifestDemand[] };
}

export interface ManifestDemand {
  /** Index into `obligations`. */
  readonly obligation: number;
  /** Indexes into `properties`, by name. */
  readonly properties: Readonly<Record<string, number>>;
}

export interface ManifestObligation {
  readonly name: string;
  /** The name of the type in AuthZEN. */
  readonly type: string;
  readonly properties: readonly {
    readonly name: string;
    readonly type: TypeDescription;
    readonly optional?: boolean;
  }[];
}

export interface ManifestRule {
  /** The effects at which it can fire; also `deny` where a narrow or a revoke can become one. */
  readonly effects: readonly EffectName[];
  /** The subjects that it applies to, as numbered in the result; missing: all. */
  readonly subjects?: readonly number[];
  readonly actions?: readonly number[];
  readonly resources?: readonly number[];
  /** Indexes into `reads`. */
  readonly read: readonly number[];
}

export interface ManifestConstraint {
  readonly name: string;
  readonly type: TypeDescription;
  readonly merge: string;
  readonly limits?: string;
}

export type TypeDescription =
  | {
      readonly kind:
        | 'Bool'
        | 'Int'
        | 'Decimal'
        | 'String'
        | 'Timestamp'
        | 'Duration'
        | 'SpiffeId'
        | 'Ip'
        | 'Cidr';
    }
  | { readonly kind: 'Enum'; readonly name: string; readonly members: readonly string[] }
  | { readonly kind: 'Set'; readonly element: TypeDescription };

// --- the encoding --------------------------------------------------------------------------------
