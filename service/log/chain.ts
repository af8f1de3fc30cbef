// The hash chain of a log: each line contains the digest of the line before it, so that a changed, removed or inserted
// line is found. Lines removed at the end are found only with the digest of the last line, noted earlier.

import { createHash } from 'node:crypto';

/** The digest before the first line of a log. */
export const chainStart = `sha-256:${'0'.repeat(64)}`;

/** `line`: without its line feed. */
export function digestOfLine(line: string | Uint8Array): string {
  return `sha-256:${createHash('sha256').update(line).digest('hex')}`;
}

const linkForm = /,"prev":"(sha-256:[0-9a-f]{64})"\}$/;

/** The digest that a line contains; undefined: it is not a line of a log. It is the last member of each. */
export function linkOf(line: string): string | undefined {
  return linkForm.exec(line)?.[1];
}
