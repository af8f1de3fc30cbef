// The framing of messages: every reader sees the messages that the guard decided, wherever else it ends a line. In addition to the
// line feed, Python ends a line at a carriage return, `node:readline` also at U+2028 and U+2029, and others at U+0085.

const carriageReturn = 0x0d;

/** Whether the message contains a carriage return that is not its last byte, which is then that of a line ending in CR LF. */
export function hasInnerCarriageReturn(bytes: Uint8Array): boolean {
  const index = bytes.indexOf(carriageReturn);
  return index >= 0 && index < bytes.length - 1;
}

/**
 * The same message without characters that end a line for some readers, and without white space at its end, after which the
 * Go SDK reads nothing more. JSON has the characters within strings only, where an escape means the same.
 */
export function toOneLine(message: Uint8Array | string): Uint8Array | string {
  if (typeof message === 'string') return message.replace(separators, escapeCharacter);
  let end = message.length;
  while (isSpace(message[end - 1])) end -= 1;
  const bytes = Buffer.from(message.buffer, message.byteOffset, end);
  if (!encodedSeparators.some((encodedSeparator) => bytes.includes(encodedSeparator))) return bytes;
  return Buffer.from(bytes.toString('utf8').replace(separators, escapeCharacter));
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === carriageReturn;
}

const separators = /[\u0085\u2028\u2029]/g;
const encodedSeparators = ['\u0085', '\u2028', '\u2029'].map((each) => Buffer.from(each));

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
