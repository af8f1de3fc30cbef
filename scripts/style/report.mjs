// Counts the findings of the style check, and finds the lines that they are in.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The area of a finding: the docs, the messages and help, the comments, or the titles of tests. */
export function nameArea({ kind }) {
  return { page: 'docs', message: 'messages and help', comment: 'comments', title: 'titles' }[kind];
}

/** The number of findings for each key, the highest first. */
export function countFindings(findings, toKey) {
  const counts = new Map();
  for (const finding of findings) {
    const key = toKey(finding);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}

/** A table of counts as lines of text. */
export function countTable(title, counts) {
  const rows = counts.map(([key, count]) => `${String(count).padStart(6)}  ${key}`);
  return [`\nfindings by ${title}:`, ...rows, ''].join('\n');
}

/** The line of a finding in its file. */
export function readLine(root, { file, line }) {
  return readFileSync(join(root, file), 'utf8').split('\n')[line - 1];
}
