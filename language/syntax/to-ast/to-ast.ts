// Converts the concrete syntax tree to the syntax tree, and reports what the grammar cannot express: numbers
// out of range, chained comparisons, duplicate clauses. Declarations and rules with syntax errors are left
// out.

import type { FileNode, ItemNode } from '../ast.ts';
import type { FileCstNode, ItemCstNode } from '../cst.generated.ts';
import { broken, convertAll, nodeSpan, only, refuseBroken, type Source, toName } from './cst.ts';
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

export function toAst(source: Source, tree: FileCstNode, length: number): FileNode {
  return {
    kind: 'File',
    span: { file: source.file, start: 0, end: length },
    items: convertAll(tree.children.item, (item) => toItem(source, item)),
  };
}

function toItem(source: Source, { children }: ItemCstNode): ItemNode {
  if (children.group) return toGroup(source, children.group[0] ?? only(children.group));
  if (children.policyDeclaration) return toPolicyHeader(source, only(children.policyDeclaration));
  if (children.useDeclaration) return toUse(source, only(children.useDeclaration));
  if (children.enumDeclaration) return toEnum(source, only(children.enumDeclaration));
  if (children.schemaDeclaration) return toSchema(source, only(children.schemaDeclaration));
  if (children.contextDeclaration) return toContext(source, only(children.contextDeclaration));
  if (children.signalsDeclaration) return toSignals(source, only(children.signalsDeclaration));
  if (children.nameSetDeclaration) return toNameSet(source, only(children.nameSetDeclaration));
  if (children.tableDeclaration) return toTable(source, only(children.tableDeclaration));
  if (children.externalTableDeclaration) {
    return toExternalTable(source, only(children.externalTableDeclaration));
  }
  if (children.constraintDeclaration) {
    return toConstraint(source, only(children.constraintDeclaration));
  }
  if (children.windowDeclaration) return toWindow(source, only(children.windowDeclaration));
  if (children.obligationDeclaration) {
    return toObligation(source, only(children.obligationDeclaration));
  }
  if (children.invariantDeclaration) {
    return toInvariant(source, only(children.invariantDeclaration));
  }
  if (children.functionDeclaration) return toFunction(source, only(children.functionDeclaration));
  if (children.letItem) return toLet(source, only(children.letItem));
  if (children.fixtureDeclaration) return toFixture(source, only(children.fixtureDeclaration));
  if (children.testDeclaration) return toTest(source, only(children.testDeclaration));
  if (children.recordDeclaration) {
    const record = only(children.recordDeclaration);
    return {
      kind: 'Record',
      span: nodeSpan(source, record),
      name: toName(source, only(record.children.Word)),
      type: toRecordType(source, only(record.children.recordType)),
    };
  }
  if (children.constDeclaration) {
    const constant = only(children.constDeclaration);
    refuseBroken(source, constant);
    return {
      kind: 'Const',
      span: nodeSpan(source, constant),
      name: toName(source, only(constant.children.Word)),
      value: toExpr(source, only(constant.children.expression)),
    };
  }
  throw broken;
}
