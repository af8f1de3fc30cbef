// Parses TOML, and describes its values in messages.

import { parse, TomlError } from 'smol-toml';

export interface ConfigProblem {
  readonly line: number;
  readonly message: string;
}

export type TomlTable = Readonly<Record<string, unknown>>;

export type ParsedToml =
  | { readonly table: TomlTable; readonly problem?: never }
  | { readonly table?: never; readonly problem: ConfigProblem };

/** Returns the table of a document, or why the text is not TOML. */
export function parseToml(text: string): ParsedToml {
  try {
    return { table: parse(text) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [first = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
    return { problem: { line: error.line, message: `invalid TOML: ${first}` } };
  }
}

export function isTable(value: unknown): value is TomlTable {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
  );
}

export function describeValue(value: unknown): string {
  if (value instanceof Date) return 'a date or time';
  if (isTable(value)) return 'a table';
  return JSON.stringify(value) ?? String(value);
}

/** Describes a value in messages that must not show it. */
export function describeKind(value: unknown): string {
  if (value === '') return 'an empty string';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? describeValue(value) : `a ${typeof value}`;
}

/** Lines of a `UsageError` for all problems of a file. */
export function formatProblems(file: string, problems: readonly ConfigProblem[]): string {
  return problems.map(({ line, message }) => `${file}:${line}: ${message}`).join('\nnhipol: ');
}
