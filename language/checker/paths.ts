// Reads paths of the request from the syntax, such as `action.privilege`.

import type { Root } from '../model/model.ts';
import { isOwnName } from '../model/selectors.ts';
import type { AccessNode, ExprNode } from '../syntax/ast.ts';

/** A path of the request, split at its dots. */
export interface PathNames {
  readonly root: Root;
  /** Without the `properties` after a root. */
  readonly names: readonly string[];
  /** Whether the path leads to or through the properties of the subject, action or resource. */
  readonly inProperties: boolean;
}

/** Splits `action.privilege` into a root and names. */
export function splitPathNames(node: ExprNode): PathNames | undefined {
  if (node.kind === 'Reference') {
    return ['subject', 'action', 'resource', 'context'].includes(node.name)
      ? { root: node.name as Root, names: [], inProperties: false }
      : undefined;
  }
  if (node.kind !== 'Access') return undefined;
  const object = splitPathNames(node.object);
  if (object === undefined) return undefined;
  const { root, names, inProperties } = object;
  if (root !== 'context' && names.length === 0 && !inProperties) {
    if (node.name.text === 'properties') return { root, names, inProperties: true };
    if (!isOwnName(root, node.name.text))
      return { root, names: [node.name.text], inProperties: true };
  }
  return { root, names: [...names, node.name.text], inProperties };
}

/**
 * The access that adds the name at index `depth` of the path; `properties` after the root does not
 * count.
 */
export function findAccess(node: ExprNode, depth: number): AccessNode | undefined {
  const steps: AccessNode[] = [];
  for (let at = node; at.kind === 'Access'; at = at.object) steps.unshift(at);
  const { names = [] } = splitPathNames(node) ?? {};
  return steps[depth + steps.length - names.length];
}
