// The error of a request or of a call as JSON: its texts, and its path with the indexes of arrays.

import { Code } from '../../reading/errors';
import { foundLength, name } from '../../memory/name-buffer';
import { Result } from '../../rules/result';
import { RESULT } from '../../layout';
import { putByte, putDigits, putFragment, putNested } from '../../writing/text-writer';
import {
  CODE_ROWS, FOUND_TEXTS, PATH_ROWS, SIGNAL_NAMES, TEXT_END_ERROR, TEXT_ERROR, TEXT_EXPECTED, TEXT_FOUND, TEXT_OFFSET,
  TEXT_PATH,
} from '../layout';
import { CodeRow, PathRow } from './tables';

/** The byte of a step that stands for an array index. */
const INDEX: u32 = 1;
const INDEXES: u32 = 4;
const BACKSLASH: u32 = 0x5c;
const QUOTE: u32 = 0x22;

/** The number of indexes that were written. */
let indexes: u32 = 0;

/** Writes the member `error` for the latest result. */
export function putError(): void {
  const path = load<u32>(RESULT, offsetof<Result>('errorPath'));
  const code = load<u32>(RESULT, offsetof<Result>('errorCode'));
  beginError(code);
  indexes = 0;
  putPath(path);
  putExpected(codeRow(code), load<u32>(pathRow(path), offsetof<PathRow>('expected')));
  if (SIGNAL_NAMES != 0 && code == Code.NO_SIGNAL) putQuoted(name, foundLength);
  else putFound(codeRow(code), load<u32>(RESULT, offsetof<Result>('errorFound')));
  endError(load<u32>(RESULT, offsetof<Result>('errorOffset')));
}

/** Writes the member `error` for a call that was refused as a whole. */
export function putCallError(code: u32): void {
  beginError(code);
  putPath(0);
  putExpected(codeRow(code), 0);
  putFound(codeRow(code), 0);
  endError(0);
}

export function codeRow(code: u32): usize {
  return CODE_ROWS + <usize>code * offsetof<CodeRow>();
}

/** Starts the error, up to its path. */
export function beginError(code: u32): void {
  putFragment(TEXT_ERROR);
  putFragment(load<u32>(codeRow(code), offsetof<CodeRow>('name')));
  putFragment(TEXT_PATH);
}

/** Writes the text of the code, or this one if it has none. */
export function putExpected(row: usize, otherwise: usize): void {
  putFragment(TEXT_EXPECTED);
  const expected = load<u32>(row, offsetof<CodeRow>('expected'));
  putFragment(expected != 0 ? expected : otherwise);
}

/** Writes the text of the code, or that of the number of what was found. */
export function putFound(row: usize, number: u32): void {
  putFragment(TEXT_FOUND);
  const found = load<u32>(row, offsetof<CodeRow>('found'));
  putFragment(found != 0 ? found : load<u32>(FOUND_TEXTS + (<usize>number << 2)));
}

/** Writes a string that was found, in quotes. */
export function putQuoted(p: usize, n: i32): void {
  putFragment(TEXT_FOUND);
  putNestedString(p, n);
}

/** Writes a string in quotes, within another string. */
export function putNestedString(p: usize, n: i32): void {
  putByte(BACKSLASH);
  putByte(QUOTE);
  putNested(p, n);
  putByte(BACKSLASH);
  putByte(QUOTE);
}

export function endError(offset: u32): void {
  putFragment(TEXT_OFFSET);
  putDigits(offset);
  putFragment(TEXT_END_ERROR);
}

function pathRow(path: u32): usize {
  return PATH_ROWS + <usize>path * offsetof<PathRow>();
}

function putPath(path: u32): void {
  const row = pathRow(path);
  if (path != 0) putPath(load<u32>(row, offsetof<PathRow>('before')));
  const step = load<u32>(row, offsetof<PathRow>('step'));
  const end = step + 4 + load<u32>(step);
  for (let p = step + 4; p < end; p += 1) {
    const byte = <u32>load<u8>(p);
    if (byte == INDEX) putIndex();
    else putByte(byte);
  }
}

/** Writes the next index; those of which there is no record are `[*]`. */
function putIndex(): void {
  putByte(0x5b);
  if (indexes < INDEXES) putDigits(load<u32>(RESULT + (<usize>indexes << 2), offsetof<Result>('errorIndexes')));
  else putByte(0x2a);
  putByte(0x5d);
  indexes += 1;
}
