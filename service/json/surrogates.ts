// Escapes of single surrogates (`\ud800`) in JSON, which are not characters: some readers keep them, some replace them by
// U+FFFD, and others refuse the document. Pages in a browser use this file.

const escapes = /\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)/g;
const surrogate = /^\\u[dD][89a-fA-F][0-9a-fA-F]{2}$/;

/** Whether the text of a JSON document contains an escape of a single surrogate. */
export function hasLoneSurrogate(text: string): boolean {
  const mayHave = text.includes('\\ud') || text.includes('\\uD');
  return mayHave && (text.match(escapes) ?? []).some((each) => surrogate.test(each));
}

/** The same text with escapes of U+FFFD instead of escapes of single surrogates. */
export function replaceLoneSurrogates(text: string): string {
  return text.replace(escapes, (each) => (surrogate.test(each) ? '\\ufffd' : each));
}
