// Reads the templates of settings: their expressions are valid, and have no other variables than those that are set there.
// Throws a `SettingsError` with the JSONPath of the string at fault.

import { isMembers, type Members } from '../json/members.ts';
import { readObjectSetting, SettingsError } from '../json/settings.ts';
import { compileExpression } from '../mapping/expression.ts';
import { MappingError } from '../mapping/mapping-error.ts';
import { describeUnknownVariable } from '../mapping/unknown-variable.ts';

/** `variables`: those of its expressions. */
export function readTemplate(value: unknown, path: string, variables: readonly string[]): Members {
  const template = readObjectSetting(value, path);
  expectExpressions(template, path, variables);
  return template;
}

/** Checks all strings at any depth that are expressions. */
export function expectExpressions(
  value: unknown,
  path: string,
  variables: readonly string[],
): void {
  if (typeof value === 'string') expectExpression(value, path, variables);
  if (Array.isArray(value)) {
    for (const [at, each] of value.entries()) expectExpressions(each, `${path}[${at}]`, variables);
  } else if (isMembers(value)) {
    for (const [name, each] of Object.entries(value)) {
      expectExpressions(each, `${path}.${name}`, variables);
    }
  }
}

function expectExpression(text: string, path: string, variables: readonly string[]): void {
  if (!text.startsWith('$') || text.startsWith('$$')) return;
  const expression = text.slice(1);
  try {
    compileExpression(expression);
  } catch (error) {
    if (error instanceof MappingError) throw new SettingsError(`${path}: ${error.message}`);
    throw error;
  }
  const unknown = describeUnknownVariable(expression, variables);
  if (unknown === undefined) return;
  const names = variables.map((name) => `\`${name}\``).join(', ');
  throw new SettingsError(`${path}: unknown variable \`${unknown}\`; there is ${names}`);
}
