// The names of functions and exports, and which break the rules for names in CONTRIBUTING.md.

import { readFileSync } from 'node:fs';
import ts from 'typescript';

const words = JSON.parse(readFileSync(new URL('words.json', import.meta.url), 'utf8'));

const prepositions = new Set(words.prepositions);

/** Words that look like participles and are verbs or nouns. */
const noParticiples = new Set(words.noParticiples);
const irregular = new Set(words.irregularParticiples);
const verbsToo = new Set(['set', 'put', 'cut', 'shut', 'split', 'spread', 'bound']);

/** The words of a camel-case name, in lower case. */
function splitName(name) {
  return name
    .replace(/^[#_$]+/, '')
    .split(/(?<=[a-z0-9])(?=[A-Z])|_|(?<=[A-Z])(?=[A-Z][a-z])/)
    .map((word) => word.toLowerCase())
    .filter((word) => word !== '');
}

export function endsInPreposition(name) {
  const words = splitName(name);
  return words.length > 1 && prepositions.has(words.at(-1));
}

/** Whether a function is named by a participle alone or by one before a noun, as in `found` or `sortedRows`. */
export function isParticiple(name) {
  const [first] = splitName(name);
  if (first === undefined || noParticiples.has(first)) return false;
  if (irregular.has(first)) return !verbsToo.has(first);
  return first.length > 4 && first.endsWith('ed');
}

/** Functions and methods with a body, and constants that are functions: `{ name, path, line }`. */
export function listFunctions({ path, tree }) {
  const found = [];
  visit(tree);
  return found;

  function visit(node) {
    const name = nameOfFunction(node);
    if (name !== undefined) {
      const { line } = tree.getLineAndCharacterOfPosition(node.getStart(tree));
      found.push({ name, path, line: line + 1 });
    }
    ts.forEachChild(node, visit);
  }
}

function nameOfFunction(node) {
  if (ts.isFunctionDeclaration(node) && node.body !== undefined) return node.name?.text;
  if (ts.isMethodDeclaration(node) && node.body !== undefined) return readText(node.name);
  if (ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node)) {
    const value = node.initializer;
    const isFunction =
      value !== undefined && (ts.isArrowFunction(value) || ts.isFunctionExpression(value));
    if (isFunction) return readText(node.name);
  }
  return undefined;
}

const readText = (name) =>
  ts.isIdentifier(name) || ts.isPrivateIdentifier(name) ? name.text : undefined;

const vagueVariables = new Set(words.vagueVariables);

/** Variables and parameters that are named by a word that fits any value: `{ name, path, line }`. */
export function listVagueVariables({ path, tree }) {
  const variables = [];
  visit(tree);
  return variables;

  function visit(node) {
    if (isVariable(node) && vagueVariables.has(node.name.text)) {
      const { line } = tree.getLineAndCharacterOfPosition(node.getStart(tree));
      variables.push({ name: node.name.text, path, line: line + 1 });
    }
    ts.forEachChild(node, visit);
  }
}

/** Whether a node declares a variable or parameter by a name, also by destructuring. */
function isVariable(node) {
  const declares =
    ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node);
  return declares && ts.isIdentifier(node.name);
}

const vaguePrefix = /^(?:known|own)[A-Z]/;

/** Variables, parameters and functions that are named after a type and `known` or `own`: `{ name, path, line }`. */
export function listVaguePrefixes({ path, tree }) {
  const names = [];
  visit(tree);
  return names;

  function visit(node) {
    const isNamed = isVariable(node) || ts.isFunctionDeclaration(node);
    if (isNamed && node.name !== undefined && vaguePrefix.test(node.name.text)) {
      const { line } = tree.getLineAndCharacterOfPosition(node.getStart(tree));
      names.push({ name: node.name.text, path, line: line + 1 });
    }
    ts.forEachChild(node, visit);
  }
}

/** Whether a program that loads the file requires the name: VS Code calls `activate` of each entry of an extension. */
export function isRequiredExport(name, path) {
  const entries = words.requiredExports[name] ?? [];
  return entries.includes(path);
}

/** The exports that a file declares itself: `{ name, path }`, without names of other files. */
export function listExports({ path, tree }) {
  return tree.statements.flatMap((statement) => {
    const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
    if (!modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.flatMap(({ name }) => listNames(name, path));
    }
    return statement.name === undefined ? [] : [{ name: statement.name.text, path }];
  });
}

function listNames(name, path) {
  if (ts.isIdentifier(name)) return [{ name: name.text, path }];
  return name.elements.flatMap((element) => (element.name ? listNames(element.name, path) : []));
}
