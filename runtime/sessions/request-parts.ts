// Requests in part, such as change what a session knows: which of their parts there are, one that has a single
// member, and a number as the module holds it.

import { requestParts } from '../contract/index.ts';
import { isMembers } from '../json/merge-patch.ts';

/** What is asked of a session: an action and a resource as a whole, and what is new about the context. */
export interface Asked {
  readonly action?: unknown;
  readonly resource?: unknown;
  readonly context?: unknown;
}

/** An object as it is, and of anything else one without members: what is no JSON the module tells. */
export function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isMembers(value) ? value : {};
  } catch {
    return {};
  }
}

/** The parts that there are, as a set of `requestParts`. */
export function replacedBy(part: Asked & { readonly subject?: unknown }): number {
  const { subject, action, resource, context } = part;
  return (
    (subject === undefined ? 0 : requestParts.subject) |
    (action === undefined ? 0 : requestParts.action) |
    (resource === undefined ? 0 : requestParts.resource) |
    (context === undefined ? 0 : requestParts.context)
  );
}

/** A request in part that has one member. */
export function partOf(names: readonly string[], value: unknown): object {
  const [root = '', ...within] = names;
  const member = within.reduceRight<unknown>((inner, name) => {
    return Object.fromEntries([[name, inner]]);
  }, value ?? null);
  return { [root]: member };
}

/** As the module holds it; undefined: it is of another type, or not exact. */
export function scaledBy(scale: number, value: unknown): number | undefined {
  if (scale === 0) return typeof value === 'boolean' ? Number(value) : undefined;
  if (typeof value !== 'number') return undefined;
  const scaled = Math.round(value * scale);
  return Number.isSafeInteger(scaled) && scaled / scale === value ? scaled : undefined;
}
