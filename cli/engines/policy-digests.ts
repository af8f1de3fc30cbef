// The digests of a policy in decision logs: the digests of the modules that commands compile from it. Compares logged effects
// with those that were decided again.

import { createHash } from 'node:crypto';
import type { PolicyModel } from '@nhipol/language/model';
import { pluralize } from '@nhipol/language/support';
import type { Contradiction } from '@nhipol/testing/replay';
import { compilePolicy, type ModuleParts } from './engines.ts';

/** As `serve`, `guard`, `daemon` and `hook` compile a source, and as `compile --sessions` does. */
const compiledParts: readonly ModuleParts[] = [
  { sessions: true, possible: true },
  { sessions: true },
];

export function digestOfModule(module: Uint8Array): string {
  return `sha-256:${createHash('sha256').update(module).digest('hex')}`;
}

/** Which of some digests is the digest of a policy in source form. It is compiled until one is found. */
export async function matchDigest(
  policy: PolicyModel,
  digests: ReadonlySet<string>,
): Promise<string | undefined> {
  for (const parts of digests.size === 0 ? [] : compiledParts) {
    const { wasm } = await compilePolicy(policy, parts);
    const digest = digestOfModule(wasm);
    if (digests.has(digest)) return digest;
  }
  return undefined;
}

/**
 * The lines to print about decisions of a log that differ now; none: there are no contradictions. `find`: which digest is that of the
 * policy; `describePlace`: where a line is.
 */
export async function formatContradictions(
  differing: readonly Contradiction[],
  find: (digests: ReadonlySet<string>) => Promise<string | undefined>,
  describePlace: (line: number) => string,
): Promise<readonly string[]> {
  const digest = await find(new Set(differing.map(({ policyDigest }) => policyDigest)));
  const contradictions = differing.filter(({ policyDigest }) => policyDigest === digest);
  const [first] = contradictions;
  if (first === undefined) return [];
  const { line, logged, replayed } = first;
  const count = pluralize(contradictions.length, 'decision');
  return [
    `by the same policy, ${count} of the log ${contradictions.length === 1 ? 'differs' : 'differ'}: ${describePlace(line)}: ${logged} in the log, ${replayed} now: a fact or a table is missing from the log, or it was changed`,
  ];
}
