// Where the declared members of a request are in memory, and how each is read.

import type { IrConst } from './values.ts';

/**
 * A record's own cell, followed by the cells of its members, depth first; the record of a root has no cell.
 */
export interface IrRecord {
  readonly id: number;
  /** The bytes of the record's cell and all cells in it; 0: it has no cell. */
  readonly size: number;
  readonly members: readonly IrMember[];
}

export interface IrMember {
  readonly name: string;
  /** From the record's own cell, or from the start of the facts if it has none. */
  readonly offset: number;
  readonly reader: IrReader;
  /** Index into the manifest's paths. */
  readonly path: number;
  readonly required: boolean;
  readonly default: IrConst | undefined;
}

export type IrReader =
  | { readonly kind: 'scalar'; readonly function: string }
  | {
      readonly kind: 'ranged';
      readonly function: string;
      readonly min: bigint;
      readonly max: bigint;
    }
  | { readonly kind: 'enum'; readonly id: number }
  | { readonly kind: 'record'; readonly record: IrRecord }
  | {
      readonly kind: 'collection';
      readonly id: number;
      readonly element: IrReader;
      readonly elementPath: number;
      readonly stride: number;
      readonly distinct: 'Words' | 'Bytes' | undefined;
      /** Whether it is a map: its elements are entries, of a key and a value. */
      readonly isMap: boolean;
    };

export interface IrEnum {
  readonly id: number;
  readonly members: readonly string[];
  readonly otherwise: number | undefined;
}
