// Finds, from the syntax, the `given`s of a policy that ignore an unknown value.

import type { LoadedFile } from '../../checker/load.ts';
import { visitBlocks } from '../../syntax/visit.ts';
import { type GivenOtherwise, type Givens, makeSpanKey } from './sites.ts';

export function collectGivens(files: Iterable<LoadedFile>): Givens {
  const found = new Map<string, GivenOtherwise>();
  for (const { included, node: file } of files) {
    if (!included) continue;
    visitBlocks(file, (block) => {
      if (block.kind !== 'Given') return;
      const { otherwise, value } = block;
      found.set(makeSpanKey(value.span), {
        ignoredAt: otherwise?.ignore ? otherwise.span : undefined,
      });
    });
  }
  return found;
}
