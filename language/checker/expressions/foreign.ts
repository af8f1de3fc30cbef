// Reports names, functions, members and types of other languages that the policy does not declare.
// Each function returns whether it reported something.

import { type Fix, proposeReplacement } from '../../diagnostics/fix.ts';
import type { Span } from '../../support/source.ts';
import type { CallNode, ExprNode, SetNode } from '../../syntax/ast.ts';
import {
  createForeignRow,
  type ForeignDetails,
  findForeignWord,
  reportForeign,
} from '../../syntax/foreign/report.ts';
import type { ForeignWord } from '../../syntax/foreign/words.ts';
import { isCollection, type Type } from '../../types/types.ts';
import type { Context } from '../context.ts';

function report(
  context: Context,
  row: ForeignWord,
  span: Span,
  foreignDetails: ForeignDetails,
): true {
  const text = readSource(context, span.file);
  reportForeign({ reporter: context.reporter, text }, row, span, foreignDetails);
  return true;
}

function readSource({ files }: Context, file: string): string {
  return files.get(file)?.text ?? '';
}

function cut(context: Context, { file, start, end }: Span): string {
  return readSource(context, file).slice(start, end);
}

/** Reports an undeclared name; returns the entry of the foreign word. */
export function reportForeignName(
  context: Context,
  name: string,
  span: Span,
  foreignDetails: ForeignDetails = {},
): ForeignWord | undefined {
  const row = findForeignWord('name', name);
  if (row === undefined || context.mayBeElsewhere({ text: name, span })) return undefined;
  const fix = row.instead === undefined ? undefined : proposeReplacement(span, row.instead);
  report(context, row, span, { word: name, fix, ...foreignDetails });
  return row;
}

/** Reports `input.subject`: the prefix before the part of the request is removed. */
export function reportWrapped(
  context: Context,
  name: string,
  object: Span,
  wholeSpan: Span,
  part: string,
): boolean {
  const row = findForeignWord('name', name);
  if (row === undefined || row.instead !== undefined) return false;
  const fix = proposeReplacement(wholeSpan, part, `remove \`${name}.\``);
  return report(context, row, object, { word: name, expected: `\`${part}\``, fix });
}

const nulls = new Set(['null', 'undefined', 'nil', 'none']);

export function isNull(node: ExprNode): boolean {
  return node.kind === 'Reference' && nulls.has(node.name.toLowerCase());
}

/** Reports `x == null`, which is a test of presence here. */
export function reportNull(
  context: Context,
  operator: string,
  left: ExprNode,
  right: ExprNode,
): boolean {
  if (right.kind !== 'Reference') return false;
  const row = findForeignWord('name', right.name);
  if (row === undefined) return false;
  const word = operator === 'is' ? 'missing' : 'present';
  const span = { ...right.span, start: left.span.end };
  const written = cut(context, span).trim();
  const isPath = left.kind === 'Access';
  return report(
    context,
    row,
    { ...span, start: span.end - cut(context, span).trimStart().length },
    {
      word: written,
      expected: `\`is ${word}\``,
      fix: isPath ? proposeReplacement(span, ` is ${word}`, `write \`is ${word}\``) : undefined,
    },
  );
}

// --- calls -------------------------------------------------------------------------------------

/**
 * Reports an unknown function or method; `types` returns the types of the arguments as far as they
 * are known.
 */
export function reportForeignCall(
  context: Context,
  node: CallNode,
  types: () => readonly (Type | undefined)[],
): boolean {
  const name = node.callee.text;
  const row = findForeignWord('function', name);
  if (row === undefined || context.mayBeElsewhere(node.callee)) return false;
  const words = node.args.map((arg) => translateOperand(cut(context, arg.span), arg));
  const { text, expected } = translateCall(name, words, node.args, types) ?? {};
  const fix: Fix | undefined = text === undefined ? undefined : proposeReplacement(node.span, text);
  const word = node.method ? `.${name}(…)` : `${name}(…)`;
  return report(context, row, node.callee.span, {
    word,
    fix,
    ...(expected === undefined ? {} : { expected }),
  });
}

interface Translated {
  readonly text?: string;
  readonly expected?: string;
}

