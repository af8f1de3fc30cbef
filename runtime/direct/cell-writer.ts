// Writes values to the cells of a module's memory, and strings and elements one after the other to the area for
// requests. Returns `false` for a value that does not fit. Cells are counted in words of four bytes.

import { cellMarks, type Encoding } from '../contract/index.ts';

/** UTF-8 needs at most three bytes for a UTF-16 code unit. */
const maxUnitBytes = 3;
/** Cells are aligned to 16 bytes. */
const wordsInCell = 4;
const lastOfCell = 15;
const firstOther = 0x80;
const wordRange = 2 ** 32;

const encoder = new TextEncoder();

export class CellWriter {
  readonly #memory: WebAssembly.Memory;
  readonly #start: number;
  readonly #end: number;
  readonly #longest: number;
  #bytes: Uint8Array;
  #words: Int32Array;
  #top: number;

  /** `longest`: the limit for a string, in bytes. */
  constructor(memory: WebAssembly.Memory, { address, size }: Encoding['room'], longest: number) {
    this.#memory = memory;
    this.#start = address;
    this.#end = address + size;
    this.#longest = longest;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#words = new Int32Array(memory.buffer);
    this.#top = address;
  }

  /** Must be called before each request, since growing the memory detaches the old buffer. */
  begin(): void {
    this.#top = this.#start;
    if (this.#bytes.length > 0) return;
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#words = new Int32Array(this.#memory.buffer);
  }

  clear(address: number, size: number): void {
    this.#bytes.fill(0, address, address + size);
  }

  word(index: number, value: number): void {
    this.#words[index] = value;
  }

  /** Marks a cell without a value, so that its earlier content is not taken for one. */
  mark(cell: number, mark: number): void {
    this.#words[cell] = 0;
    this.#words[cell + 1] = 0;
    this.#words[cell + 2] = mark;
  }

  /** Writes a safe integer as an i64. */
  integer(cell: number, value: number): void {
    this.#words[cell] = value;
    this.#words[cell + 1] = Math.floor(value / wordRange);
    this.#words[cell + 2] = cellMarks.known;
  }

  /** The only place that distinguishes well-formed from other strings. */
  text(cell: number, text: string, mark: number): boolean {
    const { length } = text;
    const start = this.#top;
    if (length * maxUnitBytes > this.#longest || start + this.#longest > this.#end) return false;
    const bytes = this.#bytes;
    let others = 0;
    for (let index = 0; index < length; index += 1) {
      const unit = text.charCodeAt(index);
      others |= unit;
      bytes[start + index] = unit;
    }
    const size = others < firstOther ? length : this.#encodeText(text, start);
    if (size < 0) return false;
    this.#words[cell] = start;
    this.#words[cell + 1] = size;
    this.#words[cell + 2] = mark;
    this.#top = start + size;
    return true;
  }

  #encodeText(text: string, start: number): number {
    if (!text.isWellFormed()) return -1;
    return encoder.encodeInto(text, this.#bytes.subarray(start, start + this.#longest)).written;
  }

  /** Reserves space for elements; returns the cell of the first, or -1. */
  elements(count: number, stride: number): number {
    const start = (this.#top + lastOfCell) & ~lastOfCell;
    const end = start + count * stride * 4;
    if (end > this.#end) return -1;
    this.#top = end;
    return start / wordsInCell;
  }

  collection(cell: number, first: number, count: number, mark: number): void {
    this.#words[cell] = first * wordsInCell;
    this.#words[cell + 1] = count;
    this.#words[cell + 2] = mark;
  }
}
