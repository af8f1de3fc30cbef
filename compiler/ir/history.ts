// The events of a session as a module keeps them. A track is what is kept of the events of one pattern: when
// the newest came about, those that match and those that may. A term is what rules ask of one or two
// tracks; what it comes to is put into a cell of the facts before rules are judged.

import type { IrComparison, IrExpr, IrReader, IrRecord } from './ir.ts';

export interface IrHistory {
  readonly tracks: readonly IrTrack[];
  readonly terms: readonly IrTerm[];
  /** Cells of the event that is being recorded: a decision's effect, and when it came about. */
  readonly effect: number;
  readonly time: number;
  readonly signals: readonly IrSignal[];
}

/** What a signal tells, in cells of its own; the path is that of all it tells. */
export interface IrSignal {
  readonly name: string;
  readonly record: IrRecord;
  readonly path: number;
}

export interface IrTrack {
  /** What another version of the policy knows it by; its window and its numbers are no part of that. */
  readonly identity: string;
  readonly of:
    | {
        readonly kind: 'decision';
        readonly which: 'decided' | 'allowed' | 'refused';
        readonly actions: readonly number[] | undefined;
        readonly resources: readonly number[] | undefined;
      }
    | { readonly kind: 'signal'; readonly signal: number };
  readonly condition: IrExpr | undefined;
  readonly key: IrKey | undefined;
  /** In milliseconds; undefined: for ever. */
  readonly within: bigint | undefined;
  /** How many of the newest are kept. */
  readonly count: number;
  /** Whether it matters which of two events at one instant was recorded first. */
  readonly isOrdered: boolean;
  /** What is kept of the newest that matches: the cell of the event, and how it is held. */
  readonly value: { readonly offset: number; readonly reader: IrReader } | undefined;
}

/** The cell in which event and request have it. */
export interface IrKey {
  readonly offset: number;
  readonly holds: 'word' | 'bytes';
  readonly limit: number;
}

/** `target`: the offset of its cell. */
export type IrTerm =
  | {
      readonly kind: 'count';
      readonly target: number;
      readonly track: number;
      readonly operator: IrComparison;
      readonly threshold: bigint;
    }
  | {
      readonly kind: 'since';
      readonly target: number;
      readonly track: number;
      readonly start: number;
    }
  | { readonly kind: 'last'; readonly target: number; readonly track: number };

/** Whether rules ask for what happened: signals may be declared and mean nothing. */
export function asksHistory({ history }: { readonly history: IrHistory | undefined }): boolean {
  return history !== undefined && history.tracks.length > 0;
}
