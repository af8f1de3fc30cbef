// Reads a table from CSV (RFC 4180). The first row names the columns; each further row is an entry: its
// keys and its value. A set has a row for each element; an empty set has one row with an empty last cell.
// Returns the equivalent JSON, in which offsets are row numbers that count from 1.

import Papa from 'papaparse';
import type { Json, JsonMember, JsonObject } from '../request/json.ts';
import { getNumericType } from '../request/scalar.ts';
import type { EnumType, Member, ScalarType } from '../types/types.ts';
import type { TableTypes } from './rows.ts';
import { readKey } from './values.ts';

export interface CsvError {
  readonly row: number;
  readonly why: string;
}

interface Row {
  readonly row: number;
  readonly cells: readonly string[];
}

export function readCsv(types: TableTypes, text: string): JsonObject | CsvError {
  const { data, errors } = Papa.parse<string[]>(text, { delimiter: ',' });
  const [broken] = errors;
  if (broken !== undefined) {
    return {
      row: (broken.row ?? 0) + 1,
      why: 'a quoted cell is not closed, or has text after the closing quote',
    };
  }
  const rows = data
    .map((cells, index): Row => ({ row: index + 1, cells }))
    .filter(({ cells }) => cells.length > 1 || cells[0] !== '');
  const [header, ...entries] = rows;
  if (header === undefined)
    return { row: 1, why: 'the first row, which names the columns, is missing' };
  const members = readHeaderMembers(types, header);
  if ('why' in members) return members;
  const values =
    types.value.kind === 'Record' ? members.map(({ type }) => type) : [findElementType(types)];
  const columns = [...types.keys, ...values] as readonly (ScalarType | EnumType)[];
  const odd = rows.find(({ cells }) => cells.length !== columns.length);
  if (odd !== undefined) {
    return {
      row: odd.row,
      why: `${odd.cells.length} cells, where the table has ${columns.length} columns`,
    };
  }
  const unnamed = types.value.kind === 'Record' ? types.keys : columns;
  if (
    unnamed.some((type, index) =>
      looksLikeEntry(type as ScalarType | EnumType, header.cells[index] ?? ''),
    )
  ) {
    return {
      row: header.row,
      why: 'the first row must name the columns, and this one looks like an entry',
    };
  }
  const toObject = (inner: readonly Row[]) =>
    types.value.kind === 'Record' ? toRecords(members, inner) : toRowObject(types, inner);
  return types.keys.length === 1 ? toObject(entries) : nestRows(entries, toObject);
}

/** The members of records, which the header names after the keys. */
function readHeaderMembers(
  { keys, value }: TableTypes,
  { row, cells }: Row,
): readonly Member[] | CsvError {
  if (value.kind !== 'Record') return [];
  const names = cells.slice(keys.length);
  const strange = names.find((name) => !value.members.has(name));
  if (strange !== undefined)
    return { row, why: `no member of the record is called \`${strange}\`` };
  const members = names.flatMap((name) => value.members.get(name) ?? []);
  const set = members.find(({ type }) => type.kind === 'Set');
  return set === undefined
    ? members
    : {
        row,
        why: `\`${set.name}\` is a set, which a cell cannot contain: write the table as JSON`,
      };
}

/** An empty cell is a missing member, if it is optional. */
function toRecords(members: readonly Member[], rows: readonly Row[]): JsonObject {
  return createObject(
    rows.map(({ row, cells: [name = '', ...cells] }) => ({
      name,
      nameOffset: row,
      value: {
        ...createObject(
          members.flatMap(({ name: own, type, optional }, index) => {
            const cell = cells[index] ?? '';
            if (optional && cell === '') return [];
            const json = parseCell(type as ScalarType | EnumType, cell, row);
            return [{ name: own, nameOffset: row, value: json }];
          }),
        ),
        close: row,
      },
    })),
  );
}

function findElementType({ value }: TableTypes) {
  return value.kind === 'Set' ? value.element : value;
}

/** A cell for a String can also be the name of a column. */
function looksLikeEntry(type: ScalarType | EnumType, cell: string): boolean {
  return type.kind !== 'String' && readKey(type, cell) !== undefined;
}

/** Groups rows by their first cell, and removes it. */
function groupRows(rows: readonly Row[]): ReadonlyMap<string, readonly [Row, ...Row[]]> {
  const groups = new Map<string, [Row, ...Row[]]>();
  for (const { row, cells } of rows) {
    const [name = '', ...rest] = cells;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [{ row, cells: rest }]);
    else group.push({ row, cells: rest });
  }
  return groups;
}

function nestRows(rows: readonly Row[], inner: (rows: readonly Row[]) => Json): JsonObject {
  return createObject(
    [...groupRows(rows)].map(([name, group]) => ({
      name,
      nameOffset: group[0].row,
      value: inner(group),
    })),
  );
}

/** A repeated key is another element of a set; for other values it is a duplicate entry. */
function toRowObject({ value }: TableTypes, rows: readonly Row[]): JsonObject {
  if (value.kind === 'Set') {
    const element = value.element as ScalarType | EnumType;
    return nestRows(rows, (group) => ({
      kind: 'array',
      offset: group[0]?.row ?? 0,
      elements: group
        .filter(({ cells }) => cells[0] !== '')
        .map(({ row, cells }) => parseCell(element, cells[0] ?? '', row)),
    }));
  }
  return createObject(
    rows.map(({ row, cells: [name = '', cell = ''] }) => ({
      name,
      nameOffset: row,
      value: parseCell(value as ScalarType | EnumType, cell, row),
    })),
  );
}

const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function parseCell(type: ScalarType | EnumType, cell: string, offset: number): Json {
  if (getNumericType(type) !== undefined && number.test(cell))
    return { kind: 'number', offset, text: cell };
  if (type.kind === 'Bool' && (cell === 'true' || cell === 'false'))
    return { kind: 'boolean', offset, value: cell === 'true' };
  return { kind: 'string', offset, value: cell };
}

function createObject(members: readonly JsonMember[]): JsonObject {
  return { kind: 'object', offset: 1, members, close: 0 };
}
