// A formatted policy compiles to the same module: the same assembly except for comments, the same data
// and the same manifest except for the positions of rules and the hash of the sources. With one manifest
// for both, the modules have the same bytes.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkFiles } from '../../cli/io/files.ts';
import { assemble } from '../../compiler/assemble.ts';
import type { Linked } from '../../compiler/emit/link.ts';
import { lower } from '../../compiler/lower/lower.ts';
import { canonicalBytes, makeManifest } from '../../compiler/manifest/manifest.ts';
import { check, type Policy, type SourceMap } from '../../language/index.ts';
import { assemble as assembler } from '../support/assembler.ts';
import { examples } from '../support/examples.ts';
import { formatted } from '../support/formatting.ts';
import { linked } from '../support/linked.ts';
import { mangled } from '../support/mangled.ts';

/** Rewrites each policy file, but not the tables. */
function rewritten(sources: SourceMap, rewrite: (text: string) => string): SourceMap {
  const entries = [...sources].map(([path, text]): [string, string] => [
    path,
    path.endsWith('.nhipol') ? rewrite(text) : text,
  ]);
  return new Map(entries);
}

function policyOf(entry: string, sources: SourceMap): Policy {
  const { policy, diagnostics } = check(entry, sources);
  return policy ?? expect.fail(diagnostics.map(({ message }) => message).join('\n'));
}

function stages(policy: Policy) {
  const ir = lower(policy);
  return { ir, manifest: makeManifest(policy, ir, { compiler: '0.0.0', sources: '' }) };
}

async function pairOf(path: string) {
  const { entry, sources } = await checkFiles(path);
  const careless = rewritten(sources, (text) => fc.sample(mangled(text), 1)[0] ?? '');
  const before = stages(policyOf(entry, careless));
  const after = stages(policyOf(entry, rewritten(careless, formatted)));
  const bytes = canonicalBytes(before.manifest);
  return {
    manifests: [before.manifest, after.manifest],
    emitted: [linked(before.ir, bytes), linked(after.ir, bytes)],
    manifest: bytes,
  } as const;
}

function withoutPlaces(manifest: unknown): unknown {
  return JSON.parse(
    JSON.stringify(manifest, (key, value) => (key === 'source' ? value[0] : value)),
  );
}

function withoutComments({ sources, ...rest }: Linked) {
  const bare = [...sources].map(([name, text]) => [name, text.replace(/^ *\/\/.*\n/gm, '')]);
  return { ...rest, sources: bare };
}

test.for(examples)('$name compiles the same after mangling and formatting', async ({ path }) => {
  const { manifests, emitted } = await pairOf(path);
  expect(manifests[0]).not.toEqual(manifests[1]);
  expect(withoutPlaces(manifests[1])).toEqual(withoutPlaces(manifests[0]));
  expect(withoutComments(emitted[1])).toEqual(withoutComments(emitted[0]));
});

test.for(['examples/ci-deploy/policy.nhipol', 'examples/mcp-server/policy.nhipol'])(
  '%s compiles to the same bytes',
  async (path) => {
    const { emitted, manifest } = await pairOf(path);
    const custom = new Map([['manifest', manifest]]);
    const [before, after] = [
      await assemble(emitted[0], custom, assembler),
      await assemble(emitted[1], custom, assembler),
    ];
    expect(Buffer.from(after.wasm).equals(Buffer.from(before.wasm))).toBe(true);
  },
);
