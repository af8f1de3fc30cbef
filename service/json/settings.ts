// Reads values of settings files. Every function throws a `SettingsError` with the JSONPath of the value at fault.

import { isMembers, type Members } from './members.ts';
import { findAmbiguity } from './unambiguous.ts';

export class SettingsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SettingsError';
  }
}

/** Parses a file, which is a JSON object. */
export function parseSettings(text: string): Members {
  return readObjectSetting(parseFile(text), '$');
}

/** Parses the JSON of a file, in which no object has a name twice. Errors do not contain its text, which may be secret. */
export function parseFile(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SettingsError(describeSyntax(text, (error as Error).message));
  }
  const problem = findAmbiguity(text);
  if (problem !== undefined) throw new SettingsError(problem);
  return value;
}

function describeSyntax(text: string, message: string): string {
  if (text.trim() === '') return 'this is empty: expected JSON';
  const position = / at position (\d+)/.exec(message)?.[1];
  if (position === undefined) return 'this is not JSON: it may end too early';
  const lines = text.slice(0, Number(position)).split('\n');
  return `this is not JSON: line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}

export function readListSetting<Item>(
  value: unknown,
  path: string,
  read: (item: unknown, path: string) => Item,
): readonly Item[] {
  if (!Array.isArray(value)) throw new SettingsError(`${path}: expected an array`);
  return value.map((item, index) => read(item, `${path}[${index}]`));
}

export function readObjectSetting(value: unknown, path: string): Members {
  if (isMembers(value)) return value;
  throw new SettingsError(`${path}: expected an object`);
}

export function readTextSetting(value: unknown, path: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new SettingsError(`${path}: expected a string`);
}

export function readPositiveSetting(value: unknown, path: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  throw new SettingsError(`${path}: expected a positive number`);
}

export function readWordSetting<Word extends string>(
  value: unknown,
  path: string,
  words: readonly Word[],
): Word {
  const word = words.find((each) => each === value);
  if (word !== undefined) return word;
  throw new SettingsError(`${path}: expected one of ${words.join(', ')}`);
}

export function readUrlSetting(value: unknown, path: string): URL {
  const text = readTextSetting(value, path);
  if (URL.canParse(text) && /^https?:/.test(text)) return new URL(text);
  throw new SettingsError(`${path}: expected a URL`);
}

/** The value, or a default if it is absent. */
export function readOptional<Value, Default>(
  value: unknown,
  otherwise: Default,
  read: (value: unknown) => Value,
): Value | Default {
  return value === undefined ? otherwise : read(value);
}

export function expectOnly(given: Members, names: readonly string[], path: string): void {
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new SettingsError(`${path}.${unknown}: unknown; known are ${names.join(', ')}`);
  }
}
