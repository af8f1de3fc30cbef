// Converts declarations of obligations, and the demands of rules and tests.

import type { DemandNode, ObligationNode } from '../ast.ts';
import type { ObligationDeclarationCstNode, WithClauseCstNode } from '../cst.generated.ts';
import {
  findPart,
  getNodeSpan,
  type ParsedSource,
  refuseBroken,
  requirePart,
  requireWhole,
  toName,
} from './cst.ts';
import { toRecordType } from './declarations.ts';
import { toSettings } from './settings.ts';

export function toObligation(
  source: ParsedSource,
  node: ObligationDeclarationCstNode,
): ObligationNode {
  refuseBroken(source, node);
  const { Word, type, recordType } = node.children;
  const written = findPart(type);
  return {
    kind: 'Obligation',
    span: getNodeSpan(source, node),
    name: toName(source, requirePart(Word)),
    type: written && toName(source, written),
    members: toRecordType(source, requirePart(recordType)),
  };
}

/** Converts demands; `interpolates`: values may be strings with placeholders, as in a rule. */
export function toDemands(
  source: ParsedSource,
  node: WithClauseCstNode,
  interpolates = false,
): readonly DemandNode[] {
  return requireWhole(node.children.demand).map((demand) => {
    const settings = findPart(demand.children.settings);
    return {
      kind: 'Demand',
      span: getNodeSpan(source, demand),
      name: toName(source, requirePart(demand.children.Word)),
      settings: settings ? toSettings(source, settings, interpolates) : [],
    };
  });
}
