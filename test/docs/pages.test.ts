// The pages for readers as a whole: every link between them leads to a page and a heading, the index
// names every page, what the glossary says in code can be parsed, and the vocabulary has its names.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse, Reporter } from '../../language/index.ts';
import { nhiSources } from '../../language/nhi.generated.ts';
import { anchorsOf, readPage } from '../support/pages.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.md'))
  .map((path) => `docs/${path}`);

interface Link {
  readonly from: string;
  /** Of the file that it leads to, from the root. */
  readonly path: string;
  readonly anchor: string | undefined;
}

function linksOf(from: string): readonly Link[] {
  const text = readFileSync(join(root, from), 'utf8').replace(/^```[\s\S]*?^```$/gm, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^https?:/.test(target))
    .map((target) => {
      const [path = '', anchor] = target.split('#');
      return { from, path: path === '' ? from : relative('.', join(dirname(from), path)), anchor };
    });
}

const outside = [
  'README',
  'CHANGELOG',
  'CONTRIBUTING',
  'RATIONALE',
  'SECURITY',
  'benchmarks/README',
];

test('every link leads somewhere', () => {
  const links = [...pages, ...outside.map((name) => `${name}.md`)].flatMap(linksOf);
  expect(links.length).toBeGreaterThan(50);
  const lost = links.filter(({ path, anchor }) => {
    if (!existsSync(join(root, path))) return true;
    return anchor !== undefined && !anchorsOf(readFileSync(join(root, path), 'utf8')).has(anchor);
  });
  expect(lost).toEqual([]);
});

test('the index, or one that it names, names every page', () => {
  const top = linksOf('docs/README.md').map(({ path }) => path);
  const below = top.filter((path) => /^docs\/.+README\.md$/.test(path)).flatMap(linksOf);
  const named = new Set(['docs/README.md', ...top, ...below.map(({ path }) => path)]);
  expect(pages.filter((page) => !named.has(page))).toEqual([]);
});

const rows = [...readPage('glossary.md').text.matchAll(/^\| \*\*(.+?)\*\*.* \| (.*) \|$/gm)].map(
  ([, term = '', here = '']) => ({ term, here }),
);

test('the glossary has the terms of the field, none twice', () => {
  const terms = rows.map(({ term }) => term);
  expect(terms.length).toBeGreaterThan(50);
  expect(new Set(terms).size).toBe(terms.length);
});

test.for(rows)(
  '$term: what is said of it in code is declarations, rules or expressions',
  ({ here }) => {
    for (const [, code = ''] of here.matchAll(/`([^`]+)`/g)) {
      const readings = [
        code,
        `for any {\n${code}\n}`,
        `const x = ${code}`,
        `record R { x: ${code} }`,
      ];
      const readable = [...readings, `record R { ${code} }`, `record R { x: T ${code} }`].filter(
        (reading) => {
          const reporter = new Reporter();
          parse('part.nhipol', reading, reporter);
          return reporter.diagnostics.length === 0;
        },
      );
      expect({ code, isReadable: readable.length > 0 }).toEqual({ code, isReadable: true });
    }
  },
);

test('the names of the vocabulary that the glossary tells are there', () => {
  const vocabulary = [...nhiSources.values()].join('\n');
  const told = rows.flatMap(({ here }) => [
    ...[...here.matchAll(/`([A-Z]\w+)`/g)].map(([, name]) => `(record|enum) ${name} `),
    ...[...here.matchAll(/`(is_\w+|actors_in)\(/g)].map(
      ([, name]) => `(predicate|function) ${name}\\(`,
    ),
  ]);
  expect(told.length).toBeGreaterThan(10);
  expect(told.filter((form) => !new RegExp(form).test(vocabulary))).toEqual([]);
});
