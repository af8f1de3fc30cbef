// The values of headers that repeat a part of the body.

/** Values that are not printable ASCII are in base64. */
export function encodeHeaderValue(value: string): string {
  const isPlain = /^[!-~]([ -~]*[!-~])?$/.test(value) && !encoded.test(value);
  return isPlain ? value : `=?base64?${Buffer.from(value).toString('base64')}?=`;
}

const encoded = /^=\?base64\?([A-Za-z0-9+/=]*)\?=$/;
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * A value that is not plain ASCII is in base64. Returns `undefined` if it is in no form that all readers decode in the
 * same way.
 */
export function decodeHeaderValue(value: string | string[]): string | undefined {
  const text = String(value);
  const base64 = encoded.exec(text)?.[1];
  if (base64 === undefined) return text;
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.toString('base64') !== base64) return undefined;
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return undefined;
  }
}
