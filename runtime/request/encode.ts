// Encodes a JavaScript object as a JSON request. Only own enumerable members count and nothing but getters is
// called, so that neither prototypes nor `toJSON` change the result. A value that JSON cannot represent is an
// error with its path, never another value. Throws only what a getter or a proxy throws.

import { type AnswerError, fillText, hostTexts, inputLimits } from '../contract/index.ts';
import { type DeclaredTree, findDeclaredMember } from '../direct/declared.ts';
import { formatJsonPath, type PathStep } from '../json/json-path.ts';
import { encodeWellFormed } from '../json/utf8.ts';

/** A string that JSON writes without escapes. */
const plain = /^[ !#-[\]-~]*$/;

export interface EncodeOptions {
  /** The maximum length of the JSON, in characters. */
  readonly longest?: number;
  /** The members that are encoded, or `undefined` for all. */
  readonly declared?: DeclaredTree | undefined;
}

/** Returns the JSON, or the first value that JSON cannot represent. */
export function encodeRequest(request: unknown, options?: EncodeOptions): string | AnswerError {
  const { text, error } = encodeWithFaults(request, options);
  return error ?? text;
}

export interface Encoded {
  /**
   * With an error, invalid values take the place of those that JSON cannot represent; '' if nothing could be
   * encoded.
   */
  readonly text: string;
  readonly error: AnswerError | undefined;
  /** The number of bytes of JSON before the value at fault. */
  readonly errorAt: number;
}

/** Like `encodeRequest`, but returns the JSON also if there is an error. */
export function encodeWithFaults(
  request: unknown,
  { longest = inputLimits.bytes, declared }: EncodeOptions = {},
): Encoded {
  try {
    return new Encoder(longest).encode(request, declared);
  } catch (failure) {
    if (failure instanceof NotJson) return { text: '', error: failure.error, errorAt: 0 };
    throw failure;
  }
}

/** A number outside of the range of every type. */
const outOfRangeNumber = '1e400';

/** Unwinds the encoder; never thrown out of this file. */
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

  encode(request: unknown, declared: DeclaredTree | undefined): Encoded {
    this.#value(request, declared);
    const before = encodeWellFormed(this.#text.slice(0, this.#errorAt));
    return { text: this.#text, error: this.#error, errorAt: before.length };
  }

  #value(value: unknown, declared: DeclaredTree | undefined): void {
    if (typeof value === 'string') this.#string(value);
    else if (typeof value === 'number') this.#text += this.#number(value);
    else if (typeof value === 'boolean' || typeof value === 'bigint') this.#text += `${value}`;
    else if (typeof value !== 'object' || value === null) this.#text += 'null';
    else this.#object(value, declared);
    if (this.#text.length > this.#longest) {
      this.#fail(
        'too_large',
        '$',
        fillText(hostTexts.bytes, this.#longest),
        hostTexts.longerDocument,
      );
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
    const found = Number.isFinite(value) ? hostTexts.largeInteger : String(value);
    this.#wrong(hostTexts.number, found);
    return outOfRangeNumber;
  }

  #object(value: object, declared: DeclaredTree | undefined): void {
    if (this.#path.length >= inputLimits.levels) {
      this.#fail('too_deep', '$', hostTexts.levels, hostTexts.deeperOrCyclic);
    }
    if (Array.isArray(value)) this.#array(value, declared);
    else if (value instanceof Date) this.#date(value);
    else if (value instanceof Set) this.#array([...Set.prototype.values.call(value)], declared);
    else if (value instanceof Map) this.#map(value, declared);
    else this.#members(value, declared);
  }

  #array(elements: readonly unknown[], declared: DeclaredTree | undefined): void {
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
      this.#wrong('a valid Date', 'an invalid Date');
      this.#text += outOfRangeNumber;
    } else this.#string(Date.prototype.toISOString.call(value));
  }

  #map(value: ReadonlyMap<unknown, unknown>, declared: DeclaredTree | undefined): void {
    const members: [string, unknown][] = [];
    for (const [key, member] of Map.prototype.entries.call(value)) {
      if (typeof key !== 'string') this.#wrong('a Map whose keys are strings', 'another key');
      else if (declared?.members.has(key) ?? true) members.push([key, member]);
    }
    this.#entries(members, declared);
  }

  #members(value: object, declared: DeclaredTree | undefined): void {
    const names = Object.keys(value).filter((name) => declared?.members.has(name) ?? true);
    this.#entries(
      names.map((name) => [name, (value as Readonly<Record<string, unknown>>)[name]]),
      declared,
    );
  }

  /** A member that is `undefined`, a function or a symbol is absent. */
  #entries(
    members: readonly (readonly [string, unknown])[],
    declared: DeclaredTree | undefined,
  ): void {
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
      this.#step(name, member, declared && findDeclaredMember(declared, name, own));
    }
    this.#text += '}';
  }

  #step(step: PathStep, value: unknown, declared: DeclaredTree | undefined): void {
    this.#path.push(step);
    this.#value(value, declared);
    this.#path.pop();
  }

  /** The first error counts. */
  #wrong(expected: string, found: string): void {
    if (this.#error !== undefined) return;
    const path = formatJsonPath(this.#path);
    this.#error = { code: 'wrong_type', path, expected, found, offset: 0 };
    this.#errorAt = this.#text.length;
  }

  #fail(code: string, path: string, expected: string, found: string): never {
    throw new NotJson({ code, path, expected, found, offset: 0 });
  }
}
