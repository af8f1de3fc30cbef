// The style check (`npm run style`): what it extracts from sources, its rules, and its exceptions.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createChecker } from '../../scripts/style/check.mjs';
import { applyExceptions } from '../../scripts/style/exceptions.mjs';
import { extract } from '../../scripts/style/extract.mjs';
import { findFiles } from '../../scripts/style/files.mjs';

interface Rule {
  readonly prh: string;
  readonly specs: readonly { readonly from: string; readonly to: string }[];
}

const root = new URL('../..', import.meta.url);
const check = await createChecker();

function readRules(file: string): readonly Rule[] {
  return parse(readFileSync(new URL(`scripts/style/${file}`, root), 'utf8')).rules;
}

test('the sources of each part are read', () => {
  const { workspaces } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
  const files = findFiles(fileURLToPath(root));
  const parts: readonly string[] = workspaces;
  const hasSources = (part: string) =>
    files.some((file) => file.startsWith(`${part}/`) && /\.tsx?$/.test(file));
  expect(parts.length).toBeGreaterThan(10);
  expect(parts.filter((part) => !hasSources(part))).toEqual([]);
});

describe('extraction', () => {
  const extractTexts = (source: string, file = 'language/a.ts') =>
    extract(file, source).map(({ kind, text }) => `${kind}: ${text}`);

  test.each([
    [
      'lines below each other',
      '// One\n// two.\n\n// Three.',
      ['comment: One\ntwo.', 'comment: Three.'],
    ],
    ['a block', '/** The name. */\nlet a;', ['comment: The name.']],
    ['a block of lines', '/**\n * One\n * two.\n */\nlet a;', ['comment: One\ntwo.\n']],
    ['a comment before a brace', 'function f() {\n  // Nothing.\n}', ['comment: Nothing.']],
    ['a comment after code', 'let a; // The name.', ['comment: The name.']],
    ['no directives', '// biome-ignore lint: x\nlet a;', []],
    [
      'no example in a fence',
      '/**\n * One.\n * ```\n * told\n * ```\n */\nlet a;',
      ['comment: One.\n\n\n\n'],
    ],
    ['no comment in a string', 'let a = "https://a.b";', []],
    ['no comment in a template', 'let a = `// told`;', []],
    ['no comment in a regular expression', 'let a = /[/]*x/;', []],
    ['strings of some words', 'f("an error", "name");', ['message: an error']],
    [
      'placeholders as one character',
      `f(\`an error in \${name} of \${file}\`);`,
      ['message: an error in … of …'],
    ],
    [
      'escapes as what they stand for',
      'f("it isn\\u0027t \\"so\\"");',
      ['message: it isn\'t "so"'],
    ],
    ['no code', 'f("if (a) { told(b) }");', []],
    ['no import', 'import "./an error.ts";', []],
  ])('finds %s', (_, source, expected) => {
    expect(extractTexts(source)).toEqual(expected);
  });

  test('finds titles of tests, and no other string in a test', () => {
    const source = "describe('all rules', () => test.each([])('reports %s', () => f('an error')));";
    expect(extractTexts(source, 'test/a.test.ts')).toEqual([
      'title: all rules',
      'title: reports %s',
    ]);
  });
});

describe('positions', () => {
  const places = async (source: string) =>
    (await check('language/a.ts', source)).map(
      ({ line, column, found }) => `${line}:${column} ${found}`,
    );

  test.each([
    ['in a comment of several lines', 'let a;\n  // One\n  // is told.', ['3:9 told']],
    ['in a block', '/**\n * One is\n * told.\n */', ['3:4 told']],
    ['across lines', '// It is made by\n// which rule.', ['1:15 by which']],
    ['after an escape', 'f("it isn\\u0027t told");', ['1:18 told']],
    ['after a placeholder', `f(\`the \${name} is told\`);`, ['1:19 told']],
    ['in a second line of a template', 'f(`one error\n    is told`);', ['2:8 told']],
  ])('are right %s', async (_, source, expected) => {
    expect(await places(source)).toEqual(expected);
  });

  test('are right in a page, whose code is not prose', async () => {
    const page = '# A `told` page\n\n```\ntold\n```\n\nOne is **told**.\n';
    expect(await check('docs/a.md', page)).toMatchObject([
      { file: 'docs/a.md', kind: 'page', line: 7, column: 10, rule: 'told' },
    ]);
  });
});

describe('rules', () => {
  const cases = ['prh.yml', 'comments.yml', 'titles.yml'].flatMap((file) =>
    readRules(file).map(({ prh, specs }) => [prh, file, specs] as const),
  );
  const createSource = (file: string, text: string): readonly [string, string] => {
    if (file === 'comments.yml') return ['language/a.ts', `// ${text}`];
    if (file === 'titles.yml') return ['test/a.test.ts', `test(${JSON.stringify(text)}, f);`];
    return ['docs/a.md', text];
  };

  test('have different names', () => {
    const names = cases.map(([name]) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  test.each(cases)(
    '%s has an example that it reports, and one that it does not',
    async (name, file, specs) => {
      const isReported = async (text: string) => {
        const [path, source] = createSource(file, text);
        return (await check(path, source)).some(({ rule }) => rule === name);
      };
      const reported = specs.filter(({ from, to }) => from !== to);
      const others = specs.filter(({ from, to }) => from === to);
      expect([reported.length > 0, others.length > 0]).toEqual([true, true]);
      for (const { from } of reported) expect([from, await isReported(from)]).toEqual([from, true]);
      for (const { from } of others) expect([from, await isReported(from)]).toEqual([from, false]);
    },
  );
});

describe('exceptions', () => {
  const findings = [{ file: 'docs/a.md', line: 1, column: 8 }];
  const exception = { file: 'docs/a.md', text: 'is told', reason: 'a quotation' };
  const apply = (...exceptions: object[]) =>
    applyExceptions(findings, exceptions, () => 'One is told.');

  test('cover the findings in their text', () => {
    expect(apply(exception)).toEqual({ findings: [], unused: [] });
  });

  test.each([
    ['for another file', { ...exception, file: 'docs/b.md' }],
    ['for another place in the line', { ...exception, text: 'One' }],
    ['for a text that the line does not contain', { ...exception, text: 'are told' }],
  ])('%s are unused', (_, unused) => {
    expect(apply(unused)).toEqual({ findings, unused: [unused] });
  });
});

describe('the command', () => {
  const run = (...files: string[]) => {
    const args = [fileURLToPath(new URL('scripts/style/main.mjs', root)), ...files];
    const options = { cwd: fileURLToPath(root), encoding: 'utf8' } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, args, options);
    return { status, stdout, stderr };
  };

  test('checks the named files', () => {
    expect(run('README.md')).toEqual({
      status: 0,
      stdout: 'files checked: 1, findings: 0, exceptions: 0\n',
      stderr: '',
    });
  });

  test('reports a missing file', () => {
    expect(run('missing.md')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'style: missing.md does not exist\n',
    });
  });
});
