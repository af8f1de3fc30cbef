// Tables: their entries from the policy itself or from a JSON file, typed and checked as they are
// read.

import type { TableNode } from '../ast.ts';
import type { Table, TableRow } from '../model.ts';
import { isIntegral, parseInstant, roundDecimal, scaleDecimal } from '../request/instant.ts';
import { type Json, readJson } from '../request/json.ts';
import { resolvePath } from '../source.ts';
import { textForm } from '../text-forms.ts';
import { isEquatable, type Type, typeName, type Value } from '../types.ts';
import type { Context } from './context.ts';
import type { Declarations } from './declarations.ts';
import { keepsRange } from './ranges.ts';

export function readTable(
  context: Context,
  declarations: Declarations,
  node: TableNode,
): Table | undefined {
  const fail = (why: string, span = node.from?.span ?? node.span): undefined => {
    context.reporter.report('bad-table', span, { why });
    return undefined;
  };
  const keys = node.keys.map((key) => declarations.types.resolve(key));
  const value = declarations.types.resolve(node.value);
  if (value === undefined || keys.includes(undefined)) return undefined;
  const keyTypes = keys as readonly Type[];
  if (!keyTypes.every(isEquatable)) return fail('a table is keyed by scalars or enums');
  if (value.kind === 'Record' || value.kind === 'List')
    return fail(`a table cannot hold ${typeName(value)}`, node.value.span);
  const rows =
    node.from === undefined
      ? inlineRows(declarations, node, keyTypes, value)
      : fileRows(context, node, keyTypes, value, fail);
  if (rows === undefined) return undefined;
  const seen = new Set<string>();
  for (const row of rows) {
    const key = JSON.stringify(row.keys.map(String));
    if (seen.has(key))
      return fail(
        `the key ${row.keys.map((k) => JSON.stringify(String(k))).join(', ')} comes twice`,
      );
    seen.add(key);
  }
  return { name: node.name.text, keys: keyTypes, value, rows, span: node.name.span };
}

function inlineRows(
  declarations: Declarations,
  node: TableNode,
  keys: readonly Type[],
  value: Type,
): readonly TableRow[] | undefined {
  const rows: TableRow[] = [];
  for (const entry of node.entries) {
    const entryKeys = keys.map((type, index) => {
      const key = entry.keys[index];
      return key && declarations.constantOf(key, type, "a table's key");
    });
    const entryValue = declarations.constantOf(entry.value, value, "a table's value");
    if (entryValue === undefined || entryKeys.includes(undefined)) return undefined;
    rows.push({ keys: entryKeys as readonly Value[], value: entryValue });
  }
  return rows;
}

type Fail = (why: string) => undefined;

/** An object by key; with two keys an object of objects. */
function fileRows(
  context: Context,
  node: TableNode,
  keys: readonly Type[],
  value: Type,
  fail: Fail,
): readonly TableRow[] | undefined {
  const path = resolvePath(node.span.file, node.from?.value ?? '');
  const text = context.sources.get(path);
  if (text === undefined) {
    context.reporter.report('missing-file', node.from?.span ?? node.span, { path });
    return undefined;
  }
  const json = readJson(new TextEncoder().encode(text), Number.POSITIVE_INFINITY);
  if ('code' in json) return fail(`\`${path}\` is not JSON (at byte ${json.offset})`);
  const rows: TableRow[] = [];
  const visit = (at: Json, found: readonly Value[], where: string): boolean => {
    const keyType = keys[found.length];
    if (keyType === undefined) {
      const cell = readValue(value, at);
      if (cell === undefined || !keepsRange(value, cell))
        return fail(`\`${path}\`: ${where} is no ${typeName(value)}`) ?? false;
      rows.push({ keys: found, value: cell });
      return true;
    }
    if (at.kind !== 'object') return fail(`\`${path}\`: ${where} is no object`) ?? false;
    return at.members.every((member) => {
      const key = readKey(keyType, member.name);
      const here = `${where}[${JSON.stringify(member.name)}]`;
      if (key === undefined || !keepsRange(keyType, key))
        return fail(`\`${path}\`: the key of ${here} is no ${typeName(keyType)}`) ?? false;
      return visit(member.value, [...found, key], here);
    });
  };
  return visit(json, [], '$') ? rows : undefined;
}

/** Two keys that are written apart are apart: a Decimal's have no more digits than it holds. */
const decimalKey = /^-?\d+(?:\.\d{1,6})?$/;

function readKey(type: Type, text: string): Value | undefined {
  if (type.kind === 'Int') return /^-?\d+$/.test(text) ? scaleDecimal(text, 1) : undefined;
  if (type.kind === 'Decimal') return decimalKey.test(text) ? roundDecimal(text) : undefined;
  if (type.kind === 'Bool') return text === 'true' ? true : text === 'false' ? false : undefined;
  return readText(type, text);
}

function readText(type: Type, text: string): Value | undefined {
  if (type.kind === 'String') return text;
  const form = textForm(type);
  if (form !== undefined) return form.read(text);
  if (type.kind === 'Timestamp') return parseInstant(text);
  if (type.kind !== 'Enum') return undefined;
  const ordinal = type.members.indexOf(text);
  return ordinal === -1 ? undefined : ordinal;
}

function readValue(type: Type, json: Json): Value | undefined {
  if (type.kind === 'Set') {
    if (json.kind !== 'array') return undefined;
    const elements = json.elements.map((element) => readValue(type.element, element));
    return elements.includes(undefined) ? undefined : [...new Set(elements as readonly Value[])];
  }
  if (json.kind === 'boolean') return type.kind === 'Bool' ? json.value : undefined;
  if (json.kind === 'string') return readText(type, json.value);
  if (json.kind !== 'number') return undefined;
  if (type.kind === 'Int') return isIntegral(json.text) ? scaleDecimal(json.text, 1) : undefined;
  if (type.kind === 'Decimal') return roundDecimal(json.text);
  return type.kind === 'Duration' || (type.kind === 'Timestamp' && type.inSeconds)
    ? scaleDecimal(json.text, 1000)
    : undefined;
}
