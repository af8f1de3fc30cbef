// The settings of `nhipol serve`: each option is one, and so is the policy, with a key in the file and a variable.

import { CommanderError, type CommandUnknownOpts, type Option } from '@commander-js/extra-typings';
import { UsageError } from '../../../io/exit-codes.ts';
import { parsePercent, parsePositive, parseWholeNumber } from '../../arguments.ts';

/** The option that names the file; it is not a key of the file. */
export const fileName = 'config';

/** One setting, as the command declares it. */
export interface ServeSetting {
  /** The key of the file: the name of the option, without `no-`. */
  readonly name: string;
  /** `undefined` for the policy, which is an argument. */
  readonly option: Option | undefined;
}

export function listSettings({ options }: CommandUnknownOpts): readonly ServeSetting[] {
  return [
    { name: 'policy', option: undefined },
    ...options
      .map((option): ServeSetting => ({ name: option.name().replace(/^no-/, ''), option }))
      .filter(({ name }) => name !== fileName),
  ];
}

/** Whether the option has no value, as `--log-optional` and `--no-cache`. */
export function isFlag(option: Option | undefined): boolean {
  return option !== undefined && !option.required && !option.optional;
}

/** Whether the option can be repeated. */
export function isList(option: Option | undefined): boolean {
  return Array.isArray(option?.defaultValue);
}

/** Whether the value of the option is a number. */
export function hasNumber(option: Option | undefined): boolean {
  return ([parsePositive, parseWholeNumber, parsePercent] as unknown[]).includes(option?.parseArg);
}

/**
 * Sets an option, or the policy if `option` is `undefined`, unless the command line does. Throws a `UsageError` for
 * strings that the command line would refuse; its message does not contain them.
 */
export function applySetting(
  command: CommandUnknownOpts,
  option: Option | undefined,
  setting: boolean | readonly string[],
  source: string,
): void {
  const value = typeof setting === 'boolean' ? setting : parseStrings(option, setting);
  if (option === undefined) {
    if (command.args.length === 0) command.processedArgs[0] = value;
    return;
  }
  const name = option.attributeName();
  if (command.getOptionValueSource(name) === 'cli') return;
  command.setOptionValueWithSource(name, value, source);
}

function parseStrings(option: Option | undefined, strings: readonly string[]): unknown {
  if (strings.includes('')) throw new UsageError('expected a value, found an empty string');
  try {
    return strings.reduce<unknown>(
      (previous, text) => option?.parseArg?.(text, previous) ?? text,
      option?.defaultValue,
    );
  } catch (error) {
    if (error instanceof CommanderError) throw new UsageError(error.message);
    throw error;
  }
}
