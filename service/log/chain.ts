// The hash chain of a log: each line contains the digest of the line before it, so that a line that was changed, removed
// or inserted alone is found. A program that computes all digests from there on again is found only with a digest that was noted
// elsewhere; so are lines removed at the end.

import { createHash } from 'node:crypto';
import { logFormat } from './entry.ts';

/** The digest before the first line of a log. */
export const chainStart = `sha-256:${'0'.repeat(64)}`;

/** `line`: without its line feed. */
export function digestOfLine(line: string | Uint8Array): string {
  return `sha-256:${createHash('sha256').update(line).digest('hex')}`;
}

const digestForm = /^sha-256:[0-9a-f]{64}$/;
const linkForm = /,"prev":"(sha-256:[0-9a-f]{64})"\}$/;

export function isDigest(text: string): boolean {
  return digestForm.test(text);
}

const start = `{"format":"${logFormat}",`;

/**
 * Whether a line is the beginning of one that was being written: it is not JSON, and begins as each line of a log. A power
 * failure can leave zeros where the rest would be.
 */
export function isBeginning(line: string): boolean {
  const written = line.replace(/\0+$/, '');
  return (
    findLinePlace(line) === undefined && (written.startsWith(start) || start.startsWith(written))
  );
}

/** The digest that a line contains, or `undefined` if it is not a line of a log. It is the last member of each. */
export function readLink(line: string): string | undefined {
  return linkForm.exec(line)?.[1];
}

/** The log and the number of a line. Lines of earlier versions have neither. */
export interface LinePlace {
  readonly log: string | undefined;
  readonly number: number | undefined;
}

/** Returns `undefined` if the line is not JSON. */
export function findLinePlace(line: string): LinePlace | undefined {
  try {
    const { log, number } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    return {
      log: typeof log === 'string' ? log : undefined,
      number: Number.isSafeInteger(number) ? (number as number) : undefined,
    };
  } catch {
    return undefined;
  }
}
