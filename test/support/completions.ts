// Incomplete requests and their completions: members that are removed from a request, and members of other requests
// that fill it again. The strings that select rules stay.

import type { Dice } from '../../testing/generate/random.ts';

type Json = Readonly<Record<string, unknown>>;

const required: ReadonlySet<string> = new Set([
  ...['$.subject', '$.subject.type', '$.action', '$.action.name', '$.resource', '$.resource.type'],
]);

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The request without some of its members; undefined: it is not an object. `share`: how many remain, in 1,000. */
export function incomplete(text: string, dice: Dice, share: number): string | undefined {
  const request = parsed(text);
  return request && JSON.stringify(without(request, dice, share, '$'));
}

function without(value: unknown, dice: Dice, share: number, path: string): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const at = `${path}.${name}`;
      if (!required.has(at) && !dice.chance(share)) return [];
      return [[name, without(member, dice, share, at)]];
    }),
  );
}

/** The request with members of the other one where it has none; undefined: one of them is not an object. */
export function completed(text: string, other: string): string | undefined {
  const [request, more] = [parsed(text), parsed(other)];
  return request && more && JSON.stringify(filled(request, more));
}

function filled(value: unknown, other: unknown): unknown {
  if (value === null || value === undefined) return other;
  if (!isObject(value) || !isObject(other)) return value;
  const names = new Set([...Object.keys(value), ...Object.keys(other)]);
  return Object.fromEntries([...names].map((name) => [name, filled(value[name], other[name])]));
}

/** The request as JavaScript writes it again, which cannot represent every number; undefined: it is not an object. */
export function rewritten(text: string): string | undefined {
  const request = parsed(text);
  return request && JSON.stringify(request);
}

/** The names that select rules, as one string; undefined: one of them is missing. */
export function selectorsIn(text: string): string | undefined {
  const request = parsed(text);
  if (request === undefined) return undefined;
  const { subject, action, resource } = request;
  if (!isObject(subject) || !isObject(action) || !isObject(resource)) return undefined;
  const names = [subject.type, action.name, resource.type];
  return names.every((name) => typeof name === 'string') ? JSON.stringify(names) : undefined;
}

function parsed(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
