// A formatted policy compiles to the same module: the same assembly except for comments, the same manifest except
// for the hash of the sources, and the same data except for the positions of rules. With the same positions and
// manifest, the modules have the same bytes.

import { checkPolicyFiles } from '@nhipol/cli';
import type { Description } from '@nhipol/compiler';
import { check } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import type { SourceMap } from '@nhipol/language/support';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assembleLinked } from '../../compiler/assemble.ts';
import type { Linked } from '../../compiler/emit/link.ts';
import { lower } from '../../compiler/lower/lower.ts';
import { describePolicy } from '../../compiler/manifest/describe-policy.ts';
import { encodeCanonical, makeManifest } from '../../compiler/manifest/manifest.ts';
import { mangleText } from '../support/arbitraries/mangled.ts';
import { assemble as assembler } from '../support/modules/assembler.ts';
import { formatOrFail } from '../support/pages/formatting.ts';
import { examples } from '../support/policies/examples.ts';
import { linkPolicy } from '../support/policies/linked.ts';

/** Rewrites each policy file, but not the tables. */
function rewriteSources(sources: SourceMap, rewrite: (text: string) => string): SourceMap {
  const entries = [...sources].map(([path, text]): [string, string] => [
    path,
    path.endsWith('.nhipol') ? rewrite(text) : text,
  ]);
  return new Map(entries);
}

function checkOrFail(entry: string, sources: SourceMap): PolicyModel {
  const { policy, diagnostics } = check(entry, sources);
  return policy ?? expect.fail(diagnostics.map(({ message }) => message).join('\n'));
}

function stages(policy: PolicyModel) {
  const ir = lower(policy);
  const manifest = makeManifest(policy, ir, { compiler: '0.0.0', sources: '' });
  return { policy, ir, manifest, description: describePolicy(policy, ir) };
}

/** The description with the positions of the other's reasons, which formatting changes. */
function copyPlaces(other: Description, description: Description): Description {
  const reasons = description.reasons.map((reason, index) => ({
    ...reason,
    source: other.reasons[index]?.source ?? reason.source,
  }));
  return { ...description, reasons };
}

async function preparePair(path: string) {
  const { entry, sources } = await checkPolicyFiles(path);
  const careless = rewriteSources(sources, (text) => fc.sample(mangleText(text), 1)[0] ?? '');
  const before = stages(checkOrFail(entry, careless));
  const after = stages(checkOrFail(entry, rewriteSources(careless, formatOrFail)));
  const bytes = encodeCanonical({ ...before.manifest });
  return {
    described: [before.description, after.description],
    manifests: [before.manifest, after.manifest],
    emitted: [
      linkPolicy(before.policy, before.ir, before.description),
      linkPolicy(after.policy, after.ir, copyPlaces(before.description, after.description)),
    ],
    manifest: bytes,
  } as const;
}

function withoutPlaces(description: unknown): unknown {
  return JSON.parse(
    JSON.stringify(description, (key, value) => (key === 'source' ? value[0] : value)),
  );
}

function withoutComments({ sources, ...rest }: Linked) {
  const bare = [...sources].map(([name, text]) => [name, text.replace(/^ *\/\/.*\n/gm, '')]);
  return { ...rest, sources: bare };
}

test.for(examples)('$name compiles the same after mangling and formatting', async ({ path }) => {
  const { described, manifests, emitted } = await preparePair(path);
  expect(described[0]).not.toEqual(described[1]);
  expect(withoutPlaces(described[1])).toEqual(withoutPlaces(described[0]));
  expect(manifests[1]).toEqual(manifests[0]);
  expect(withoutComments(emitted[1])).toEqual(withoutComments(emitted[0]));
});

test.for(['examples/ci-deploy/policy.nhipol', 'examples/mcp-server/policy.nhipol'])(
  '%s compiles to the same bytes',
  async (path) => {
    const { emitted, manifest } = await preparePair(path);
    const custom = new Map([['manifest', manifest]]);
    const [before, after] = [
      await assembleLinked(emitted[0], custom, assembler),
      await assembleLinked(emitted[1], custom, assembler),
    ];
    expect(Buffer.from(after.wasm).equals(Buffer.from(before.wasm))).toBe(true);
  },
);
