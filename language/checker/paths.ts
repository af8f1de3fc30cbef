// Paths of the request as they are written: `action.privilege`.

import type { AccessNode, ExprNode } from '../ast.ts';
import type { Root } from '../model.ts';

export interface PathNames {
  readonly root: Root;
  readonly names: readonly string[];
}

/** `action.privilege` as a root and names. */
export function pathNames(node: ExprNode): PathNames | undefined {
  if (node.kind === 'Reference') {
    return ['subject', 'action', 'resource', 'context'].includes(node.name)
      ? { root: node.name as Root, names: [] }
      : undefined;
  }
  if (node.kind !== 'Access') return undefined;
  const object = pathNames(node.object);
  return object && { root: object.root, names: [...object.names, node.name.text] };
}

/** The access by which the path takes its `depth`th name, counting from 0. */
export function accessAt(node: ExprNode, depth: number): AccessNode | undefined {
  const steps: AccessNode[] = [];
  for (let at = node; at.kind === 'Access'; at = at.object) steps.unshift(at);
  return steps[depth];
}
