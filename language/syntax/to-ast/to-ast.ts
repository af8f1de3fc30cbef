// Converts the concrete syntax tree to the syntax tree, and reports what the grammar cannot express: numbers
// out of range, chained comparisons, duplicate clauses. Declarations and rules with syntax errors are left
// out.

import type { FileNode, ItemNode } from '../ast.ts';
import type { FileCstNode, ItemCstNode } from '../cst.generated.ts';
import {
  broken,
  convertAll,
  getNodeSpan,
  type ParsedSource,
  refuseBroken,
  requirePart,
  toName,
} from './cst.ts';
import {
  toConstraint,
  toContext,
  toEnum,
  toExternalTable,
  toNameSet,
  toPolicyHeader,
  toRecordType,
  toSchema,
  toSignals,
  toTable,
  toUse,
} from './declarations.ts';
import { toExpr } from './expressions.ts';
import { toFunction, toLet } from './functions.ts';
import { toInvariant } from './invariants.ts';
import { toObligation } from './obligations.ts';
import { toGroup } from './rules.ts';
import { toFixture, toTest } from './tests.ts';
import { toWindow } from './windows.ts';

export function toAst(source: ParsedSource, tree: FileCstNode, length: number): FileNode {
  return {
    kind: 'File',
    span: { file: source.file, start: 0, end: length },
    items: convertAll(tree.children.item, (item) => toItem(source, item)),
  };
}

function toItem(source: ParsedSource, { children }: ItemCstNode): ItemNode {
  if (children.group) return toGroup(source, children.group[0] ?? requirePart(children.group));
  if (children.policyDeclaration)
    return toPolicyHeader(source, requirePart(children.policyDeclaration));
  if (children.useDeclaration) return toUse(source, requirePart(children.useDeclaration));
  if (children.enumDeclaration) return toEnum(source, requirePart(children.enumDeclaration));
  if (children.schemaDeclaration) return toSchema(source, requirePart(children.schemaDeclaration));
  if (children.contextDeclaration)
    return toContext(source, requirePart(children.contextDeclaration));
  if (children.signalsDeclaration)
    return toSignals(source, requirePart(children.signalsDeclaration));
  if (children.nameSetDeclaration)
    return toNameSet(source, requirePart(children.nameSetDeclaration));
  if (children.tableDeclaration) return toTable(source, requirePart(children.tableDeclaration));
  if (children.externalTableDeclaration) {
    return toExternalTable(source, requirePart(children.externalTableDeclaration));
  }
  if (children.constraintDeclaration) {
    return toConstraint(source, requirePart(children.constraintDeclaration));
  }
  if (children.windowDeclaration) return toWindow(source, requirePart(children.windowDeclaration));
  if (children.obligationDeclaration) {
    return toObligation(source, requirePart(children.obligationDeclaration));
  }
  if (children.invariantDeclaration) {
    return toInvariant(source, requirePart(children.invariantDeclaration));
  }
  if (children.functionDeclaration)
    return toFunction(source, requirePart(children.functionDeclaration));
  if (children.letItem) return toLet(source, requirePart(children.letItem));
  if (children.fixtureDeclaration)
    return toFixture(source, requirePart(children.fixtureDeclaration));
  if (children.testDeclaration) return toTest(source, requirePart(children.testDeclaration));
  if (children.recordDeclaration) {
    const record = requirePart(children.recordDeclaration);
    return {
      kind: 'Record',
      span: getNodeSpan(source, record),
      name: toName(source, requirePart(record.children.Word)),
      type: toRecordType(source, requirePart(record.children.recordType)),
    };
  }
  if (children.constDeclaration) {
    const constant = requirePart(children.constDeclaration);
    refuseBroken(source, constant);
    return {
      kind: 'Const',
      span: getNodeSpan(source, constant),
      name: toName(source, requirePart(constant.children.Word)),
      value: toExpr(source, requirePart(constant.children.expression)),
    };
  }
  throw broken;
}
