// The exports with which a host fills external tables, by their numbers. Each returns 0, or the address of a response
// that states the error, and then the table is unchanged.

import { release } from '../memory/arena';
import { Code } from '../reading/errors';
import { dropTable, forgetText, loadTable, tableText } from '../tables/external-tables';
import { findName } from '../memory/name-buffer';
import { describeTable } from './generated';
import { TABLE_NAMES } from './layout';
import { requestEnd } from './request';
import { respondRefusal } from './response/response';
import { respondTableError } from './response/table-error';

export function table_find(length: i32): i32 {
  return findName(TABLE_NAMES, length);
}

/** The address for a document of this length; 0: there is no room. */
export function table_text(length: i32): usize {
  return tableText(length);
}

export function table_load(table: i32): usize {
  // The values that rules computed are not needed any more, and the source needs room.
  release(requestEnd);
  const description = table == 0 ? 0 : describeTable(table - 1);
  if (description == 0) return respondRefusal(Code.UNKNOWN_TABLE);
  const refused = loadTable(description) == 0 ? 0 : respondTableError(table - 1);
  forgetText();
  return refused;
}

export function table_drop(table: i32): usize {
  const description = table == 0 ? 0 : describeTable(table - 1);
  if (description == 0) return respondRefusal(Code.UNKNOWN_TABLE);
  dropTable(description);
  return 0;
}
