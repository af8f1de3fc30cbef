// What is wrong with the request: findings come in from every reader, and one is kept. A text that
// is not JSON (3) outweighs a duplicate name or lack of memory (2), and that a member's fault (1);
// among equals the first in the text stays. Offsets are bytes from the start of the text.

import { INPUT } from './layout';

export const enum Severity {
  NONE = 0,
  FAULT = 1,
  AMBIGUOUS = 2,
  TEXT = 3,
}

export const enum Code {
  SYNTAX = 1,
  NOT_UTF8 = 2,
  LONE_SURROGATE = 3,
  TOO_DEEP = 4,
  TOO_LARGE = 5,
  DUPLICATE_NAME = 6,
  OUT_OF_MEMORY = 7,
  WRONG_TYPE = 16,
  MISSING = 17,
  TOO_LONG = 18,
  TOO_MANY = 19,
  /** Of tables alone, as the next. */
  WRONG_KEY = 20,
  DUPLICATE_KEY = 21,
}

/** What was found, where the code alone doesn't say it. */
export const enum Found {
  NOTHING = 0,
  OBJECT = 1,
  ARRAY = 2,
  STRING = 3,
  NUMBER = 4,
  BOOLEAN = 5,
  NULL = 6,
  FRACTION = 7,
  UNREADABLE = 8,
  OUTSIDE = 9,
}

export let errorSeverity: i32 = 0;
export let errorCode: i32 = 0;
/** The number of the member's path; 0: the text as a whole. */
export let errorPath: i32 = 0;
export let errorFound: i32 = 0;
export let errorOffset: i32 = 0;
/** How many element indexes the path has, at most 4. */
export let errorIndexCount: i32 = 0;

const MOST_INDEXES: i32 = 4;
const indexes: usize = memory.data(16);
const errorIndexes: usize = memory.data(16);
let indexDepth: i32 = 0;

/** The element index in the error's path, the outermost first; `at` is below `errorIndexCount`. */
export function errorIndex(at: i32): i32 {
  return load<i32>(errorIndexes + ((<usize>at & 3) << 2));
}

export function resetErrors(): void {
  errorSeverity = Severity.NONE;
  errorCode = 0;
  errorPath = 0;
  errorFound = Found.NOTHING;
  errorOffset = 0;
  errorIndexCount = 0;
  indexDepth = 0;
}

const saved: usize = memory.data(40);

/** Sets the request's error aside while another text is read. */
export function setErrorsAside(): void {
  store<i32>(saved, errorSeverity);
  store<i32>(saved, errorCode, 4);
  store<i32>(saved, errorPath, 8);
  store<i32>(saved, errorFound, 12);
  store<i32>(saved, errorOffset, 16);
  store<i32>(saved, errorIndexCount, 20);
  store<u64>(saved, load<u64>(errorIndexes), 24);
  store<u64>(saved, load<u64>(errorIndexes, 8), 32);
  resetErrors();
}

export function takeErrorsBack(): void {
  errorSeverity = load<i32>(saved);
  errorCode = load<i32>(saved, 4);
  errorPath = load<i32>(saved, 8);
  errorFound = load<i32>(saved, 12);
  errorOffset = load<i32>(saved, 16);
  errorIndexCount = load<i32>(saved, 20);
  store<u64>(errorIndexes, load<u64>(saved, 24));
  store<u64>(errorIndexes, load<u64>(saved, 32), 8);
}

/** An array begins: its elements are being read, from element `index` on. */
export function pushIndex(index: i32): void {
  if (indexDepth < MOST_INDEXES) store<i32>(indexes + (<usize>indexDepth << 2), index);
  indexDepth += 1;
}

/** The innermost array's element `index` is next. */
// @ts-ignore: decorator
@inline
export function setIndex(index: i32): void {
  const at = indexDepth - 1;
  if (<u32>at < <u32>MOST_INDEXES) store<i32>(indexes + (<usize>at << 2), index);
}

export function popIndex(): void {
  indexDepth -= 1;
}

export function record(severity: i32, code: i32, path: i32, found: i32, offset: i32): void {
  if (severity < errorSeverity) return;
  if (severity == errorSeverity && offset >= errorOffset) return;
  keep(severity, code, path, found, offset);
}

function keep(severity: i32, code: i32, path: i32, found: i32, offset: i32): void {
  errorSeverity = severity;
  errorCode = code;
  errorPath = path;
  errorFound = found;
  errorOffset = offset;
  // The text as a whole has no elements.
  errorIndexCount = path == 0 ? 0 : min(indexDepth, MOST_INDEXES);
  store<u64>(errorIndexes, load<u64>(indexes));
  store<u64>(errorIndexes, load<u64>(indexes, 8), 8);
}

/** A fault of the member whose value starts at `p`. */
export function recordFault(code: i32, path: i32, found: i32, p: usize): void {
  record(Severity.FAULT, code, path, found, <i32>(p - INPUT));
}

/** The text is not JSON, by the byte at `p`: gives 0, the cursor that ends all reading. */
export function failText(code: i32, p: usize): usize {
  const offset = <i32>(p - INPUT);
  if (errorSeverity < Severity.TEXT || offset < errorOffset) {
    keep(Severity.TEXT, code, 0, Found.NOTHING, offset);
  }
  return 0;
}
