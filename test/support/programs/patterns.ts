// Patterns for generated programs, some of which match the strings of requests.

/** Each is matched with the whole string, or searched for in it. */
export const regexes: readonly string[] = [
  'regex"[a-z]*"',
  'regex"(?i)p?rod|act\\.run"',
  'regex"\\PL*"',
  'regex"(?s:.)?"',
  'regex".*\\b"',
  'regex"(?m)^x$|ä.*"',
  'regex"[^\\w]{1,3}"',
  'regex"^x|n$"',
  'regex"o\\b"',
];

export const textPatterns: readonly string[] = [
  ...regexes,
  'glob"*"',
  'glob"**/a"',
  'glob"**/x/**"',
  'glob"{act,x}.*"',
  'glob"?"',
  'glob"/*/x"',
  'glob"*.run" separated by "." ignoring case',
  'glob"[!a-c]*"',
];

export const spiffePatterns: readonly string[] = [
  'spiffe"spiffe://prod.example/ns/*"',
  'spiffe"spiffe://a.example/**"',
  'spiffe"spiffe://a.example"',
];
