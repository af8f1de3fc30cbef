// The constant data of responses: fragments of text, and tables of words that refer to them by address. Equal
// fragments and equal tables are stored once.

export class ResponseData {
  readonly #base: number;
  readonly #fragments = new Map<string, number>();
  readonly #tables = new Map<string, number>();
  #bytes = new Uint8Array(4096);
  #used = 0;

  /** `base`: the address of the data, a multiple of 8. */
  constructor(base: number) {
    this.#base = base;
  }

  get bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#used);
  }

  /** Stores a text after its length, and returns its address. */
  readonly fragment = (text: string): number => {
    const existingFragment = this.#fragments.get(text);
    if (existingFragment !== undefined) return existingFragment;
    const bytes = new TextEncoder().encode(text);
    const at = this.#reserve(4 + bytes.length, 1);
    new DataView(this.#bytes.buffer).setUint32(at, bytes.length, true);
    this.#bytes.set(bytes, at + 4);
    const address = this.#base + at;
    this.#fragments.set(text, address);
    return address;
  };

  /** Stores words of 32 bits, and returns their address. */
  readonly words = (words: readonly number[]): number => {
    const key = words.join();
    const existingTable = this.#tables.get(key);
    if (existingTable !== undefined) return existingTable;
    const at = this.#reserve(words.length * 4, 4);
    const view = new DataView(this.#bytes.buffer);
    for (const [index, word] of words.entries()) view.setUint32(at + index * 4, word, true);
    const address = this.#base + at;
    this.#tables.set(key, address);
    return address;
  };

  /** Stores a list: the number of its entries, and their words. */
  readonly list = (entries: readonly (readonly number[])[]): number =>
    this.words([entries.length, ...entries.flat()]);

  #reserve(size: number, alignment: number): number {
    const at = Math.ceil(this.#used / alignment) * alignment;
    this.#used = at + size;
    if (this.#used > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#used, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    return at;
  }
}
