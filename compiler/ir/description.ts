// The parts of a policy that responses contain besides values: ids, messages and sources of reasons, the paths of
// requests, and the texts of errors. The lists refer to each other by index.

import type { EffectName } from '@nhipol/runtime/abi';

export interface Description {
  readonly policy: { readonly name: string; readonly version: string };
  readonly selectors: {
    readonly subjects: readonly string[];
    readonly actions: readonly string[];
    readonly resources: readonly string[];
  };
  /** The paths that an error may name; the first is `$`, the whole request. */
  readonly paths: readonly DescribedPath[];
  readonly expected: readonly string[];
  /** The files of the sources. */
  readonly files: readonly string[];
  /** The paths and tables that rules read. */
  readonly reads: readonly string[];
  readonly reasons: readonly DescribedReason[];
  /** Rules and scores, from which the `read` list of an answer is computed. */
  readonly rules: readonly DescribedRule[];
  /** The strings of a request that select rules. */
  readonly choosers: readonly string[];
  readonly constraints: readonly DescribedConstraint[];
  /** The paths that answers can offer lower values for. */
  readonly offers: readonly DescribedConstraint[];
  readonly placeholders: readonly TypeDescription[];
  readonly obligations: readonly DescribedObligation[];
  /** The types of the properties of obligations. */
  readonly properties: readonly TypeDescription[];
  /** The tables that the host fills. */
  readonly tables: readonly DescribedTable[];
  /** The names of the signals. */
  readonly signals: readonly string[];
  /** Present if rules use history terms. */
  readonly history?: DescribedHistory;
}

/** The history that rules read, as indexes into `reads`. */
interface DescribedHistory {
  readonly terms: readonly number[];
  /** The terms that decisions contribute to: an answer that read one is valid for one action. */
  readonly decisions: readonly number[];
}

/** An external table. `expected`: the words of an error, as in `paths`. */
interface DescribedTable {
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
type DescribedPath = readonly [before: number, step: string, expected: number];

export interface DescribedReason {
  readonly id: string;
  /** Strings and indexes into `placeholders`, alternating. */
  readonly message?: readonly (string | number)[];
  /** `file` is an index into `files`. */
  readonly source: readonly [file: number, line: number, column: number];
  /** For each bit of the unknown mask, bit 0 first, an index into `reads`. */
  readonly unknown?: readonly number[];
  /** The obligations that it adds to an answer of this effect. */
  readonly demands?: {
    readonly effect: EffectName;
    readonly obligations: readonly DescribedDemand[];
  };
}

export interface DescribedDemand {
  /** Index into `obligations`. */
  readonly obligation: number;
  /** Indexes into `properties`, by name. */
  readonly properties: Readonly<Record<string, number>>;
}

interface DescribedObligation {
  readonly name: string;
  /** The name of the type in AuthZEN. */
  readonly type: string;
}

export interface DescribedRule {
  /** The effects at which it can fire; also `deny` where a narrow or a revoke can become one. */
  readonly effects: readonly EffectName[];
  /** Whether a deny can make an offer for it. */
  readonly lowers: boolean;
  /** The subjects that it applies to, as numbered in the result; missing: all. */
  readonly subjects?: readonly number[];
  readonly actions?: readonly number[];
  readonly resources?: readonly number[];
  /** Indexes into `reads`. */
  readonly read: readonly number[];
}

interface DescribedConstraint {
  readonly name: string;
  readonly type: TypeDescription;
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
