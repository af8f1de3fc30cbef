// Templates of requests (OpenID AuthZEN, COAZ framework): JSON in which a string that begins with `$` is an expression, and
// with `$$` a string that begins with `$`. Compiled once, and resolved for each request.

import { isMembers, type Members } from '../json/members.ts';
import { absent, compileExpression, type Inputs, selectAllInputs } from './expression.ts';
import { MappingError } from './mapping-error.ts';

/**
 * Returns JSON, or `absent` for a string whose value is missing. Throws a `MappingError` for an expression that fails;
 * `isPartial`: its value is missing instead, because the inputs are not complete.
 */
export type Template = (inputs: Inputs, isPartial?: boolean) => unknown;

/** As a template of facts that change; `onFailure`: an expression fails, so that the member with it is null, which is unknown. */
export type FactsTemplate = (inputs: Inputs, onFailure: (error: MappingError) => void) => unknown;

/** Throws a `MappingError` if an expression is not valid. */
export function compileTemplate(value: unknown): Template {
  const template = compilePart(value);
  return (inputs, isPartial) => template(selectAllInputs(inputs), isPartial);
}

/** Throws a `MappingError` if an expression is not valid. */
export function compileFacts(value: unknown): FactsTemplate {
  const template = compilePart(value);
  return (inputs, onFailure) => {
    const resolved = template(selectAllInputs(inputs), onFailure);
    return resolved === absent || resolved === failed ? null : resolved;
  };
}

/** The value of an expression that failed. */
const failed = Symbol('failed');
/** The time of an observation, which the other members of its record are of, too. */
const timeMember = 'observed_at';

/** The effect of an expression that fails: its value is missing or unknown, or by default an error. */
type Failure = boolean | ((error: MappingError) => void) | undefined;
type Part = (inputs: Inputs, failure?: Failure) => unknown;

/** A template for all inputs. */
function compilePart(value: unknown): Part {
  if (typeof value === 'string') return compileString(value);
  if (Array.isArray(value)) {
    const elements = value.map(compilePart);
    return (inputs, failure) => {
      const values = elements.map((element) => element(inputs, failure));
      return values.includes(failed) ? failed : values.filter((each) => each !== absent);
    };
  }
  if (!isMembers(value)) return () => value;
  const members = Object.entries(value).map(([name, each]) => [name, compilePart(each)] as const);
  return (inputs, failure) => resolveMembers(members, inputs, failure);
}

function compileString(text: string): Part {
  if (text.startsWith('$$')) return () => text.slice(1);
  if (!text.startsWith('$')) return () => text;
  const expression = compileExpression(text.slice(1));
  return (inputs, failure = false) => {
    try {
      return expression(inputs);
    } catch (error) {
      if (failure === false || !(error instanceof MappingError)) throw error;
      if (failure === true) return absent;
      failure(error);
      return failed;
    }
  };
}

function resolveMembers(
  members: readonly (readonly [string, Part])[],
  inputs: Inputs,
  failure: Failure,
): Members {
  const values = members.map(([name, each]) => [name, each(inputs, failure)] as const);
  // Facts that an observation does not have are not as fresh as it.
  const isWhole =
    typeof failure === 'function' &&
    values.some(([name, value]) => name === timeMember && value !== absent);
  const resolved = values.flatMap(([name, value]) => {
    const isUnknown = value === failed || (value === absent && isWhole);
    if (isUnknown) return [[name, null] as const];
    return value === absent ? [] : [[name, value] as const];
  });
  return Object.fromEntries(resolved);
}
