// What was wrong with the request, from the module's numbers and the manifest's words.

import { type Manifest, resultLayout } from './abi.ts';
import type { AnswerError } from './answer.ts';
import { misread } from './engine-failure.ts';
import { placeIndexes } from './json-path.ts';
import type { ModuleMemory } from './module-memory.ts';

const indexCount = 4;

export function readError(
  memory: ModuleMemory,
  result: number,
  { errors, paths, expected }: Manifest,
): AnswerError | undefined {
  const code = memory.u32(result + resultLayout.errorCode);
  if (code === 0) return undefined;
  const row = Object.hasOwn(errors.codes, code) ? errors.codes[code] : undefined;
  const [path, kind] = paths[memory.u32(result + resultLayout.errorPath)] ?? [];
  const found = errors.found[memory.u32(result + resultLayout.errorFound)];
  const usual = expected[kind ?? -1];
  if (row === undefined || path === undefined || usual === undefined || found === undefined) {
    throw misread('an error that the manifest does not list');
  }
  const [name, ownExpected, ownFound] = row;
  const indexes = Array.from({ length: indexCount }, (_, at) =>
    memory.u32(result + resultLayout.errorIndexes + at * 4),
  );
  return {
    code: name,
    path: placeIndexes(path, indexes),
    expected: ownExpected || usual,
    found: ownFound || found,
    offset: memory.u32(result + resultLayout.errorOffset),
  };
}
