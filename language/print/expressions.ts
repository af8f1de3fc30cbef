// Expressions as source text, with the parentheses that reading them back needs and no others.

import type { BinaryNode, ExprNode, MessageNode } from '../ast.ts';
import {
  bindingOf,
  bindsRight,
  comparisonBinding,
  elseBinding,
  negationBinding,
  notBinding,
  operandBinding,
} from '../to-ast/precedence.ts';
import { printDecimal, printMatch, printName, printString } from './literals.ts';

/** What surrounds an expression, and so decides on its parentheses. */
interface Surroundings {
  /** It must bind at least so tightly. */
  readonly least: number;
  /** Something follows that an open end (`if … else`, `satisfies …`) would swallow. */
  readonly followed: boolean;
  /** Behind `then`, where an `else` would belong to the `if`. */
  readonly afterThen: boolean;
}

const alone: Surroundings = { least: 0, followed: false, afterThen: false };

export function printExpr(node: ExprNode): string {
  return print(node, alone);
}

function print(node: ExprNode, around: Surroundings): string {
  return needsParentheses(node, around) ? `(${bare(node, alone)})` : bare(node, around);
}

function needsParentheses(node: ExprNode, around: Surroundings): boolean {
  switch (node.kind) {
    case 'Binary':
      if (node.operator === 'else' && around.afterThen) return true;
      return bindingOf[node.operator] < around.least;
    case 'Unary':
      return (node.operator === 'not' ? notBinding : negationBinding) < around.least;
    case 'Int':
      return node.value < 0n && negationBinding < around.least;
    case 'Decimal':
      return node.millionths < 0n && negationBinding < around.least;
    case 'Presence':
    case 'Match':
      return comparisonBinding < around.least;
    case 'Quantifier':
    case 'If':
      return around.followed || around.least >= operandBinding;
    default:
      return false;
  }
}

function bare(node: ExprNode, around: Surroundings): string {
  switch (node.kind) {
    case 'Bool':
    case 'Int':
      return String(node.value);
    case 'Decimal':
      return printDecimal(node.millionths);
    case 'Duration':
    case 'Timestamp':
    case 'Address':
      return node.text;
    case 'String':
      return printString(node.value);
    case 'Reference':
      return node.name;
    case 'Access':
      return `${print(node.object, { ...around, least: operandBinding, followed: true })}.${printName(node.name)}`;
    case 'Lookup':
      return `${node.table.text}[${list(node.keys)}]`;
    case 'Call':
      return `${node.callee.text}(${list(node.args)})`;
    case 'Set':
      return node.elements.length === 0 ? '{}' : `{ ${list(node.elements)} }`;
    case 'Unary':
      return node.operator === 'not'
        ? `not ${print(node.operand, { ...around, least: notBinding })}`
        : `-${negated(node.operand, around)}`;
    case 'Binary':
      return binary(node, around);
    case 'Presence': {
      const operand = { ...around, least: comparisonBinding + 1, followed: true };
      return `${print(node.operand, operand)} is ${node.present ? 'present' : 'missing'}`;
    }
    case 'Match': {
      const operand = { ...around, least: comparisonBinding + 1, followed: true };
      return `${print(node.operand, operand)} ${printMatch(node)}`;
    }
    case 'Quantifier': {
      const collection = print(node.collection, { ...alone, least: elseBinding });
      const body = print(node.body, { ...around, least: 0 });
      return `${node.quantifier} ${node.variable.text} in ${collection} satisfies ${body}`;
    }
    case 'If': {
      const branch = print(node.then, { ...alone, afterThen: true });
      const otherwise = print(node.else, { ...around, least: 0 });
      return `if ${printExpr(node.condition)} then ${branch} else ${otherwise}`;
    }
  }
}

function list(nodes: readonly ExprNode[]): string {
  return nodes.map(printExpr).join(', ');
}

/** A minus directly before a number is part of the number. */
function negated(operand: ExprNode, around: Surroundings): string {
  const isNumber = operand.kind === 'Int' || operand.kind === 'Decimal';
  if (isNumber && !bare(operand, alone).startsWith('-')) return `(${bare(operand, alone)})`;
  const printed = print(operand, { ...around, least: negationBinding });
  return printed.startsWith('-') ? ` ${printed}` : printed;
}

function binary(node: BinaryNode, around: Surroundings): string {
  const binding = bindingOf[node.operator];
  const chains = binding !== comparisonBinding;
  const toRight = bindsRight(node.operator);
  const left = { ...around, least: chains && !toRight ? binding : binding + 1, followed: true };
  const right = { ...around, least: toRight ? binding : binding + 1 };
  const operand = print(node.right, right);
  const safe = readsOn(node.operator, operand) ? `(${operand})` : operand;
  return `${print(node.left, left)} ${node.operator} ${safe}`;
}

/** The operands of a chain of `and` or `or`, all but the first with their operator before them. */
export function printChain(node: ExprNode): string[] {
  if (node.kind !== 'Binary' || (node.operator !== 'and' && node.operator !== 'or')) {
    return [printExpr(node)];
  }
  const binding = bindingOf[node.operator];
  const operands: string[] = [];
  let chain: ExprNode = node;
  let followed = false;
  while (chain.kind === 'Binary' && chain.operator === node.operator) {
    const operand = print(chain.right, { ...alone, least: binding + 1, followed });
    const safe = readsOn(node.operator, operand) ? `(${operand})` : operand;
    operands.push(`${node.operator} ${safe}`);
    chain = chain.left;
    followed = true;
  }
  operands.push(print(chain, { ...alone, least: binding, followed }));
  return operands.reverse();
}

/** `is present`, `is not present` and `or deny` are read as forms of their own. */
function readsOn(operator: string, right: string): boolean {
  if (operator === 'is') return /^(?:present|missing)\b/.test(right);
  if (operator === 'is not') return right === 'present' || right === 'missing';
  return operator === 'or' && /^deny\b/.test(right);
}

/** The string behind `because`. */
export function printMessage(node: MessageNode): string {
  const parts = node.parts.map((part) => {
    if (part.kind === 'String') return part.value.replace(/[{}]/g, '$&$&');
    const expr = printExpr(part);
    return expr.startsWith('{') ? `{ ${expr}}` : `{${expr}}`;
  });
  return printString(parts.join(''));
}
