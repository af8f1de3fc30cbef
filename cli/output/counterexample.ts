// Writes counterexamples to files for `nhipol eval` or `nhipol simulate`.

import { join } from 'node:path';
import type { PolicyModel } from '@nhipol/language/model';
import { type Counterexample, printSessionLog } from '@nhipol/testing';
import { makeFolder, toSlashes, writeAtomically } from '../io/files.ts';

/** Writes a counterexample and returns the command that replays it. */
export async function writeCounterexample(
  path: string,
  policy: PolicyModel,
  name: string,
  counterexample: Counterexample,
  folder: string,
): Promise<readonly string[]> {
  await makeFolder(folder);
  const base = toSlashes(join(folder, createSlug(`${policy.name} ${name}`)));
  const tables: string[] = [];
  for (const [table, text] of counterexample.sample.tables) {
    const file = `${base}.${table}.json`;
    await writeText(file, `${text}\n`);
    tables.push(` --table ${table}=${file}`);
  }
  if (counterexample.kind === 'session') {
    await writeText(`${base}.jsonl`, printSessionLog(counterexample.sample));
    return [`nhipol simulate ${path} --events ${base}.jsonl${tables.join('')}`];
  }
  const { text, now } = counterexample.sample;
  await writeText(`${base}.json`, `${indentJson(text)}\n`);
  const instant = now === undefined ? '' : ` --now ${new Date(Number(now)).toISOString()}`;
  return [`nhipol eval ${path} --request ${base}.json${instant}${tables.join('')} --explain`];
}

/** Writes two requests that differ in one member, the second as `NAME.changed.json`, and returns their paths. */
export async function writeRequests(
  policy: PolicyModel,
  name: string,
  [first = '', second = '']: readonly string[],
  folder: string,
): Promise<readonly string[]> {
  await makeFolder(folder);
  const base = toSlashes(join(folder, createSlug(`${policy.name} ${name}`)));
  const paths = [`${base}.json`, `${base}.changed.json`];
  for (const [index, path] of paths.entries())
    await writeText(path, `${indentJson(index === 0 ? first : second)}\n`);
  return paths;
}

/** Numbers with more digits than JavaScript has remain as they are, on one line. */
function indentJson(json: string): string {
  return /\d{16}/.test(json) ? json : JSON.stringify(JSON.parse(json), null, 2);
}

function writeText(path: string, text: string): Promise<void> {
  return writeAtomically(path, new TextEncoder().encode(text));
}

/** Converts a name to a file name, such as `an-exposed-credential-never-acts`. */
export function createSlug(name: string): string {
  const words = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return words.replace(/^-|-$/g, '').slice(0, 100);
}
