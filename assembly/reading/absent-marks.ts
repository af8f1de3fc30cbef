// Arrays that represent missing values in a session's JSON; no type has such values. While a session is
// restored, readers interpret them; otherwise they are of the wrong type.

import { equalBytes } from '../memory/bytes';

/** `["unknown",0]` */
export const UNKNOWN_MARK: usize = memory.data<u8>([
  0x5b, 0x22, 0x75, 0x6e, 0x6b, 0x6e, 0x6f, 0x77, 0x6e, 0x22, 0x2c, 0x30, 0x5d,
]);
export const UNKNOWN_MARK_BYTES: i32 = 13;

/** `["faulty",0]` */
export const FAULTY_MARK: usize = memory.data<u8>([
  0x5b, 0x22, 0x66, 0x61, 0x75, 0x6c, 0x74, 0x79, 0x22, 0x2c, 0x30, 0x5d,
]);
export const FAULTY_MARK_BYTES: i32 = 12;

let isRestoring: bool = false;

export function setRestoring(value: bool): void {
  isRestoring = value;
}

// @ts-ignore: decorator
@inline
export function isUnknownMark(p: usize): bool {
  return isRestoring && equalBytes(p, UNKNOWN_MARK, UNKNOWN_MARK_BYTES);
}
