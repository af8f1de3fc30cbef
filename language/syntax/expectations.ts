// The messages of parser errors: each contains a phrase that describes what the grammar expected, and the
// valid keywords, among which the correct form of a misspelled one is looked up.

import {
  EOF,
  type IParserErrorMessageProvider,
  type IToken,
  type TokenType,
  tokenLabel,
} from 'chevrotain';
import {
  EffectWordToken,
  ExpectedWordToken,
  ExpectToken,
  itemKeywords,
  RBraceToken,
  RParenToken,
  ThenToken,
} from './tokens.ts';

export interface ExpectedPhrase {
  readonly phrase: string;
  readonly keywords: readonly string[];
}

const effects = ['permit', 'narrow', 'challenge', 'deny', 'revoke'];
const clauses = [
  'when',
  'otherwise',
  'to',
  'with',
  'because',
  'covers',
  'where',
  'unless',
  'unknown',
  'skip',
];
const operators = [
  'implies',
  'or',
  'and',
  'not',
  'is',
  'in',
  'within',
  'intersects',
  'starts_with',
  'under',
  'ends_with',
  'contains',
  'matches',
  'else',
  'union',
  'intersect',
  'minus',
  'satisfies',
  'then',
];
const operands = ['true', 'false', 'not', 'if', 'any', 'all'];
const events = ['decided', 'allowed', 'refused', 'signal', 'outcome'];
const declarations = [
  'policy',
  'use',
  'enum',
  'record',
  'const',
  'subject',
  'action',
  'resource',
  'context',
  'signals',
  'outcomes',
  'external',
  'table',
  'constraint',
  'obligation',
  'window',
  'predicate',
  'function',
  'let',
  'for',
  'invariant',
  'fixture',
  'test',
];
const headers = ['doing', 'on', 'when', 'version', 'from', 'limits', 'smallest', 'largest'];

const declaration: ExpectedPhrase = {
  phrase: 'a declaration such as `subject`, `for` or `test`',
  keywords: [...declarations, ...headers, ...operators],
};
const value: ExpectedPhrase = { phrase: 'a value', keywords: operands };

/** Expectations at the end of a block, where a continuation is also valid; by grammar rule. */
const endOfBlock: Readonly<Record<string, ExpectedPhrase>> = {
  block: {
    phrase: 'an effect such as `permit` or `deny`, `let`, `given`, `score` or `}`',
    keywords: [...effects, 'let', 'given', 'score', ...clauses, ...operators],
  },
  score: {
    phrase: 'a condition such as `name counts 1 when …`, a band such as `from 2 deny`, or `}`',
    keywords: ['counts', 'from', ...clauses, ...operators],
  },
  recordType: { phrase: '`,`, a member such as `name: Type`, or `}`', keywords: ['fresh'] },
  settings: { phrase: '`,` or `}`', keywords: operators },
  setLiteral: { phrase: '`,` or `}`', keywords: operators },
  enumDeclaration: { phrase: '`,`, `<` or `}`', keywords: ['else'] },
  tableContents: { phrase: '`,` or `}`', keywords: operators },
  usedNames: { phrase: '`,` or `}`', keywords: [] },
  parameters: { phrase: '`,` or `)`', keywords: [] },
  jsonObject: { phrase: '`,` or `}`', keywords: [] },
  changes: { phrase: '`,` or `}`', keywords: [] },
  testDeclaration: {
    phrase: '`then` or `}`',
    keywords: ['because', 'with', 'until', 'then', 'expect', 'request', 'session'],
  },
  each: {
    phrase: 'a row such as `HIGH expect deny` or `}`',
    keywords: ['because', 'with', 'until'],
  },
};

const endOfCell: ExpectedPhrase = {
  phrase: '`,` or `expect`',
  keywords: ['expect', 'because', 'with', 'until'],
};

const endOfHistory: ExpectedPhrase = {
  phrase: '`, within 10m` or `)`',
  keywords: ['doing', 'on', 'where', 'across', 'per', 'within', ...operators],
};

