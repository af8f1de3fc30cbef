// Walks over the syntax tree, made from `childKeys`. Nothing here recurses, so that no tree is too
// deep.

import { type AstNode, childKeys } from './ast.ts';

/** A node's children, in source order. */
export function childrenOf(node: AstNode): readonly AstNode[] {
  const children: AstNode[] = [];
  const fields = node as unknown as Readonly<
    Record<string, AstNode | readonly AstNode[] | undefined>
  >;
  for (const key of childKeys[node.kind]) {
    const child = fields[key];
    if (child === undefined) continue;
    if ('kind' in child) children.push(child);
    else for (const element of child) children.push(element);
  }
  return children;
}

/** Every node before its children, in source order; `false` leaves a node's children out. */
export function visit(root: AstNode, enter: (node: AstNode) => boolean | undefined): void {
  const pending: AstNode[] = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (enter(node) === false) continue;
    const children = childrenOf(node);
    for (let i = children.length - 1; i >= 0; i -= 1) {
      const child = children[i];
      if (child !== undefined) pending.push(child);
    }
  }
}