function translateCall(
  name: string,
  words: readonly string[],
  args: readonly ExprNode[],
  types: () => readonly (Type | undefined)[],
): Translated | undefined {
  const [first, second] = words;
  const [firstNode, secondNode] = args;
  if (first === undefined) return undefined;
  const one = args.length === 1;
  const two = args.length === 2 && second !== undefined;
  switch (name.toLowerCase()) {
    case 'has':
      return one && firstNode?.kind === 'Access' ? { text: `${first} is present` } : undefined;
    case 'startswith':
      return two ? { text: `${first} starts_with ${second}` } : undefined;
    case 'endswith':
      return two ? { text: `${first} ends_with ${second}` } : undefined;
    case 'containsall':
      return two ? { text: `${second} within ${first}` } : undefined;
    case 'containsany':
      return two ? { text: `${first} intersects ${second}` } : undefined;
    case 'isempty':
      return one ? { text: `size(${first}) is 0` } : undefined;
    case 'tolowercase':
    case 'lowerascii':
      return one ? { text: `lower(${first})` } : undefined;
    case 'contains':
    case 'includes': {
      const [type] = two ? types() : [];
      if (type?.kind === 'Set' || type?.kind === 'List')
        return { text: `${second} in ${first}`, expected: '`in`' };
      if (type?.kind === 'String')
        return { text: `${first} contains ${second}`, expected: '`contains`' };
      return undefined;
    }
    case 'len': {
      const [type] = one ? types() : [];
      const word = type?.kind === 'String' ? 'length' : type === undefined ? undefined : 'size';
      return word === undefined
        ? undefined
        : { text: `${word}(${first})`, expected: `\`${word}(…)\`` };
    }
    case 'coalesce':
      return two ? { text: `(${first} else ${second})` } : undefined;
    case 'duration':
      return one ? translateLiteral(firstNode, /^\d+(?:ms|s|m|h|d)$/) : undefined;
    case 'timestamp':
    case 'datetime':
      return one
        ? translateLiteral(firstNode, /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/)
        : undefined;
    case 'net.cidr_contains': {
      const network = translateLiteral(firstNode, networkForm)?.text;
      return two && network !== undefined ? { text: `${second} in ${network}` } : undefined;
    }
    case 'isinrange': {
      const inner =
        secondNode?.kind === 'Call' && secondNode.callee.text === 'ip'
          ? secondNode.args[0]
          : undefined;
      const network = translateLiteral(inner, networkForm)?.text;
      return two && network !== undefined ? { text: `${first} in ${network}` } : undefined;
    }
    case 'lessthan':
      return two ? { text: `${first} < ${second}` } : undefined;
    case 'lessthanorequal':
      return two ? { text: `${first} <= ${second}` } : undefined;
    case 'greaterthan':
      return two ? { text: `${first} > ${second}` } : undefined;
    case 'greaterthanorequal':
      return two ? { text: `${first} >= ${second}` } : undefined;
    default:
      return undefined;
  }
}

const networkForm = /^[0-9a-fA-F.:]+\/\d+$/;

function translateLiteral(node: ExprNode | undefined, form: RegExp): Translated | undefined {
  return node?.kind === 'String' && form.test(node.value) ? { text: node.value } : undefined;
}

/** Adds parentheses if the operand contains operators. */
function translateOperand(text: string, node: ExprNode): string {
  const isSimple = [
    'Reference',
    'Access',
    'Call',
    'Lookup',
    'Index',
    'String',
    'Int',
    'Decimal',
    'Duration',
    'Timestamp',
    'Set',
    'Address',
    'Bool',
  ].includes(node.kind);
  return isSimple || text.startsWith('(') ? text : `(${text})`;
}

// --- members and types -------------------------------------------------------------------------

/** Reports a member of a value that is not a record. */
export function reportForeignMember(
  context: Context,
  object: ExprNode,
  type: Type,
  name: { readonly text: string; readonly span: Span },
): boolean {
  const { kind } = type;
  const of = cut(context, object.span);
  const whole = { ...name.span, start: object.span.start };
  if (kind === 'List' && type.element.kind === 'Record' && type.element.members.has(name.text)) {
    const help = `a list has no members: \`any x in ${of} satisfies x.${name.text} …\`, or \`all\``;
    context.reporter.report(
      'unknown-member',
      name.span,
      { owner: `List<…>`, name: name.text },
      { help },
    );
    return true;
  }
  const row = findForeignWord('member', name.text);
  if (row === undefined) return false;
  const word = `.${name.text}`;
  if (['length', 'size', 'count'].includes(row.word)) {
    const call = kind === 'String' ? 'length' : isCollection(type) ? 'size' : undefined;
    if (call === undefined) return false;
    const text = `${call}(${of})`;
    return report(context, row, name.span, {
      word,
      expected: `\`${call}(…)\``,
      fix: proposeReplacement(whole, text),
    });
  }
  return kind === 'Timestamp' && report(context, row, name.span, { word });
}

/** Reports an unknown type. */
export function reportForeignType(
  context: Context,
  name: { readonly text: string; readonly span: Span },
): boolean {
  const row = findForeignWord('type', name.text);
  if (row === undefined || context.mayBeElsewhere(name)) return false;
  const fix = row.instead === undefined ? undefined : proposeReplacement(name.span, row.instead);
  return report(context, row, name.span, { word: name.text, fix });
}

/** Reports `"level" in context`, and a key that is searched in a map. */
export function reportMembership(
  context: Context,
  left: ExprNode,
  right: ExprNode,
  span: Span,
  isMap = false,
): boolean {
  const isName = left.kind === 'String' && /^[A-Za-z_]\w*$/.test(left.value);
  if (!isName && !isMap) return false;
  const step = isName && !isMap ? `.${left.value}` : `[${cut(context, left.span)}]`;
  const path = `${cut(context, right.span)}${step}`;
  const text = `${path} is present`;
  return report(context, createForeignRow('sign', '"x" in y'), span, {
    word: cut(context, span),
    fix: proposeReplacement(span, text),
  });
}

/** Reports `data.levels[…]`. */
export function reportData(context: Context, span: Span): void {
  const dot = { ...span, end: span.end + 1 };
  report(context, createForeignRow('name', 'data'), span, {
    word: 'data',
    expected: 'the name of a table',
    fix: { title: 'remove `data.`', edits: [{ span: dot, text: '' }] },
  });
}

/** Reports `when { a > 5 }`: braces form a set, but a condition is expected. */
export function reportBraces(context: Context, { span, elements }: SetNode): void {
  const opening = { ...span, end: span.start + 1 };
  const edits = [
    { span: opening, text: '(' },
    { span: { ...span, start: span.end - 1 }, text: ')' },
  ];
  const fix = elements.length === 1 ? { title: 'write `(…)`', edits } : undefined;
  report(context, createForeignRow('sign', '{ … }'), opening, { word: '{', fix });
}
