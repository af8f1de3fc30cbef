// Reads the error in a request, from the module's numbers and the texts of manifest and contract.

import {
  type AnswerError,
  foundNames,
  type Manifest,
  requestErrorTexts,
  resultLayout,
  sessionErrorTexts,
  violations,
} from '../contract/index.ts';
import { placeIndexes } from '../json/json-path.ts';
import { misread } from '../module/engine-failure.ts';
import type { ModuleMemory } from '../module/memory.ts';

const indexCount = 4;

export function readError(
  memory: ModuleMemory,
  result: number,
  { paths, expected }: Manifest,
): AnswerError | undefined {
  const code = memory.u32(result + resultLayout.errorCode);
  if (code === 0) return undefined;
  const texts = requestErrorTexts.get(code) ?? sessionErrorTexts.get(code);
  const place = memory.u32(result + resultLayout.errorPath);
  const found = foundNames[memory.u32(result + resultLayout.errorFound)];
  const declared = expected[paths[place]?.[2] ?? -1];
  if (texts === undefined || declared === undefined || found === undefined) {
    throw misread(violations.unknownError);
  }
  const [name, ownExpected, ownFound] = texts;
  const indexes = Array.from({ length: indexCount }, (_, at) =>
    memory.u32(result + resultLayout.errorIndexes + at * 4),
  );
  return {
    code: name,
    path: placeIndexes(pathAt(place, paths), indexes),
    expected: ownExpected || declared,
    found: ownFound || found,
    offset: memory.u32(result + resultLayout.errorOffset),
  };
}

/** Row by row, up to the first, which all paths start with. */
function pathAt(place: number, paths: Manifest['paths']): string {
  const [before, step] = paths[place] ?? [place, ''];
  if (place === 0) return step;
  if (before >= place) throw misread(violations.cyclicPath);
  return pathAt(before, paths) + step;
}
