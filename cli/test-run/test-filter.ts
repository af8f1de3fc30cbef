// Which tests and invariants run, by their names: a text that they contain, in capitals or not, or a regular
// expression in slashes.

export type TestFilter = string | RegExp;

/** Throws a SyntaxError for a regular expression that is none. */
export function testFilter(text: string): TestFilter {
  const [, pattern, flags] = /^\/(.+)\/([imsu]*)$/s.exec(text) ?? [];
  return pattern === undefined ? text : new RegExp(pattern, flags);
}

export function matches(name: string, filter: TestFilter | undefined): boolean {
  if (filter === undefined) return true;
  if (typeof filter !== 'string') return filter.test(name);
  return name.toLowerCase().includes(filter.toLowerCase());
}
