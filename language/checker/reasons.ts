// The reasons that answers can give: the ids of rules and of scores' conditions, wherever they stand,
// and those that are no rule's.

import type { NameNode } from '../ast.ts';
import { visit } from '../visit.ts';
import type { Context } from './context.ts';

/** Reasons that no rule has, with what each is. */
export const reservedReasons: Readonly<Record<string, string>> = {
  default_deny: 'the reason where nothing permits',
  invalid_request: 'the reason of a request that is at fault',
  clock_went_back: 'the reason of a session whose clock ran backwards',
};

export class Reasons {
  readonly #context: Context;
  readonly #ids = new Set(Object.keys(reservedReasons));

  constructor(context: Context) {
    this.#context = context;
    for (const file of context.files.values()) {
      if (!file.included) continue;
      visit(file.node, (node) => {
        if (node.kind === 'Rule' || node.kind === 'ScoreCondition') this.#ids.add(node.name.text);
        return undefined;
      });
    }
  }

  /** In ASCII order. */
  get ids(): readonly string[] {
    return [...this.#ids].sort();
  }

  /** Whether there is such a reason; reports it where there is none. */
  expect(name: NameNode): boolean {
    if (this.#ids.has(name.text)) return true;
    this.#context.unknown('unknown-reason', name, this.#ids);
    return false;
  }
}
