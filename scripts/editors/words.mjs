// The keywords of the language by the role that editors color them for. Reads the built tokens, so that a new keyword is
// in a group without any change here; the last group takes what no other names.

import * as tokens from '../../dist/language/syntax/tokens.js';

const keywords = tokens.vocabulary.filter(({ name, LABEL: label }) => {
  const word = label?.replaceAll('`', '') ?? '';
  return name !== 'ForEach' && name !== 'ForAsLong' && tokens.isKeyword(word);
});

const readText = ({ LABEL: label }) => label.replaceAll('`', '');
const hasCategory = (category) => (type) => type.CATEGORIES?.includes(category) ?? false;
const isIncluded = (types) => (type) => types.includes(type);

/** Each word that belongs to an operator but is not an operator itself. */
const operatorWords = [
  tokens.NotToken,
  tokens.IsToken,
  tokens.MatchesToken,
  tokens.PresentToken,
  tokens.MissingToken,
  tokens.SeparatedToken,
  tokens.ByToken,
  tokens.IgnoringToken,
  tokens.CaseToken,
  tokens.SatisfiesToken,
];

/** Whether a keyword that begins a declaration does so only there; `for` begins groups and iterations. */
const declares = (type) => tokens.itemKeywords.has(type) && type !== tokens.ForToken;

/** The groups in order: a keyword belongs to the first that fits. */
const rules = [
  ['boolean', isIncluded([tokens.TrueToken, tokens.FalseToken])],
  ['effect', hasCategory(tokens.EffectWordToken)],
  ['declaration', declares],
  ['conditional', isIncluded([tokens.IfToken, tokens.ThenToken, tokens.ElseToken])],
  [
    'history',
    (type) =>
      hasCategory(tokens.HistoryWordToken)(type) || hasCategory(tokens.AggregateWordToken)(type),
  ],
  ['operator', (type) => hasCategory(tokens.InfixToken)(type) || isIncluded(operatorWords)(type)],
  ['clause', () => true],
];

/** The texts of the keywords of each group, sorted. */
export const keywordGroups = new Map(
  rules.map(([group]) => [
    group,
    keywords
      .filter((type) => rules.find(([, fits]) => fits(type))?.[0] === group)
      .map(readText)
      .sort(),
  ]),
);

/** The keywords that begin a declaration: in brackets they are names, unless they begin a line. */
export const declarationWords = keywords
  .filter((type) => declares(type))
  .map(readText)
  .sort();

/** The symbols that are operators, the longest first. */
export const operatorSymbols = tokens.vocabulary
  .filter((type) => typeof type.PATTERN === 'string')
  .filter(
    (type) =>
      hasCategory(tokens.InfixToken)(type) ||
      isIncluded([tokens.GreaterToken, tokens.EqualsToken])(type),
  )
  .map(({ PATTERN: text }) => text)
  .sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
