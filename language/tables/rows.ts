// Reads the rows of a table from JSON: an object whose names are keys, or for two keys an object of objects.
// Returns the rows or the first error in the document; duplicate keys are reported only if there is no other.

import {
  type FoundName,
  fillText,
  hostTexts,
  jsonTypes,
  requestErrors,
  tableErrors,
} from '@nhipol/runtime/abi';
import type { TableRow } from '../model/model.ts';
import { spellJsonPath } from '../request/decode.ts';
import type { RequestError } from '../request/errors.ts';
import { describeExpectation } from '../request/expectation.ts';
import type { Json, JsonArray, JsonMember } from '../request/json.ts';
import { isTooLong, nameJsonType, type ScalarFault } from '../request/scalar.ts';
import type { EnumType, RecordType, ScalarType, Type, Value } from '../types/types.ts';
import { closeRows, isUnclosed, type Unclosed } from './closure.ts';
import { readKey, readValue } from './values.ts';

export interface TableTypes {
  readonly keys: readonly Type[];
  readonly value: Type;
  readonly transitive: boolean;
}

/** An error as in a request; its path begins at the object of the table. */
export type TableRowError = Omit<RequestError, 'code'> & {
  readonly code: RequestError['code'] | 'cycle';
  /** The keys of a cycle in a transitive table, from the first one back to it. */
  readonly cycle?: readonly Value[];
};

/** Reads the rows; a set may have at most `maxElements` elements. */
export function readRows(
  types: TableTypes,
  json: Json,
  maxElements: number,
): readonly TableRow[] | TableRowError {
  return new RowReader(types, maxElements).read(json);
}

class RowReader {
  readonly #types: TableTypes;
  readonly #maxElements: number;
  readonly #rows: TableRow[] = [];
  /** Where the rows are in the document. */
  readonly #places: { readonly path: string; readonly offset: number }[] = [];
  #fault: TableRowError | undefined;
  #duplicate: TableRowError | undefined;

  constructor(types: TableTypes, maxElements: number) {
    this.#types = types;
    this.#maxElements = maxElements;
  }

  read(json: Json): readonly TableRow[] | TableRowError {
    this.#readLevel(json, '$', [], json.offset);
    const error = this.#fault ?? this.#duplicate;
    if (error !== undefined || !this.#types.transitive) return error ?? this.#rows;
    const closed = closeRows(this.#rows);
    return isUnclosed(closed) ? this.#describeUnclosed(closed) : closed;
  }

  #describeUnclosed({ row, cycle }: Unclosed): TableRowError {
    const place = this.#places[row] as { readonly path: string; readonly offset: number };
    return cycle === undefined
      ? { code: 'too_many', ...place, ...pickTexts(requestErrors.too_many) }
      : { code: 'cycle', ...place, ...pickTexts(tableErrors.cycle), cycle };
  }

  /** Reads an object whose names are the next key after those in `found`, the last of which is at `offset`. */
  #readLevel(json: Json, path: string, values: readonly Value[], offset: number): void {
    const type = this.#types.keys[values.length] as ScalarType | EnumType | undefined;
    if (type === undefined) {
      const row = this.#readRow(json, path);
      if (row === undefined) return;
      this.#rows.push({ keys: values, ...row });
      this.#places.push({ path, offset });
      return;
    }
    if (json.kind !== 'object') {
      const [expected, what] = [jsonTypes.object, nameJsonType(json)];
      this.#report({ code: 'wrong_type', path, expected, found: what, offset: json.offset });
      return;
    }
    const seen = new Set<Value>();
    for (const member of json.members) {
      const key = this.#readKey(type, member, path);
      const at = spellJsonPath(path, member.name);
      if (key !== undefined && seen.has(key)) this.#reportDuplicate(at, member.nameOffset);
      if (key !== undefined) seen.add(key);
      // Reading continues after an invalid key; the rows are not used, since the table has an error.
      this.#readLevel(member.value, at, [...values, key ?? ''], member.nameOffset);
    }
  }

