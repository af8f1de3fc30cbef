// Parses strict JSON (RFC 8259) from UTF-8 bytes and preserves the digits of numbers and the offset of each
// value. For invalid JSON or UTF-8, a lone surrogate or too deep nesting, it returns only the first error.

import { type ErrorName, isExactDecimal, type JsonValue, requestLimits } from '@nhipol/runtime/abi';
import { toExactNumber } from '../types/values.ts';

export type Json = JsonObject | JsonArray | JsonString | JsonNumber | JsonBoolean | JsonNull;

interface Placed {
  readonly offset: number;
}
export interface JsonObject extends Placed {
  readonly kind: 'object';
  readonly members: readonly JsonMember[];
  /** The offset of the closing brace. */
  readonly close: number;
}
export interface JsonMember {
  readonly name: string;
  readonly nameOffset: number;
  readonly value: Json;
}
export interface JsonArray extends Placed {
  readonly kind: 'array';
  readonly elements: readonly Json[];
}
interface JsonString extends Placed {
  readonly kind: 'string';
  readonly value: string;
}
/** `text` is the source. */
interface JsonNumber extends Placed {
  readonly kind: 'number';
  readonly text: string;
}
interface JsonBoolean extends Placed {
  readonly kind: 'boolean';
  readonly value: boolean;
}
interface JsonNull extends Placed {
  readonly kind: 'null';
}

export interface TextError {
  readonly code: ErrorName;
  readonly offset: number;
}

/**
 * Parses a document of at most `maxBytes` bytes; the default is the limit for requests. `loneSurrogates`: whether an escape
 * of one is an error, or becomes U+FFFD.
 */
export function readJson(
  bytes: Uint8Array,
  maxBytes: number = requestLimits.bytes,
  loneSurrogates: 'error' | 'replace' = 'error',
): Json | TextError {
  if (bytes.length > maxBytes) return { code: 'too_large', offset: 0 };
  try {
    return new JsonReader(bytes, loneSurrogates).document();
  } catch (failure) {
    if (failure instanceof TextFailure) return failure.error;
    throw failure;
  }
}

/** Parses a document of any length, or returns `undefined` if it is not valid JSON. */
export function parseJson(text: string): Json | undefined {
  const json = readJson(new TextEncoder().encode(text), Number.POSITIVE_INFINITY);
  return 'code' in json ? undefined : json;
}

export const emptyObject: JsonObject = { kind: 'object', offset: 0, members: [], close: 0 };

/** Converts a value to the same form as parsed JSON, with offset 0. */
export function toParsedJson(value: JsonValue): Json {
  const offset = 0;
  if (value === null) return { kind: 'null', offset };
  if (typeof value === 'boolean') return { kind: 'boolean', offset, value };
  if (typeof value === 'string') return { kind: 'string', offset, value };
  if (typeof value !== 'object' || isExactDecimal(value)) {
    return createJsonNumber(String(value));
  }
  if (Array.isArray(value)) return { kind: 'array', offset, elements: value.map(toParsedJson) };
  const members = Object.entries(value).map(([name, member]) => ({
    name,
    nameOffset: offset,
    value: toParsedJson(member as JsonValue),
  }));
  return { kind: 'object', offset, members, close: offset };
}

/** A number as it is written, with offset 0: a decimal may have more digits than a number of JavaScript. */
export function createJsonNumber(text: string): Json {
  return { kind: 'number', offset: 0, text };
}

/** Converts parsed JSON to a value. Integers are exact, other numbers are the nearest that JavaScript has. */
export function toJsonValue(json: Json): JsonValue {
  switch (json.kind) {
    case 'object':
      return Object.fromEntries(json.members.map(({ name, value }) => [name, toJsonValue(value)]));
    case 'array':
      return json.elements.map(toJsonValue);
    case 'number':
      return /^-?\d+$/.test(json.text) ? toExactNumber(BigInt(json.text)) : Number(json.text);
    case 'null':
      return null;
    default:
      return json.value;
  }
}

/** Formats JSON on one line, with numbers as in the source. */
export function writeJson(json: Json): string {
  switch (json.kind) {
    case 'object':
      return `{${json.members.map(({ name, value }) => `${JSON.stringify(name)}:${writeJson(value)}`).join(',')}}`;
    case 'array':
      return `[${json.elements.map(writeJson).join(',')}]`;
    case 'number':
      return json.text;
    case 'string':
    case 'boolean':
      return JSON.stringify(json.value);
    case 'null':
      return 'null';
  }
}

