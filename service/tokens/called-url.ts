// Reads the URLs in settings files that the service calls.

import { readUrlSetting, SettingsError } from '../json/settings.ts';
import { anyDestination } from '../support/destinations.ts';

/** Throws a `SettingsError` for a URL that is neither one with https nor on this machine. */
export function readCalledUrl(value: unknown, path: string): URL {
  const url = readUrlSetting(value, path);
  try {
    anyDestination.expect(url);
    return url;
  } catch (error) {
    throw new SettingsError(`${path}: ${(error as Error).message}`);
  }
}
