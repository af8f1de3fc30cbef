// Finds nodes of a syntax tree by their position.

import { type AstNode, type FileNode, listChildren } from '@nhipol/language/syntax';

/** The nodes that contain an offset, from the file to the innermost one. An offset at the end of a node is in it. */
export function findNodePath(file: FileNode, offset: number): readonly AstNode[] {
  const path: AstNode[] = [file];
  for (let node: AstNode | undefined = file; node !== undefined; ) {
    const children: readonly AstNode[] = listChildren(node);
    const inner = children.filter(({ span }) => span.start <= offset && offset <= span.end);
    // Where two nodes touch, the later one begins at the offset.
    node = inner.at(-1);
    if (node !== undefined) path.push(node);
  }
  return path;
}

/** The innermost node of a kind on a path. */
export function findInnermost<Kind extends AstNode['kind']>(
  path: readonly AstNode[],
  ...kinds: readonly Kind[]
): Extract<AstNode, { readonly kind: Kind }> | undefined {
  const astNode = path.findLast(({ kind }) => (kinds as readonly string[]).includes(kind));
  return astNode as Extract<AstNode, { readonly kind: Kind }> | undefined;
}
