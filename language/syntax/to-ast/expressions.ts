// Converts expressions. The parser limits their nesting; here the length of chains of operators is limited,
// so that no later traversal of the tree overflows the stack.

import type { IToken } from 'chevrotain';
import { type Fix, proposeReplacement } from '../../diagnostics/fix.ts';
import { joinSpans, type Span } from '../../support/source.ts';
import type { AggregateForm } from '../../types/aggregates.ts';
import { isFunction } from '../../types/builtins/index.ts';
import type { AggregateNode, BinaryOperator, ExprNode, NameNode } from '../ast.ts';
import type {
  AggregateCstNode,
  ExpressionCstNode,
  OperandCstNode,
  SuffixCstNode,
  TermCstNode,
  ValuesCstNode,
} from '../cst.generated.ts';
import { findForeignWord } from '../foreign/report.ts';
import { readTextValue } from '../literals/string.ts';
import * as t from '../tokens.ts';
import { toAddress } from './addresses.ts';
import {
  broken,
  findPart,
  getNodeSpan,
  getTokenSpan,
  type ParsedSource,
  readCommaList,
  requirePart,
  requireWhole,
  toName,
  toNameOrText,
  toText,
} from './cst.ts';
import { toHistory } from './history.ts';
import { toInterpolation } from './messages.ts';
import { reportBadNumber, toDuration, toNumber, toTimestamp } from './numbers.ts';
import {
  comparisonBinding,
  type FlatTerm,
  type OperatorNode,
  precedences,
  resolveOperators,
} from './precedence.ts';
import { toTimeOfDay } from './windows.ts';

/** The maximum number of operators on a path from an expression to its parts. */
const chainLimit = 500;

/** Converts an expression; `above` is the number of operators that contain it. */
export function toExpr(source: ParsedSource, node: ExpressionCstNode, above = 0): ExprNode {
  return convert(source, node, above, 'any');
}

/** Converts an expression that may be a string with placeholders. */
export function toInterpolated(source: ParsedSource, node: ExpressionCstNode, above = 0): ExprNode {
  return convert(source, node, above, 'any', true);
}

function convert(
  source: ParsedSource,
  node: ExpressionCstNode,
  above: number,
  strength: 'any' | 'collection',
  interpolates = false,
): ExprNode {
  const operators = requireWhole(node.children.operator);
  const depth = above + operators.length;
  if (depth > chainLimit) {
    const excess = operators[chainLimit - above] ?? operators[0] ?? node;
    throw reportTooLong(source, getNodeSpan(source, excess));
  }
  const flat = requireWhole(node.children.term);
  refusePatterns(source, flat, operators);
  const places = locatePlaceholders(operators, interpolates);
  const terms = flat.map((term, index) => toTerm(source, term, depth, places.has(index)));
  return resolveOperators(source, terms, operators, strength);
}

/** Reports `x is glob"…"`, with the operator that was meant. */
function refusePatterns(
  source: ParsedSource,
  terms: readonly TermCstNode[],
  operators: readonly OperatorNode[],
): void {
  // Operators such as `is present` have no term after them.
  let next = 0;
  for (const operator of operators) {
    if (operator.name !== 'operator') continue;
    next += 1;
    const pattern = terms[next]?.children.operand[0]?.children.Pattern?.[0];
    const { Is, Not, Infix } = operator.children;
    const sign = Infix?.[0]?.image;
    if (pattern === undefined || !(Is || sign === '==' || sign === '!=')) continue;
    const word = Not || sign === '!=' ? 'not matches' : 'matches';
    const fix = proposeReplacement(getNodeSpan(source, operator), word);
    source.reporter.report('misplaced-pattern', getTokenSpan(source, pattern), {}, { fix });
    throw broken;
  }
}

/** Operators of which both operands may be strings with placeholders. */
const equality: ReadonlySet<string> = new Set(['is', 'is not', '==', '!=']);
/** Operators of which the right operand may be a string with placeholders. */
const comparing: ReadonlySet<string> = new Set(['starts_with', 'ends_with', 'under']);

