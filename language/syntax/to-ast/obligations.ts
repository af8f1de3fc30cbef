// Converts declarations of obligations, and the demands of rules and tests.

import type { DemandNode, ObligationNode } from '../ast.ts';
import type { ObligationDeclarationCstNode, WithClauseCstNode } from '../cst.generated.ts';
import { nodeSpan, only, optional, refuseBroken, type Source, toName, whole } from './cst.ts';
import { toRecordType } from './declarations.ts';
import { toSettings } from './settings.ts';

export function toObligation(source: Source, node: ObligationDeclarationCstNode): ObligationNode {
  refuseBroken(source, node);
  const { Word, type, recordType } = node.children;
  const written = optional(type);
  return {
    kind: 'Obligation',
    span: nodeSpan(source, node),
    name: toName(source, only(Word)),
    type: written && toName(source, written),
    members: toRecordType(source, only(recordType)),
  };
}

/** Converts demands; `interpolates`: values may be strings with placeholders, as in a rule. */
export function toDemands(
  source: Source,
  node: WithClauseCstNode,
  interpolates = false,
): readonly DemandNode[] {
  return whole(node.children.demand).map((demand) => {
    const settings = optional(demand.children.settings);
    return {
      kind: 'Demand',
      span: nodeSpan(source, demand),
      name: toName(source, only(demand.children.Word)),
      settings: settings ? toSettings(source, settings, interpolates) : [],
    };
  });
}
