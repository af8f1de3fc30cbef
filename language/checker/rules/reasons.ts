// Collects the reasons that answers can have: the ids of rules and of conditions of scores in all
// files, and the reserved ones.

import type { Span } from '../../support/source.ts';
import type { NameNode } from '../../syntax/ast.ts';
import { isBlock, visit } from '../../syntax/visit.ts';
import type { Context } from '../context.ts';

/** Reasons that belong to no rule, with their meaning. */
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

  /** Returns whether the reason exists, and reports it if not. */
  expect(name: NameNode): boolean {
    if (this.#ids.has(name.text)) return true;
    this.#context.unknown('unknown-reason', name, [...this.#ids.keys()], (id) => this.#ids.get(id));
    return false;
  }
}
