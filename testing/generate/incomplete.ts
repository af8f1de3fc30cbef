// Removes members from a request, except for the strings that select rules.

import type { Dice } from './random.ts';

type Json = Readonly<Record<string, unknown>>;

const required: ReadonlySet<string> = new Set([
  ...['$.subject', '$.subject.type', '$.action', '$.action.name', '$.resource', '$.resource.type'],
]);

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The request without some of its members; undefined: it is not an object. `share`: how many remain, in 1,000. */
export function incomplete(text: string, dice: Dice, share: number): string | undefined {
  let request: unknown;
  try {
    request = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isObject(request) ? JSON.stringify(without(request, dice, share, '$')) : undefined;
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
