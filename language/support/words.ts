// Counts and help texts in sentences.

/** Formats a count with its noun: `1 rule`, `3 rules`. */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}

/** Makes a sentence of a help text, which begins in lower case and has no full stop. */
export function sentence(text: string): string {
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}${/[.?!]$/.test(text) ? '' : '.'}`;
}
