// Templates of requests (OpenID AuthZEN, COAZ framework): JSON in which a string that begins with `$` is an expression, and
// with `$$` a string that begins with `$`. Compiled once, and resolved for each request.

import { isMembers, type Members } from '../json/members.ts';
import { absent, allInputs, compileExpression, type Inputs } from './expression.ts';
import { MappingError } from './mapping-error.ts';

/**
 * Returns JSON, or `absent` for a string whose value is missing. Throws a `MappingError` for an expression that fails;
 * `isPartial`: its value is missing instead, because the inputs are not complete.
 */
export type Template = (inputs: Inputs, isPartial?: boolean) => unknown;

/** Throws a `MappingError` if an expression is not valid. */
export function compileTemplate(value: unknown): Template {
  const template = compilePart(value);
  return (inputs, isPartial) => template(allInputs(inputs), isPartial);
}

/** A template for all inputs. */
function compilePart(value: unknown): Template {
  if (typeof value === 'string') return compileString(value);
  if (Array.isArray(value)) {
    const elements = value.map(compilePart);
    return (inputs, isPartial) =>
      elements.map((each) => each(inputs, isPartial)).filter((each) => each !== absent);
  }
  if (!isMembers(value)) return () => value;
  const members = Object.entries(value).map(([name, each]) => [name, compilePart(each)] as const);
  return (inputs, isPartial) => resolveMembers(members, inputs, isPartial);
}

function compileString(text: string): Template {
  if (text.startsWith('$$')) return () => text.slice(1);
  if (!text.startsWith('$')) return () => text;
  const expression = compileExpression(text.slice(1));
  return (inputs, isPartial = false) => {
    try {
      return expression(inputs);
    } catch (error) {
      if (isPartial && error instanceof MappingError) return absent;
      throw error;
    }
  };
}

function resolveMembers(
  members: readonly (readonly [string, Template])[],
  inputs: Inputs,
  isPartial: boolean | undefined,
): Members {
  const resolved: [string, unknown][] = [];
  for (const [name, each] of members) {
    const value = each(inputs, isPartial);
    if (value !== absent) resolved.push([name, value]);
  }
  return Object.fromEntries(resolved);
}
