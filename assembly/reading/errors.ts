// The error of the request: all readers record errors, and one is stored. A document that is not JSON (3)
// takes precedence over a duplicate name or exhausted memory (2), which take precedence over a fault of a
// member (1); among equals the first in the document wins. Offsets are bytes from the start of the
// document.

import { INPUT } from '../layout';

export const enum Severity {
  NONE = 0,
  FAULT = 1,
  AMBIGUOUS = 2,
  TEXT = 3,
}

/** As in runtime/contract/errors.ts. */
export const enum Code {
  NOT_JSON = 1,
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
  /** For tables only, like the next one. */
  WRONG_KEY = 20,
  DUPLICATE_KEY = 21,
  /** For sessions only, like the following. */
  NO_ROOM = 22,
  NO_SESSION = 23,
  OTHER_TYPE = 24,
  NO_SIGNAL = 25,
  NO_SNAPSHOT = 26,
  SESSION_EXISTS = 27,
  WRONG_ID = 28,
  LONG_SNAPSHOT = 29,
  WRONG_INSTANT = 30,
  /** For tables only, like the next one. */
  UNKNOWN_TABLE = 31,
  NO_TABLE_ROOM = 32,
  /** For transitive tables only. */
  CYCLE = 34,
  /** A decision at an invalid instant. */
  NO_INSTANT = 33,
}

/** The value that was found, if the code alone does not determine it. */
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
/** The number of the member's path; 0: the document as a whole. */
export let errorPath: i32 = 0;
export let errorFound: i32 = 0;
export let errorOffset: i32 = 0;
/** The number of element indexes in the path, at most 4. */
export let errorIndexCount: i32 = 0;

/** Four i32, which are copied as words. */
@unmanaged
class Indexes {
  lower!: u64;
  upper!: u64;
}

const MAX_INDEXES: i32 = 4;
/** The element indexes of the arrays that are being read, and those in the error's path. */
const indexes: usize = memory.data(offsetof<Indexes>());
const errorIndexes: usize = memory.data(offsetof<Indexes>());
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

/** An error that is saved while another document is read. */
@unmanaged
class SavedError {
  severity!: i32;
  code!: i32;
  path!: i32;
  found!: i32;
  offset!: i32;
  indexCount!: i32;
  /** As `Indexes`. */
  lowerIndexes!: u64;
  upperIndexes!: u64;
}

const saved: usize = memory.data(offsetof<SavedError>());

/** Saves the error of the request while another document is read. */
export function setErrorsAside(): void {
  store<i32>(saved, errorSeverity, offsetof<SavedError>('severity'));
  store<i32>(saved, errorCode, offsetof<SavedError>('code'));
  store<i32>(saved, errorPath, offsetof<SavedError>('path'));
  store<i32>(saved, errorFound, offsetof<SavedError>('found'));
  store<i32>(saved, errorOffset, offsetof<SavedError>('offset'));
  store<i32>(saved, errorIndexCount, offsetof<SavedError>('indexCount'));
  store<u64>(saved, load<u64>(errorIndexes, offsetof<Indexes>('lower')), offsetof<SavedError>('lowerIndexes'));
  store<u64>(saved, load<u64>(errorIndexes, offsetof<Indexes>('upper')), offsetof<SavedError>('upperIndexes'));
  resetErrors();
}

export function takeErrorsBack(): void {
  errorSeverity = load<i32>(saved, offsetof<SavedError>('severity'));
  errorCode = load<i32>(saved, offsetof<SavedError>('code'));
  errorPath = load<i32>(saved, offsetof<SavedError>('path'));
  errorFound = load<i32>(saved, offsetof<SavedError>('found'));
  errorOffset = load<i32>(saved, offsetof<SavedError>('offset'));
  errorIndexCount = load<i32>(saved, offsetof<SavedError>('indexCount'));
  store<u64>(errorIndexes, load<u64>(saved, offsetof<SavedError>('lowerIndexes')), offsetof<Indexes>('lower'));
  store<u64>(errorIndexes, load<u64>(saved, offsetof<SavedError>('upperIndexes')), offsetof<Indexes>('upper'));
}

/** Starts an array, whose elements are read from `index` on. */
export function pushIndex(index: i32): void {
  if (indexDepth < MAX_INDEXES) store<i32>(indexes + (<usize>indexDepth << 2), index);
  indexDepth += 1;
}

/** The element `index` of the innermost array is next. */
// @ts-ignore: decorator
@inline
export function setIndex(index: i32): void {
  const at = indexDepth - 1;
  if (<u32>at < <u32>MAX_INDEXES) store<i32>(indexes + (<usize>at << 2), index);
}

export function popIndex(): void {
  indexDepth -= 1;
}

export function record(severity: i32, code: i32, path: i32, found: i32, offset: i32): void {
  if (severity < errorSeverity) return;
  if (severity == errorSeverity && offset >= errorOffset) return;
  storeFirst(severity, code, path, found, offset);
}

function storeFirst(severity: i32, code: i32, path: i32, found: i32, offset: i32): void {
  errorSeverity = severity;
  errorCode = code;
  errorPath = path;
  errorFound = found;
  errorOffset = offset;
  // The document as a whole has no elements.
  errorIndexCount = path == 0 ? 0 : min(indexDepth, MAX_INDEXES);
  store<u64>(errorIndexes, load<u64>(indexes, offsetof<Indexes>('lower')), offsetof<Indexes>('lower'));
  store<u64>(errorIndexes, load<u64>(indexes, offsetof<Indexes>('upper')), offsetof<Indexes>('upper'));
}

/** Records a fault of the member whose value starts at `p`. */
export function recordFault(code: i32, path: i32, found: i32, p: usize): void {
  record(Severity.FAULT, code, path, found, <i32>(p - INPUT));
}

/**
 * Records that the document is not JSON, with the byte at `p`; returns 0, the cursor that ends reading.
 */
export function failText(code: i32, p: usize): usize {
  const offset = <i32>(p - INPUT);
  if (errorSeverity < Severity.TEXT || offset < errorOffset) {
    storeFirst(Severity.TEXT, code, 0, Found.NOTHING, offset);
  }
  return 0;
}
