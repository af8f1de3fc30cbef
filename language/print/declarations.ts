// Declarations and types as source text.

import type {
  ConstraintNode,
  EnumNode,
  ExprNode,
  MemberNode,
  NameNode,
  PolicyHeaderNode,
  RangeNode,
  RecordTypeNode,
  TableNode,
  TypeNode,
  UseNode,
} from '../ast.ts';
import { printExpr } from './expressions.ts';
import { lineWidth, printBraced, printName, printString } from './literals.ts';

export function printPolicyHeader({ name, version }: PolicyHeaderNode): string {
  return `policy ${name.text}${version ? ` version ${printString(version.value)}` : ''}`;
}

export function printUse({ names, from }: UseNode): string {
  if (from.kind === 'Name') {
    const dot = `use ${from.text}.`;
    return names
      ? `${dot}${printBraced(names.map(printName), '', dot.length)}`
      : `use ${from.text}`;
  }
  const head = names ? `use ${printBraced(names.map(printName), '', 4)} from` : 'use';
  return `${head} ${printString(from.value)}`;
}

export function printEnum(node: EnumNode): string {
  const members = node.members.map(printName).join(node.ordered ? ' < ' : ', ');
  const otherwise = node.otherwise ? `, else ${printName(node.otherwise)}` : '';
  return `enum ${node.name.text} { ${members}${otherwise} }`;
}

/** `subject agent { … }` and its like: short ones on one line, else a line for each member. */
export function printSchema(keyword: string, name: NameNode | undefined, type: RecordTypeNode) {
  const head = name ? `${keyword} ${printName(name)}` : keyword;
  return `${head} ${printRecordType(type, '', head.length + 1)}`;
}

export function printTable(node: TableNode): string {
  const keys = node.keys.map((key) => printType(key, '', 0));
  const key = keys.length === 1 ? keys[0] : `(${keys.join(', ')})`;
  const external = node.external ? 'external ' : '';
  const head = `${external}table ${node.name.text}: ${key} -> ${printType(node.value, '', 0)}`;
  if (node.external) return head;
  if (node.from) return `${head} from ${printString(node.from.value)}`;
  const entries = node.entries.map((entry) => {
    const parts = entry.keys.map(printExpr);
    const entryKey = parts.length === 1 ? parts[0] : `(${parts.join(', ')})`;
    return `${entryKey}: ${printExpr(entry.value)}`;
  });
  return `${head} ${printBraced(entries, '', head.length + 1)}`;
}

export function printConstraint(node: ConstraintNode): string {
  const path = node.path ? ` ${printExpr(node.path)}` : '';
  return `constraint ${node.name.text}: ${printType(node.type, '', 0)} ${node.merge}${path}`;
}

export function printType(node: TypeNode, indent: string, before: number): string {
  switch (node.kind) {
    case 'NamedType':
      return `${node.name.text}${node.inSeconds ? ' in seconds' : ''}${printRange(node.range)}`;
    case 'CollectionType':
      return `${node.collection}<${printType(node.element, indent, before)}>`;
    case 'RecordType':
      return printRecordType(node, indent, before);
  }
}

function printRange(range: RangeNode | undefined): string {
  if (range === undefined) return '';
  const bound = (node: ExprNode | undefined) => (node ? printExpr(node) : '');
  return `(${bound(range.min)}..${bound(range.max)})`;
}

/** On more than a line, members stand without commas. */
export function printRecordType(node: RecordTypeNode, indent: string, before: number): string {
  const inline = printBraced(
    node.members.map((member) => printMember(member, indent, Number.NEGATIVE_INFINITY)),
    indent,
    Number.NEGATIVE_INFINITY,
  );
  if (before + inline.length <= lineWidth) return inline;
  const inner = `${indent}  `;
  const lines = node.members.map(
    (member) => `${inner}${printMember(member, inner, inner.length)}\n`,
  );
  return `{\n${lines.join('')}${indent}}`;
}

function printMember(node: MemberNode, indent: string, before: number): string {
  const name = `${printName(node.name)}${node.optional ? '?' : ''}: `;
  const type = printType(node.type, indent, before + name.length);
  const fresh = node.fresh ? ` fresh ${printExpr(node.fresh)}` : '';
  const value = node.default ? ` = ${printExpr(node.default)}` : '';
  return `${name}${type}${fresh}${value}`;
}
