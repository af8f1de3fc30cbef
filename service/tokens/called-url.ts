// Reads the URLs in settings files that the service calls.

import { SettingsError, urlIn } from '../json/settings.ts';
import { anyDestination } from '../support/destinations.ts';

/** Throws a `SettingsError` for a URL that is neither one with https nor on this machine. */
export function calledUrlIn(value: unknown, path: string): URL {
  const url = urlIn(value, path);
  try {
    anyDestination.expect(url);
    return url;
  } catch (error) {
    throw new SettingsError(`${path}: ${(error as Error).message}`);
  }
}
