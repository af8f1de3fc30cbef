// Where the host writes a name before a call: the ID of a session, or the name of a table or a signal.

import { equalBytes } from './bytes';

/** The maximum number of bytes of a name. */
export const MAX_NAME: i32 = 255;

/** The size of the number of entries of a list. */
const COUNT: usize = 4;

/** The buffer, with room for a terminator. */
export const name: usize = memory.data(256);

/** The length of the name that was looked up last, at most `MAX_NAME`. */
export let foundLength: i32 = 0;

/** The number of the name in a list of fragments, from 1; 0: the list does not contain it. */
export function findName(names: usize, length: i32): i32 {
  foundLength = <u32>length > <u32>MAX_NAME ? 0 : length;
  if (<u32>length > <u32>MAX_NAME) return 0;
  const count = load<u32>(names);
  for (let at: u32 = 0; at < count; at += 1) {
    const fragment = <usize>load<u32>(names + COUNT + (<usize>at << 2));
    if (load<u32>(fragment) == <u32>length && equalBytes(name, fragment + 4, length)) return at + 1;
  }
  return 0;
}
