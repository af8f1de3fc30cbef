// Checks files against the rules of style: textlint reads a page as it is, and of a source the comments, messages and
// titles.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLinter, loadTextlintrc } from 'textlint';
import { findPosition, joinFragments } from './document.mjs';
import { extract } from './extract.mjs';
import { isPage } from './files.mjs';

async function loadLinter(configuration) {
  const configFilePath = fileURLToPath(new URL(configuration, import.meta.url));
  return createLinter({ descriptor: await loadTextlintrc({ configFilePath }) });
}

/**
 * A phrase that a rule reports. `kind` is `page`, `comment`, `message` or `title`; line and column count from 1.
 *
 * @typedef {{ file: string, kind: string, line: number, column: number, found: string, rule: string, write: string }} Finding
 */

/**
 * Returns a function that checks the text of a file, and resolves to its findings in the order of the text.
 *
 * @returns {Promise<(file: string, source: string) => Promise<Finding[]>>}
 */
export async function createChecker() {
  const pages = await loadLinter('pages.textlintrc.json');
  const linters = {
    page: pages,
    comment: await loadLinter('comments.textlintrc.json'),
    message: pages,
    title: await loadLinter('titles.textlintrc.json'),
  };

  const lintText = async (kind, text, findPlace) => {
    const { messages } = await linters[kind].lintText(text, 'prose.md');
    return messages.map(({ message, fix }) => ({
      kind,
      ...findPlace(fix.range[0]),
      found: text.slice(...fix.range).replaceAll(/\s+/g, ' '),
      ...readMessage(message),
    }));
  };

  const listFindings = async (file, source) => {
    if (isPage(file)) return lintText('page', source, (index) => findPosition(source, index));
    const findings = [];
    const fragments = extract(file, source);
    for (const kind of ['comment', 'message', 'title']) {
      const ofKind = fragments.filter((fragment) => fragment.kind === kind);
      if (ofKind.length === 0) continue;
      const { text, findPlace } = joinFragments(ofKind, source);
      findings.push(...(await lintText(kind, text, findPlace)));
    }
    return findings.sort((a, b) => a.line - b.line || a.column - b.column);
  };

  return async (file, source) =>
    (await listFindings(file, source)).map((finding) => ({ file, ...finding }));
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
