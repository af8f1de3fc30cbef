// Parts of requests, which change the facts of a session: a part with a single member, and a number as the module
// stores it.

import { isMembers } from '../contract/index.ts';

/** A query of a session: a whole action and resource, and what is new in the context. */
export interface RequestParts {
  readonly action?: unknown;
  readonly resource?: unknown;
  readonly context?: unknown;
}

/**
 * Returns an object as it is, and for anything else an object without members: the module reports what is not
 * JSON.
 */
export function parseMembers(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isMembers(value) ? value : {};
  } catch {
    return {};
  }
}

/** A part of a request with one member. */
export function createRequestPart(names: readonly string[], value: unknown): object {
  const [root = '', ...within] = names;
  const member = within.reduceRight<unknown>((inner, name) => {
    return Object.fromEntries([[name, inner]]);
  }, value ?? null);
  return { [root]: member };
}

/** The number as the module stores it, or `undefined` if it is of another type, or not exact. */
export function scaleNumber(scale: number, value: unknown): number | undefined {
  if (scale === 0) return typeof value === 'boolean' ? Number(value) : undefined;
  if (typeof value !== 'number') return undefined;
  const scaled = Math.round(value * scale);
  return Number.isSafeInteger(scaled) && scaled / scale === value ? scaled : undefined;
}
