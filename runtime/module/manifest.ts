// Reads the manifest section of a compiled module and validates it. Returns frozen data, since answers share parts
// of it. Throws `LoadError`.

import { abiMajor, effects, type Manifest, manifestSection } from '../contract/index.ts';
import { type Check, count, list, map, optional, record, text, texts, tuple } from './checks.ts';
import { LoadError } from './load-error.ts';
import { readSection } from './sections.ts';

export function readManifest(module: WebAssembly.Module): Manifest {
  const manifest = readSection(module, manifestSection, 'manifest');
  if (manifest === undefined) throw new LoadError('the module has 0 manifests, expected one');
  if (!hasAbi(manifest)) throw new LoadError("the module's manifest does not state an ABI version");
  expectAbi(manifest.abi.major);
  if (!isManifest(manifest))
    throw new LoadError("the module's manifest does not conform to the ABI");
  return manifest;
}

export function expectAbi(major: unknown): void {
  if (major !== abiMajor) {
    throw new LoadError(
      `the module has ABI version ${String(major)}, and this host supports ${abiMajor}`,
    );
  }
}

const counts = list(count);
const isEffect: Check = (value) => effects.some((name) => name === value);

const scalars = [
  'Bool',
  'Int',
  'Decimal',
  'String',
  'Timestamp',
  'Duration',
  'SpiffeId',
  'Ip',
  'Cidr',
];
const hasKind = (...kinds: readonly string[]) =>
  record({ kind: (kind) => kinds.includes(kind as string) });
const isEnum = record({ kind: (kind) => kind === 'Enum', name: text, members: texts });
const scalar: Check = (value) => hasKind(...scalars)(value) || isEnum(value);
const isSet = record({ kind: (kind) => kind === 'Set', element: scalar });
const type: Check = (value) => scalar(value) || isSet(value);

const source = tuple(count, count, count);
const part: Check = (value) => text(value) || count(value);

const demand = record({
  obligation: count,
  properties: map(count),
});
const obligation = record({
  name: text,
  type: text,
  properties: list(record({ name: text, type })),
});

const isShaped = record({
  policy: record({ name: text, version: text }),
  compiler: text,
  sources: text,
  simd: optional((value) => typeof value === 'boolean'),
  time_zones: optional(text),
  selectors: record({ subjects: texts, actions: texts, resources: texts }),
  paths: list(tuple(count, text, count)),
  expected: texts,
  files: texts,
  reads: texts,
  reasons: list(
    record({
      id: text,
      message: optional(list(part)),
      covers: optional(texts),
      source,
      unknown: optional(counts),
      asks: optional(record({ effect: isEffect, obligations: list(demand) })),
    }),
  ),
  rules: list(
    record({
      effects: list(isEffect),
      subjects: optional(counts),
      actions: optional(counts),
      resources: optional(counts),
      read: counts,
    }),
  ),
  choosers: texts,
  constraints: list(record({ name: text, type, merge: text, limits: optional(text) })),
  placeholders: list(scalar),
  obligations: optional(list(obligation)),
  properties: optional(list(type)),
  bounds: optional(record({ steps: list(tuple(count, count, count, count)), memory_bytes: count })),
  sessions: optional(
    record({
      bytes: count,
      words: map(tuple(count, count)),
      signals: optional(texts),
    }),
  ),
  history: optional(record({ terms: counts, decisions: counts })),
  tables: optional(
    list(
      record({
        name: text,
        keys: list(record({ type: scalar, expected: text })),
        value: record({ type, expected: text, element: optional(text) }),
      }),
    ),
  ),
});

function hasAbi(value: unknown): value is Pick<Manifest, 'abi'> {
  return record({ abi: record({ major: count, minor: count }) })(value);
}

function isManifest(value: unknown): value is Manifest {
  return isShaped(value);
}
