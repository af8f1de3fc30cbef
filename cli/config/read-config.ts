// Parses and validates a nhipol.toml. Returns its settings and all problems, each with its line.

import { suggest } from '@nhipol/language/support';
import {
  formatFullName,
  isSection,
  type KeyType,
  keys,
  maxWhole,
  type SettingKey,
  sections,
} from './keys.ts';
import { findLine } from './line-of.ts';
import {
  type ConfigProblem,
  describeValue,
  isTable,
  parseToml,
  type TomlTable,
} from './parse-toml.ts';
import type { ConfigSetting, ConfigSettings, SettingValue } from './settings.ts';

export interface ReadConfig {
  readonly settings: ConfigSettings;
  readonly problems: readonly ConfigProblem[];
}

export function readConfig(text: string): ReadConfig {
  const { table, problem } = parseToml(text);
  if (problem !== undefined) return { settings: new Map(), problems: [problem] };
  const reader = new ConfigReader(text);
  reader.take(undefined, table);
  return reader;
}

class ConfigReader implements ReadConfig {
  readonly settings = new Map<string, ConfigSetting>();
  readonly problems: ConfigProblem[] = [];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  take(section: string | undefined, table: TomlTable): void {
    for (const [name, value] of Object.entries(table)) {
      const path = section === undefined ? [name] : [section, name];
      const key = keys.find(
        (settingKey) => settingKey.section === section && settingKey.name === name,
      );
      if (key !== undefined) this.#set(key, value, path);
      else if (section === undefined && isSection(name)) this.#takeSection(name, value);
      else this.#problem(path, describeUnknownKey(section, name));
    }
  }

  #takeSection(name: string, value: unknown): void {
    if (isTable(value)) this.take(name, value);
    else this.#problem([name], `\`${name}\` is a section: write [${name}] and its keys below it`);
  }

  #set(key: SettingKey, value: unknown, path: readonly string[]): void {
    if (isValue(key.type, value)) {
      this.settings.set(formatFullName(key), { value, line: findLine(this.#text, path) });
    } else {
      const expected = describeKeyType(key.type);
      this.#problem(
        path,
        `\`${formatFullName(key)}\`: expected ${expected}, found ${describeValue(value)}`,
      );
    }
  }

  #problem(path: readonly string[], message: string): void {
    this.problems.push({ line: findLine(this.#text, path), message });
  }
}

function isValue(type: KeyType, value: unknown): value is SettingValue {
  const isText = (each: unknown) => typeof each === 'string' && each !== '';
  switch (type.kind) {
    case 'path':
      return isText(value);
    case 'texts':
      return Array.isArray(value) && value.length > 0 && value.every(isText);
    case 'choice':
      return typeof value === 'string' && type.choices.includes(value);
    case 'whole':
      return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= maxWhole;
    case 'flag':
      return typeof value === 'boolean';
  }
}

function describeKeyType(type: KeyType): string {
  switch (type.kind) {
    case 'path':
      return 'a path in quotes';
    case 'texts':
      return 'a list of paths, such as ["policies/**/*.nhipol"]';
    case 'choice':
      return `one of ${type.choices.map((choice) => `"${choice}"`).join(', ')}`;
    case 'whole':
      return `a whole number from 0 to ${maxWhole}`;
    case 'flag':
      return 'a boolean';
  }
}

function describeUnknownKey(section: string | undefined, name: string): string {
  const own = keys.filter((key) => key.section === section).map((key) => key.name);
  const known = section === undefined ? [...own, ...sections] : own;
  const where = section === undefined ? `\`${name}\`` : `\`${name}\` in [${section}]`;
  const [near] = suggest(name, known);
  if (near !== undefined) return `unknown key ${where}: did you mean \`${near}\`?`;
  const elsewhere = keys.find((key) => key.name === name)?.section;
  if (elsewhere !== undefined)
    return `unknown key ${where}: \`${name}\` is a key of [${elsewhere}]`;
  if (known.length === 0) return `unknown key ${where}: this section has no keys`;
  return `unknown key ${where}: expected one of ${known.join(', ')}`;
}
