// Sets the options of `nhipol serve` that its command line leaves out: from the variables, or else from the file of
// `--config`. Options that neither sets have their defaults.

import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { UsageError } from '../../../io/exit-codes.ts';
import { applyFile } from './file-settings.ts';
import { fileName } from './setting.ts';
import { applyVariables, nameVariable } from './variables.ts';

/** Throws a `UsageError` with all problems of the file, or of the variables. */
export async function applySettings(
  command: CommandUnknownOpts,
  environment: Readonly<NodeJS.ProcessEnv>,
): Promise<void> {
  const variable = nameVariable(fileName);
  const file: unknown = command.opts()[fileName] ?? environment[variable];
  if (file === '') throw new UsageError(`${variable}: expected a value, found an empty string`);
  if (file !== undefined) await applyFile(command, String(file));
  // They replace the values of the file.
  applyVariables(command, environment);
}
