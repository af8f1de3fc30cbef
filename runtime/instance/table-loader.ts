// Loads one external table of an instance: takes UTF-8 JSON and returns the error, in which case the table is
// unchanged.

import { readError } from '../answer/response-reader.ts';
import { type AnswerError, type TableExports, violations } from '../contract/index.ts';
import { toUtf8 } from '../json/utf8.ts';
import { createMisreadFailure } from '../module/engine-failure.ts';
import type { ModuleInstance } from './instance.ts';
import { type NameExports, nameLength } from './names.ts';

/** The number of the table with this name; 0: there is none, and loading it is an error. */
export function findTable(instance: ModuleInstance, name: string): number {
  const { memory } = instance;
  const tables = expectTables(instance);
  memory.refresh();
  return tables.table_find(nameLength(memory, tables, toUtf8(name)));
}

export function loadTable(
  instance: ModuleInstance,
  table: number,
  text: Uint8Array,
): AnswerError | undefined {
  const { memory } = instance;
  const tables = expectTables(instance);
  const address = tables.table_text(text.length) >>> 0;
  memory.refresh();
  if (address !== 0) memory.write(address, text);
  const refused = tables.table_load(table) >>> 0;
  memory.refresh();
  return refused === 0 ? undefined : readError(memory, refused);
}

export function dropTable(instance: ModuleInstance, table: number): AnswerError | undefined {
  const refused = expectTables(instance).table_drop(table) >>> 0;
  instance.memory.refresh();
  return refused === 0 ? undefined : readError(instance.memory, refused);
}

function expectTables({ tables }: ModuleInstance): TableExports & NameExports {
  if (tables === undefined) throw createMisreadFailure(violations.noTables);
  return tables;
}
