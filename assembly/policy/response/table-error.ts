// The response that states why the contents of a table were refused.

import { mark, release, setExhausted } from '../../memory/arena';
import { limitBytes } from '../../memory/blocks';
import { Code, setErrorsAside, takeErrorsBack } from '../../reading/errors';
import {
  tableCode, tableElement, tableFirstKey, tableFound, tableKey, tableOffset, tablePlace, tableSecondKey,
} from '../../tables/external-tables';
import { readText, textLen, textPtr } from '../../reading/json';
import { STRING_LIMIT } from '../../layout';
import { putByte, putBytes, putDigits, putFragment } from '../../writing/text-writer';
import { FOUND_TEXTS, TABLE_TEXTS, TEXT_OF_TABLES } from '../layout';
import { beginError, codeRow, endError, putExpected, putFound, putNestedString, putQuoted } from './error';
import { beginRefusal, endRefusal } from './response';
import { TableRow } from './tables';

/** Codes up to this one concern the document as a whole. */
const LAST_OF_TEXT: i32 = Code.TOO_LARGE;
const SECOND_KEY: i32 = 1;
const VALUE: i32 = 2;
/** The number of what was found that stands for an object. */
const OBJECT: usize = 1;
/** A byte takes at most six bytes of JSON, so a longer string is certainly too long. */
const MAX_TEXT: usize = 6 * STRING_LIMIT;

/** `table`: its index. */
export function respondTableError(table: i32): usize {
  setErrorsAside();
  const start = mark();
  const wasExhausted = setExhausted(false);
  const code = tableCode;
  beginRefusal();
  beginError(code);
  putByte(0x24);
  if (code > LAST_OF_TEXT && code != Code.NO_TABLE_ROOM) putSteps();
  putExpected(codeRow(code), findExpectedText(TABLE_TEXTS + <usize>table * offsetof<TableRow>(), code));
  if (code == Code.NO_TABLE_ROOM) {
    putDigits(limitBytes());
    putFragment(TEXT_OF_TABLES);
  }
  if (code == Code.WRONG_KEY) {
    readText(tableKey);
    putQuoted(textPtr, textLen);
  } else putFound(codeRow(code), tableFound);
  endError(tableOffset);
  release(start);
  setExhausted(wasExhausted);
  takeErrorsBack();
  return endRefusal();
}

/** The text of what is expected, if the code does not determine it. */
function findExpectedText(row: usize, code: i32): usize {
  if (code == Code.WRONG_KEY) {
    return tablePlace == SECOND_KEY
      ? load<u32>(row, offsetof<TableRow>('secondKey'))
      : load<u32>(row, offsetof<TableRow>('firstKey'));
  }
  if (tablePlace < VALUE) return load<u32>(FOUND_TEXTS + (OBJECT << 2));
  return tablePlace == VALUE
    ? load<u32>(row, offsetof<TableRow>('value'))
    : load<u32>(row, offsetof<TableRow>('element'));
}

function putSteps(): void {
  if (tableFirstKey != 0) putStep(tableFirstKey);
  if (tableSecondKey != 0) putStep(tableSecondKey);
  if (tableElement < 0) return;
  putByte(0x5b);
  putDigits(tableElement);
  putByte(0x5d);
}

/** Writes the step to a member, by the quote of its name. A name that is too long for a key has none. */
function putStep(quote: usize): void {
  readText(quote);
  if (textLen > STRING_LIMIT) return;
  if (isIdentifier(textPtr, textLen)) {
    putByte(0x2e);
    putBytes(textPtr, textLen);
    return;
  }
  putByte(0x5b);
  putNestedString(textPtr, textLen);
  putByte(0x5d);
}

/** Whether a path can contain the name without quotes. */
function isIdentifier(p: usize, n: i32): bool {
  for (let at = 0; at < n; at += 1) {
    const byte = <u32>load<u8>(p + <usize>at);
    const isLetter = (byte | 0x20) - 0x61 < 26 || byte == 0x5f;
    if (!isLetter && (at == 0 || byte - 0x30 > 9)) return false;
  }
  return n > 0;
}
