// The diagnostic for words and operators of other languages.

import type { Entry } from './entry.ts';

export const foreignMessages = {
  'foreign-word': {
    severity: 'error',
    message: (p: { word: string; expected: string }) =>
      `expected ${p.expected}, found ${p.word.includes('`') ? `\`\` ${p.word} \`\`` : `\`${p.word}\``}`,
    why: 'The word or sign has this meaning in another language. In nhipol each operation has one spelling, so that policies read alike and can be searched. The help translates the word and names the page for readers who know the other language.',
    avoid: 'policy p\nfor any { permit ok when subject.id is "a" && action.name is "read" }',
    prefer: 'policy p\nfor any { permit ok when subject.id is "a" and action.name is "read" }',
  },
} satisfies Record<string, Entry>;
