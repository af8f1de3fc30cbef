// The keywords of the language by the role that editors color them for. Reads the built tokens, so that a new keyword is
// in a group without any change here; the last group takes what no other names.

import * as tokens from '../../dist/language/syntax/tokens.js';

const keywords = tokens.vocabulary.filter(({ name, LABEL: label }) => {
  const word = label?.replaceAll('`', '') ?? '';
  return name !== 'ForEach' && name !== 'ForAsLong' && tokens.isKeyword(word);
});

const textOf = ({ LABEL: label }) => label.replaceAll('`', '');
const isIn = (category) => (type) => type.CATEGORIES?.includes(category) ?? false;
const isOneOf = (types) => (type) => types.includes(type);

/** Each word that belongs to an operator but is not an operator itself. */
const operatorWords = [
  ...[
    tokens.NotToken,
    tokens.IsToken,
    tokens.MatchesToken,
    tokens.PresentToken,
    tokens.MissingToken,
  ],
  ...[
    tokens.SeparatedToken,
    tokens.ByToken,
    tokens.IgnoringToken,
    tokens.CaseToken,
    tokens.SatisfiesToken,
  ],
];

/** Whether a keyword that begins a declaration does so only there; `for` begins groups and iterations. */
const declares = (type) => tokens.itemKeywords.has(type) && type !== tokens.ForToken;

/** The groups in order: a keyword belongs to the first that fits. */
const rules = [
  ['boolean', isOneOf([tokens.TrueToken, tokens.FalseToken])],
  ['effect', isIn(tokens.EffectWordToken)],
  ['declaration', declares],
  ['conditional', isOneOf([tokens.IfToken, tokens.ThenToken, tokens.ElseToken])],
  [
    'history',
    (type) => isIn(tokens.HistoryWordToken)(type) || isIn(tokens.AggregateWordToken)(type),
  ],
  ['operator', (type) => isIn(tokens.InfixToken)(type) || isOneOf(operatorWords)(type)],
  ['clause', () => true],
];

/** The texts of the keywords of each group, sorted. */
export const keywordGroups = new Map(
  rules.map(([group]) => [
    group,
    keywords
      .filter((type) => rules.find(([, fits]) => fits(type))?.[0] === group)
      .map(textOf)
      .sort(),
  ]),
);

/** The keywords that begin a declaration: in brackets they are names, unless they begin a line. */
export const declarationWords = keywords
  .filter((type) => declares(type))
  .map(textOf)
  .sort();

/** The symbols that are operators, the longest first. */
export const operatorSymbols = tokens.vocabulary
  .filter((type) => typeof type.PATTERN === 'string')
  .filter(
    (type) =>
      isIn(tokens.InfixToken)(type) || isOneOf([tokens.GreaterToken, tokens.EqualsToken])(type),
  )
  .map(({ PATTERN: text }) => text)
  .sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
