// The reasons that answers can give: the ids of rules and of scores' conditions, wherever they stand,
// and those that are no rule's.

import type { Span } from '../support/source.ts';
import type { NameNode } from '../syntax/ast.ts';
import { isBlock, visit } from '../syntax/visit.ts';
import type { Context } from './context.ts';

/** Reasons that no rule has, with what each is. */
export const reservedReasons: Readonly<Record<string, string>> = {
  default_deny: 'the reason if no rule permits',
  invalid_request: 'the reason of an invalid request',
  clock_went_back: 'the reason of a session whose clock went backwards',
};

export class Reasons {
  readonly #context: Context;
  readonly #ids = new Map<string, Span | undefined>(
    Object.keys(reservedReasons).map((id) => [id, undefined]),
  );

  constructor(context: Context) {
    this.#context = context;
    for (const file of context.files.values()) {
      if (!file.included) continue;
      visit(file.node, (node) => {
        if (node.kind === 'Rule' || node.kind === 'ScoreCondition')
          this.#ids.set(node.name.text, this.#ids.get(node.name.text) ?? node.name.span);
        return node.kind === 'Score' || node === file.node || isBlock(node);
      });
    }
  }

  /** In ASCII order. */
  get ids(): readonly string[] {
    return [...this.#ids.keys()].sort();
  }

  /** Whether there is such a reason; reports it where there is none. */
  expect(name: NameNode): boolean {
    if (this.#ids.has(name.text)) return true;
    this.#context.unknown('unknown-reason', name, [...this.#ids.keys()], (id) => this.#ids.get(id));
    return false;
  }
}
