// A module's memory, read by address. Every read is checked against its size and throws if it is out of bounds;
// data is copied.

import { violations } from '../contract/index.ts';
import { fromUtf8 } from '../json/utf8.ts';
import { createMisreadFailure } from './engine-failure.ts';

export class ModuleMemory {
  readonly #memory: WebAssembly.Memory;
  #view: DataView;
  #bytes: Uint8Array;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.#view = new DataView(memory.buffer);
    this.#bytes = new Uint8Array(memory.buffer);
  }

  /** Must be called after each call of the module: growing the memory detaches the old buffer. */
  refresh(): void {
    if (this.#bytes.length > 0) return;
    this.#view = new DataView(this.#memory.buffer);
    this.#bytes = new Uint8Array(this.#memory.buffer);
  }

  u8(address: number): number {
    return this.#view.getUint8(address);
  }

  u32(address: number): number {
    return this.#view.getUint32(address, true);
  }

  i64(address: number): bigint {
    return this.#view.getBigInt64(address, true);
  }

  u64(address: number): bigint {
    return this.#view.getBigUint64(address, true);
  }

  f64(address: number): number {
    return this.#view.getFloat64(address, true);
  }

  text(address: number, length: number): string {
    return fromUtf8(this.bytes(address, length));
  }

  /** Not a copy. */
  bytes(address: number, length: number): Uint8Array {
    this.expect(address, length);
    return this.#bytes.subarray(address, address + length);
  }

  write(address: number, bytes: Uint8Array): void {
    this.expect(address, bytes.length);
    this.#bytes.set(bytes, address);
  }

  /** Throws unless `length` bytes are at the address. */
  expect(address: number, length: number): void {
    if (!this.holds(address, length)) throw createMisreadFailure(violations.outsideMemory);
  }

  holds(address: number, length: number): boolean {
    return address + length <= this.#bytes.length;
  }
}
