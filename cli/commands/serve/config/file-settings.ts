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
import {
  hasNumber,
  isFlag,
  isList,
  listSettings,
  policyName,
  setFlag,
  setOption,
  setPolicy,
} from './setting.ts';

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
  const option = settings.find(({ name }) => name === key)?.option;
  if (option === undefined && key !== policyName) {
    const [near] = suggest(key, [policyName, ...settings.map(({ name }) => name)]);
    const help =
      near === undefined ? 'expected an option of `nhipol serve`' : `did you mean \`${near}\`?`;
    throw new UsageError(`unknown key \`${key}\`: ${help}`);
  }
  try {
    applyValue(command, file, option, value);
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`\`${key}\`: ${error.message}`);
    throw error;
  }
}

/** `option`: `undefined` for the policy, which is an argument. */
function applyValue(
  command: CommandUnknownOpts,
  file: string,
  option: Option | undefined,
  value: unknown,
): void {
  const resolve = (path: string) => fromConfig({ ...noConfig, file }, path);
  if (option === undefined) {
    const path = expectText(value);
    setPolicy(command, /^https?:/.test(path) ? path : resolve(path));
  } else if (isFlag(option)) {
    if (typeof value !== 'boolean') throw unexpected('a boolean', value);
    setFlag(command, option, value, fromFile);
  } else {
    const values = readValues(option, value).map((text) => resolvePath(option, text, resolve));
    setOption(command, option, values, fromFile);
  }
}

function readValues(option: Option, value: unknown): readonly string[] {
  if (isList(option)) {
    if (!Array.isArray(value)) throw unexpected('a list of strings', value);
    return value.map(expectText);
  }
  if (!hasNumber(option)) return [expectText(value)];
  if (typeof value !== 'number') throw unexpected('a number', value);
  return [String(value)];
}

function expectText(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw unexpected('a string', value);
}

function unexpected(expected: string, value: unknown): UsageError {
  return new UsageError(`expected ${expected}, found ${describeKind(value)}`);
}

/** Converts a path in a value to one relative to the working directory; `-` is standard output. */
function resolvePath({ flags }: Option, text: string, resolve: (path: string) => string): string {
  if (flags.includes('<file>') && text !== '-') return resolve(text);
  const [, name = '', path] = /^([^=]+=)(.+)$/.exec(text) ?? [];
  return flags.includes('<name=file>') && path !== undefined ? `${name}${resolve(path)}` : text;
}
