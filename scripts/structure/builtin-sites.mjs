// Places outside of tables that compare the name of a builtin with a literal: `builtin.name === 'lower'`, also after
// `const { name } = expr.builtin`, or a `switch` over it that is not exhaustive.

import ts from 'typescript';

export function listBuiltinSites({ path, tree }) {
  const sites = [];
  visit(tree, new Set());
  return sites;

  /** `names`: the variables that hold the name of a builtin, in the function around the node. */
  function visit(node, names) {
    const inner = ts.isFunctionLike(node) ? new Set([...names, ...collectNames(node)]) : names;
    if (isComparison(node, inner) || isOpenSwitch(node, inner)) {
      const { line } = tree.getLineAndCharacterOfPosition(node.getStart(tree));
      sites.push({ path, line: line + 1, name: node.getText(tree).split('\n')[0] });
    }
    ts.forEachChild(node, (child) => visit(child, inner));
  }
}

const comparisons = new Set([
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
]);

function isComparison(node, names) {
  if (!ts.isBinaryExpression(node) || !comparisons.has(node.operatorToken.kind)) return false;
  return (
    (isBuiltinName(node.left, names) && ts.isStringLiteral(node.right)) ||
    (isBuiltinName(node.right, names) && ts.isStringLiteral(node.left))
  );
}

/** Whether a `switch` over the name has no `default` that is a type error for a new name. */
function isOpenSwitch(node, names) {
  if (!ts.isSwitchStatement(node) || !isBuiltinName(node.expression, names)) return false;
  return !/satisfies never/.test(node.caseBlock.clauses.at(-1)?.getText() ?? '');
}

function isBuiltinName(node, names) {
  if (ts.isIdentifier(node)) return names.has(node.text);
  if (!ts.isPropertyAccessExpression(node) || node.name.text !== 'name') return false;
  return isBuiltin(node.expression);
}

function isBuiltin(node) {
  if (ts.isConditionalExpression(node))
    return isBuiltin(node.whenTrue) || isBuiltin(node.whenFalse);
  const name = ts.isPropertyAccessExpression(node) ? node.name.text : node.text;
  return name === 'builtin';
}

/** The variables and parameters of a function, but not of functions in it, that hold the name of a builtin. */
function collectNames(owner) {
  const names = [];
  ts.forEachChild(owner, collect);
  return names;

  function collect(node) {
    if (ts.isFunctionLike(node)) return;
    if (ts.isVariableDeclaration(node) && node.initializer !== undefined) {
      if (ts.isObjectBindingPattern(node.name) && isBuiltin(node.initializer))
        names.push(...findName(node.name));
    }
    if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.name)) {
      if (node.propertyName?.text === 'builtin') names.push(...findName(node.name));
    }
    ts.forEachChild(node, collect);
  }
}

function findName({ elements }) {
  return elements
    .filter(({ propertyName, name }) => (propertyName ?? name).text === 'name')
    .map(({ name }) => name.text);
}
