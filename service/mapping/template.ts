// Templates of requests (OpenID AuthZEN, COAZ framework): JSON in which a string that begins with `$` is an expression, and
// with `$$` a string that begins with `$`. Compiled once, and resolved for each request.

import { isMembers, type Members } from '../json/members.ts';
import { absent, compileExpression, type Inputs } from './expression.ts';

/** Returns JSON, or `absent` for a string whose value is missing. Throws a `MappingError`. */
export type Template = (inputs: Inputs) => unknown;

/** Throws a `MappingError` if an expression is not valid. */
export function compileTemplate(value: unknown): Template {
  if (typeof value === 'string') return compileString(value);
  if (Array.isArray(value)) {
    const elements = value.map(compileTemplate);
    return (inputs) => elements.map((each) => each(inputs)).filter((each) => each !== absent);
  }
  if (!isMembers(value)) return () => value;
  const members = Object.entries(value).map(
    ([name, each]) => [name, compileTemplate(each)] as const,
  );
  return (inputs) => resolveMembers(members, inputs);
}

function compileString(text: string): Template {
  if (text.startsWith('$$')) return () => text.slice(1);
  return text.startsWith('$') ? compileExpression(text.slice(1)) : () => text;
}

function resolveMembers(
  members: readonly (readonly [string, Template])[],
  inputs: Inputs,
): Members {
  const resolved = members.map(([name, each]) => [name, each(inputs)] as const);
  return Object.fromEntries(resolved.filter(([, value]) => value !== absent));
}
