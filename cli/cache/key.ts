// The digests that identify a cached module. The address is the name of its file and is known before the policy is
// parsed: compiler, options, and name and text of the entry file. The key covers the other files of the policy, too,
// and is in the entry.

import { createHash } from 'node:crypto';
import type { SourceFile } from '../io/policies/policy-file.ts';

/** Identifies a compiler. Another version, or another build of one version, does not use its modules. */
export interface Compiler {
  readonly version: string;
  readonly build: string;
}

/** The options that a module depends on. */
export interface CachedParts {
  readonly sessions?: boolean | undefined;
  readonly possible?: boolean | undefined;
  readonly quick?: boolean | undefined;
}

export function computeAddress(
  compiler: Compiler,
  parts: CachedParts,
  { entry, text }: SourceFile,
): string {
  return digestJson([listInputs(compiler, parts), entry, text]);
}

/** `sources`: the texts of all files of the policy by path. */
export function computeKey(
  compiler: Compiler,
  parts: CachedParts,
  entry: string,
  sources: ReadonlyMap<string, string>,
): string {
  const sorted = [...sources].sort(([a], [b]) => (a < b ? -1 : 1));
  return digestJson([listInputs(compiler, parts), entry, sorted]);
}

function listInputs(
  { version, build }: Compiler,
  { sessions = false, possible = false, quick = false }: CachedParts,
): readonly unknown[] {
  return ['nhipol-cache/1', version, build, sessions, possible, quick];
}

function digestJson(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
