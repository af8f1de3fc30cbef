// Converts strings to UTF-8 and back without loss: a byte order mark is preserved, and a string that has no UTF-8
// form becomes bytes that the module rejects.

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const loneSurrogate = /\p{Surrogate}/u;

/** `text` is known to have no lone surrogate. */
export function encodeWellFormed(text: string): Uint8Array {
  return encoder.encode(text);
}

/** A lone surrogate becomes three bytes that are not valid UTF-8, so that the module rejects them. */
export function toUtf8(text: string): Uint8Array {
  const bytes = encoder.encode(text);
  if (!loneSurrogate.test(text)) return bytes;
  let at = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (code >= 0xd800 && code <= 0xdfff) {
      bytes.set([0xed, 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)], at);
    }
    at += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** Throws on invalid UTF-8. */
export function fromUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
