// Spreads of literals, such as `...{ a, b }` and `...[a, b]`: their members belong in the literal around them.

import ts from 'typescript';

export function listLiteralSpreads({ path, tree }) {
  const spreads = [];
  visit(tree);
  return spreads;

  function visit(node) {
    if (isLiteralSpread(node)) {
      const { line } = tree.getLineAndCharacterOfPosition(node.getStart(tree));
      spreads.push({ path, line: line + 1, name: node.getText(tree).split('\n')[0] });
    }
    ts.forEachChild(node, visit);
  }
}

function isLiteralSpread(node) {
  if (ts.isSpreadAssignment(node)) return ts.isObjectLiteralExpression(node.expression);
  return ts.isSpreadElement(node) && ts.isArrayLiteralExpression(node.expression);
}
