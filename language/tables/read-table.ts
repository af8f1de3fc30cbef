// The door from a table's text to its rows: JSON as the module reads it at run time too, or CSV.

import { requestErrors, requestLimits } from '@nhipol/runtime/abi';
import type { Table, TableRow } from '../model/model.ts';
import { readJson } from '../request/json.ts';
import { readCsv } from './csv.ts';
import { readRows, type TableError, type TableTypes } from './rows.ts';

/** What whoever asks loads into an external table; bounded as a request's members are. */
export function readTable(table: Table, text: Uint8Array): readonly TableRow[] | TableError {
  return fromJson(table, text, requestLimits.elements);
}

/** A table's file, as it is compiled in. A mistake comes out in words. */
export function readTableFile(
  types: TableTypes,
  path: string,
  text: string,
): readonly TableRow[] | string {
  if (!path.endsWith('.csv')) {
    const rows = fromJson(types, new TextEncoder().encode(text), Number.POSITIVE_INFINITY);
    return isError(rows) ? `\`${path}\`: ${reportTableError(rows)}` : rows;
  }
  const json = readCsv(types, text);
  if ('why' in json) return `\`${path}\`, row ${json.row}: ${json.why}`;
  const rows = readRows(types, json, Number.POSITIVE_INFINITY);
  return isError(rows) ? `\`${path}\`, row ${rows.offset}: ${reportTableError(rows)}` : rows;
}

export function reportTableError({ path, expected, found }: TableError): string {
  return `${path}: expected ${expected}, found ${found}`;
}

export function isError(rows: readonly TableRow[] | TableError): rows is TableError {
  return 'code' in rows;
}

function fromJson(
  types: TableTypes,
  text: Uint8Array,
  mostElements: number,
): readonly TableRow[] | TableError {
  const json = readJson(text, Number.POSITIVE_INFINITY);
  if (!('code' in json)) return readRows(types, json, mostElements);
  const { expected, found } = requestErrors[json.code] as { expected: string; found: string };
  return { code: json.code, path: '$', expected, found, offset: json.offset };
}
