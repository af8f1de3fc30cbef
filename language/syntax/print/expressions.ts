// Prints expressions with the parentheses that are necessary or in the source. A chain of operators of the
// same precedence breaks before each of them, the outermost chain first.

import type {
  AggregateNode,
  BinaryNode,
  ExprNode,
  InterpolationNode,
  MatchNode,
  MessageNode,
  SetNode,
} from '../ast.ts';
import {
  bindsRight,
  comparisonBinding,
  elseBinding,
  negationBinding,
  notBinding,
  operandBinding,
  precedences,
} from '../to-ast/precedence.ts';
import {
  type Doc,
  fillBraces,
  fillParts,
  group,
  indent,
  line,
  markCloser,
  printBrackets,
  printEmptyBrackets,
  printOnOneLine,
  softline,
} from './docs.ts';
import { printHistory } from './history.ts';
import { printName, printNumber, printString } from './literals.ts';
import { noOriginal, type Original } from './original.ts';
import { quote } from './spelling.ts';

/** The context of an expression, which determines its parentheses. */
interface Surroundings {
  readonly original: Original;
  /** The minimum precedence that needs no parentheses. */
  readonly minBinding: number;
  /** Whether a token follows that `if … else` or `satisfies …` would include. */
  readonly followed: boolean;
  /** Whether the expression is after `then`, where `else` belongs to the `if`. */
  readonly afterThen: boolean;
}

function createSurroundings({ original }: { readonly original: Original }): Surroundings {
  return { original, minBinding: 0, followed: false, afterThen: false };
}

export function printExpr(node: ExprNode, original: Original): Doc {
  return print(node, createSurroundings({ original }));
}

/** Prints an expression; a chain of `and` or `or` breaks without indentation. */
export function printChain(node: ExprNode, original: Original): Doc {
  return isChain(node, original)
    ? group(printOperands(node, createSurroundings({ original })))
    : printExpr(node, original);
}

/** Prints a value after `=` or `:`; further lines of a chain are indented. */
export function printValue(node: ExprNode, original: Original): Doc {
  return isChain(node, original) ? indent(printChain(node, original)) : printExpr(node, original);
}

function isChain(node: ExprNode, original: Original): node is BinaryNode {
  const joins = node.kind === 'Binary' && (node.operator === 'and' || node.operator === 'or');
  return joins && !original.inParentheses(node);
}

function print(node: ExprNode, around: Surroundings): Doc {
  return isEnclosed(node, around)
    ? parenthesize(printBare(node, createSurroundings(around)))
    : printBare(node, around);
}

function isEnclosed(node: ExprNode, around: Surroundings): boolean {
  return needsParentheses(node, around) || around.original.inParentheses(node);
}

function parenthesize(doc: Doc): Doc {
  return group(['(', indent([softline, doc, markCloser(')')]), softline, ')']);
}

function needsParentheses(node: ExprNode, around: Surroundings): boolean {
  switch (node.kind) {
    case 'Binary':
      if (node.operator === 'else' && around.afterThen) return true;
      return precedences[node.operator] < around.minBinding;
    case 'Unary':
      return (node.operator === 'not' ? notBinding : negationBinding) < around.minBinding;
    case 'Int':
    case 'Decimal':
      return isNegative(node, around) && negationBinding < around.minBinding;
    case 'Presence':
    case 'Match':
      return comparisonBinding < around.minBinding;
    case 'Quantifier':
    case 'If':
      return around.followed || around.minBinding >= operandBinding;
    default:
      node.kind satisfies
        | ('Lookup' | 'Aggregate' | 'Set' | 'History' | 'Bool' | 'String')
        | ('Timestamp' | 'Duration' | 'Address' | 'Interpolation' | 'Reference')
        | ('Access' | 'Index' | 'Call');
      return false;
  }
}

function isNegative(node: ExprNode, { original }: Surroundings): boolean {
  if (node.kind !== 'Int' && node.kind !== 'Decimal') return false;
  return printNumber(node, original).startsWith('-');
}

function printBare(node: ExprNode, around: Surroundings): Doc {
  const { original } = around;
  switch (node.kind) {
    case 'Bool':
      return String(node.value);
    case 'Int':
    case 'Decimal':
      return printNumber(node, original);
    case 'Duration':
    case 'Timestamp':
    case 'Address':
      return node.text;
    case 'String':
      return printString(node, original);
    case 'Interpolation':
      return printMessage(node, original);
    case 'Reference':
      return node.name;
    case 'Access': {
      const object = print(node.object, { ...around, minBinding: operandBinding, followed: true });
      return [object, '.', printName(node.name, original)];
    }
    case 'Lookup':
      return [
        node.data === undefined ? '' : 'data.',
        node.table.text,
        printBrackets('[', list(node.keys, original)),
      ];
    case 'Index': {
      const object = print(node.object, { ...around, minBinding: operandBinding, followed: true });
      return [object, printBrackets('[', list(node.keys, original))];
    }
    case 'Call':
      return [node.callee.text, printBrackets('(', list(node.args, original))];
    case 'Set':
      return printSet(node, original);
    case 'Aggregate':
      return printAggregate(node, original);
    case 'History':
      return printHistory(node, original, printValue);
    case 'Unary':
      return node.operator === 'not'
        ? ['not ', print(node.operand, { ...around, minBinding: notBinding })]
        : ['-', printNegation(node.operand, around)];
    case 'Binary':
      return printBinary(node, around);
    case 'Presence': {
      const operand = print(node.operand, narrowSurroundings(around));
      return printComparison(operand, `is ${node.present ? 'present' : 'missing'}`);
    }
    case 'Match':
      return printComparison(
        print(node.operand, narrowSurroundings(around)),
        printMatch(node, original),
      );
    case 'Quantifier': {
      const collectionContext = { ...createSurroundings(around), minBinding: elseBinding };
      const collections = node.collections.map((collection) =>
        print(collection, collectionContext),
      );
      const listed = collections.length === 1 ? collections : indent(fillParts(collections));
      const body = print(node.body, { ...around, minBinding: 0 });
      const head = [node.quantifier, ' ', node.variable.text, ' in ', listed, ' satisfies'];
      return group([head, indent([line, body])]);
    }
    case 'If': {
      const condition = print(node.condition, createSurroundings(around));
      const branch = print(node.then, { ...createSurroundings(around), afterThen: true });
      const otherwise = print(node.else, { ...around, minBinding: 0 });
      return group(['if ', condition, indent([line, 'then ', branch, line, 'else ', otherwise])]);
    }
  }
}

