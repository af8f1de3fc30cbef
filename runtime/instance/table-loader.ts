// Loads one external table of an instance: takes UTF-8 JSON and returns the error, in which case the table is
// unchanged. Memory grows as needed, up to a limit.

import {
  type AnswerError,
  fillText,
  foundNames,
  hostTexts,
  type Manifest,
  type ManifestTable,
  outcomeLayout,
  pageBytes,
  requestErrors,
  requestErrorTexts,
  type TableExports,
  violations,
} from '../contract/index.ts';
import { jsonPath, type PathStep } from '../json/json-path.ts';
import { fromUtf8 } from '../json/utf8.ts';
import { misread } from '../module/engine-failure.ts';
import type { ModuleMemory } from '../module/memory.ts';
import type { Instance } from './instance.ts';

const nowhere = 0xffff_ffff;
const outOfMemory = requestErrors.out_of_memory.number;
/** Codes up to this one concern the document as a whole. */
const lastOfText = requestErrors.too_large.number;
/** Places of columns that an error names. */
const [firstKey, secondKey, element] = [0, 1, 3];

export function loadTable(
  { memory }: Instance,
  exports: TableExports,
  manifest: Manifest,
  index: number,
  text: Uint8Array,
  maxBytes: number,
): AnswerError | undefined {
  const outcome = exports.table_outcome() >>> 0;
  const mostPages = Math.floor(maxBytes / pageBytes);
  /** Whether memory was added. */
  const grow = (): boolean => {
    memory.refresh();
    const missing = memory.u32(outcome + outcomeLayout.missingPages);
    const before = exports.reserve(0);
    if (missing === 0 || before + missing > mostPages) return false;
    const after = exports.reserve(before + missing);
    memory.refresh();
    return after >= before + missing;
  };
  let address = exports.table_text(text.length) >>> 0;
  if (address === 0 && grow()) address = exports.table_text(text.length) >>> 0;
  if (address === 0) return tooLarge(maxBytes);
  memory.refresh();
  memory.write(address, text);
  let code = exports.load_table(index);
  while (code === outOfMemory && grow()) code = exports.load_table(index);
  memory.refresh();
  if (code === 0) return undefined;
  if (code === outOfMemory) return tooLarge(maxBytes);
  return new OutcomeReader(memory, outcome, manifest, index, text).error(code);
}

function tooLarge(maxBytes: number): AnswerError {
  const expected = fillText(hostTexts.tableBytes, maxBytes);
  return {
    code: 'out_of_memory',
    path: '$',
    expected,
    found: hostTexts.oversizedDocument,
    offset: 0,
  };
}

class OutcomeReader {
  readonly #memory: ModuleMemory;
  readonly #outcome: number;
  readonly #table: ManifestTable;
  readonly #text: Uint8Array;

  constructor(
    memory: ModuleMemory,
    outcome: number,
    manifest: Manifest,
    index: number,
    text: Uint8Array,
  ) {
    const table = manifest.tables?.[index];
    if (table === undefined) throw misread(violations.unknownTable);
    this.#memory = memory;
    this.#outcome = outcome;
    this.#table = table;
    this.#text = text;
  }

  error(code: number): AnswerError {
    const texts = requestErrorTexts.get(code);
    const what = foundNames[this.#u32(outcomeLayout.found)];
    if (texts === undefined || what === undefined) throw misread(violations.unknownError);
    const offset = this.#u32(outcomeLayout.offset);
    const place = this.#u32(outcomeLayout.place);
    const [name, expected, ownFound] = texts;
    const isKey = name === 'wrong_key';
    return {
      code: name,
      path: code <= lastOfText ? '$' : this.#path(),
      expected: expected || (isKey ? this.#keyExpected(place) : this.#expected(place)),
      found: ownFound || (isKey ? JSON.stringify(this.#name(offset)) : what),
      offset,
    };
  }

  #u32(offset: number): number {
    return this.#memory.u32(this.#outcome + offset);
  }

  #path(): string {
    const keys = [outcomeLayout.firstKey, outcomeLayout.secondKey]
      .map((offset) => this.#u32(offset))
      .filter((at) => at !== nowhere)
      .map((at) => this.#name(at));
    const index = this.#u32(outcomeLayout.element);
    const steps: readonly PathStep[] = index === nowhere ? keys : [...keys, index];
    return jsonPath(steps);
  }

  #keyExpected(place: number): string {
    return fillText(hostTexts.keyThatIs, this.#table.keys[place]?.expected ?? '');
  }

  #expected(place: number): string {
    if (place === firstKey || place === secondKey) return hostTexts.object;
    const { expected, element: one } = this.#table.value;
    return place === element ? (one ?? expected) : expected;
  }

  /** The name whose opening quote is at this byte offset of the document, which is known to be JSON. */
  #name(offset: number): string {
    const backslash = 0x5c;
    const quote = 0x22;
    let end = offset + 1;
    while (end < this.#text.length && this.#text[end] !== quote) {
      end += this.#text[end] === backslash ? 2 : 1;
    }
    return JSON.parse(fromUtf8(this.#text.subarray(offset, end + 1))) as string;
  }
}