/** The indices of the terms that may have placeholders; `interpolates` applies to a single term. */
function locatePlaceholders(
  operators: readonly OperatorNode[],
  interpolates: boolean,
): ReadonlySet<number> {
  if (operators.length === 0) return new Set(interpolates ? [0] : []);
  const found = new Set<number>();
  let right = 0;
  // An operator that binds more tightly takes the operand from the comparison.
  const isTight = (word: string | undefined) =>
    word !== undefined &&
    word in precedences &&
    precedences[word as BinaryOperator] > comparisonBinding;
  const words = operators.map(spellOperator);
  for (const [at, operator] of operators.entries()) {
    if (operator.name !== 'operator') continue;
    right += 1;
    const word = words[at] ?? '';
    if (!equality.has(word) && !comparing.has(word)) continue;
    if (!isTight(words[at + 1])) found.add(right);
    if (equality.has(word) && !isTight(words[at - 1])) found.add(right - 1);
  }
  return found;
}

function spellOperator(operator: OperatorNode): string {
  if (operator.name !== 'operator') return '';
  const { Is, Not, Infix } = operator.children;
  return Infix?.[0]?.image ?? (Is ? (Not ? 'is not' : 'is') : '');
}

function reportTooLong(source: ParsedSource, span: ReturnType<typeof getNodeSpan>): typeof broken {
  source.reporter.report('expression-too-long', span, { limit: chainLimit });
  return broken;
}

function toTerm(
  source: ParsedSource,
  node: TermCstNode,
  above: number,
  interpolates: boolean,
): FlatTerm {
  const prefixes = requireWhole(node.children.prefix);
  const excess = prefixes[t.nestingLimit];
  if (excess !== undefined) {
    source.reporter.report('nesting-too-deep', getTokenSpan(source, excess), {
      limit: t.nestingLimit,
    });
    throw broken;
  }
  const firstMinus = prefixes.findIndex((prefix) => prefix.tokenType === t.MinusToken);
  const nots = firstMinus < 0 ? prefixes : prefixes.slice(0, firstMinus);
  const minuses = firstMinus < 0 ? [] : prefixes.slice(firstMinus);
  const misplaced = minuses.find((prefix) => prefix.tokenType === t.NotToken);
  if (misplaced !== undefined) {
    reportMisplacedNot(source, misplaced);
    throw broken;
  }
  const suffixes = requireWhole(node.children.suffix);
  const depth = above + prefixes.length + suffixes.length;
  if (depth > chainLimit) throw reportTooLong(source, getNodeSpan(source, node));

  const operand = requirePart(node.children.operand);
  const literal = findPart(operand.children.Literal);
  const sign = minuses.at(-1);
  const negative =
    sign && literal && suffixes.length === 0 ? toNumber(source, literal, sign) : undefined;
  if (negative !== undefined) {
    return { nots, expr: negate(source, negative, minuses.slice(0, -1)) };
  }
  const alone = interpolates && minuses.length === 0 && suffixes.length === 0;
  return {
    nots,
    expr: negate(source, withSuffixes(source, operand, suffixes, depth, alone), minuses),
  };
}

function reportMisplacedNot(source: ParsedSource, token: IToken): void {
  source.reporter.report(
    'syntax-error',
    getTokenSpan(source, token),
    { expected: 'a value', found: '`not`' },
    { help: 'put parentheses around `not …`' },
  );
}

function negate(source: ParsedSource, expr: ExprNode, minuses: readonly IToken[]): ExprNode {
  return minuses.reduceRight<ExprNode>((operand, minus) => {
    const span = joinSpans(getTokenSpan(source, minus), operand.span);
    return { kind: 'Unary', span, operator: '-', operand };
  }, expr);
}

function withSuffixes(
  source: ParsedSource,
  operand: OperandCstNode,
  suffixes: readonly SuffixCstNode[],
  above: number,
  interpolates: boolean,
): ExprNode {
  const [first, ...others] = suffixes;
  const word = findPart(operand.children.FreeWord);
  const callee = word && first && !first.children.Dot ? toName(source, word) : undefined;
  if (callee !== undefined && first !== undefined) {
    return accesses(source, convertLookupOrCall(source, callee, first, above), others, above);
  }
  return accesses(source, toOperand(source, operand, above, interpolates), suffixes, above);
}

