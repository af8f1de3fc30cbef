// The exports with which a host fills external tables, by their indexes in the manifest.

import { release } from '../arena';
import { dropTable, loadTable, tableOutcome, tableText } from '../external-tables';
import { descriptionOf } from './generated';
import { requestEnd } from './request';

export function table_outcome(): usize {
  return tableOutcome();
}

export function table_text(length: i32): usize {
  return tableText(length);
}

export function load_table(index: i32): i32 {
  // The values that rules computed are not needed any more, and the source needs room.
  release(requestEnd);
  const description = descriptionOf(index);
  return description == 0 ? -1 : loadTable(description);
}

export function drop_table(index: i32): void {
  const description = descriptionOf(index);
  if (description != 0) dropTable(description);
}
