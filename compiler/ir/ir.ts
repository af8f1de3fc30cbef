// The decision IR describes what the module computes: every path has an address, every type one of four
// representations, and time is separate from everything else.

import type { Span } from '@nhipol/language/support';
import type { EffectName } from '@nhipol/runtime/abi';
import type { IrExpr } from './expressions.ts';
import type { IrHistory } from './history.ts';
import type { IrEnum, IrRecord } from './records.ts';
import type { IrTable } from './tables.ts';
import type { Rep } from './values.ts';

/** The record of a root for one subject type, action or resource type. */
export interface IrShape {
  /** 1 + index into the selectors; 0: any other type or name. */
  readonly selector: number;
  readonly record: IrRecord;
}

/** The record of the context for the requests in a scope. */
export interface IrContext {
  readonly scope: IrScope;
  readonly record: IrRecord;
}

export interface IrFacts {
  readonly size: number;
  /** The part of it that requests determine; results of history terms follow. */
  readonly requestSize: number;
  readonly subject: readonly IrShape[];
  readonly action: readonly IrShape[];
  readonly resource: readonly IrShape[];
  /** The members that every request has. */
  readonly context: IrShape | undefined;
  /**
   * With scoped contexts, all members by the requests that have them; the first scope that a request is in applies, and
   * the last one is for all others.
   */
  readonly contexts: readonly IrContext[];
  /** The cells of the request's own strings. */
  readonly selectors: Readonly<Record<string, { readonly offset: number; readonly path: number }>>;
  readonly entityPaths: Readonly<Record<'root' | 'subject' | 'action' | 'resource', number>>;
  readonly contextPath: number;
  readonly propertiesPaths: Readonly<Record<'subject' | 'action' | 'resource', number>>;
  /** `context.time`, if the policy declares it. */
  readonly time: { readonly offset: number } | undefined;
  /** `context.call_digest`, if the policy declares it, and the name of the policy, which it covers. */
  readonly digest: { readonly offset: number; readonly policy: string } | undefined;
  readonly enums: readonly IrEnum[];
  /** Whether rules read members that only some shapes declare. */
  readonly hasPartialMembers: boolean;
  /**
   * The bytes that reading the largest request can take for elements of collections, and addresses.
   */
  readonly elementBytes: number;
}

// --- rules ---------------------------------------------------------------------------------------

/** Sets of selectors, or `undefined` for any. */
export interface IrScope {
  readonly subjects: readonly number[] | undefined;
  readonly actions: readonly number[] | undefined;
  readonly resources: readonly number[] | undefined;
}

export interface IrRule {
  readonly kind: 'rule';
  readonly effect: EffectName;
  readonly scope: IrScope;
  readonly condition: IrExpr;
  readonly skipUnknown: boolean;
  readonly narrowing: IrNarrowing | undefined;
  /** For a narrow or a challenge that can fall to `deny`: whether the request is inside. */
  readonly inside: IrExpr | undefined;
  /** Index into the reasons. */
  readonly reason: number;
  readonly span: Span;
}

export interface IrNarrowing {
  readonly id: number;
  readonly inside: IrExpr;
  readonly settings: readonly { readonly constraint: number; readonly value: IrExpr }[];
  readonly mayDeny: boolean;
  readonly mayConflict: boolean;
  /** `undefined` if none of its constraints lowers a path. */
  readonly lowering: IrLowering | undefined;
}

interface IrLowering {
  /** Whether the narrow needs nothing but lower values at the paths. */
  readonly suffices: IrExpr;
  readonly paths: readonly IrLoweredPath[];
}

interface IrLoweredPath {
  /** Index into the paths that answers offer values for. */
  readonly offer: number;
  /** Whether the value of the request need not be lowered. */
  readonly within: IrExpr;
  readonly value: IrExpr;
}

export interface IrScore {
  readonly kind: 'score';
  readonly scope: IrScope;
  readonly conditions: readonly {
    readonly weight: bigint;
    readonly condition: IrExpr;
    readonly reason: number;
  }[];
  readonly bands: readonly {
    readonly from: bigint;
    readonly effect: EffectName;
    readonly narrowing: IrNarrowing | undefined;
  }[];
  readonly span: Span;
}

/**
 * The explanation of a reason that fired: the unknown paths, and the values of its message and
 * obligations.
 */
export interface IrReason {
  readonly id: string;
  /** Whether it can be the reason of a revoke. */
  readonly revokes: boolean;
  readonly condition: IrExpr;
  /** The condition of the deny that a narrow or a challenge falls to. */
  readonly falls: IrExpr | undefined;
  /** The paths by bit, starting at bit 0. */
  readonly unknown: readonly string[];
  readonly placeholders: readonly { readonly index: number; readonly value: IrExpr }[];
  /** The values of its obligations. */
  readonly properties: readonly { readonly index: number; readonly value: IrExpr }[];
}

export interface IrConstraint {
  readonly name: string;
  readonly merge: 'smallest' | 'largest' | 'intersect' | 'agree';
  readonly rep: Rep;
  readonly holds: 'Words' | 'Bytes';
}

/** A path of a request that an answer can offer a lower value for. */
export interface IrOffer {
  readonly path: string;
  /** A constraint of the type of its values. */
  readonly constraint: number;
}

export interface IrModule {
  readonly facts: IrFacts;
  /** `undefined` if no rule uses history, and no signal is declared. */
  readonly history: IrHistory | undefined;
  readonly selectors: {
    readonly subjects: readonly string[];
    readonly actions: readonly string[];
    readonly resources: readonly string[];
  };
  readonly rules: readonly IrRule[];
  readonly scores: readonly IrScore[];
  readonly reasons: readonly IrReason[];
  readonly constraints: readonly IrConstraint[];
  readonly offers: readonly IrOffer[];
  /** The tables that the host fills. */
  readonly tables: readonly IrTable[];
  readonly placeholders: number;
  /** The number of values in obligations. */
  readonly properties: number;
  readonly paths: readonly { readonly path: string; readonly expected: string }[];
  /** `undefined` if the module only decides. */
  readonly possibility: IrPossibility | undefined;
}

/** The possibility form of the rules and scores: whether some completion of a request may be permitted. */
export interface IrPossibility {
  readonly rules: readonly IrRule[];
  readonly scores: readonly IrScore[];
}
