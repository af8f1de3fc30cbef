// Traversal of the syntax tree by `childKeys`. It is iterative, so that deep trees do not overflow the stack.

import {
  type AstNode,
  childKeys,
  type FileNode,
  type GivenNode,
  type GroupNode,
  type OtherwiseNode,
} from './ast.ts';

/** Returns the children of a node in source order. */
export function listChildren(node: AstNode): readonly AstNode[] {
  const keys: readonly string[] = childKeys[node.kind];
  if (keys.length === 0) return none;
  const children: AstNode[] = [];
  const fields = node as unknown as Readonly<
    Record<string, AstNode | readonly AstNode[] | undefined>
  >;
  for (const key of keys) {
    const child = fields[key];
    if (child === undefined) continue;
    if (isList(child)) for (const element of child) children.push(element);
    else children.push(child);
  }
  return children;
}

const none: readonly AstNode[] = [];

const isList = Array.isArray as (
  child: AstNode | readonly AstNode[],
) => child is readonly AstNode[];

/** Calls `enter` for each node before its children, in source order; `false` skips the children. */
export function visit(root: AstNode, enter: (node: AstNode) => boolean | undefined): void {
  const pending: AstNode[] = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (enter(node) === false) continue;
    const children = listChildren(node);
    for (let i = children.length - 1; i >= 0; i -= 1) {
      const child = children[i];
      if (child !== undefined) pending.push(child);
    }
  }
}

export type BlockNode = GroupNode | GivenNode | OtherwiseNode;

/** Calls `enter` for each node that contains rules, outer ones first. */
export function visitBlocks(file: FileNode, enter: (block: BlockNode) => void): void {
  visit(file, (node) => {
    if (isBlock(node)) enter(node);
    return node === file || isBlock(node);
  });
}

export function isBlock(node: AstNode): node is BlockNode {
  return node.kind === 'Group' || node.kind === 'Given' || node.kind === 'Otherwise';
}
