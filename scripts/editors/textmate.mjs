// The TextMate grammar: takes the keyword groups and the patterns of the lexer, and returns the grammar as data. Words,
// strings, numbers and comments are recognized as the lexer does; names are colored by what precedes or follows them.

import * as tokens from '../../dist/language/syntax/tokens.js';
import { functionNames } from '../../dist/language/types/builtins/index.js';
import { declarationWords, keywordGroups, operatorSymbols } from './words.mjs';

const word = '[A-Za-z_][A-Za-z0-9_]*';
const start = '(?<![A-Za-z0-9_])';
const end = '(?![A-Za-z0-9_])';
const anyWord = (words) => `${start}(?:${words.join('|')})${end}`;
const escapePattern = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const include = (name) => ({ include: `#${name}` });

/** The scope of the keywords of each group; effects have one each, which themes can color. */
const scopes = {
  boolean: 'constant.language.boolean',
  effect: 'keyword.control.effect',
  declaration: 'storage.type.declaration',
  conditional: 'keyword.control.conditional',
  history: 'keyword.other.history',
  operator: 'keyword.operator.word',
  clause: 'keyword.control.clause',
};

/** Words that can follow the effect of a test or a clause, and hardly name a rule. */
const notRuleNames = ['clause', 'conditional', 'operator'].flatMap((group) =>
  keywordGroups.get(group),
);

function keywordPatterns() {
  return [...keywordGroups].flatMap(([group, words]) =>
    group === 'declaration'
      ? []
      : group === 'effect'
        ? words.map((each) => ({ name: `${scopes.effect}.${each}.nhipol`, match: anyWord([each]) }))
        : [{ name: `${scopes[group]}.nhipol`, match: anyWord(words) }],
  );
}

const numbers = [
  ['constant.numeric.address', tokens.AddressToken],
  ['constant.numeric.timestamp', tokens.TimestampToken],
  ['constant.numeric.time', tokens.TimeOfDayToken],
  ['constant.numeric.duration', tokens.DurationToken],
  ['constant.numeric.decimal', tokens.DecimalToken],
  ['constant.numeric.integer', tokens.IntToken],
];

/** A string that ends with its quote or with its line. */
const string = (name, begin, patterns) => ({
  name: `${name}.nhipol`,
  begin,
  beginCaptures: { 0: { name: 'punctuation.definition.string.begin.nhipol' } },
  end: '"|$',
  endCaptures: { 0: { name: 'punctuation.definition.string.end.nhipol' } },
  patterns,
});
const escaping = { name: 'constant.character.escape.nhipol', match: '\\\\.' };
const placeholders = [
  escaping,
  { name: 'constant.character.escape.nhipol', match: '\\{\\{|\\}\\}' },
  {
    name: 'meta.interpolation.nhipol',
    begin: '\\{',
    beginCaptures: { 0: { name: 'punctuation.definition.template-expression.begin.nhipol' } },
    end: '\\}|(?=")|$',
    endCaptures: { 0: { name: 'punctuation.definition.template-expression.end.nhipol' } },
    patterns: [escaping, ...['keywords', 'selectors', 'names', 'numbers', 'symbols'].map(include)],
  },
];

/** Brackets: in them, a keyword of a declaration is a name, unless it begins a line, where a bracket is missing. */
const bracket = (kind, [open, close]) => ({
  name: `meta.${kind}.nhipol`,
  begin: escapePattern(open),
  beginCaptures: { 0: { name: `punctuation.section.${kind}.begin.nhipol` } },
  end: `${escapePattern(close)}|^(?=(?:${[...declarationWords, 'for'].join('|')})${end})`,
  endCaptures: { 0: { name: `punctuation.section.${kind}.end.nhipol` } },
  patterns: [include('inner')],
});

