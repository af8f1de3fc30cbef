// A request as JavaScript holds it, to JSON text. Own enumerable members count and nothing is called
// but getters, so neither prototypes nor `toJSON` can say something else. What JSON cannot carry
// gives an error with its path, never another value. Throws only what a getter or a proxy throws.

import type { AnswerError } from './answer.ts';
import { type Declared, declaredAs } from './facts/declared.ts';
import { jsonPath, type PathStep } from './json-path.ts';

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

export function encodeRequest(
  request: unknown,
  { longest = mostCharacters, declared }: EncodeOptions = {},
): string | AnswerError {
  try {
    return new Encoder(longest).encode(request, declared);
  } catch (failure) {
    if (failure instanceof NotJson) return failure.error;
    throw failure;
  }
}

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

  constructor(longest: number) {
    this.#longest = longest;
  }

  encode(request: unknown, declared: Declared | undefined): string {
    this.#value(request, declared);
    return this.#text;
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
    return this.#wrong('a number that JSON can carry', found);
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
    }
    this.#string(Date.prototype.toISOString.call(value));
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

  #wrong(expected: string, found: string): never {
    return this.#fail('wrong_type', jsonPath(this.#path), expected, found);
  }

  #fail(code: string, path: string, expected: string, found: string): never {
    throw new NotJson({ code, path, expected, found, offset: 0 });
  }
}
