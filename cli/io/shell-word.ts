// Words of a POSIX shell.

/** Quotes a text, if that is needed, so that a shell reads it as one word. */
export function quoteWord(text: string): string {
  return /^[A-Za-z0-9_./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
