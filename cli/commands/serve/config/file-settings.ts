// Reads the file of `--config`: TOML whose keys are the names of the options. Its messages describe values without
// showing them, since a file with settings may contain a secret in a wrong place.

import type { CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { suggest } from '@nhipol/language/support';
import { fromConfig } from '../../../config/config.ts';
import { findLine } from '../../../config/line-of.ts';
import {
  type ConfigProblem,
  describeKind,
  formatProblems,
  parseToml,
} from '../../../config/parse-toml.ts';
import { fromFile, noConfig } from '../../../config/settings.ts';
import { UsageError } from '../../../io/exit-codes.ts';
import { readInputText } from '../../../io/files.ts';
import { applySetting, hasNumber, isFlag, isList, listSettings } from './setting.ts';

/** Throws a `UsageError` with all problems of the file. */
export async function applyFile(command: CommandUnknownOpts, file: string): Promise<void> {
  const text = await readInputText(file);
  const { table, problem } = parseToml(text);
  if (problem !== undefined) throw new UsageError(formatProblems(file, [problem]));
  const problems: ConfigProblem[] = [];
  for (const [key, value] of Object.entries(table)) {
    try {
      applyKey(command, file, key, value);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      problems.push({ line: findLine(text, [key]), message: error.message });
    }
  }
  if (problems.length > 0) throw new UsageError(formatProblems(file, problems));
}

/** Throws a `UsageError` for a key that does not exist, or a value that it cannot have. */
function applyKey(command: CommandUnknownOpts, file: string, key: string, value: unknown): void {
  const settings = listSettings(command);
  const setting = settings.find(({ name }) => name === key);
  if (setting === undefined) {
    const [near] = suggest(
      key,
      settings.map(({ name }) => name),
    );
    const help =
      near === undefined ? 'expected an option of `nhipol serve`' : `did you mean \`${near}\`?`;
    throw new UsageError(`unknown key \`${key}\`: ${help}`);
  }
  try {
    applySetting(command, setting.option, readValue(file, setting.option, value), fromFile);
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`\`${key}\`: ${error.message}`);
    throw error;
  }
}

/** Converts a value to what the command line has for it: whether a flag is set, or strings. */
function readValue(
  file: string,
  option: Option | undefined,
  value: unknown,
): boolean | readonly string[] {
  if (!isFlag(option)) {
    const resolve = (path: string) => fromConfig({ ...noConfig, file }, path);
    return readStrings(option, value).map((text) => resolvePath(option, text, resolve));
  }
  if (typeof value !== 'boolean') throw createTypeError('a boolean', value);
  return value;
}

function readStrings(option: Option | undefined, value: unknown): readonly string[] {
  if (isList(option)) {
    if (!Array.isArray(value)) throw createTypeError('a list of strings', value);
    return value.map(expectText);
  }
  if (!hasNumber(option)) return [expectText(value)];
  if (typeof value !== 'number') throw createTypeError('a number', value);
  return [String(value)];
}

function expectText(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw createTypeError('a string', value);
}

function createTypeError(expected: string, value: unknown): UsageError {
  return new UsageError(`expected ${expected}, found ${describeKind(value)}`);
}

/** Converts a path in a value to one relative to the working directory; `-` is standard output. */
function resolvePath(
  option: Option | undefined,
  text: string,
  resolve: (path: string) => string,
): string {
  if (option === undefined) return /^https?:/.test(text) ? text : resolve(text);
  if (option.flags.includes('<file>') && text !== '-') return resolve(text);
  const [, name = '', path] = /^([^=]+=)(.+)$/.exec(text) ?? [];
  const isNamed = option.flags.includes('<name=file>') && path !== undefined;
  return isNamed ? `${name}${resolve(path)}` : text;
}
