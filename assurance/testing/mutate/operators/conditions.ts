// Mutations of conditions: comparisons, connectives, negations, tests of presence and age.

import type { AstNode, BinaryNode, BinaryOperator, ExprNode } from '@nhipol/language/syntax';
import {
  becomes,
  createRemoval,
  type Mutation,
  type Operator,
  shortenExcerpt,
} from '../operator.ts';
import type { SourceRules } from '../source-words.ts';

/** The other side of a boundary first, then the negation. */
const others: Readonly<Partial<Record<BinaryOperator, readonly BinaryOperator[]>>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  is: ['is not'],
  'is not': ['is'],
  in: ['not in'],
  'not in': ['in'],
  within: ['not within'],
  'not within': ['within'],
};

const comparison: Operator = {
  name: 'comparison',
  doc: 'a comparison includes or excludes its boundary, or is negated; `contains` a regular expression becomes `matches`, and vice versa',
  changes: (node, { written }) => {
    if (node.kind === 'Match') {
      const words = written.between(node.operand.span.end, node.pattern.span.start);
      const [word, other] = node.searches ? ['contains', 'matches'] : ['matches', 'contains'];
      const negated = replaceOperator(written, words, node.negated ? word : `not ${word}`);
      if (node.pattern.language !== 'regex') return negated;
      return [
        ...negated,
        ...replaceOperator(written, words, node.negated ? `not ${other}` : other),
      ];
    }
    if (node.kind !== 'Binary') return [];
    const words = findOperatorWords(node, written);
    return (others[node.operator] ?? []).flatMap((other) => replaceOperator(written, words, other));
  },
};

function findOperatorWords({ left, right }: BinaryNode, written: SourceRules) {
  return written.between(left.span.end, right.span.start);
}

/** Replaces an operator, which is these words. */
function replaceOperator(
  written: SourceRules,
  words: readonly { readonly word: string; readonly start: number; readonly end: number }[],
  other: string,
): readonly Mutation[] {
  const [first, last] = [words[0], words.at(-1)];
  if (first === undefined || last === undefined) return [];
  const span = { start: first.start, end: last.end };
  return [becomes(written.replace(span, other), shortenExcerpt(written.at(span)))];
}

const swapped: Readonly<Partial<Record<BinaryOperator, BinaryOperator>>> = {
  and: 'or',
  or: 'and',
  implies: 'and',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  union: 'intersect',
  intersect: 'union',
};

const connective: Operator = {
  name: 'connective',
  doc: '`and` becomes `or`, and `or` becomes `and`',
  changes: (node, { written }) =>
    node.kind === 'Binary' && isConnective(node.operator) ? swap(node, written) : [],
};

const arithmetic: Operator = {
  name: 'arithmetic',
  doc: '`+` becomes `-`, `*` becomes `/`, `union` becomes `intersect`, and vice versa',
  changes: (node, { written }) =>
    node.kind === 'Binary' && !isConnective(node.operator) ? swap(node, written) : [],
};

function isConnective(operator: BinaryOperator): boolean {
  return operator === 'and' || operator === 'or' || operator === 'implies';
}

function swap(node: BinaryNode, written: SourceRules): readonly Mutation[] {
  const other = swapped[node.operator];
  return other === undefined
    ? []
    : replaceOperator(written, findOperatorWords(node, written), other);
}

const operand: Operator = {
  name: 'operand',
  doc: 'an operand of `and`, `or`, `else` or `minus` is removed',
  changes: (node, { written }) => {
    if (node.kind !== 'Binary') return [];
    const { left, right, operator } = node;
    const withoutRight = createRemoval(
      written.put(left.span.end, right.span.end, ''),
      `\`${operator} ${shortenExcerpt(written.at(right.span))}\``,
    );
    if (operator === 'else' || operator === 'minus') return withoutRight;
    if (operator !== 'and' && operator !== 'or') return [];
    // Each operand of a chain is removed once: the others are nested deeper.
    if (left.kind === 'Binary' && left.operator === operator) return withoutRight;
    const withoutLeft = createRemoval(
      written.put(left.span.start, right.span.start, ''),
      `\`${shortenExcerpt(written.at(left.span))} ${operator}\``,
    );
    return [...withoutLeft, ...withoutRight];
  },
};

const negation: Operator = {
  name: 'negation',
  doc: '`not` is added to a condition, or removed',
  changes: (node, { written }) => {
    const taken =
      node.kind === 'Unary' && node.operator === 'not'
        ? createRemoval(written.put(findNot(node, written), node.operand.span.start, ''), '`not`')
        : [];
    const put = listConditions(node)
      .filter(isPlain)
      .map((condition) => negateCondition(condition, written));
    return [...taken, ...put];
  },
};

/** If it is in parentheses, the node begins before the word. */
function findNot(node: AstNode, written: SourceRules): number {
  return written.next(node.span.start, 'not')?.start ?? node.span.start;
}

