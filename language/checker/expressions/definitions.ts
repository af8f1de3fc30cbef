// Finds, from the syntax alone, on which constants, `let`s, predicates and functions each of them
// depends: in which order to check them without recursion, which are circular, and how large and
// deep each becomes when calls are inlined.

import type { ConstNode, ExprNode, FunctionNode, LetNode, NameNode } from '../../syntax/ast.ts';
import { listChildren, visit } from '../../syntax/visit.ts';
import type { Context } from '../context.ts';

export type DefinitionNode = ConstNode | LetNode | FunctionNode;

/** The size of a definition after inlining. */
export interface Extent {
  /** The number of expressions, with the expressions of each call counted again. */
  readonly size: number;
  /** The number of levels of nested expressions. */
  readonly depth: number;
}

export class Definitions {
  readonly #context: Context;
  readonly #uses = new Map<DefinitionNode, readonly DefinitionNode[]>();
  readonly #extents = new Map<DefinitionNode, Extent>();
  readonly #circular = new Set<DefinitionNode>();

  constructor(context: Context) {
    this.#context = context;
  }

  /**
   * Returns the definitions on which `node` depends and `node` itself, each after its dependencies,
   * without those that were returned before.
   */
  inOrder(node: DefinitionNode): readonly DefinitionNode[] {
    const order: DefinitionNode[] = [];
    const path: { node: DefinitionNode; rest: DefinitionNode[] }[] = [];
    const onPath = new Set<DefinitionNode>();
    const enter = (next: DefinitionNode) => {
      if (this.#extents.has(next)) return;
      onPath.add(next);
      path.push({ node: next, rest: [...this.#listUses(next)].reverse() });
    };
    enter(node);
    for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
      const next = last.rest.pop();
      if (next === undefined) {
        path.pop();
        onPath.delete(last.node);
        this.#extents.set(last.node, this.#measure(last.node));
        order.push(last.node);
      } else if (onPath.has(next)) {
        const nodes = path.map((step) => step.node);
        this.#reportCircle(nodes.slice(nodes.indexOf(next)));
      } else enter(next);
    }
    return order;
  }

  /** Whether it was reported as circular. */
  isCircular(node: DefinitionNode): boolean {
    return this.#circular.has(node);
  }

  findExtent(node: DefinitionNode): Extent {
    return this.#extents.get(node) ?? { size: 0, depth: 0 };
  }

  #reportCircle(nodes: readonly DefinitionNode[]): void {
    if (nodes.some((node) => this.#circular.has(node))) return;
    for (const node of nodes) this.#circular.add(node);
    reportCircle(this.#context, nodes);
  }

  #listUses(node: DefinitionNode): readonly DefinitionNode[] {
    const existingUse = this.#uses.get(node);
    if (existingUse !== undefined) return existingUse;
    const definitionNodes = new Set<DefinitionNode>();
    visit(getBody(node), (part) => {
      const used = this.#resolveReference(part, node);
      if (used !== undefined) definitionNodes.add(used);
      return undefined;
    });
    const uses = [...definitionNodes];
    this.#uses.set(node, uses);
    return uses;
  }

  /** The definition to which a part of a body refers. */
  #resolveReference(
    part: { readonly kind: string },
    within: DefinitionNode,
  ): DefinitionNode | undefined {
    const expr = part as ExprNode;
    const { file } = within.span;
    if (expr.kind === 'Call') {
      if (within.kind === 'Const') return undefined;
      const declarationNode = this.#context.find(expr.callee.text, file);
      return declarationNode?.kind === 'Function' ? declarationNode : undefined;
    }
    if (expr.kind !== 'Reference') return undefined;
    const local =
      within.kind === 'Function' && within.parameters.some(({ name }) => name.text === expr.name);
    const found = local ? undefined : this.#context.find(expr.name, file);
    if (found?.kind === 'Let' && within.kind !== 'Const') return found;
    return found?.kind === 'Const' ? found : undefined;
  }

  #measure(node: DefinitionNode): Extent {
    let [size, depth] = [0, 0];
    const pending = [{ part: getBody(node) as Parameters<typeof listChildren>[0], level: 1 }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { part, level } = next;
      const used = this.#resolveReference(part, node);
      const inner = used === undefined || used.kind === 'Const' ? undefined : this.findExtent(used);
      size += 1 + (used?.kind === 'Function' ? (inner?.size ?? 0) : 0);
      depth = Math.max(depth, level + (inner?.depth ?? 0));
      for (const child of listChildren(part)) pending.push({ part: child, level: level + 1 });
    }
    return { size: Math.min(size, Number.MAX_SAFE_INTEGER / 2), depth };
  }
}

/** Reports declarations that depend on themselves. */
export function reportCircle(
  { reporter }: Context,
  nodes: readonly { readonly name: NameNode }[],
  help?: string,
): void {
  const [first] = nodes;
  if (first === undefined) return;
  const path = [...nodes, first].map(({ name }) => name.text);
  const related = nodes
    .slice(1)
    .map(({ name }) => ({ span: name.span, message: `through \`${name.text}\`` }));
  const extra = help === undefined ? { related } : { related, help };
  reporter.report('circular', first.name.span, { way: path }, extra);
}

function getBody(node: DefinitionNode): ExprNode {
  return node.kind === 'Function' ? node.body : node.value;
}
