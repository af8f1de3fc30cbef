import { expect, test } from 'vitest';
import type { AstNode } from '../../language/syntax/ast.ts';
import { childrenOf, visit } from '../../language/syntax/visit.ts';
import { parsed } from '../support/parsing.ts';

function kinds(root: AstNode, leaveOut?: AstNode['kind']): string[] {
  const seen: string[] = [];
  visit(root, (node) => {
    seen.push(node.kind);
    return node.kind !== leaveOut;
  });
  return seen;
}

const { file } = parsed('policy p const a = b.c is present and not { 1, d }');

test('nodes come before their children, in source order', () => {
  expect(kinds(file)).toEqual([
    ...['File', 'PolicyHeader', 'Name', 'Const', 'Name', 'Binary'],
    ...['Presence', 'Access', 'Reference', 'Name', 'Unary', 'Set', 'Int', 'Reference'],
  ]);
});

test('a node’s children can be left out', () => {
  expect(kinds(file, 'Presence')).not.toContain('Access');
  expect(kinds(file, 'Presence')).toContain('Set');
});

test('children that are absent are no children', () => {
  const [header] = file.items;
  expect(header && childrenOf(header).map(({ kind }) => kind)).toEqual(['Name']);
});
