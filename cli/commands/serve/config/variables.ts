// Reads the variables `NHIPOL_SERVE_…`: one for each option, and one for the policy.

import type { CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { suggest } from '@nhipol/language/support';
import { UsageError } from '../../../io/exit-codes.ts';
import { applySetting, fileName, isFlag, isList, listSettings } from './setting.ts';

const prefix = 'NHIPOL_SERVE_';
const fromVariable = 'env';

/** Kubernetes sets these in every container of a namespace that has a service with the name `nhipol-serve`. */
const serviceLinks = /^NHIPOL_SERVE_(?:SERVICE|PORT)(?:_|$)/;

/** Returns the variable of a setting, such as `NHIPOL_SERVE_MAX_BODY` for `max-body`. */
export function nameVariable(name: string): string {
  return `${prefix}${name.toUpperCase().replaceAll('-', '_')}`;
}

/** Throws a `UsageError` with all problems. */
export function applyVariables(
  command: CommandUnknownOpts,
  environment: Readonly<NodeJS.ProcessEnv>,
): void {
  const options = new Map(
    listSettings(command).map(({ name, option }) => [nameVariable(name), option]),
  );
  const problems: string[] = [];
  for (const [variable, text = ''] of Object.entries(environment)) {
    if (!variable.startsWith(prefix) || variable === nameVariable(fileName)) continue;
    if (serviceLinks.test(variable)) continue;
    try {
      if (!options.has(variable))
        throw new UsageError(describeUnknown([...options.keys()], variable));
      const option = options.get(variable);
      applySetting(command, option, readVariable(option, text), fromVariable);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      problems.push(`${variable}: ${error.message}`);
    }
  }
  if (problems.length > 0) throw new UsageError(problems.join('\nnhipol: '));
}

function describeUnknown(variables: readonly string[], variable: string): string {
  const [near] = suggest(removePrefix(variable), variables.map(removePrefix));
  return near === undefined
    ? 'no option of `nhipol serve` has this variable'
    : `unknown variable, did you mean ${prefix}${near}?`;
}

function removePrefix(variable: string): string {
  return variable.slice(prefix.length);
}

/** Converts a variable to whether a flag is set, or to strings; a list has commas between them. */
function readVariable(option: Option | undefined, text: string): boolean | readonly string[] {
  if (isList(option)) return text.split(',');
  if (!isFlag(option)) return [text];
  if (text !== 'true' && text !== 'false') throw new UsageError('expected true or false');
  return text === 'true';
}
