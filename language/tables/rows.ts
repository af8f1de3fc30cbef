// The rows of a table from JSON: an object by key, with two keys an object of objects. Rows come
// out, or the first thing in the text that is wrong; a key that comes twice is told last.

import { type FoundName, fillText, hostTexts, requestErrors } from '@nhipol/runtime/abi';
import type { TableRow } from '../model/model.ts';
import { memberPath } from '../request/decode.ts';
import type { RequestError } from '../request/errors.ts';
import { expectation } from '../request/expectation.ts';
import type { Json, JsonArray, JsonMember } from '../request/json.ts';
import { foundIn, isTooLong, type ScalarFault } from '../request/scalar.ts';
import type { EnumType, ScalarType, Type, Value } from '../types/types.ts';
import { readKey, readValue } from './values.ts';

export interface TableTypes {
  readonly keys: readonly Type[];
  readonly value: Type;
}

/** As a request's, with a path that begins at the table's own object. */
export type TableError = RequestError;

/** `mostElements`: of a set. */
export function readRows(
  types: TableTypes,
  json: Json,
  mostElements: number,
): readonly TableRow[] | TableError {
  return new RowReader(types, mostElements).read(json);
}

class RowReader {
  readonly #types: TableTypes;
  readonly #mostElements: number;
  readonly #rows: TableRow[] = [];
  #fault: TableError | undefined;
  #duplicate: TableError | undefined;

  constructor(types: TableTypes, mostElements: number) {
    this.#types = types;
    this.#mostElements = mostElements;
  }

  read(json: Json): readonly TableRow[] | TableError {
    this.#level(json, '$', []);
    return this.#fault ?? this.#duplicate ?? this.#rows;
  }

  /** The object whose names are the key behind those that were found. */
  #level(json: Json, path: string, found: readonly Value[]): void {
    const type = this.#types.keys[found.length] as ScalarType | EnumType | undefined;
    if (type === undefined) {
      const value = this.#value(json, path);
      if (value !== undefined) this.#rows.push({ keys: found, value });
      return;
    }
    if (json.kind !== 'object') {
      const [expected, what] = [hostTexts.object, foundIn(json)];
      this.#note({ code: 'wrong_type', path, expected, found: what, offset: json.offset });
      return;
    }
    const seen = new Set<Value>();
    for (const member of json.members) {
      const key = this.#key(type, member, path);
      const at = memberPath(path, member.name);
      if (key !== undefined && seen.has(key)) this.#twice(at, member.nameOffset);
      if (key !== undefined) seen.add(key);
      // What stands behind a key that is none is still looked at, for the first fault is not
      // known before the text ends; nothing is looked up by it.
      this.#level(member.value, at, [...found, key ?? '']);
    }
  }

  #key(type: ScalarType | EnumType, { name, nameOffset }: JsonMember, path: string) {
    if (isTooLong(name)) {
      this.#note({ code: 'too_long', path, ...requestErrors.too_long, offset: nameOffset });
      return undefined;
    }
    const key = readKey(type, name);
    if (key === undefined) {
      const expected = fillText(hostTexts.keyThatIs, expectation(type));
      const found = JSON.stringify(name);
      this.#note({ code: 'wrong_key', path, expected, found, offset: nameOffset });
    }
    return key;
  }

  #value(json: Json, path: string): Value | undefined {
    const type = this.#types.value;
    if (type.kind !== 'Set') return this.#scalar(type as ScalarType | EnumType, json, path);
    if (json.kind !== 'array') {
      const expected = expectation(type);
      this.#note({
        code: 'wrong_type',
        path,
        expected,
        found: foundIn(json),
        offset: json.offset,
      });
      return undefined;
    }
    return this.#elements(type.element as ScalarType | EnumType, json, path);
  }

  #elements(type: ScalarType | EnumType, json: JsonArray, path: string): Value | undefined {
    if (json.elements.length > this.#mostElements) {
      const { offset } = json;
      this.#note({ code: 'too_many', path, ...requestErrors.too_many, offset });
      return undefined;
    }
    const elements = json.elements.map((element, index) =>
      this.#scalar(type, element, `${path}[${index}]`),
    );
    return [...new Set(elements.filter((element) => element !== undefined))];
  }

  #scalar(type: ScalarType | EnumType, json: Json, path: string): Value | undefined {
    const read = readValue(type, json);
    if (read.kind === 'value') return read.value;
    const outside = { expected: expectation(type), found: 'an invalid value' satisfies FoundName };
    const { code, expected, found }: Omit<ScalarFault, 'kind'> =
      read.kind === 'unknown' ? { code: 'wrong_type', ...outside } : read;
    this.#note({ code, path, expected, found, offset: json.offset });
    return undefined;
  }

  #note(error: TableError & { readonly number?: number; readonly severity?: number }): void {
    const { code, path, expected, found, offset } = error;
    if (this.#fault !== undefined && this.#fault.offset <= offset) return;
    this.#fault = { code, path, expected, found, offset };
  }

  #twice(path: string, offset: number): void {
    const { expected, found } = requestErrors.duplicate_key;
    this.#duplicate ??= { code: 'duplicate_key', path, expected, found, offset };
  }
}
