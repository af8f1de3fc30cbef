// The codes grouped by subject, for generated lists.

import { adviceMessages } from './advice.ts';
import { answerMessages } from './answers.ts';
import { foreignMessages } from './foreign.ts';
import { historyMessages, historySyntaxMessages } from './history.ts';
import { nameMessages } from './names.ts';
import { numberMessages } from './numbers.ts';
import { patternMessages } from './patterns.ts';
import { secretMessages } from './secrets.ts';
import { semanticMessages } from './semantics.ts';
import { syntaxMessages } from './syntax.ts';
import { testMessages } from './tests.ts';
import { trapMessages } from './traps.ts';
import { warningMessages } from './warnings.ts';
import { windowSemanticMessages, windowSyntaxMessages } from './windows.ts';

export interface Group {
  readonly title: string;
  /** In alphabetical order. */
  readonly codes: readonly string[];
}

const answers = Object.keys(answerMessages);
const history = Object.keys({ ...historySyntaxMessages, ...historyMessages });
const names = Object.keys(nameMessages);
const numbers = Object.keys(numberMessages);
const patterns = Object.keys(patternMessages);
const secrets = Object.keys(secretMessages);
const tests = Object.keys(testMessages);
const windows = Object.keys({ ...windowSyntaxMessages, ...windowSemanticMessages });
const warnings = Object.keys({ ...warningMessages, ...trapMessages });
const advice = Object.keys(adviceMessages);

const special = new Set(
  [answers, history, names, numbers, patterns, secrets, tests, windows, warnings, advice].flat(),
);

function listOthers(table: object): readonly string[] {
  return Object.keys(table).filter((code) => !special.has(code));
}

/** The groups, from syntax to meaning; every code is in one of them. */
export const groups: readonly Group[] = [
  {
    title: 'Text and grammar',
    codes: [...Object.keys(foreignMessages), ...listOthers(syntaxMessages)],
  },
  { title: 'Files and names', codes: names },
  { title: 'Declarations, types and rules', codes: listOthers(semanticMessages) },
  { title: 'Numbers and their ranges', codes: numbers },
  { title: 'Patterns', codes: patterns },
  { title: 'Windows', codes: windows },
  { title: 'Signals and history', codes: history },
  { title: 'What answers hold', codes: answers },
  { title: 'Secret members', codes: secrets },
  { title: 'Tests', codes: tests },
  { title: 'Legal and hardly meant', codes: warnings },
  { title: 'Advice', codes: advice },
].map(({ title, codes }) => ({ title, codes: [...codes].sort() }));
