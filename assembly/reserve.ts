// The export that reserves memory, in modules with external tables or sessions.

import { reservePages } from './blocks';

export function reserve(pages: i32): i32 {
  return reservePages(pages);
}
