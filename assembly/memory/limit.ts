// The export that lets the memory grow, in modules with external tables or sessions.

import { setLimit } from './blocks';

/** Sets the maximum number of pages for the contents of tables and for sessions. */
export function limit(pages: i32): void {
  setLimit(pages);
}
