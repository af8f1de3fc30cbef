// The tables and time windows that expressions read.

import type { CollectionType, DayRange, TimeRange, Type, Zone } from '@nhipol/language/types';
import type { IrConst, IrScalar } from './values.ts';

export interface IrTable {
  readonly name: string;
  readonly rows: readonly {
    readonly keys: readonly IrScalar[];
    readonly value: IrConst;
  }[];
  /** The columns of an external table. */
  readonly external: IrColumns | undefined;
}

interface IrColumns {
  readonly keys: readonly IrColumn[];
  /** For a set, the element. */
  readonly value: IrColumn;
  readonly form: IrTableForm;
}

/** A `closed set` contains all keys that its elements lead to. */
export type IrTableForm = 'scalars' | 'sets' | 'closed sets';

/** How the strings and numbers of a column are read, and their bounds. */
export interface IrColumn {
  readonly kind: Exclude<Type['kind'], 'Record' | CollectionType['kind']> | 'Seconds';
  readonly members: readonly string[];
  readonly min: bigint;
  readonly max: bigint;
}

/**
 * Classes of days by weekday (from Monday), ordinal in the month, and whether it is the last one in the
 * month.
 */
export interface IrWindow {
  readonly name: string;
  readonly zone: IrZone;
  /** The index of the plan for each class of days. */
  readonly classes: readonly number[];
  /** Ranges that start on a day, in milliseconds since its midnight. */
  readonly plans: readonly (readonly TimeRange[])[];
  /**
   * Days of the year on which ranges start, from 0 for 1 March to 365 for 29 February; sorted and disjoint. If empty,
   * ranges start on all days.
   */
  readonly seasons: readonly DayRange[];
  /** Days since the epoch on which no range starts; sorted and disjoint. */
  readonly except: readonly DayRange[];
  /** Except for seasons and exceptions, all weeks are the same. */
  readonly weekly: boolean;
  /** Except for seasons and exceptions, it never changes. */
  readonly steady: boolean;
  /** The maximum number of days that a search for the next change visits, without exceptions. */
  readonly searchDays: number;
}

export type IrZone = Zone;
