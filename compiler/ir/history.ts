// The history of a session in the IR. A track stores the events of one pattern: when the newest occurred,
// those that match and those that may; or what they add to a sum. A term is an expression of a rule about one or two tracks; its
// result is stored in a cell of the facts before rules are evaluated.

import type { HistoryWindow } from '@nhipol/language/types';
import type { IrComparison, IrExpr } from './expressions.ts';
import type { IrReader, IrRecord } from './records.ts';

export interface IrHistory {
  readonly tracks: readonly IrTrack[];
  readonly terms: readonly IrTerm[];
  /** The cells of the event that is being recorded: the effect of a decision, and the time. */
  readonly effect: number;
  readonly time: number;
  readonly signals: readonly IrSignal[];
}

/** The payload of a signal has cells of its own; the path is the path of the whole payload. */
export interface IrSignal {
  readonly name: string;
  readonly record: IrRecord;
  readonly path: number;
  /** Whether it is the outcome of a call, whose action and resource are in the cells of the request. */
  readonly isOutcome: boolean;
}

export interface IrTrack {
  /**
   * Identifies the track to other versions of the policy; its window and its numbers are not part of it.
   */
  readonly identity: string;
  readonly of:
    | {
        readonly kind: 'decision';
        readonly which: 'decided' | 'allowed' | 'refused';
        readonly actions: readonly number[] | undefined;
        readonly resources: readonly number[] | undefined;
      }
    | {
        readonly kind: 'signal';
        readonly signal: number;
        readonly actions: readonly number[] | undefined;
        readonly resources: readonly number[] | undefined;
      };
  readonly condition: IrExpr | undefined;
  readonly key: IrKey | undefined;
  /** Whether it stores the events of all sessions; these tracks come last. */
  readonly isShared: boolean;
  /** `undefined` if it has no limit. */
  readonly window: HistoryWindow | undefined;
  /** The number of newest events, or of parts of a sum, that are stored. */
  readonly count: number;
  /** Whether the order of two events at the same instant matters. */
  readonly isOrdered: boolean;
  /** The value stored for the newest event that matches: the cell of the event, and its reader. */
  readonly value: { readonly offset: number; readonly reader: IrReader } | undefined;
  /** The cell of the number that each event adds to a sum, `one`, or `undefined` if the track stores no sum. */
  readonly added: number | 'one' | undefined;
  /** Whether it stores one amount of the current period instead of events. */
  readonly isCounter: boolean;
}

interface IrKey {
  /** At least one. */
  readonly parts: readonly IrKeyPart[];
  readonly limit: number;
}

/** The cells of the event and of the request with a part of the key; a decision has the cells of its request. */
interface IrKeyPart {
  readonly ofEvent: number;
  readonly ofRequest: number;
  readonly holds: 'word' | 'bytes';
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
      readonly kind: 'sum';
      readonly target: number;
      readonly track: number;
      readonly operator: IrComparison;
      /** A number of the request. */
      readonly bound: IrExpr;
    }
  | {
      readonly kind: 'since';
      readonly target: number;
      readonly track: number;
      readonly start: number;
    }
  | { readonly kind: 'last'; readonly target: number; readonly track: number };

/** The tracks of the events of a session, and the tracks of all sessions. */
export function splitTracks({ tracks }: Pick<IrHistory, 'tracks'>) {
  return {
    own: tracks.filter(({ isShared }) => !isShared),
    shared: tracks.filter(({ isShared }) => isShared),
  };
}

/** Whether rules use history: a policy can declare signals without using them. */
export function asksHistory({ history }: { readonly history: IrHistory | undefined }): boolean {
  return history !== undefined && history.tracks.length > 0;
}
