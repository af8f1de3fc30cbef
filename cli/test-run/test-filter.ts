// Selects tests and invariants by their names: a string that they contain, ignoring case, or a regular expression in
// slashes.

export type TestFilter = string | RegExp;

/** Parses a filter. Throws a SyntaxError for an invalid regular expression. */
export function testFilter(text: string): TestFilter {
  const [, pattern, flags] = /^\/(.+)\/([imsu]*)$/s.exec(text) ?? [];
  return pattern === undefined ? text : new RegExp(pattern, flags);
}

export function matches(name: string, filter: TestFilter | undefined): boolean {
  if (filter === undefined) return true;
  if (typeof filter !== 'string') return filter.test(name);
  return name.toLowerCase().includes(filter.toLowerCase());
}
