// Reads a policy from a file, for tests.

import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkFiles, hasErrors, render } from '@nhipol/language';
import type { TypedSourcePolicy } from '../arbitraries/typed-policy.ts';
import { projectReader, readTextFile } from './project-files.ts';

export interface ReadPolicyOptions {
  /** Folders outside the project whose files the policy may name. */
  readonly allowRead?: readonly string[];
}

/**
 * Reads and checks a policy with all files that it names. These must be in its project: the nearest folder with a
 * `nhipol.toml` or `.git`, or otherwise the folder of the policy. `B`: the `BoundPolicy` of its bindings. Throws
 * an Error with the diagnostics, as `nhipol check` prints them.
 */
export async function readPolicy<B = unknown>(
  path: string | URL,
  { allowRead = [] }: ReadPolicyOptions = {},
): Promise<TypedSourcePolicy<B>> {
  const file = typeof path === 'string' ? path : fileURLToPath(path);
  const entry = relative('', file).split(sep).join('/');
  const text = await readTextFile(entry, { followLinks: true });
  if (typeof text !== 'string')
    throw new Error(`cannot read ${entry}: ${text?.why ?? 'there is no such file or folder'}`);
  const read = projectReader(entry, allowRead);
  const { policy, diagnostics, sources } = await checkFiles(entry, text, read);
  if (policy !== undefined && !hasErrors(diagnostics)) return policy;
  throw new Error(`${entry} has errors\n\n${render(diagnostics, sources)}`);
}