  #readKey(type: ScalarType | EnumType, { name, nameOffset }: JsonMember, path: string) {
    if (isTooLong(name)) {
      this.#report({ code: 'too_long', path, ...requestErrors.too_long, offset: nameOffset });
      return undefined;
    }
    const key = readKey(type, name);
    if (key === undefined) {
      const expected = fillText(hostTexts.keyThatIs, describeExpectation(type));
      const found = JSON.stringify(name);
      this.#report({ code: 'wrong_key', path, expected, found, offset: nameOffset });
    }
    return key;
  }

  #readRow(json: Json, path: string): Omit<TableRow, 'keys'> | undefined {
    const { value: type } = this.#types;
    if (type.kind === 'Record') {
      const members = this.#readMembers(type, json, path);
      return members && { value: true, members };
    }
    const value = this.#readValue(type, json, path);
    return value === undefined ? undefined : { value };
  }

  /** Reads the members of a record; others are ignored, and so is null for an optional one. */
  #readMembers(type: RecordType, json: Json, path: string): ReadonlyMap<string, Value> | undefined {
    if (json.kind !== 'object') {
      const [expected, found] = [jsonTypes.object, nameJsonType(json)];
      this.#report({ code: 'wrong_type', path, expected, found, offset: json.offset });
      return undefined;
    }
    const members = new Map<string, Value>();
    const seen = new Set<string>();
    for (const { name, nameOffset, value } of json.members) {
      const at = spellJsonPath(path, name);
      const member = type.members.get(name);
      if (seen.has(name)) this.#reportDuplicate(at, nameOffset);
      seen.add(name);
      if (member === undefined || value.kind === 'null') continue;
      const read = this.#readValue(member.type, value, at);
      if (read !== undefined) members.set(name, read);
    }
    for (const member of type.members.values()) {
      const isGiven = json.members.some(
        ({ name, value }) => name === member.name && value.kind !== 'null',
      );
      if (member.optional || isGiven) continue;
      const [expected, found] = [describeExpectation(member.type), 'nothing' satisfies FoundName];
      const at = spellJsonPath(path, member.name);
      this.#report({ code: 'missing', path: at, expected, found, offset: json.close });
    }
    return members;
  }

  #readValue(type: Type, json: Json, path: string): Value | undefined {
    if (type.kind !== 'Set') return this.#readScalar(type as ScalarType | EnumType, json, path);
    if (json.kind !== 'array') {
      const expected = describeExpectation(type);
      this.#report({
        code: 'wrong_type',
        path,
        expected,
        found: nameJsonType(json),
        offset: json.offset,
      });
      return undefined;
    }
    return this.#readElements(type.element as ScalarType | EnumType, json, path);
  }

  #readElements(type: ScalarType | EnumType, json: JsonArray, path: string): Value | undefined {
    if (json.elements.length > this.#maxElements) {
      const { offset } = json;
      this.#report({ code: 'too_many', path, ...requestErrors.too_many, offset });
      return undefined;
    }
    const elements = json.elements.map((element, index) =>
      this.#readScalar(type, element, `${path}[${index}]`),
    );
    return [...new Set(elements.filter((element) => element !== undefined))];
  }

  #readScalar(type: ScalarType | EnumType, json: Json, path: string): Value | undefined {
    const read = readValue(type, json);
    if (read.kind === 'value') return read.value;
    const outside = {
      expected: describeExpectation(type),
      found: 'an invalid value' satisfies FoundName,
    };
    const { code, expected, found }: Omit<ScalarFault, 'kind'> =
      read.kind === 'unknown' ? { code: 'wrong_type', ...outside } : read;
    this.#report({ code, path, expected, found, offset: json.offset });
    return undefined;
  }

  #report(error: TableRowError & { readonly number?: number; readonly severity?: number }): void {
    const { code, path, expected, found, offset } = error;
    if (this.#fault !== undefined && this.#fault.offset <= offset) return;
    this.#fault = { code, path, expected, found, offset };
  }

  #reportDuplicate(path: string, offset: number): void {
    const { expected, found } = requestErrors.duplicate_key;
    this.#duplicate ??= { code: 'duplicate_key', path, expected, found, offset };
  }
}

function pickTexts({ expected, found }: { readonly expected: string; readonly found: string }) {
  return { expected, found };
}