const repository = {
  outer: {
    patterns: [
      ...['comments', 'addresses', 'strings', 'declarations'].map(include),
      { name: `${scopes.declaration}.nhipol`, match: anyWord(declarationWords) },
      ...['keywords', 'names', 'numbers', 'brackets', 'symbols'].map(include),
    ],
  },
  inner: {
    patterns: [
      ...['comments', 'addresses', 'strings', 'rules', 'keywords'].map(include),
      ...['selectors', 'names', 'numbers', 'brackets', 'symbols'].map(include),
    ],
  },
  comments: {
    patterns: [
      {
        name: 'comment.line.double-slash.nhipol',
        begin: '//',
        beginCaptures: { 0: { name: 'punctuation.definition.comment.nhipol' } },
        end: '$',
      },
      { name: 'invalid.illegal.comment.nhipol', match: '#.*' },
      { name: 'invalid.illegal.comment.nhipol', begin: '/\\*', end: '\\*/' },
      { name: 'invalid.illegal.string.nhipol', match: "'[^']*'|`[^`]*`" },
    ],
  },
  strings: {
    patterns: [
      string('string.regexp', '(?:regex)"', [escaping]),
      string('string.other.pattern', '(?:glob|spiffe)"', [
        escaping,
        { name: 'constant.other.wildcard.nhipol', match: '\\*+|\\?' },
      ]),
      {
        begin: anyWord(['because']),
        beginCaptures: { 0: { name: `${scopes.clause}.nhipol` } },
        end: '(?<=")|(?=[^\\s"])',
        patterns: [string('string.quoted.double', '"', placeholders)],
      },
      string('string.quoted.double', '"', [escaping]),
    ],
  },
  declarations: {
    patterns: [
      matchNamed('enum|record', 'entity.name.type'),
      matchNamed('predicate|function', 'entity.name.function'),
      matchNamed('subject|action|resource', 'entity.name.type'),
      matchNamed('policy', 'entity.name.namespace', `${word}(?:\\.${word})*`),
      matchNamed(
        'const|table|window|fixture|constraint|obligation|actions|resources',
        'entity.name.constant',
      ),
    ],
  },
  rules: {
    patterns: keywordGroups.get('effect').map((effect) => ({
      match: `${start}(${effect})[ \\t]+(?!${anyWord(notRuleNames)})(${word})`,
      captures: {
        1: { name: `${scopes.effect}.${effect}.nhipol` },
        2: { name: 'entity.name.function.rule.nhipol' },
      },
    })),
  },
  keywords: { patterns: keywordPatterns() },
  names: {
    patterns: [
      {
        match: `(?<!\\.)(\\.)\\s*(${word})`,
        captures: {
          1: { name: 'punctuation.accessor.nhipol' },
          2: { name: 'variable.other.member.nhipol' },
        },
      },
      { name: 'support.function.builtin.nhipol', match: `${anyWord(functionNames)}(?=\\()` },
      { name: 'entity.name.function.call.nhipol', match: `${start}${word}(?=\\()` },
      { name: 'constant.other.enum-member.nhipol', match: `${start}[A-Z][A-Z0-9_]+${end}` },
      { name: 'entity.name.type.nhipol', match: `${start}[A-Z][A-Za-z0-9_]*` },
      { name: 'variable.other.member.nhipol', match: `${start}${word}(?=\\??:)` },
      { name: 'variable.other.nhipol', match: `${start}${word}` },
    ],
  },
  selectors: {
    patterns: [
      {
        name: 'variable.language.nhipol',
        match: anyWord(['subject', 'action', 'resource', 'context']),
      },
    ],
  },
  addresses: {
    patterns: [{ name: `${numbers[0][0]}.nhipol`, match: tokens.AddressToken.PATTERN.source }],
  },
  numbers: {
    patterns: [
      ...numbers
        .slice(1)
        .map(([name, type]) => ({ name: `${name}.nhipol`, match: type.PATTERN.source })),
      // The weekday of a month, in windows.
      { name: 'constant.numeric.ordinal.nhipol', match: `[1-5](?:st|nd|rd|th)${end}` },
      { name: 'invalid.illegal.number.nhipol', match: tokens.BadNumberToken.PATTERN.source },
    ],
  },
  brackets: {
    patterns: [bracket('braces', '{}'), bracket('parens', '()'), bracket('brackets', '[]')],
  },
  symbols: {
    patterns: [
      { name: 'keyword.operator.range.nhipol', match: '\\.\\.' },
      { name: 'keyword.operator.arrow.nhipol', match: '->' },
      { name: 'keyword.operator.nhipol', match: operatorSymbols.map(escapePattern).join('|') },
      { name: 'punctuation.separator.comma.nhipol', match: ',' },
      { name: 'punctuation.separator.colon.nhipol', match: '\\??:' },
    ],
  },
};

/** A keyword of a declaration and the name after it, on one line. */
function matchNamed(words, scope, name = word) {
  return {
    match: `${start}(${words})[ \\t]+(${name})`,
    captures: { 1: { name: `${scopes.declaration}.nhipol` }, 2: { name: `${scope}.nhipol` } },
  };
}

export const grammar = {
  $schema: 'https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json',
  name: 'nhipol',
  scopeName: 'source.nhipol',
  fileTypes: ['nhipol'],
  patterns: [include('outer')],
  repository,
};

/** Colors the fences of Markdown whose language is nhipol. */
export const markdownInjection = {
  scopeName: 'markdown.nhipol.codeblock',
  injectionSelector: 'L:text.html.markdown',
  patterns: [include('fence')],
  repository: {
    fence: {
      name: 'markup.fenced_code.block.markdown',
      begin: '(^|\\G)(\\s*)(`{3,}|~{3,})\\s*(?i:(nhipol)((\\s+|:|,|\\{|\\?)[^`]*)?$)',
      beginCaptures: {
        3: { name: 'punctuation.definition.markdown' },
        4: { name: 'fenced_code.block.language.markdown' },
        5: { name: 'fenced_code.block.language.attributes.markdown' },
      },
      end: '(^|\\G)(\\2|\\s{0,3})(\\3)\\s*$',
      endCaptures: { 3: { name: 'punctuation.definition.markdown' } },
      patterns: [
        {
          begin: '(^|\\G)(\\s*)(.*)',
          while: '(^|\\G)(?!\\s*([`~]{3,})\\s*$)',
          contentName: 'meta.embedded.block.nhipol',
          patterns: [{ include: 'source.nhipol' }],
        },
      ],
    },
  },
};
