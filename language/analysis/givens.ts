// What each `given` of a policy says of its value's being unknown, told from the syntax.

import type { GivenNode, GroupItemNode } from '../ast.ts';
import type { LoadedFile } from '../load.ts';
import { visitBlocks } from '../visit.ts';
import { type GivenOtherwise, type Givens, placeOf } from './opt-outs.ts';

export function givensIn(files: Iterable<LoadedFile>): Givens {
  const found = new Map<string, GivenOtherwise>();
  for (const { included, node: file } of files) {
    if (!included) continue;
    visitBlocks(file, (block) => {
      if (block.kind === 'Given') found.set(placeOf(block.value.span), otherwiseOf(block));
    });
  }
  return found;
}

function otherwiseOf({ otherwise }: GivenNode): GivenOtherwise {
  return {
    ignoredAt: otherwise?.ignore ? otherwise.span : undefined,
    restricted: otherwise?.items.some(restricts) ?? false,
  };
}

function restricts(item: GroupItemNode): boolean {
  if (item.kind === 'Given')
    return item.items.some(restricts) && (item.otherwise?.items.some(restricts) ?? false);
  return item.kind === 'Score' || (item.kind === 'Rule' && item.effect !== 'permit');
}
