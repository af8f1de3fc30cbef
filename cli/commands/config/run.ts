// Implements `nhipol config`: prints each key of nhipol.toml with its effective value if the command line does not
// override it. The value comes from the nearest file, otherwise from the default of the option that the key sets.

import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { configName, loadConfig } from '../../config/config.ts';
import { formatFullName, keys, type SettingKey, toOptionName } from '../../config/keys.ts';
import type { Config } from '../../config/settings.ts';
import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode } from '../../io/exit-codes.ts';
import { alignColumns } from '../../output/columns.ts';

export interface ConfigOptions {
  readonly format: 'pretty' | 'json';
  /** The program, whose options contain the defaults. */
  readonly program: CommandUnknownOpts;
}

interface Row {
  readonly key: string;
  /** null: not set. */
  readonly value: unknown;
  readonly source: 'default' | 'file';
  readonly line?: number;
}

export async function runConfigCommand(
  policy: string | undefined,
  { format, program }: ConfigOptions,
  console: Console,
): Promise<ExitCode> {
  const config = await loadConfig(policy === undefined ? [] : [policy]);
  const rows = keys.map((key) => buildRow(key, config, program));
  await console.out(format === 'json' ? asJson(config, rows) : asText(config, rows));
  return exitCode.fine;
}

function buildRow(key: SettingKey, { settings }: Config, program: CommandUnknownOpts): Row {
  const name = formatFullName(key);
  const setting = settings.get(name);
  if (setting !== undefined) return { key: name, source: 'file', ...setting };
  const command = program.commands.find((unknownOpts) => unknownOpts.name() === key.section);
  const option = command?.options.find(
    (each) => each.attributeName() === toOptionName(key) && !each.negate,
  );
  return { key: name, value: option?.defaultValue ?? null, source: 'default' };
}

function asJson({ file }: Config, rows: readonly Row[]): string {
  return `${JSON.stringify({ file: file ?? null, settings: rows }, undefined, 2)}\n`;
}

function asText({ file }: Config, rows: readonly Row[]): string {
  const table = rows.map(({ key, value, source, line }) => [
    key,
    value === null ? 'not set' : JSON.stringify(value),
    source === 'default' ? 'default' : `${file}:${line}`,
  ]);
  const head = file ?? `no ${configName} found`;
  return `${head}\n\n${alignColumns(table)}\n`;
}
