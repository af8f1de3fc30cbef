// The grammar in docs/language/grammar.md matches the one that the parser uses: the same words and symbols, a
// production for each of the parser's, no use of an undefined production, and the same levels of precedence.

import type { ISerializedGast } from 'chevrotain';
import { expect, test } from 'vitest';
import { parser } from '../../language/syntax/grammar/grammar.ts';
import { precedences } from '../../language/syntax/to-ast/precedence.ts';
import { vocabulary } from '../../language/syntax/tokens.ts';
import { readPage } from '../support/pages/pages.ts';

const page = readPage('language/grammar.md');
const ebnf = (page.blocks.find(({ language }) => language === 'ebnf')?.text ?? '')
  // Removes comments, regular expressions and explanations in words.
  .replace(/\(\*.*?\*\)/g, '')
  .replace(/= \/.*\/ ;/g, '= ;')
  .replace(/= a JSON string on one line ;/g, '= ;')
  .replace(/\( a v4 address.*\) \(.*$/gm, ';');

const productions = new Map(
  [...ebnf.matchAll(/^(\w+)(?:\( (\w+) \))?\s*= ([^;]*(?:";"[^;]*)*);/gm)].map(
    ([, name = '', parameter, body = '']) => [name, { parameter, body }] as const,
  ),
);

/** Productions of the parser that have another name on the page, or are written where they are used. */
const pageNames: Readonly<Record<string, string>> = {
  blockItem: 'block',
  blockStart: 'block',
  becauseClause: 'because',
  binding: 'let',
  changedPath: 'path',
  contextScope: 'scope',
  controlId: 'control',
  controlIdPart: 'part',
  coversClause: 'covers',
  dateRange: 'dates',
  eventPattern: 'events',
  expression: 'expr',
  externalTableDeclaration: 'table',
  functionDeclaration: 'function',
  jsonArray: 'json',
  jsonMember: 'object',
  jsonObject: 'object',
  nameList: 'labels',
  nameOrText: 'label',
  scopeList: 'scopes',
  parameter: 'parameters',
  recordType: 'fields',
  requestSource: 'source',
  scoreCondition: 'condition',
  setLiteral: 'primary',
  setting: 'settings',
  stepStart: 'start',
  stepSignal: 'sent',
  suffix: 'operand',
  tableContents: 'table',
  tableEntry: 'entry',
  tableSignature: 'signature',
  term: 'expr',
  testSteps: 'test',
  timeRange: 'times',
  typeReference: 'type',
  usedNames: 'use',
  values: 'list',
  windowPart: 'hours',
};

function formatName(rule: string): string {
  return pageNames[rule] ?? rule.replace(/(Declaration|Item|Clause)$/, '');
}

/** Returns the spelling of a token that has only one. */
function spelling(label: string | undefined): readonly string[] {
  return label?.match(/^`([^`]+)`$/)?.slice(1) ?? [];
}

test('the page has every production of the parser', () => {
  const names = Object.keys(parser.getGAstProductions());
  expect(names.filter((name) => !productions.has(formatName(name)))).toEqual([]);
  expect(Object.keys(pageNames).filter((name) => !names.includes(name))).toEqual([]);
});

test('the productions on the page are defined and used', () => {
  const used = [...productions].flatMap(([name, { parameter, body }]) =>
    [...body.replace(/"[^"]*"/g, '').matchAll(/\w+/g)]
      .map(([word]) => word)
      .filter((word) => word !== parameter && word !== name),
  );
  expect(used.filter((name) => !productions.has(name))).toEqual([]);
  expect([...productions.keys()].filter((name) => !used.includes(name))).toEqual(['file']);
});

test('the page has exactly the words and symbols of the parser', () => {
  const shown = new Set([...ebnf.matchAll(/"([^"]+)"/g)].map(([, text]) => text));
  // The parser reads `>=` as two tokens, and `Set`, `List` and `Map` as names.
  for (const text of ['>=', 'Set', 'List', 'Map']) shown.delete(text);
  const read = new Set(parser.getSerializedGastProductions().flatMap(terminals));
  expect([...shown].sort()).toEqual([...read].sort());
});

function terminals(node: ISerializedGast): readonly string[] {
  const { name, label, definition } = node as {
    name?: string;
    label?: string;
    definition?: ISerializedGast[];
  };
  if (node.type === 'Terminal') {
    const own = vocabulary.find((type) => type.name === name);
    const members = vocabulary.filter(({ CATEGORIES }) => own && CATEGORIES?.includes(own));
    const isClass = [
      'EffectWord',
      'ExpectedWord',
      'AggregateWord',
      'HistoryWord',
      'EventWord',
      'Infix',
    ].includes(name ?? '');
    return isClass ? members.flatMap(({ LABEL }) => spelling(LABEL)) : spelling(label);
  }
  return definition?.flatMap(terminals) ?? [];
}

test('the precedence levels equal those of the parser', () => {
  const expressions = readPage('language/expressions.md');
  const rows = [...expressions.text.matchAll(/^\| (\d+) \| (.*?) \|/gm)];
  const levels = new Map(
    rows.flatMap(([, level, cell = '']) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, operator = '']) => [operator, Number(level)]),
    ),
  );
  for (const [operator, level] of Object.entries(precedences)) {
    expect([operator, levels.get(operator)]).toEqual([operator, level]);
  }
});
