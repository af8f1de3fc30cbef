// Groups, rules and scores as source text: a line for each, clauses on lines of their own.

import type {
  BandNode,
  DemandNode,
  ExprNode,
  GivenNode,
  GroupItemNode,
  GroupNode,
  LetNode,
  MessageNode,
  NameNode,
  RuleNode,
  ScoreConditionNode,
  ScoreNode,
  SettingNode,
} from '../ast.ts';
import { printChain, printExpr, printMessage } from './expressions.ts';
import { printBinding, printLet } from './functions.ts';
import { lineWidth, printBraced, printNames } from './literals.ts';
import { printDemands } from './obligations.ts';

export function printGroup(node: GroupNode): string {
  const condition = node.condition ? ` when ${printExpr(node.condition)}` : '';
  return `${printScope(node)}${condition} ${printBlock(node.items, '')}`;
}

export function printScope(node: Pick<GroupNode, 'subjects' | 'actions' | 'resources'>): string {
  const subjects = node.subjects ? printNames(node.subjects) : 'any';
  const actions = node.actions ? ` doing ${printNames(node.actions)}` : '';
  const resources = node.resources ? ` on ${printNames(node.resources)}` : '';
  return `for ${subjects}${actions}${resources}`;
}

function printBlock(items: readonly GroupItemNode[], indent: string): string {
  if (items.length === 0) return '{}';
  const inner = `${indent}  `;
  return `{\n${items.map((item) => `${inner}${printItem(item, inner)}\n`).join('')}${indent}}`;
}

function printItem(item: GroupItemNode, indent: string): string {
  switch (item.kind) {
    case 'Let':
      return printLet(item);
    case 'Rule':
      return printRule(item, indent);
    case 'Given':
      return printGiven(item, indent);
    case 'Score':
      return printScore(item, indent);
  }
}

function printRule(node: RuleNode, indent: string): string {
  const head = `${node.effect} ${node.name.text}`;
  const skip = node.skipUnknown ? ', if unknown skip' : '';
  const otherwise = node.otherwise ? ' otherwise' : '';
  const condition = node.condition
    ? printCondition(node.condition, skip, indent, indent.length + head.length)
    : `${otherwise}${skip}`;
  return `${head}${condition}${printClauses(node, indent)}`;
}

/** Too wide a condition begins on a line of its own, and breaks at its `and`s or `or`s. */
function printCondition(node: ExprNode, skip: string, indent: string, before: number): string {
  const printed = printExpr(node);
  const inline = ` when ${printed}${skip}`;
  if (before + inline.length <= lineWidth) return inline;
  const line = `\n${indent}  when `;
  if (line.length + printed.length + skip.length <= lineWidth) return `${line}${printed}${skip}`;
  return `${line}${printChain(node).join(`\n${indent}    `)}${skip}`;
}

interface Clauses {
  readonly settings?: readonly SettingNode[];
  readonly unless?: ExprNode | undefined;
  readonly demands?: readonly DemandNode[];
  readonly because?: MessageNode | undefined;
  readonly covers?: readonly NameNode[];
  readonly where?: readonly LetNode[];
}

function printClauses(node: Clauses, indent: string): string {
  const inner = `${indent}  `;
  const clauses: string[] = [];
  if (node.where?.length) clauses.push(`where ${node.where.map(printBinding).join(', ')}`);
  if (node.settings?.length) clauses.push(`to ${printSettings(node.settings, inner)}`);
  if (node.unless) clauses.push(`or deny unless ${printExpr(node.unless)}`);
  if (node.demands?.length) clauses.push(printDemands(node.demands, inner));
  if (node.because) clauses.push(`because ${printMessage(node.because)}`);
  if (node.covers?.length) clauses.push(`covers ${printNames(node.covers)}`);
  return clauses.map((clause) => `\n${inner}${clause}`).join('');
}

export function printSettings(settings: readonly SettingNode[], indent: string): string {
  const parts = settings.map(({ name, value }) => `${name.text}: ${printExpr(value)}`);
  return printBraced(parts, indent, indent.length + 'to '.length);
}

function printGiven(node: GivenNode, indent: string): string {
  const head = `given ${node.name.text} = ${printExpr(node.value)}`;
  const block = `${head} ${printBlock(node.items, indent)}`;
  if (node.otherwise === undefined) return block;
  const { ignore, items } = node.otherwise;
  return `${block} otherwise ${ignore ? 'ignore' : printBlock(items, indent)}`;
}

function printScore(node: ScoreNode, indent: string): string {
  const inner = `${indent}  `;
  const parts = [
    ...node.conditions.map((condition) => printScoreCondition(condition, inner)),
    ...node.bands.map((band) => printBand(band, inner)),
  ];
  const lines = parts.map((part) => `${inner}${part}\n`).join('');
  return `score ${node.name.text} {${lines === '' ? '' : `\n${lines}${indent}`}}`;
}

function printScoreCondition(node: ScoreConditionNode, indent: string): string {
  const head = `${node.name.text} counts ${node.weight.value}`;
  const condition = printCondition(node.condition, '', indent, indent.length + head.length);
  return `${head}${condition}${printClauses(node, indent)}`;
}

function printBand(node: BandNode, indent: string): string {
  return `from ${node.from.value} ${node.effect}${printClauses(node, indent)}`;
}
