// Switches over a kind whose `default` accepts any other kind, so that nothing reports a new one: the `default` of the others
// lists the kinds that it accepts, by `satisfies`, or accepts none.

import ts from 'typescript';

export function listOpenSwitches({ path, tree }) {
  const switches = [];
  visit(tree);
  return switches;

  function visit(node) {
    if (ts.isSwitchStatement(node) && isKind(node.expression) && isOpen(node.caseBlock)) {
      const { line } = tree.getLineAndCharacterOfPosition(node.getStart(tree));
      switches.push({ path, line: line + 1, name: node.expression.getText(tree) });
    }
    ts.forEachChild(node, visit);
  }
}

function isKind(node) {
  return ts.isPropertyAccessExpression(node) && node.name.text === 'kind';
}

function isOpen({ clauses }) {
  const last = clauses.find(ts.isDefaultClause);
  return last !== undefined && !/\bsatisfies\b|\bthrowUnreachable\(/.test(last.getText());
}