/** `sum(item.amount for item in action.items where …)`; if it is long, each word begins a line. */
function printAggregate(node: AggregateNode, original: Original): Doc {
  const { form, body, variable, collection, condition } = node;
  const elements: Doc[] = [line, 'for ', variable.text, ' in ', printExpr(collection, original)];
  const where = condition ? [line, 'where ', printExpr(condition, original)] : '';
  return [
    form,
    printBrackets('(', [group([printExpr(body, original), indent([elements, where])])]),
  ];
}

function list(nodes: readonly ExprNode[], original: Original): Doc[] {
  return nodes.map((node) => printExpr(node, original));
}

/** An empty set is printed as `[]` if it is written so, as for a list. */
function printSet(node: SetNode, original: Original): Doc {
  if (node.elements.length > 0) return fillBraces(list(node.elements, original));
  return original.firstWord(node) === '['
    ? printEmptyBrackets('[', ']')
    : printEmptyBrackets('{', '}');
}

function narrowSurroundings(around: Surroundings): Surroundings {
  return { ...around, minBinding: comparisonBinding + 1, followed: true };
}

function printComparison(operand: Doc, rest: Doc): Doc {
  return group([operand, indent([line, rest])]);
}

function printMatch(node: MatchNode, original: Original): Doc {
  const { negated: isNegated, searches, pattern, separator, ignoringCase } = node;
  return [
    `${isNegated ? 'not ' : ''}${searches ? 'contains' : 'matches'} `,
    `${pattern.language}"${pattern.text}"`,
    separator === undefined ? '' : [' separated by ', printString(separator, original)],
    ignoringCase ? ' ignoring case' : '',
  ];
}

/** Prints a negation; a number needs parentheses, since a minus directly before it is part of the number. */
function printNegation(operand: ExprNode, around: Surroundings): Doc {
  const isNumber = operand.kind === 'Int' || operand.kind === 'Decimal';
  if (isNumber && !isNegative(operand, around))
    return parenthesize(printBare(operand, createSurroundings(around)));
  const printed = print(operand, { ...around, minBinding: negationBinding });
  return findBeginning(printed).startsWith('-') ? [' ', printed] : printed;
}

function printBinary(node: BinaryNode, around: Surroundings): Doc {
  const [first = '', ...others] = printOperands(node, around);
  return group([first, indent(others)]);
}

/** Prints the first operand, and each other one with its operator on a new line. */
function printOperands(node: BinaryNode, around: Surroundings): Doc[] {
  const binding = precedences[node.operator];
  const chains = binding !== comparisonBinding;
  const toRight = bindsRight(node.operator);
  const left = {
    ...around,
    minBinding: chains && !toRight ? binding : binding + 1,
    followed: true,
  };
  const right = { ...around, minBinding: toRight ? binding : binding + 1 };
  const printed = print(node.right, right);
  const operand = needsSeparation(node.operator, printed) ? parenthesize(printed) : printed;
  if (chains && !toRight && continuesChain(node.left, binding, left)) {
    return [...printOperands(node.left, left), [line, node.operator, ' ', operand]];
  }
  const first = print(node.left, left);
  if (toRight && continuesChain(node.right, binding, right)) {
    const [second = '', ...others] = printOperands(node.right, right);
    return [first, [line, node.operator, ' ', second], ...others];
  }
  return [first, [line, node.operator, ' ', operand]];
}

function continuesChain(node: ExprNode, binding: number, around: Surroundings): node is BinaryNode {
  return (
    node.kind === 'Binary' && precedences[node.operator] === binding && !isEnclosed(node, around)
  );
}

/** Whether an operator and its right operand would be read as `is present`, `is not present` or `or deny`. */
function needsSeparation(operator: string, right: Doc): boolean {
  const beginning = findBeginning(right);
  if (operator === 'is') return beginning === 'present' || beginning === 'missing';
  if (operator === 'is not') return right === 'present' || right === 'missing';
  return operator === 'or' && beginning === 'deny';
}

/** The first word of a layout. */
function findBeginning(doc: Doc): string {
  if (typeof doc === 'string') return doc;
  if (Array.isArray(doc)) {
    for (const part of doc) {
      const beginning = findBeginning(part);
      if (beginning !== '') return beginning;
    }
    return '';
  }
  return 'contents' in doc ? findBeginning(doc.contents) : '';
}

/** Prints a string with placeholders, such as the one after `because`. */
export function printMessage(node: MessageNode | InterpolationNode, original: Original): string {
  const word = original.firstWord(node);
  if (word !== undefined) return word;
  const parts = node.parts.map((part) => {
    if (part.kind === 'String') return part.value.replace(/[{}]/g, '$&$&');
    const expr = printOnOneLine(printExpr(part, noOriginal));
    return expr.startsWith('{') ? `{ ${expr}}` : `{${expr}}`;
  });
  return quote(parts.join(''));
}
