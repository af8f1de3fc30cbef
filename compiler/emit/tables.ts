// Emits the exports with which a host fills external tables, by their indexes in the manifest; none for a
// policy without external tables.

import type { IrModule } from '../ir/ir.ts';
import type { StaticData } from './data/static-data.ts';

export function emitTables({ tables }: IrModule, data: StaticData): readonly string[] {
  if (tables.length === 0) return [];
  const descriptions = tables.map((table) => data.description(table));
  return [
    "import { dropTable, loadTable, tableOutcome, tableText } from './external-tables';",
    'export function reserve(pages: i32): i32 { return reservePages(pages); }',
    'export function table_outcome(): usize { return tableOutcome(); }',
    'export function table_text(length: i32): usize { return tableText(length); }',
    'function descriptionOf(index: i32): usize {',
    '  switch (index) {',
    ...descriptions.map((address, index) => `    case ${index}: return ${address};`),
    '    default: return 0;',
    '  }',
    '}',
    // The values that rules computed are not needed any more, and the source needs room.
    'export function load_table(index: i32): i32 {',
    '  release(requestEnd);',
    '  const description = descriptionOf(index);',
    '  return description == 0 ? -1 : loadTable(description);',
    '}',
    'export function drop_table(index: i32): void {',
    '  const description = descriptionOf(index);',
    '  if (description != 0) dropTable(description);',
    '}',
  ];
}
