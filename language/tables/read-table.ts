// Reads the rows of a table from JSON, in the form that the module also reads at run time, or from CSV.

import { requestErrors, requestLimits } from '@nhipol/runtime/abi';
import type { Table, TableRow } from '../model/model.ts';
import { readJson } from '../request/json.ts';
import type { Value } from '../types/types.ts';
import { readCsv } from './csv.ts';
import { readRows, type TableRowError, type TableTypes } from './rows.ts';

/** Reads the contents that a host loads into an external table, with the limits of a request. */
export function readTable(table: Table, text: Uint8Array): readonly TableRow[] | TableRowError {
  return fromJson(table, text, requestLimits.elements);
}

/** A transitive table with a cycle: its keys, from the first one back to it. */
export interface Cyclic {
  readonly cycle: readonly Value[];
}

/** Reads the file of a table that is compiled in; returns an error as a message, except for a cycle. */
export function readTableFile(
  types: TableTypes,
  path: string,
  text: string,
): readonly TableRow[] | Cyclic | string {
  const describeError = (error: TableRowError, place: string) =>
    error.cycle === undefined
      ? `\`${path}\`${place}: ${reportTableError(error)}`
      : { cycle: error.cycle };
  if (!path.endsWith('.csv')) {
    const rows = fromJson(types, new TextEncoder().encode(text), Number.POSITIVE_INFINITY);
    return isError(rows) ? describeError(rows, '') : rows;
  }
  const json = readCsv(types, text);
  if ('why' in json) return `\`${path}\`, row ${json.row}: ${json.why}`;
  const rows = readRows(types, json, Number.POSITIVE_INFINITY);
  return isError(rows) ? describeError(rows, `, row ${rows.offset}`) : rows;
}

export function reportTableError({ path, expected, found }: TableRowError): string {
  return `${path}: expected ${expected}, found ${found}`;
}

export function isError(rows: readonly TableRow[] | TableRowError): rows is TableRowError {
  return 'code' in rows;
}

function fromJson(
  types: TableTypes,
  text: Uint8Array,
  maxElements: number,
): readonly TableRow[] | TableRowError {
  const json = readJson(text, Number.POSITIVE_INFINITY);
  if (!('code' in json)) return readRows(types, json, maxElements);
  const { expected, found } = requestErrors[json.code] as { expected: string; found: string };
  return { code: json.code, path: '$', expected, found, offset: json.offset };
}