/** Expectations for alternatives, by grammar rule. */
const choices: Readonly<Record<string, ExpectedPhrase>> = {
  file: declaration,
  item: declaration,
  operand: value,
  blockItem: { phrase: 'an effect such as `permit` or `deny`', keywords: effects },
  constraintDeclaration: {
    phrase: '`limits`, `smallest wins`, `largest wins`, `intersects` or `must agree`',
    keywords: ['limits', 'smallest', 'largest', 'intersects', 'must'],
  },
  tableContents: { phrase: '`from` or `{`', keywords: ['from'] },
  typeReference: { phrase: 'a type', keywords: [] },
  useDeclaration: { phrase: 'a path, `nhi`, or names in braces', keywords: ['nhi'] },
  testDeclaration: { phrase: '`request` or `session`', keywords: ['request', 'session'] },
  requestSource: {
    phrase: 'a path or a fixture after `from`, or a JSON object without it',
    keywords: ['from'],
  },
  testSteps: {
    phrase: '`expect` or `each`',
    keywords: ['expect', 'each', 'at', 'after', 'granted', 'signal', 'outcome', 'ask', 'with'],
  },
  eventPattern: {
    phrase: 'events such as `allowed`, `refused`, `decided`, `signal "…"` or `outcome "…"`',
    keywords: events,
  },
  windowDeclaration: {
    phrase: 'days such as `Mon..Fri`, a time of day such as `09:00`, or `during`',
    keywords: ['during', 'in', 'except', 'last'],
  },
  yearDay: { phrase: 'a day such as `24 Dec`', keywords: [] },
  history: { phrase: 'events such as `allowed` or `within`', keywords: [...events, 'within'] },
  signalsDeclaration: { phrase: 'members in braces, or the name of a record', keywords: [] },
  given: { phrase: '`ignore` or `{`', keywords: ['ignore'] },
  json: { phrase: 'a JSON value', keywords: ['missing', 'true', 'false'] },
  negativeNumber: { phrase: 'a number', keywords: [] },
  controlId: { phrase: 'a control such as `NHI5:2025`', keywords: [] },
  controlIdPart: { phrase: 'a control such as `NHI5:2025`', keywords: [] },
  nameOrText: { phrase: 'a name or a string', keywords: [] },
  operator: { phrase: 'an operator', keywords: operators },
};

export function parseExpectedPhrase(message: string): ExpectedPhrase {
  const [phrase = '', ...keywords] = message.split('\n');
  return { phrase, keywords };
}

function describeToken(expected: TokenType, rule: string): ExpectedPhrase {
  if (expected === EOF)
    return choices[rule] ?? { phrase: 'an operator or `}`', keywords: operators };
  if (expected === RParenToken && rule === 'history') return endOfHistory;
  if (expected === ExpectToken && rule === 'row') return endOfCell;
  const label = tokenLabel(expected);
  if (expected === EffectWordToken) return { phrase: label, keywords: effects };
  if (expected === ExpectedWordToken)
    return { phrase: label, keywords: [...effects, 'possible', 'impossible'] };
  return { phrase: label, keywords: [...listKeywords(label), ...operators] };
}

function listKeywords(label: string): string[] {
  const word = /^`([a-z_]+)`$/.exec(label)?.[1];
  return word === undefined ? [] : [word];
}

function describePaths(paths: readonly (readonly TokenType[])[]): ExpectedPhrase {
  const labels = [
    ...new Set(paths.map((path) => path[0]).filter((type) => type !== undefined)),
  ].map((type) => tokenLabel(type));
  const phrase = [labels.slice(0, -1).join(', '), labels.at(-1)].filter(Boolean).join(' or ');
  return { phrase, keywords: labels.flatMap(listKeywords) };
}

/** Parsing stops after this number of errors: a longer text needs more time for each, so fewer are allowed. */
const errorLimit = { max: 100, min: 20 };
/** A bound for the tokens that recovery scans: each error may scan the rest of the text. */
const maxScannedTokens = 4_000_000;

export class TooManyErrors extends Error {}

export class Expectations implements IParserErrorMessageProvider {
  #errorsLeft = 0;

  /** Must be called before each text. */
  reset(tokens: number): void {
    const affordable = Math.floor(maxScannedTokens / (tokens + 1));
    this.#errorsLeft = Math.max(errorLimit.min, Math.min(errorLimit.max, affordable));
  }

  buildMismatchTokenMessage(error: { expected: TokenType; actual: IToken; ruleName: string }) {
    const { expected, actual, ruleName } = error;
    const block = expected === RBraceToken ? endOfBlock[ruleName] : undefined;
    const { tokenType } = actual;
    // `then` continues a test with steps, but not one with rows.
    const isAfterRows = ruleName === 'testDeclaration' && tokenType === ThenToken;
    const open =
      block !== undefined && tokenType !== EOF && !itemKeywords.has(tokenType) && !isAfterRows;
    return this.#encode(open ? block : describeToken(expected, ruleName));
  }

  buildNotAllInputParsedMessage({ ruleName }: { ruleName: string }) {
    const choice = choices[ruleName];
    return this.#encode(choice ?? { phrase: 'an operator or the end', keywords: operators });
  }

  buildNoViableAltMessage(error: { expectedPathsPerAlt: TokenType[][][]; ruleName: string }) {
    return this.#encode(choices[error.ruleName] ?? describePaths(error.expectedPathsPerAlt.flat()));
  }

  buildEarlyExitMessage(error: { expectedIterationPaths: TokenType[][]; ruleName: string }) {
    return this.#encode(choices[error.ruleName] ?? describePaths(error.expectedIterationPaths));
  }

  /** Encodes the phrase and the keywords in the message of Chevrotain's error. */
  #encode({ phrase, keywords }: ExpectedPhrase): string {
    this.#errorsLeft -= 1;
    if (this.#errorsLeft < 0) throw new TooManyErrors('too many syntax errors');
    return [phrase, ...keywords].join('\n');
  }
}
