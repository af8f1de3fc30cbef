// Generates the pages about newcomers' mistakes: every mistake with its messages, and the table of words of
// other languages.

import { check, type Diagnostic, render } from '@nhipol/language';
import { pages } from '../../../language/syntax/foreign/report.ts';
import { type ForeignWord, foreignWords } from '../../../language/syntax/foreign/words.ts';
import { type Mistake, mistakes, origins } from './index.ts';

export const file = 'policy.nhipol';

export function listDiagnostics(policy: string): readonly Diagnostic[] {
  return check(file, new Map([[file, policy]])).diagnostics;
}

const writeHeader = (source: string) =>
  `<!-- Generated from ${source} by \`npm run generate:mistakes\`; do not edit. -->`;

/** docs/mistakes.md */
export function mistakesDocument(): string {
  const total = mistakes.length;
  const gradeA = mistakes.filter(({ grade }) => grade === undefined).length;
  const sections = origins.map((origin) => {
    const own = mistakes.filter(({ from }) => from === origin);
    return [`## ${writeHeading(origin)}`, ...own.map(writeSection)].join('\n\n');
  });
  const head = [
    writeHeader('test/language/mistakes/'),
    '# Typical mistakes',
    `What \`nhipol check\` reports for ${total} mistakes that newcomers make. Each message was reviewed and graded. A: it states what is wrong in the author's words, where, and what to write. B: it states what is wrong and where. ${gradeA} are graded A and ${total - gradeA} B. \`nhipol check --fix\` applies the lines that start with \`fix:\`.`,
  ];
  return `${[...head, ...sections].join('\n\n')}\n`;
}

function writeHeading(origin: Mistake['from']): string {
  return origin === 'this language' ? 'From any background' : `From ${origin}`;
}

function writeSection({ title, policy, grade = 'A' }: Mistake): string {
  const diagnostics = listDiagnostics(policy);
  const output = render(diagnostics, new Map([[file, policy]]))
    .replace(/\n\d+ errors?(?:, \d+ warnings?)?\n$/, '')
    .trimEnd();
  return `### ${title}\n\n\`\`\`text\n${policy.trimEnd()}\n\`\`\`\n\n\`\`\`text\n${output}\n\`\`\`\n\nGrade ${grade}.`;
}

const places: readonly (readonly [ForeignWord['place'], string])[] = [
  ['sign', 'Signs and comments'],
  ['start', 'At the start of a declaration or rule'],
  ['infix', 'After a value'],
  ['prefix', 'Before a value'],
  ['name', 'Names'],
  ['function', 'Functions and methods'],
  ['member', 'Members'],
  ['type', 'Types'],
];

/** docs/coming-from/words.md */
export function wordsDocument(): string {
  const sections = places.map(([place, title]) => {
    const rows = foreignWords
      .filter((row) => row.place === place)
      .map(({ word, from, help }) => {
        const languages = from.map((each) => `[${each}](${pages[each]})`).join(', ');
        return `| ${code(word)} | ${languages} | ${cell(help)} |`;
      });
    return [`## ${title}`, ['| word | from | here |', '|---|---|---|', ...rows].join('\n')].join(
      '\n\n',
    );
  });
  const head = [
    writeHeader('language/syntax/foreign/words.ts'),
    '# Words of other languages',
    'The words and signs that `nhipol check` recognizes from other languages, with their translation. A word is recognized only where it is an error: any of them can be the name of a member, a rule or a constant.',
  ];
  return `${[...head, ...sections].join('\n\n')}\n`;
}

function code(word: string): string {
  return cell(word.includes('`') ? `\`\` ${word} \`\`` : `\`${word}\``);
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
