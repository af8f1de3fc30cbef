// Escapes of single surrogates (`\ud800`) in JSON, which are not characters: some readers keep them, some replace them by
// U+FFFD, and others refuse the document.

const escapes = /\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)/g;
const surrogate = /^\\u[dD][89a-fA-F][0-9a-fA-F]{2}$/;

/** Whether the text of a JSON document contains an escape of a single surrogate. */
export function hasLoneSurrogate(text: string): boolean {
  return mayHave(text) && (text.match(escapes) ?? []).some((each) => surrogate.test(each));
}

/** The same document with U+FFFD instead of single surrogates. */
export function replaceLoneSurrogates(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!text.includes('\\ud') && !text.includes('\\uD')) return bytes;
  // Each byte is one character, so that invalid UTF-8 stays what it is.
  const replaced = text
    .toString('latin1')
    .replace(escapes, (each) => (surrogate.test(each) ? '\\ufffd' : each));
  return Buffer.from(replaced, 'latin1');
}

function mayHave(text: string): boolean {
  return text.includes('\\ud') || text.includes('\\uD');
}
