// A request as JavaScript holds it, to JSON text. Own enumerable members count and nothing is called
// but getters, so neither prototypes nor `toJSON` can say something else. What JSON cannot carry
// gives an error with its path, never another value. Throws only what a getter or a proxy throws.

import type { AnswerError } from '../contract/index.ts';
import { type Declared, declaredAs } from '../direct/declared.ts';
import { jsonPath, type PathStep } from '../json/json-path.ts';
import { wellFormedToUtf8 } from '../json/utf8.ts';

/** Text longer than this is more than any module takes; what JavaScript holds may have no end. */
const mostCharacters = 1_048_576;
const mostLevels = 64;
/** Text that JSON writes as it is. */
const plain = /^[ !#-[\]-~]*$/;

export interface EncodeOptions {
  /** Of the text, in characters. */
  readonly longest?: number;
  /** Members that are not among these are not looked at; undefined: all are. */
  readonly declared?: Declared | undefined;
}

/** The text, or the first thing in it that JSON cannot carry. */
export function encodeRequest(request: unknown, options?: EncodeOptions): string | AnswerError {
  const { text, error } = encodeWithFaults(request, options);
  return error ?? text;
}

export interface Encoded {
  /** With an error, it has values of no use where JSON cannot carry those that there are; '' where it has none at all. */
  readonly text: string;
  readonly error: AnswerError | undefined;
  /** Bytes of the text before the value that is at fault. */
  readonly errorAt: number;
}

/** The same, with the text also where something is at fault. */
export function encodeWithFaults(
  request: unknown,
  { longest = mostCharacters, declared }: EncodeOptions = {},
): Encoded {
  try {
    return new Encoder(longest).encode(request, declared);
  } catch (failure) {
    if (failure instanceof NotJson) return { text: '', error: failure.error, errorAt: 0 };
    throw failure;
  }
}

/** A number that is beyond every type of numbers. */
const noNumber = '1e400';

/** Unwinds the encoder; never leaves this file. */
class NotJson extends Error {
  readonly error: AnswerError;
  constructor(error: AnswerError) {
    super(error.code);
    this.error = error;
  }
}

class Encoder {
  readonly #longest: number;
  readonly #path: PathStep[] = [];
  #text = '';
  #error: AnswerError | undefined;
  /** In characters. */
  #errorAt = 0;

  constructor(longest: number) {
    this.#longest = longest;
  }

  encode(request: unknown, declared: Declared | undefined): Encoded {
    this.#value(request, declared);
    const before = wellFormedToUtf8(this.#text.slice(0, this.#errorAt));
    return { text: this.#text, error: this.#error, errorAt: before.length };
  }

  #value(value: unknown, declared: Declared | undefined): void {
    if (typeof value === 'string') this.#string(value);
    else if (typeof value === 'number') this.#text += this.#number(value);
    else if (typeof value === 'boolean' || typeof value === 'bigint') this.#text += `${value}`;
    else if (typeof value !== 'object' || value === null) this.#text += 'null';
    else this.#object(value, declared);
    if (this.#text.length > this.#longest) {
      this.#fail('too_large', '$', `at most ${this.#longest} bytes`, 'a longer text');
    }
  }

  /** A lone surrogate is written as an escape. */
  #string(value: string): void {
    this.#text += plain.test(value) ? `"${value}"` : JSON.stringify(value);
  }

  #number(value: number): string {
    if (Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))) {
      return String(value);
    }
    const found = Number.isFinite(value) ? 'an integer beyond 2^53' : String(value);
    this.#wrong('a number that JSON can carry', found);
    return noNumber;
  }

  #object(value: object, declared: Declared | undefined): void {
    if (this.#path.length >= mostLevels) {
      this.#fail('too_deep', '$', `at most ${mostLevels} levels`, 'a deeper nesting, or a cycle');
    }
    if (Array.isArray(value)) this.#array(value, declared);
    else if (value instanceof Date) this.#date(value);
    else if (value instanceof Set) this.#array([...Set.prototype.values.call(value)], declared);
    else if (value instanceof Map) this.#map(value, declared);
    else this.#members(value, declared);
  }

  #array(elements: readonly unknown[], declared: Declared | undefined): void {
    const { length } = elements;
    this.#text += '[';
    for (let index = 0; index < length; index += 1) {
      if (index > 0) this.#text += ',';
      this.#step(index, Object.hasOwn(elements, index) ? elements[index] : undefined, declared);
    }
    this.#text += ']';
  }

  #date(value: Date): void {
    if (Number.isNaN(Date.prototype.getTime.call(value))) {
      this.#wrong('a Date that is an instant', 'an invalid Date');
      this.#text += noNumber;
    } else this.#string(Date.prototype.toISOString.call(value));
  }

  #map(value: ReadonlyMap<unknown, unknown>, declared: Declared | undefined): void {
    const members: [string, unknown][] = [];
    for (const [key, member] of Map.prototype.entries.call(value)) {
      if (typeof key !== 'string') this.#wrong('a Map with strings as keys', 'another key');
      else if (declared?.members.has(key) ?? true) members.push([key, member]);
    }
    this.#entries(members, declared);
  }

  #members(value: object, declared: Declared | undefined): void {
    const names = Object.keys(value).filter((name) => declared?.members.has(name) ?? true);
    this.#entries(
      names.map((name) => [name, (value as Readonly<Record<string, unknown>>)[name]]),
      declared,
    );
  }

  /** What is `undefined`, a function or a symbol is absent. */
  #entries(members: readonly (readonly [string, unknown])[], declared: Declared | undefined): void {
    const own = (wanted: string) => members.find(([name]) => name === wanted)?.[1];
    this.#text += '{';
    let separator = '';
    for (const [name, member] of members) {
      if (member === undefined || typeof member === 'function' || typeof member === 'symbol') {
        continue;
      }
      this.#text += separator;
      separator = ',';
      this.#string(name);
      this.#text += ':';
      this.#step(name, member, declared && declaredAs(declared, name, own));
    }
    this.#text += '}';
  }

  #step(step: PathStep, value: unknown, declared: Declared | undefined): void {
    this.#path.push(step);
    this.#value(value, declared);
    this.#path.pop();
  }

  /** The first one counts. */
  #wrong(expected: string, found: string): void {
    if (this.#error !== undefined) return;
    const path = jsonPath(this.#path);
    this.#error = { code: 'wrong_type', path, expected, found, offset: 0 };
    this.#errorAt = this.#text.length;
  }

  #fail(code: string, path: string, expected: string, found: string): never {
    throw new NotJson({ code, path, expected, found, offset: 0 });
  }
}
