// Places outside of tables that compare the name of a builtin with a literal: `builtin.name === 'lower'`, or a `switch`
// over it.

import ts from 'typescript';

export function listBuiltinSites({ path, tree }) {
  const sites = [];
  visit(tree);
  return sites;

  function visit(node) {
    if (isComparison(node) || (ts.isSwitchStatement(node) && isBuiltinName(node.expression))) {
      const { line } = tree.getLineAndCharacterOfPosition(node.getStart(tree));
      sites.push({ path, line: line + 1, name: node.getText(tree).split('\n')[0] });
    }
    ts.forEachChild(node, visit);
  }
}

const comparisons = new Set([
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
]);

function isComparison(node) {
  if (!ts.isBinaryExpression(node) || !comparisons.has(node.operatorToken.kind)) return false;
  return (
    (isBuiltinName(node.left) && ts.isStringLiteral(node.right)) ||
    (isBuiltinName(node.right) && ts.isStringLiteral(node.left))
  );
}

function isBuiltinName(node) {
  if (!ts.isPropertyAccessExpression(node) || node.name.text !== 'name') return false;
  const owner = node.expression;
  const name = ts.isPropertyAccessExpression(owner) ? owner.name.text : owner.text;
  return name === 'builtin';
}
