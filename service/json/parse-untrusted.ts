// Parses JSON that another program wrote, whose sender and reader may be of different authors.

import { findAmbiguity } from './unambiguous.ts';

/**
 * Returns `undefined` for text that is not JSON, or that readers may understand differently: an object has a name twice, or
 * there are more than 256 levels.
 */
export function parseUntrusted(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return findAmbiguity(text) === undefined ? value : undefined;
}
