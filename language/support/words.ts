// Counts and help texts in sentences.

/** Formats a count with its noun: `1 rule`, `3 rules`. */
export function pluralize(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}

/** Makes a sentence of a help text, which begins in lower case and has no full stop. */
export function formatSentence(text: string): string {
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}${/[.?!]$/.test(text) ? '' : '.'}`;
}

/** At most three names in backticks, and how many others there are: `a`, `b`, `c` and 2 others. */
export function quoteNames(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => `\`${name}\``);
  const others = names.length - shown.length;
  const items = others === 0 ? shown : [...shown, pluralize(others, 'other')];
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}
