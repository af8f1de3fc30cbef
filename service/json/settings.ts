// Reads values of settings files. Every function throws a `SettingsError` with the JSONPath of the value at fault.

import { isMembers, type Members } from './members.ts';

export class SettingsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SettingsError';
  }
}

/** Parses a file, which is a JSON object. */
export function parseSettings(text: string): Members {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SettingsError('this is not JSON');
  }
  return objectIn(value, '$');
}

export function listIn<Item>(
  value: unknown,
  path: string,
  read: (item: unknown, path: string) => Item,
): readonly Item[] {
  if (!Array.isArray(value)) throw new SettingsError(`${path}: expected an array`);
  return value.map((item, index) => read(item, `${path}[${index}]`));
}

export function objectIn(value: unknown, path: string): Members {
  if (isMembers(value)) return value;
  throw new SettingsError(`${path}: expected an object`);
}

export function textIn(value: unknown, path: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new SettingsError(`${path}: expected a string`);
}

export function positiveIn(value: unknown, path: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  throw new SettingsError(`${path}: expected a positive number`);
}

export function oneOf<Word extends string>(
  value: unknown,
  path: string,
  words: readonly Word[],
): Word {
  const found = words.find((each) => each === value);
  if (found !== undefined) return found;
  throw new SettingsError(`${path}: expected one of ${words.join(', ')}`);
}

export function urlIn(value: unknown, path: string): URL {
  const text = textIn(value, path);
  if (URL.canParse(text) && /^https?:/.test(text)) return new URL(text);
  throw new SettingsError(`${path}: expected a URL`);
}

/** The value, or a default if it is absent. */
export function optional<Value, Default>(
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
