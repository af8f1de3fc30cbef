// Parses JSON with exact numbers: an integer beyond 2^53 becomes a bigint, and a decimal with more digits than a number
// an `ExactDecimal`. Like `JSON.parse` otherwise.

import type { JsonValue } from '../contract/index.ts';
import { exactDecimal } from '../contract/index.ts';
import { splitJson } from './json-tokens.ts';

/** Fewer digits are exact. */
const longNumber = /\d[\d.]{15}/;
/** A number without an exponent; others are rounded. */
const isPlain = /^-?\d[\d.]*$/;
/** Throws a `SyntaxError` for anything that is not JSON. */
export function parseExact(text: string): JsonValue {
  const value = JSON.parse(text) as JsonValue;
  return longNumber.test(text) ? new Reader(splitJson(text)).value() : value;
}

/** Reads the tokens of a string that is JSON. */
class Reader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  value(): JsonValue {
    const next = this.#next();
    if (next === '{') return Object.fromEntries(this.#items('}', () => this.#member()));
    if (next === '[') return this.#items(']', () => this.value());
    return isPlain.test(next) ? exactDecimal(next) : (JSON.parse(next) as JsonValue);
  }

  #member(): readonly [name: string, value: JsonValue] {
    const name = JSON.parse(this.#next()) as string;
    this.#at += 1;
    return [name, this.value()];
  }

  #items<Item>(end: string, item: () => Item): readonly Item[] {
    const items: Item[] = [];
    if (this.#tokens[this.#at] === end) {
      this.#at += 1;
      return items;
    }
    do items.push(item());
    while (this.#next() === ',');
    return items;
  }

  #next(): string {
    this.#at += 1;
    return this.#tokens[this.#at - 1] ?? '';
  }
}
