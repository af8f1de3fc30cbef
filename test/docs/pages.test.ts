// All pages: every link leads to an existing page and heading, the index lists every page, the code in the glossary can
// be parsed, and its names exist in the vocabulary.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Reporter } from '@nhipol/language';
import { parse } from '@nhipol/language/syntax';
import { expect, test } from 'vitest';
import { nhiSources } from '../../language/vocabulary/nhi.generated.ts';
import { listAnchors, readPage } from '../support/pages/pages.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.md'))
  .map((path) => `docs/${path}`);

interface Link {
  readonly from: string;
  /** The path of the target, relative to the root. */
  readonly path: string;
  readonly anchor: string | undefined;
}

function listLinks(from: string): readonly Link[] {
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

test('every link has an existing target', () => {
  const links = [...pages, ...outside.map((name) => `${name}.md`)].flatMap(listLinks);
  expect(links.length).toBeGreaterThan(50);
  const broken = links.filter(({ path, anchor }) => {
    if (!existsSync(join(root, path))) return true;
    return anchor !== undefined && !listAnchors(readFileSync(join(root, path), 'utf8')).has(anchor);
  });
  expect(broken).toEqual([]);
});

test('every page is listed in an index', () => {
  const top = listLinks('docs/README.md').map(({ path }) => path);
  const below = top
    .filter((path) => /^docs\/(?:.+\/README|language)\.md$/.test(path))
    .flatMap(listLinks);
  const named = new Set(['docs/README.md', ...top, ...below.map(({ path }) => path)]);
  expect(pages.filter((page) => !named.has(page))).toEqual([]);
});

const rows = [...readPage('glossary.md').text.matchAll(/^\| \*\*(.+?)\*\*.* \| (.*) \|$/gm)].map(
  ([, term = '', here = '']) => ({ term, here }),
);

test('the glossary has no duplicate terms', () => {
  const terms = rows.map(({ term }) => term);
  expect(terms.length).toBeGreaterThan(50);
  expect(new Set(terms).size).toBe(terms.length);
});

test.for(rows)('the code in the entry $term can be parsed', ({ here }) => {
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
});

test('the names in the glossary exist in the vocabulary', () => {
  const vocabulary = [...nhiSources.values()].join('\n');
  const forms = rows.flatMap(({ here }) => [
    ...[...here.matchAll(/`([A-Z]\w+)`/g)].map(([, name]) => `(record|enum) ${name} `),
    ...[...here.matchAll(/`(is_\w+|actors_in)\(/g)].map(
      ([, name]) => `(predicate|function) ${name}\\(`,
    ),
  ]);
  expect(forms.length).toBeGreaterThan(10);
  expect(forms.filter((form) => !new RegExp(form).test(vocabulary))).toEqual([]);
});
