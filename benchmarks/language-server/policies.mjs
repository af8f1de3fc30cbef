// The policies that the editor of the benchmark has open: copies of the rules and tests of an example until it has
// 2,000 lines, and 10,000 rules in several files.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Reporter } from '../../dist/language/index.js';
import { parse } from '../../dist/language/syntax/index.js';
import { entryName, generateRules, writePolicy } from '../workloads/p3.mjs';

const example = fileURLToPath(new URL('../../examples/data-agent/policy.nhipol', import.meta.url));

/**
 * A policy in files, the entry first.
 *
 * @typedef {object} Opened
 * @property {string} name
 * @property {ReadonlyMap<string, string>} files By path.
 * @property {string} typed The path of the file in which the user types.
 * @property {string} at A name after which the user types a letter, which makes an error.
 */

/** Items that can be repeated with other names. */
const repeated = new Set(['Group', 'Score', 'Fixture', 'Test']);

/**
 * The example with copies of its rules, fixtures and tests, each for actions of its own, up to a number of lines.
 *
 * @param {number} lines
 * @returns {Opened}
 */
export function realistic(lines) {
  const text = readFileSync(example, 'utf8');
  const { items } = parse(example, text, new Reporter());
  const copied = items
    .filter(({ kind }) => repeated.has(kind))
    .map(({ span }) => text.slice(span.start, span.end))
    .join('\n\n');
  const names = [
    ...copied.matchAll(/^\s*(?:permit|deny|narrow|challenge|revoke|fixture|score) (\w+)/gm),
    ...copied.matchAll(/(\w+) counts \d/g),
  ].map(([, name]) => name);
  // A member of an enum has the name of a rule.
  const all = [...new Set(names), 'query', 'export'].join('|');
  const renamed = new RegExp(`(?<!>= )\\b(${all})\\b`, 'g');
  let whole = text;
  for (let copy = 1; whole.split('\n').length <= lines; copy += 1) {
    whole += `\n${copied.replace(renamed, `$1_${copy}`)}\n`;
  }
  const path = example.replace('policy.nhipol', 'benchmark.nhipol');
  return {
    name: `${whole.split('\n').length - 1} lines, as the examples are written`,
    files: new Map([[path, whole]]),
    typed: path,
    at: 'deny credential_expired',
  };
}

/**
 * @param {number} count
 * @returns {Opened}
 */
export function large(count) {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const files = new Map(
    [...writePolicy('attribute', generateRules('attribute', count))].map(([name, text]) => [
      `${folder}${name}`,
      text,
    ]),
  );
  const typed = [...files.keys()].find((path) => !path.endsWith(entryName)) ?? '';
  return {
    name: `${count.toLocaleString('en')} rules in ${files.size} files`,
    files,
    typed,
    at: 'resource.owner',
  };
}
