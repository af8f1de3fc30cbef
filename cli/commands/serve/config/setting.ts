// The settings of `nhipol serve`: each option is one, with a key in the file and a variable.

import { CommanderError, type CommandUnknownOpts, type Option } from '@commander-js/extra-typings';
import { UsageError } from '../../../io/exit-codes.ts';
import { percent, positive, wholeNumber } from '../../arguments.ts';

/** The option that names the file; it is not a key of the file. */
export const fileName = 'config';

/** The key and variable of the argument. */
export const policyName = 'policy';

/** One setting, as the command declares it. */
export interface ServeSetting {
  /** The key of the file: the name of the option, without `no-`. */
  readonly name: string;
  readonly option: Option;
}

export function listSettings({ options }: CommandUnknownOpts): readonly ServeSetting[] {
  return options
    .map((option): ServeSetting => ({ name: option.name().replace(/^no-/, ''), option }))
    .filter(({ name }) => name !== fileName);
}

/** Whether the option has no value, as `--log-optional` and `--no-cache`. */
export function isFlag({ required, optional }: Option): boolean {
  return !required && !optional;
}

/** Whether the option can be repeated. */
export function isList({ defaultValue }: Option): boolean {
  return Array.isArray(defaultValue);
}

/** Whether the value of the option is a number. */
export function hasNumber({ parseArg }: Option): boolean {
  return ([positive, wholeNumber, percent] as unknown[]).includes(parseArg);
}

/** Throws a `UsageError` for a value that the command line would refuse; its message does not contain the value. */
export function setOption(
  command: CommandUnknownOpts,
  option: Option,
  values: readonly string[],
  source: string,
): void {
  if (values.includes('')) throw new UsageError('expected a value, found an empty string');
  setValue(command, option, parseValues(option, values), source);
}

export function setFlag(
  command: CommandUnknownOpts,
  option: Option,
  value: boolean,
  source: string,
): void {
  setValue(command, option, value, source);
}

function parseValues({ parseArg, defaultValue }: Option, values: readonly string[]): unknown {
  try {
    return values.reduce(
      (previous: unknown, text) => (parseArg === undefined ? text : parseArg(text, previous)),
      defaultValue,
    );
  } catch (error) {
    if (error instanceof CommanderError) throw new UsageError(error.message);
    throw error;
  }
}

/** The command line is used before any other source. */
function setValue(
  command: CommandUnknownOpts,
  option: Option,
  value: unknown,
  source: string,
): void {
  const name = option.attributeName();
  if (command.getOptionValueSource(name) === 'cli') return;
  command.setOptionValueWithSource(name, value, source);
}

export function setPolicy(command: CommandUnknownOpts, path: string): void {
  if (path === '') throw new UsageError('expected a value, found an empty string');
  if (command.args.length === 0) command.processedArgs[0] = path;
}
