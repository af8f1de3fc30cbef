// Writes the TextMate grammars of the VS Code extension from the tokens of the language: one of policies, and one that
// colors policies in Markdown. Runs on the built language.

import { mkdirSync, writeFileSync } from 'node:fs';
import { grammar, markdownInjection } from '../editors/textmate.mjs';

const folder = new URL('../../editors/vscode/syntaxes/', import.meta.url);
const write = (name, value) =>
  writeFileSync(new URL(name, folder), `${JSON.stringify(value, undefined, 2)}\n`);

mkdirSync(folder, { recursive: true });
write('nhipol.tmLanguage.json', grammar);
write('nhipol.markdown.tmLanguage.json', markdownInjection);
