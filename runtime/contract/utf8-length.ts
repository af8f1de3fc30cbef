// Compares the length of a string in UTF-8 with a limit, mostly without encoding it.

const encoder = new TextEncoder();

/** Whether a string takes more than `maxBytes` bytes in UTF-8. */
export function isLongerInUtf8(text: string, maxBytes: number): boolean {
  // A UTF-16 code unit takes one to three bytes, so that few strings have to be encoded.
  if (3 * text.length <= maxBytes) return false;
  return text.length > maxBytes || encoder.encode(text).length > maxBytes;
}
