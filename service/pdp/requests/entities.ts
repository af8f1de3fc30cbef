// The parts of AuthZEN requests (Authorization API 1.0, section 5) as JSON: which errors make a request invalid, and
// reading its entities.

import type { Members } from '../../json/members.ts';
import { Problem } from '../problem.ts';
import { isObject } from './exact-json.ts';

/** The members without which a request is not one of AuthZEN. Any other error is one of what the policy declares. */
const requiredPaths: ReadonlySet<string> = new Set([
  '$',
  ...['subject', 'action', 'resource', 'context'].map((name) => `$.${name}`),
  ...['subject', 'resource'].flatMap((name) => [`$.${name}.type`, `$.${name}.id`]),
  ...['subject', 'action', 'resource'].map((name) => `$.${name}.properties`),
  '$.action.name',
]);

/** Whether a request with an error at this path is invalid by the standard, and not only for the policy. */
export function isInvalidPath(path: string): boolean {
  return requiredPaths.has(path);
}

/**
 * Throws a `Problem` if the context or the properties of an entity are not objects. The module checks those that its policy
 * declares.
 */
export function expectObjects(request: Members): void {
  expectObject(request.context, '$.context');
  for (const name of ['subject', 'action', 'resource'] as const) {
    const entity = request[name];
    if (isObject(entity)) expectObject(entity.properties, `$.${name}.properties`);
  }
}

function expectObject(value: unknown, path: string): void {
  if (value !== undefined && value !== null) expectMember(value, path);
}

/** Returns the value if it is an object; throws a `Problem` with its path otherwise. */
export function expectMember(value: unknown, path: string): Members {
  if (isObject(value)) return value;
  throw new Problem(400, `${path}: expected an object, found ${describeKind(value)}`, { path });
}

/** Returns the string at a path; throws a `Problem` if there is none, or an empty one. */
export function expectText(value: unknown, path: string): string {
  if (typeof value === 'string' && value !== '') return value;
  const found = value === '' ? 'an empty one' : describeKind(value);
  throw new Problem(400, `${path}: expected a string, found ${found}`, { path });
}

function describeKind(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'string') return 'a string';
  if (typeof value === 'boolean') return 'a boolean';
  return isObject(value) ? 'an object' : 'a number';
}
