// Checks files against the rules of style: textlint reads a page as it is, and of a source the comments, messages and
// titles.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLinter, loadTextlintrc } from 'textlint';
import { joinFragments, positionOf } from './document.mjs';
import { extract } from './extract.mjs';
import { isPage } from './files.mjs';

async function linterOf(configuration) {
  const configFilePath = fileURLToPath(new URL(configuration, import.meta.url));
  return createLinter({ descriptor: await loadTextlintrc({ configFilePath }) });
}

/**
 * Returns a function that checks the text of a file. It resolves to the findings, in the order of the text: `file`,
 * `kind` (`page`, `comment`, `message` or `title`), `line`, `column`, `found`, `rule`, and what to `write` instead.
 */
export async function createChecker() {
  const pages = await linterOf('pages.textlintrc.json');
  const comments = await linterOf('comments.textlintrc.json');

  const findingsIn = async (linter, text, describe) => {
    const { messages } = await linter.lintText(text, 'prose.md');
    return messages.map(({ message, fix }) => ({
      ...describe(fix.range[0]),
      found: text.slice(...fix.range).replaceAll(/\s+/g, ' '),
      ...readMessage(message),
    }));
  };

  return async (file, source) => {
    if (isPage(file)) {
      return findingsIn(pages, source, (index) => ({ file, kind: 'page', ...positionOf(source, index) }));
    }
    const fragments = extract(file, source);
    const findings = [];
    for (const [linter, isComment] of [
      [comments, true],
      [pages, false],
    ]) {
      const chosen = fragments.filter(({ kind }) => (kind === 'comment') === isComment);
      if (chosen.length === 0) continue;
      const { text, placeAt } = joinFragments(chosen, source);
      findings.push(...(await findingsIn(linter, text, (index) => ({ file, ...placeAt(index) }))));
    }
    return findings.sort((a, b) => a.line - b.line || a.column - b.column);
  };
}

/** Checks files of a folder. */
export async function checkFiles(root, files) {
  const check = await createChecker();
  const findings = [];
  for (const file of files) {
    findings.push(...(await check(file, readFileSync(join(root, file), 'utf8'))));
  }
  return findings;
}

/** Reads a message of prh: what was found and what to write, and on the next line the name of the rule. */
function readMessage(message) {
  const [replacement, rule] = message.split('\n').slice(-2);
  return { rule, write: replacement.slice(replacement.indexOf(' => ') + 4) };
}
