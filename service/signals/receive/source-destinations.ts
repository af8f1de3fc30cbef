// Where requests to a source may go: to every URL at an origin that the settings name, and from there to public addresses.

import { anyDestination, type Destinations } from '../../support/destinations.ts';
import type { SourceSettings } from '../settings.ts';

export function createSourceDestinations({
  issuer,
  keys,
  pollUrl,
  destinations,
}: SourceSettings): (url: URL) => Destinations {
  const named = [issuer, pollUrl, keys instanceof URL ? keys : undefined]
    .filter((url) => url !== undefined && URL.canParse(url))
    .map((url) => new URL(url as string | URL).origin);
  return (url) => (named.includes(url.origin) ? anyDestination : destinations);
}
