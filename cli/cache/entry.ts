// The file of a cached module: a line with the digest of the rest, a line with the header as JSON, and the
// module. The digest shows damage; it does not prove who wrote the file.

import { createHash } from 'node:crypto';
import { tryParseJson } from '../io/parse-json.ts';

/** Text for standard error, with and without colors. */
export interface PrintedText {
  readonly plain: string;
  readonly colored: string;
}

export interface EntryHeader {
  /** Identifies what the module was compiled from, by what: see `key.ts`. */
  readonly key: string;
  /** The paths of all files that the policy consists of, the entry file first. */
  readonly files: readonly string[];
  /** The constraints of the policy that limit a member of the request. */
  readonly limits: readonly string[];
  /** The warnings of the policy. */
  readonly warnings: PrintedText;
}

export interface CacheEntry extends EntryHeader {
  readonly module: Uint8Array;
}

const lineEnd = 0x0a;

export function encodeEntry({ module, ...header }: CacheEntry): Uint8Array {
  const content = Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), module]);
  return Buffer.concat([Buffer.from(`${digestBytes(content)}\n`), content]);
}

/** Returns `undefined` if the bytes are not an entry, or were changed. */
export function decodeEntry(bytes: Buffer): CacheEntry | undefined {
  const [digest, content] = splitLine(bytes);
  if (digest !== digestBytes(content)) return undefined;
  const [line, module] = splitLine(content);
  const header = parseHeader(line);
  return header && { ...header, module: new Uint8Array(module) };
}

/** Returns the text of the first line and the bytes after it. */
function splitLine(bytes: Buffer): readonly [line: string, rest: Buffer] {
  const end = bytes.indexOf(lineEnd);
  return [bytes.toString('utf8', 0, Math.max(end, 0)), bytes.subarray(end + 1)];
}

function parseHeader(line: string): EntryHeader | undefined {
  const found = tryParseJson(line) as Partial<EntryHeader> | null | undefined;
  const { key, files, limits, warnings } = found ?? {};
  const isHeader =
    typeof key === 'string' &&
    isTexts(files) &&
    isTexts(limits) &&
    typeof warnings?.plain === 'string' &&
    typeof warnings.colored === 'string';
  return isHeader ? { key, files, limits, warnings } : undefined;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function digestBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
