// Instants as people read them.

/** `2026-03-03 10:05:00 UTC`, from RFC 3339. */
export function displayInstant(instant: string): string {
  return instant.replace('T', ' ').replace(/(?:\.000)?Z$/, ' UTC');
}
