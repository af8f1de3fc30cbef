// Reads files that fill external tables, and validates them before any decision.

import {
  isError as isTableError,
  listExternalTables,
  readTable,
  reportTableError,
} from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import type { TableTexts } from '@nhipol/testing';
import { UsageError } from '../exit-codes.ts';
import { readInputText } from '../files.ts';

export interface TableFile {
  readonly name: string;
  readonly path: string;
}

/** Returns the error of the contents of a table, or `undefined` if they are valid. */
export type RefusesTable = (name: string, text: string) => string | undefined;

export async function readTables(
  files: readonly TableFile[],
  refuses: RefusesTable,
): Promise<TableTexts> {
  const texts = new Map<string, string>();
  for (const { name, path } of files) {
    const text = await readInputText(path);
    const why = refuses(name, text);
    if (why !== undefined) throw new UsageError(`cannot fill \`${name}\` from ${path}: ${why}`);
    texts.set(name, text);
  }
  return texts;
}

export function findTableRefusal(
  policy: PolicyModel,
  name: string,
  text: string,
): string | undefined {
  const external = listExternalTables(policy);
  const table = external.find((each) => each.name === name);
  if (table === undefined) return describeUnknownTable(external.map((each) => each.name));
  const rows = readTable(table, new TextEncoder().encode(text));
  return isTableError(rows) ? reportTableError(rows) : undefined;
}

export function describeUnknownTable(names: readonly string[]): string {
  if (names.length === 0) return 'the policy has no external table';
  return `the policy's external tables are ${names.map((name) => `\`${name}\``).join(', ')}`;
}
