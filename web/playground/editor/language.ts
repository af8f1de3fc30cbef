// Colors policies in CodeMirror: a tokenizer with the keywords of the language, and its styles as classes, so that the style
// sheet chooses the colors of each scheme.

import {
  HighlightStyle,
  LanguageSupport,
  StreamLanguage,
  type StreamParser,
  syntaxHighlighting,
} from '@codemirror/language';
import { type Tag, tags } from '@lezer/highlight';
import { keywords } from './words.generated.ts';

const groupsByWord: ReadonlyMap<string, string> = new Map(
  Object.entries(keywords).flatMap(([group, words]) => words.map((word) => [word, group] as const)),
);

/** The names of tags by group of keywords. */
const stylesByGroup: Readonly<Record<string, string>> = {
  boolean: 'bool',
  effect: 'controlKeyword',
  declaration: 'definitionKeyword',
  conditional: 'keyword',
  history: 'keyword',
  operator: 'operatorKeyword',
  clause: 'keyword',
};

const parser: StreamParser<object> = {
  name: 'nhipol',
  startState: () => ({}),
  token: (stream) => {
    if (stream.eatSpace()) return null;
    if (stream.match(/^\/\/.*/)) return 'lineComment';
    if (stream.match(/^(?:regex|glob|spiffe)?"(?:[^"\\]|\\.)*"?/)) return 'string';
    if (stream.match(/^\d[\w.:+/-]*/)) return 'number';
    const word = stream.match(/^[A-Za-z_]\w*/);
    if (word && word !== true) {
      const group = groupsByWord.get(word[0] ?? '');
      // Elsewhere, the words that begin declarations are names.
      const isName = group === 'declaration' && stream.string.slice(0, stream.start).trim() !== '';
      return group === undefined || isName ? 'variableName' : (stylesByGroup[group] ?? null);
    }
    stream.next();
    return null;
  },
  languageData: {
    commentTokens: { line: '//' },
    closeBrackets: { brackets: ['(', '[', '{', '"'] },
    indentOnInput: /^\s*[}\])]$/,
  },
};

export const nhipolLanguage: StreamLanguage<object> = StreamLanguage.define(parser);

const classes: readonly (readonly [tags: readonly Tag[], name: string])[] = [
  [[tags.lineComment], 'tok-comment'],
  [[tags.string], 'tok-string'],
  [[tags.number, tags.bool, tags.null], 'tok-number'],
  [[tags.propertyName], 'tok-name'],
  [[tags.keyword, tags.operatorKeyword, tags.definitionKeyword], 'tok-keyword'],
  [[tags.controlKeyword], 'tok-effect'],
];
const style = HighlightStyle.define(classes.map(([tag, name]) => ({ tag, class: name })));

/** The colors of the style sheet, for policies and JSON. */
export const coloring = syntaxHighlighting(style);

export function nhipol(): LanguageSupport {
  return new LanguageSupport(nhipolLanguage);
}
