// Exceptions of the style check, which exceptions.yml lists: each has a file, a text, and the reason.

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** Reads the list and requires of each exception that it has its three members. */
export function readExceptions() {
  const path = new URL('exceptions.yml', import.meta.url);
  const exceptions = parse(readFileSync(path, 'utf8'));
  for (const exception of exceptions) {
    for (const member of ['file', 'text', 'reason']) {
      if (typeof exception[member] === 'string' && exception[member] !== '') continue;
      throw new Error(
        `exceptions.yml: an exception without \`${member}\`: ${JSON.stringify(exception)}`,
      );
    }
  }
  return exceptions;
}

/**
 * Removes the findings that an exception covers: it names their file, and its text covers them in their line, which
 * `readLine` returns. Returns the other findings, and the exceptions that cover none.
 */
export function applyExceptions(findings, exceptions, readLine) {
  const used = new Set();
  const remaining = findings.filter((finding) => {
    const covering = exceptions.filter((exception) =>
      covers(exception, finding, readLine(finding)),
    );
    for (const exception of covering) used.add(exception);
    return covering.length === 0;
  });
  return { findings: remaining, unused: exceptions.filter((exception) => !used.has(exception)) };
}

function covers({ file, text }, finding, line) {
  if (file !== finding.file) return false;
  const at = finding.column - 1;
  for (let start = line.indexOf(text); start !== -1; start = line.indexOf(text, start + 1)) {
    if (start <= at && at < start + text.length) return true;
  }
  return false;
}
