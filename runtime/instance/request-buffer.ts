// The memory of an instance that requests are written to.

import type { ModuleExports } from '../contract/index.ts';
import { requestLimits } from '../contract/index.ts';
import type { ModuleMemory } from '../module/memory.ts';

/** A module takes a length as an i32 and rejects every length beyond its limit alike. */
const maxLength = 0x7fff_ffff;

export class RequestBuffer {
  readonly #exports: Pick<ModuleExports, 'request'>;
  readonly #memory: ModuleMemory;
  /** The same for every request that fits; undefined until the first one. */
  #address: number | undefined;

  constructor(exports: Pick<ModuleExports, 'request'>, memory: ModuleMemory) {
    this.#exports = exports;
    this.#memory = memory;
  }

  /** Returns the length to pass to the module, which reports a request that is too long. */
  write(bytes: Uint8Array): number {
    const { length } = bytes;
    const address = length > requestLimits.bytes ? this.#ask(length) : this.#fitting();
    this.#memory.refresh();
    if (address !== 0) this.#memory.write(address, bytes);
    return Math.min(length, maxLength);
  }

  #fitting(): number {
    this.#address ??= this.#ask(0);
    return this.#address;
  }

  #ask(length: number): number {
    return this.#exports.request(Math.min(length, maxLength)) >>> 0;
  }
}
