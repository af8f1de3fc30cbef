// `npm run style`: checks that pages, comments, messages and titles of tests use the field's words. Prints each finding
// as `file:line:column message`, and how many each rule has. Exits with 1 if there is a finding, or an exception that
// matches nothing.
//
// node scripts/style/main.mjs [--count] [FILE...]     some files; `--count` prints numbers only, by area and by rule
//
// The rules are in style/prh.yml and style/comments.yml, the exceptions in style/exceptions.yml.

import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { checkFiles } from './check.mjs';
import { applyExceptions, readExceptions } from './exceptions.mjs';
import { findFiles } from './files.mjs';
import { countFindings, countTable, nameArea, readLine } from './report.mjs';

const root = process.cwd();

try {
  await main();
} catch (error) {
  console.error(`style: ${error.message}`);
  process.exitCode = 2;
}

async function main() {
  const { values, positionals } = parseArgs({
    options: { count: { type: 'boolean' } },
    allowPositionals: true,
  });
  const files = positionals.length > 0 ? positionals.map(resolveFile) : findFiles(root);
  const exceptions = readExceptions().filter(
    ({ file }) => positionals.length === 0 || files.includes(file),
  );
  const all = await checkFiles(root, files);
  const { findings, unused } = applyExceptions(all, exceptions, (finding) =>
    readLine(root, finding),
  );

  if (values.count) {
    console.log(countTable('area', countFindings(findings, nameArea)));
  } else {
    for (const { file, line, column, found, write } of findings) {
      console.log(`${file}:${line}:${column} \`${found}\`: write ${write}`);
    }
  }
  if (findings.length > 0)
    console.log(
      countTable(
        'rule',
        countFindings(findings, ({ rule }) => rule),
      ),
    );
  for (const { file, text } of unused) {
    console.log(`scripts/style/exceptions.yml: matches nothing: \`${text}\` in ${file}`);
  }
  console.log(
    `files checked: ${files.length}, findings: ${findings.length}, exceptions: ${exceptions.length}`,
  );
  if (findings.length + unused.length > 0) process.exitCode = 1;
}

function resolveFile(path) {
  const file = relative(root, resolve(path)).replaceAll('\\', '/');
  if (!existsSync(file)) throw new Error(`${path} does not exist`);
  return file;
}
