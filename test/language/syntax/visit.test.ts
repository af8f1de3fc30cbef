// Traversal of syntax trees.

import { type AstNode, listChildren, visit } from '@nhipol/language/syntax';
import { expect, test } from 'vitest';
import { parseText } from '../../support/parsing.ts';

function kinds(root: AstNode, skipped?: AstNode['kind']): string[] {
  const seen: string[] = [];
  visit(root, (node) => {
    seen.push(node.kind);
    return node.kind !== skipped;
  });
  return seen;
}

const { file } = parseText('policy p const a = b.c is present and not { 1, d }');

test('visits nodes before their children, in source order', () => {
  expect(kinds(file)).toEqual([
    'File',
    'PolicyHeader',
    'Name',
    'Const',
    'Name',
    'Binary',
    'Presence',
    'Access',
    'Reference',
    'Name',
    'Unary',
    'Set',
    'Int',
    'Reference',
  ]);
});

test('the children of a node can be skipped', () => {
  expect(kinds(file, 'Presence')).not.toContain('Access');
  expect(kinds(file, 'Presence')).toContain('Set');
});

test('the children of a node do not include absent ones', () => {
  const [header] = file.items;
  expect(header && listChildren(header).map(({ kind }) => kind)).toEqual(['Name']);
});
