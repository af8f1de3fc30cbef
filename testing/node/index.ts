// What users import as `nhipol/testing/node`: a policy from its file, for tests.

import { readFile } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkFiles } from '../../language/check-files.ts';
import { hasErrors } from '../../language/index.ts';
import { render } from '../../language/render.ts';
import type { TypedPolicy } from '../properties/typed-policy.ts';

/**
 * Reads and checks it with all that it uses. `B`: the `BoundPolicy` of its bindings. Throws what the
 * checker finds wrong, as `nhipol check` shows it.
 */
export async function readPolicy<B = unknown>(path: string | URL): Promise<TypedPolicy<B>> {
  const file = typeof path === 'string' ? path : fileURLToPath(path);
  const entry = relative('', file).split(sep).join('/');
  const text = await readText(entry).catch((cause: unknown) => {
    throw new Error(`cannot read ${entry}: ${(cause as Error).message}`, { cause });
  });
  const read = (wanted: string) => readText(wanted).catch(() => undefined);
  const { policy, diagnostics, sources } = await checkFiles(entry, text, read);
  if (policy !== undefined && !hasErrors(diagnostics)) return policy;
  throw new Error(`${entry} has errors\n\n${render(diagnostics, sources)}`);
}

async function readText(path: string): Promise<string> {
  return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
}