function accesses(
  source: ParsedSource,
  operand: ExprNode,
  suffixes: readonly SuffixCstNode[],
  above: number,
): ExprNode {
  return suffixes.reduce<ExprNode>((object, suffix) => {
    const span = joinSpans(object.span, getNodeSpan(source, suffix));
    if (suffix.children.Dot) {
      const name = toNameOrText(source, requirePart(suffix.children.nameOrText));
      return { kind: 'Access', span, object, name };
    }
    if (suffix.children.LBracket) {
      const table = matchDataTable(object);
      const keys = toValues(source, findPart(suffix.children.values), above);
      return table === undefined
        ? { kind: 'Index', span, object, keys }
        : { kind: 'Lookup', span, keys, ...table };
    }
    const callee = matchForeignCallee(object);
    if (callee !== undefined) {
      const args = toValues(source, findPart(suffix.children.values), above);
      return callee.method
        ? { kind: 'Call', span, callee: callee.name, args: [callee.object, ...args], method: true }
        : { kind: 'Call', span, callee: callee.name, args };
    }
    const fix = asCall(source, object, suffix);
    const name = object.kind === 'Access' ? object.name.text : '';
    source.reporter.report('call-needs-name', getNodeSpan(source, suffix), { name }, { fix });
    throw broken;
  }, operand);
}

/** `data.levels` before `[…]`. */
function matchDataTable(
  object: ExprNode,
): { readonly table: NameNode; readonly data: Span } | undefined {
  if (object.kind !== 'Access' || object.object.kind !== 'Reference') return undefined;
  const { name, span } = object.object;
  return name === 'data' ? { table: object.name, data: span } : undefined;
}

/** The function or method of another language: `regex.match(…)`, `x.contains(…)`. */
function matchForeignCallee(
  object: ExprNode,
):
  | { readonly name: NameNode; readonly method: false }
  | { readonly name: NameNode; readonly method: true; readonly object: ExprNode }
  | undefined {
  if (object.kind !== 'Access') return undefined;
  const path = spellDottedPath(object);
  if (path !== undefined && findForeignWord('function', path) !== undefined)
    return { name: { ...object.name, text: path, span: object.span }, method: false };
  return findForeignWord('function', object.name.text) === undefined
    ? undefined
    : { name: object.name, method: true, object: object.object };
}

function spellDottedPath(node: ExprNode): string | undefined {
  if (node.kind === 'Reference') return node.name;
  if (node.kind !== 'Access') return undefined;
  const object = spellDottedPath(node.object);
  return object === undefined ? undefined : `${object}.${node.name.text}`;
}

/** The fix that writes `x.size()` as `size(x)`. */
function asCall(source: ParsedSource, object: ExprNode, suffix: SuffixCstNode): Fix | undefined {
  if (object.kind !== 'Access' || !isFunction(object.name.text)) return undefined;
  const { name, object: first, span } = object;
  const parenthesis = getTokenSpan(source, requirePart(suffix.children.LParen));
  const start = { ...first.span, end: first.span.start };
  const between = { ...span, start: first.span.end, end: parenthesis.end };
  return {
    title: `write \`${name.text}(…)\``,
    edits: [
      { span: start, text: `${name.text}(` },
      { span: between, text: suffix.children.values ? ', ' : '' },
    ],
  };
}

function convertLookupOrCall(
  source: ParsedSource,
  name: NameNode,
  suffix: SuffixCstNode,
  above: number,
): ExprNode {
  const span = joinSpans(name.span, getNodeSpan(source, suffix));
  const values = toValues(source, findPart(suffix.children.values), above);
  return suffix.children.LBracket
    ? { kind: 'Lookup', span, table: name, keys: values }
    : { kind: 'Call', span, callee: name, args: values };
}

function toValues(
  source: ParsedSource,
  node: ValuesCstNode | undefined,
  above: number,
  interpolates = false,
): ExprNode[] {
  if (node === undefined) return [];
  const to = interpolates ? toInterpolated : toExpr;
  return requireWhole(node.children.expression).map((value) => to(source, value, above + 1));
}

