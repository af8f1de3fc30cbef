// A long file is parsed a few declarations at a time: the result consists of the trees of its declarations, and
// errors are reported as in a short file.

import { type AstNode, visit } from '@nhipol/language/syntax';
import { expect, test } from 'vitest';
import { items, parseText } from '../../support/parsing.ts';

const declarations = [
  'enum Level { LOW < HIGH }',
  'for agent doing "a b" on any when context.risk in { 1, 2 } and subject.on { permit r when context.x > 5 }',
  'const names = { "a", "b" }',
  'context { risk?: Int(0..9), deep?: { n?: Int } fresh 5m }',
  'for any { given d = context.deep { deny s when d.n > 1 } otherwise { deny t } }',
];
const all = Array.from({ length: 200 }, (_, at) => declarations[at % declarations.length] ?? '');
const text = all.join('\n');

test('the tree of a long file consists of the trees of its declarations', () => {
  expect(items(text)).toEqual(all.flatMap((each) => items(each)));
});

test('the spans of a long file are correct', () => {
  const names: AstNode[] = [];
  visit(parseText(text).file, (node) => {
    if (node.kind === 'Name' && !node.quoted) names.push(node);
    return undefined;
  });
  expect(names.length).toBeGreaterThan(500);
  for (const node of names) {
    const { span } = node;
    expect(node).toMatchObject({ text: text.slice(span.start, span.end) });
  }
});

test.each([
  ['permit r when context.x >', 'syntax-error'],
  ['permit r when 1 < 2 < 3', 'chained-comparison'],
  ['permit r when context.x is "\\q"', 'bad-escape'],
])('reports a mistake in a long file once: %s', (rule, code) => {
  const broken = all.with(120, `for any { ${rule} }`);
  const alone = parseText(`for any { ${rule} }`);
  const { found, file } = parseText(broken.join('\n'));
  expect(found).toEqual(alone.found);
  expect(found).toEqual([expect.stringMatching(new RegExp(`^${code} `))]);
  expect(file.items).toHaveLength(200);
});
