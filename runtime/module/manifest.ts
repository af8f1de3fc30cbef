// Reads the manifest section of a compiled module and validates it. Returns frozen data. Throws `LoadError`.

import { abiMajor, type Manifest, manifestSection } from '../contract/index.ts';
import { allowAbsent, checkTuple, count, isString, isStringList, list, record } from './checks.ts';
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

const isShaped = record({
  policy: record({ name: isString, version: isString }),
  compiler: isString,
  sources: isString,
  simd: allowAbsent((value) => typeof value === 'boolean'),
  call_digest: allowAbsent((value) => typeof value === 'boolean'),
  time_zones: allowAbsent(isString),
  obligations: allowAbsent(list(record({ name: isString, type: isString }))),
  tables: allowAbsent(isStringList),
  bounds: allowAbsent(
    record({
      steps: list(checkTuple(count, count, count, count)),
      could: allowAbsent(list(checkTuple(count, count))),
      memory_bytes: count,
    }),
  ),
  possible: allowAbsent((value) => typeof value === 'boolean'),
  sessions: allowAbsent(
    record({
      bytes: count,
      shared_bytes: allowAbsent(count),
      shared_keys: allowAbsent(list(isStringList)),
      signals: allowAbsent(isStringList),
    }),
  ),
});

function hasAbi(value: unknown): value is Pick<Manifest, 'abi'> {
  return record({ abi: record({ major: count, minor: count }) })(value);
}

function isManifest(value: unknown): value is Manifest {
  return isShaped(value);
}