/** Unwinds the reader; not thrown out of this file. */
class TextFailure extends Error {
  readonly error: TextError;
  constructor(error: TextError) {
    super(error.code);
    this.error = error;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Decodes ASCII characters; others are read one by one. */
const latin1 = new TextDecoder('latin1');
const [quote, comma, minus, plus, point, colon] = [0x22, 0x2c, 0x2d, 0x2b, 0x2e, 0x3a];
const [zero, openBracket, backslash, closeBracket] = [0x30, 0x5b, 0x5c, 0x5d];
const [openBrace, closeBrace, capitalE, smallE] = [0x7b, 0x7d, 0x45, 0x65];
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

class JsonReader {
  readonly #bytes: Uint8Array;
  /** A character for each byte, decoded at once: a call of `TextDecoder` for each short string takes longer. */
  readonly #characters: string;
  readonly #loneSurrogates: 'error' | 'replace';
  #at = 0;

  constructor(bytes: Uint8Array, loneSurrogates: 'error' | 'replace') {
    this.#bytes = bytes;
    this.#characters = latin1.decode(bytes);
    this.#loneSurrogates = loneSurrogates;
  }

  document(): Json {
    this.#space();
    const value = this.#value(1);
    this.#space();
    if (this.#at < this.#bytes.length) this.#fail('not_json', this.#at);
    return value;
  }

  #fail(code: ErrorName, offset: number): never {
    throw new TextFailure({ code, offset });
  }

  #peek(ahead = 0): number {
    return this.#bytes[this.#at + ahead] ?? -1;
  }

  #space(): void {
    while (isSpace(this.#peek())) this.#at += 1;
  }

  #take(byte: number): void {
    if (this.#peek() !== byte) this.#fail('not_json', this.#at);
    this.#at += 1;
  }

  #value(depth: number): Json {
    const offset = this.#at;
    const first = this.#peek();
    if (first === openBrace || first === openBracket) {
      if (depth > requestLimits.depth) this.#fail('too_deep', offset);
      this.#at += 1;
      this.#space();
      return first === openBrace ? this.#object(offset, depth) : this.#array(offset, depth);
    }
    if (first === quote) return { kind: 'string', offset, value: this.#string() };
    if (first === minus || isDigit(first)) return { kind: 'number', offset, text: this.#number() };
    if (this.#literal('true')) return { kind: 'boolean', offset, value: true };
    if (this.#literal('false')) return { kind: 'boolean', offset, value: false };
    if (this.#literal('null')) return { kind: 'null', offset };
    return this.#fail('not_json', offset);
  }

  #literal(word: string): boolean {
    for (let i = 0; i < word.length; i += 1) {
      if (this.#peek(i) !== word.charCodeAt(i)) return false;
    }
    this.#at += word.length;
    return true;
  }

  #object(offset: number, depth: number): JsonObject {
    const members: JsonMember[] = [];
    while (this.#peek() !== closeBrace || members.length > 0) {
      const nameOffset = this.#at;
      if (this.#peek() !== quote) this.#fail('not_json', this.#at);
      const name = this.#string();
      this.#space();
      this.#take(colon);
      this.#space();
      members.push({ name, nameOffset, value: this.#value(depth + 1) });
      this.#space();
      if (this.#peek() === closeBrace) break;
      this.#take(comma);
      this.#space();
    }
    const close = this.#at;
    this.#at += 1;
    return { kind: 'object', offset, members, close };
  }

  #array(offset: number, depth: number): JsonArray {
    const elements: Json[] = [];
    while (this.#peek() !== closeBracket || elements.length > 0) {
      elements.push(this.#value(depth + 1));
      this.#space();
      if (this.#peek() === closeBracket) break;
      this.#take(comma);
      this.#space();
    }
    this.#at += 1;
    return { kind: 'array', offset, elements };
  }

  #number(): string {
    const start = this.#at;
    if (this.#peek() === minus) this.#at += 1;
    if (this.#peek() === zero) this.#at += 1;
    else this.#digits();
    if (this.#peek() === point) {
      this.#at += 1;
      this.#digits();
    }
    if (this.#peek() === smallE || this.#peek() === capitalE) {
      this.#at += 1;
      if (this.#peek() === plus || this.#peek() === minus) this.#at += 1;
      this.#digits();
    }
    return this.#characters.slice(start, Math.min(this.#at, start + requestLimits.bytes));
  }

  #digits(): void {
    if (!isDigit(this.#peek())) this.#fail('not_json', this.#at);
    while (isDigit(this.#peek())) this.#at += 1;
  }

  #string(): string {
    this.#at += 1;
    let value = '';
    while (this.#peek() !== quote) {
      const byte = this.#peek();
      if (byte < 0x20) this.#fail('not_json', this.#at);
      if (byte === backslash) value += this.#escape();
      else value += byte < 0x80 ? this.#plain() : this.#character(byte);
    }
    this.#at += 1;
    return value;
  }

  /** Reads a run of ASCII characters without escapes. */
  #plain(): string {
    const start = this.#at;
    while (
      this.#peek() >= 0x20 &&
      this.#peek() < 0x80 &&
      this.#peek() !== quote &&
      this.#peek() !== backslash
    ) {
      this.#at += 1;
    }
    return this.#characters.slice(start, this.#at);
  }

  /** Reads a character of two to four bytes. */
  #character(first: number): string {
    const size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    const bytes = this.#bytes.subarray(this.#at, this.#at + size);
    try {
      const text = utf8.decode(bytes);
      this.#at += size;
      return text;
    } catch {
      return this.#fail('not_utf8', this.#at);
    }
  }

  #escape(): string {
    const start = this.#at;
    this.#at += 1;
    const simple = escapes[this.#characters.charAt(this.#at)];
    if (simple !== undefined) {
      this.#at += 1;
      return simple;
    }
    const high = this.#unit(start);
    if (high === undefined) return this.#fail('not_json', start);
    this.#at = start + 6;
    if (high < 0xd800 || high > 0xdfff) return String.fromCharCode(high);
    const low = high < 0xdc00 ? this.#unit(this.#at) : undefined;
    if (low === undefined || low < 0xdc00 || low > 0xdfff)
      return this.#loneSurrogates === 'replace' ? '\u{fffd}' : this.#fail('lone_surrogate', start);
    this.#at += 6;
    return String.fromCharCode(high, low);
  }

  /** Returns the UTF-16 code unit of an escape `\uXXXX` at `from`, if there is one. */
  #unit(from: number): number | undefined {
    const text = this.#characters.slice(from, from + 6);
    return /^\\u[0-9a-fA-F]{4}$/.test(text) ? Number.parseInt(text.slice(2), 16) : undefined;
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