function negateCondition(condition: ExprNode, written: SourceRules): Mutation {
  const text = written.at(condition.span);
  const { start, end } = condition.span;
  return {
    edits: [written.put(start, start, 'not ('), written.put(end, end, ')')],
    does: `\`${shortenExcerpt(text)}\` is negated`,
  };
}

/** Expressions without a negation of their own, which `comparison` and `presence` would produce. */
function isPlain(node: ExprNode): boolean {
  switch (node.kind) {
    case 'Binary':
      return ['intersects', 'starts_with', 'ends_with', 'contains', 'under'].includes(
        node.operator,
      );
    case 'Reference':
    case 'Access':
    case 'Call':
    case 'Lookup':
    case 'Quantifier':
    case 'If':
      return true;
    case 'History':
      return node.form === 'once' || node.form === 'since';
    default:
      node.kind satisfies
        | ('Presence' | 'Aggregate' | 'Set' | 'Bool' | 'Int' | 'Decimal' | 'String')
        | ('Timestamp' | 'Duration' | 'Address' | 'Interpolation' | 'Index' | 'Unary')
        | 'Match';
      return false;
  }
}

/** The conditions directly in a node. */
function listConditions(node: AstNode): readonly ExprNode[] {
  switch (node.kind) {
    case 'Rule':
      return selectNodes(node.condition, node.unless);
    case 'Band':
      return selectNodes(node.unless);
    case 'Group':
    case 'EventPattern':
    case 'ScoreCondition':
    case 'Aggregate':
    case 'If':
      return selectNodes(node.condition);
    case 'Quantifier':
      return [node.body];
    case 'Function':
      return node.result === undefined ? [node.body] : [];
    case 'Binary':
      return isConnective(node.operator) ? [node.left, node.right] : [];
    default:
      return [];
  }
}

function selectNodes(...nodes: readonly (ExprNode | undefined)[]): readonly ExprNode[] {
  return nodes.filter((node) => node !== undefined);
}

const quantifier: Operator = {
  name: 'quantifier',
  doc: '`any` becomes `all`, and `all` becomes `any`; one of several collections is removed',
  changes: (node, { written }) => {
    if (node.kind !== 'Quantifier') return [];
    const { collections } = node;
    const word = written.next(node.span.start, node.quantifier);
    const other = node.quantifier === 'any' ? 'all' : 'any';
    const exchanged = word === undefined ? [] : [becomes(written.replace(word, other), word.word)];
    const removed = collections.flatMap(({ span }, index) =>
      createRemoval(written.without(collections, index), `\`${shortenExcerpt(written.at(span))}\``),
    );
    return collections.length === 1 ? exchanged : [...exchanged, ...removed];
  },
};

const aggregate: Operator = {
  name: 'aggregate',
  doc: '`min` becomes `max`, `max` becomes `min`, and the `where` of an aggregate is removed',
  changes: (node, { written }) => {
    if (node.kind !== 'Aggregate') return [];
    const other = node.form === 'min' ? 'max' : node.form === 'max' ? 'min' : undefined;
    const word = other && written.next(node.span.start, node.form);
    const exchanged = word && other ? [becomes(written.replace(word, other), node.form)] : [];
    if (node.condition === undefined) return exchanged;
    const where = written.before(node.condition.span.start);
    const before = where && written.before(where.start);
    if (where === undefined || before === undefined) return exchanged;
    const { end } = node.condition.span;
    const what = `\`${shortenExcerpt(written.at({ start: where.start, end }))}\``;
    return [...exchanged, ...createRemoval(written.put(before.end, end, ''), what)];
  },
};

const presence: Operator = {
  name: 'presence',
  doc: '`is present` becomes `is missing`, and vice versa',
  changes: (node, { written }) => {
    if (node.kind !== 'Presence') return [];
    const [word, other] = node.present ? ['present', 'missing'] : ['missing', 'present'];
    const writtenWord = written.next(node.operand.span.end, word);
    return writtenWord === undefined
      ? []
      : [becomes(written.replace(writtenWord, other), `is ${word}`, `is ${other}`)];
  },
};

const latest: Operator = {
  name: 'latest',
  doc: '`latest(…)` is removed, so that a stale value is unknown',
  changes: (node, { written }) => {
    const [arg] = node.kind === 'Call' && node.callee.text === 'latest' ? node.args : [];
    if (arg === undefined) return [];
    const edit = written.replace(node.span, written.at(arg.span));
    return [becomes(edit, shortenExcerpt(written.at(node.span)), shortenExcerpt(edit.text))];
  },
};

export const conditionOperators: readonly Operator[] = [
  comparison,
  connective,
  operand,
  negation,
  quantifier,
  aggregate,
  presence,
  latest,
  arithmetic,
];
