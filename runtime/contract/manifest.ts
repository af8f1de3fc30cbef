// The manifest: what a module says of itself, as JSON in a custom section.

import type { EffectName } from './effects.ts';

/** Name of the custom section that holds the manifest as UTF-8 JSON. */
export const manifestSection = 'nhipol.manifest';

/** The type of obligations that an answer tells apart, as its access request. Since 1.2. */
export const accessRequestType = 'access_request';

export interface Manifest {
  readonly abi: { readonly major: number; readonly minor: number };
  readonly policy: { readonly name: string; readonly version: string };
  /** The compiler's version, and SHA-256 over the sources, in hexadecimal. */
  readonly compiler: string;
  readonly sources: string;
  /** Whether the module has vector instructions. */
  readonly simd?: boolean;
  /** The release of the IANA time zones, such as `2026f`, where a window or a calendar field needs them. */
  readonly time_zones?: string;
  /** JSON Schema 2020-12 of the request. */
  readonly schema: unknown;
  readonly selectors: {
    readonly subjects: readonly string[];
    readonly actions: readonly string[];
    readonly resources: readonly string[];
  };
  /** What an error may point at; the first is `$`, the whole request. */
  readonly paths: readonly ManifestPath[];
  readonly expected: readonly string[];
  /** The files of the sources. */
  readonly files: readonly string[];
  /** The paths and tables that rules read. */
  readonly reads: readonly string[];
  readonly reasons: readonly ManifestReason[];
  /** Rules and scores, for telling what an answer read. */
  readonly rules: readonly ManifestRule[];
  /** The strings of a request by which rules are chosen. */
  readonly choosers: readonly string[];
  readonly constraints: readonly ManifestConstraint[];
  readonly placeholders: readonly TypeDescription[];
  /** Since 1.1. */
  readonly obligations?: readonly ManifestObligation[];
  /** What obligations say: the types of the cells at the exported `properties`. Since 1.1. */
  readonly properties?: readonly TypeDescription[];
  /** Those that the host fills. Since 1.2. */
  readonly tables?: readonly ManifestTable[];
  /** Since 1.3. */
  readonly bounds?: ManifestBounds;
  /** Of a module that holds sessions. Since 1.4. */
  readonly sessions?: ManifestSessions;
  /** There if rules ask for what happened. Since 1.4. */
  readonly history?: ManifestHistory;
}

export interface ManifestSessions {
  /** Bytes that each session takes, but for its texts, its collections and its id. */
  readonly bytes: number;
  /**
   * By path, the numbers that `session_set` changes: the place of each, and what it is multiplied by; 0: of
   * true and false, as 1 and 0.
   */
  readonly words: Readonly<Record<string, readonly [word: number, scale: number]>>;
  /** By their places, if rules ask for what happened. */
  readonly signals?: readonly string[];
  /** Whether the context has `approvals`, each with the digest of a call and an end, and the digest of the call itself. */
  readonly approvals?: boolean;
}

/** What rules ask of a session's events, as indexes into `reads`. */
export interface ManifestHistory {
  readonly terms: readonly number[];
  /** Those that decisions have a share in: what reads one holds for one action. */
  readonly decisions: readonly number[];
}

/** What one question takes at most, however hostile the request. */
export interface ManifestBounds {
  /** From the shortest requests to the longest that are read: calls of functions and turns of loops. */
  readonly steps: readonly StepBounds[];
  /** But for what `reserve` adds. */
  readonly memory_bytes: number;
}

/** A request has at most `bytes`. */
export type StepBounds = readonly [bytes: number, decide: number, again: number, explain: number];

/** What an error expects is told in words, as by `paths`. */
export interface ManifestTable {
  readonly name: string;
  /** One, or two. */
  readonly keys: readonly { readonly type: TypeDescription; readonly expected: string }[];
  readonly value: {
    readonly type: TypeDescription;
    readonly expected: string;
    /** Of a set. */
    readonly element?: string;
  };
}

/**
 * A JSONPath, with `[]` for places in arrays: that of an earlier row, and how it goes on. `expected` is an
 * index into the list of that name.
 */
export type ManifestPath = readonly [before: number, step: string, expected: number];

export interface ManifestReason {
  readonly id: string;
  /** Texts and indexes into `placeholders`, in turn. */
  readonly message?: readonly (string | number)[];
  readonly covers?: readonly string[];
  /** The file is an index into `files`. */
  readonly source: readonly [file: number, line: number, column: number];
  /** Behind each bit of the unknown mask, bit 0 first, an index into `reads`. */
  readonly unknown?: readonly number[];
  /** What it asks for in an answer of this effect. */
  readonly asks?: { readonly effect: EffectName; readonly obligations: readonly ManifestDemand[] };
}

export interface ManifestDemand {
  /** Index into `obligations`. */
  readonly obligation: number;
  /** By name, indexes into `properties`. */
  readonly properties: Readonly<Record<string, number>>;
}

export interface ManifestObligation {
  readonly name: string;
  /** AuthZEN's name for it. */
  readonly type: string;
  readonly properties: readonly {
    readonly name: string;
    readonly type: TypeDescription;
    readonly optional?: boolean;
  }[];
}

export interface ManifestRule {
  /** The effects at which it can fire; `deny` too where a narrow or a revoke may fall to it. */
  readonly effects: readonly EffectName[];
  /** Those that it applies to, as the result numbers them; without them to any. */
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
