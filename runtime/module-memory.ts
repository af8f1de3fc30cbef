// A module's memory, read by address. Every read is checked against its size: one outside of it
// throws, and what is read is copied.

import { misread } from './engine-failure.ts';
import { fromUtf8 } from './text.ts';

export class ModuleMemory {
  readonly #memory: WebAssembly.Memory;
  #view: DataView;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.#view = new DataView(memory.buffer);
  }

  u8(address: number): number {
    return this.#current().getUint8(address);
  }

  u32(address: number): number {
    return this.#current().getUint32(address, true);
  }

  i64(address: number): bigint {
    return this.#current().getBigInt64(address, true);
  }

  u64(address: number): bigint {
    return this.#current().getBigUint64(address, true);
  }

  f64(address: number): number {
    return this.#current().getFloat64(address, true);
  }

  text(address: number, length: number): string {
    this.expect(address, length);
    return fromUtf8(new Uint8Array(this.#memory.buffer, address, length));
  }

  write(address: number, bytes: Uint8Array): void {
    this.expect(address, bytes.length);
    new Uint8Array(this.#memory.buffer, address, bytes.length).set(bytes);
  }

  /** Throws unless so many bytes lie at the address. */
  expect(address: number, length: number): void {
    if (!this.holds(address, length)) throw misread('an address outside memory');
  }

  holds(address: number, length: number): boolean {
    return address + length <= this.#current().byteLength;
  }

  /** Growing the memory takes the old buffer away. */
  #current(): DataView {
    if (this.#view.buffer !== this.#memory.buffer) this.#view = new DataView(this.#memory.buffer);
    return this.#view;
  }
}
