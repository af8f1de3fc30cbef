// The files of the project that people write: their paths and, for TypeScript and scripts, their syntax trees.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** Files that somebody reads as code and that no script writes. */
const code = /\.(?:ts|tsx|mjs|js|py|go|rs|java|rb|c|h)$/;
const generated =
  /\.generated\.|(?:^|\/)contract_generated\.go$|(?:^|\/)editors\/tree-sitter\/src\//;

/** All files that git knows or would add. */
export function listFiles(root) {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  return listed.split('\n').filter((path) => path !== '');
}

/** The files of code among them. */
export function listCode(root) {
  return listFiles(root).filter((path) => code.test(path) && !generated.test(path));
}

/** The TypeScript of the product: no tests, no benchmarks, no examples, no modules' own AssemblyScript. */
export function parseProduct(root) {
  return listTypeScript(root)
    .filter((path) => !/^(?:test|benchmarks|examples|assembly)\//.test(path))
    .map((path) => parseFile(root, path));
}

/** The TypeScript of the tests. */
export function parseTests(root) {
  return listTypeScript(root)
    .filter((path) => path.startsWith('test/'))
    .map((path) => parseFile(root, path));
}

/** The AssemblyScript of the modules' library. */
export function parseAssembly(root) {
  return listTypeScript(root)
    .filter((path) => path.startsWith('assembly/'))
    .map((path) => parseFile(root, path));
}

/** The modules of JavaScript: tools, benchmarks and what runs without a build. */
export function parseScripts(root) {
  return listCode(root)
    .filter((path) => path.endsWith('.mjs'))
    .map((path) => parseFile(root, path));
}

function listTypeScript(root) {
  return listCode(root).filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'));
}

function parseFile(root, path) {
  const text = readFileSync(join(root, path), 'utf8');
  const kind = findScriptKind(path);
  return { path, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind) };
}

function findScriptKind(path) {
  if (path.endsWith('.mjs')) return ts.ScriptKind.JS;
  return path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
}