function toOperand(
  source: ParsedSource,
  node: OperandCstNode,
  above: number,
  interpolates: boolean,
): ExprNode {
  const parts = node.children;
  const span = getNodeSpan(source, node);
  const aggregate = findPart(parts.aggregate);
  if (aggregate) return toAggregate(source, aggregate, above);
  const history = findPart(parts.history);
  if (history) return toHistory(source, history, above, toExpr);
  const word = findPart(parts.FreeWord);
  if (word) return { kind: 'Reference', span, name: word.image };
  const pattern = findPart(parts.Pattern);
  if (pattern) {
    source.reporter.report('misplaced-pattern', getTokenSpan(source, pattern), {});
    throw broken;
  }
  const literal = findPart(parts.Literal);
  if (literal) {
    return interpolates && isInterpolation(literal)
      ? toInterpolation(source, literal, toExpr)
      : toLiteral(source, literal);
  }
  if (parts.True || parts.False) return { kind: 'Bool', span, value: parts.True !== undefined };
  if (parts.LParen) {
    const values = requirePart(parts.values);
    const [inner, ...others] = toValues(source, values, above, interpolates);
    if (inner === undefined) throw broken;
    if (others.length > 0 || values.children.Comma) {
      const fix = {
        title: 'write `{ … }` for a set',
        edits: [
          { span: { ...span, end: span.start + 1 }, text: '{ ' },
          { span: { ...span, start: span.end - 1 }, text: ' }' },
        ],
      };
      source.reporter.report('misplaced-pair', span, {}, { fix });
      return { kind: 'Set', span, elements: [inner, ...others] };
    }
    return { ...inner, span };
  }
  const set = findPart(parts.setLiteral);
  if (set) {
    const { expression, Comma } = set.children;
    const elements = readCommaList(source, expression, Comma);
    return {
      kind: 'Set',
      span,
      elements: elements.map((element) => toExpr(source, element, above + 1)),
    };
  }
  // `[]` is an empty list; it has the same node as an empty set.
  if (parts.LBracket) return { kind: 'Set', span, elements: [] };
  if (parts.If) {
    return {
      kind: 'If',
      span,
      condition: toExpr(source, requirePart(parts.condition), above + 1),
      // biome-ignore lint/suspicious/noThenProperty: the branch is named after its keyword.
      then: toExpr(source, requirePart(parts.then), above + 1),
      else: toExpr(source, requirePart(parts.else), above + 1),
    };
  }
  return {
    kind: 'Quantifier',
    span,
    quantifier: parts.Any ? 'any' : 'all',
    variable: toName(source, requirePart(parts.Word)),
    collections: requireWhole(parts.collection).map((cstNode) =>
      convert(source, cstNode, above + 1, 'collection'),
    ),
    body: toExpr(source, requirePart(parts.body), above + 1),
  };
}

function toAggregate(source: ParsedSource, node: AggregateCstNode, above: number): AggregateNode {
  const { AggregateWord, body, Word, collection, condition } = node.children;
  const where = findPart(condition);
  return {
    kind: 'Aggregate',
    span: getNodeSpan(source, node),
    form: requirePart(AggregateWord).image as AggregateForm,
    body: toExpr(source, requirePart(body), above + 1),
    variable: toName(source, requirePart(Word)),
    collection: toExpr(source, requirePart(collection), above + 1),
    condition: where && toExpr(source, where, above + 1),
  };
}

function isInterpolation(token: IToken): boolean {
  return token.tokenType === t.TextToken && /[{}]/.test(readTextValue(token));
}

function toLiteral(source: ParsedSource, token: IToken): ExprNode {
  switch (token.tokenType) {
    case t.DurationToken:
      return toDuration(source, token);
    case t.TimeOfDayToken:
      return toTimeOfDay(source, token);
    case t.TimestampToken:
      return toTimestamp(source, token);
    case t.AddressToken:
      return toAddress(source, token);
    case t.TextToken:
      return toText(source, token);
    default: {
      const number = toNumber(source, token);
      if (number !== undefined) return number;
      reportBadNumber(source, token);
      throw broken;
    }
  }
}

/** Converts the key of a table: one value, or several in parentheses. */
export function toKeys(source: ParsedSource, node: ExpressionCstNode): readonly ExprNode[] {
  const [term, ...others] = requireWhole(node.children.term);
  const bare = others.length === 0 && !node.children.operator && !term?.children.suffix;
  const operand = bare && !term?.children.prefix ? findPart(term?.children.operand) : undefined;
  if (operand?.children.LParen) {
    const keys = toValues(source, requirePart(operand.children.values), 0);
    if (keys.length > 1) return keys;
  }
  return [toExpr(source, node)];
}
