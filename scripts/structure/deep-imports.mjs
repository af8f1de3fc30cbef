// Imports of a file of another part by its path, past the exports of the part: in the product,
// and in tests, benchmarks and scripts, which may look inside.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { readPackages } from '../read-packages.mjs';
import { listCode } from './source-files.mjs';

const imports = /\.(?:tsx?|mjs|js)$/;

/** `{ product, tools }`: the lines of each. */
export function listDeepImports(root) {
  const parts = readPackages(root).map(({ folder }) => folder);
  const findPart = (path) => parts.find((folder) => path.startsWith(`${folder}/`));
  const deep = { product: [], tools: [] };
  for (const path of listCode(root).filter((file) => imports.test(file))) {
    const own = findPart(path);
    const lines = own === undefined && isTool(path) ? deep.tools : deep.product;
    const text = readFileSync(join(root, path), 'utf8');
    for (const { fileName } of ts.preProcessFile(text, true, true).importedFiles) {
      if (!fileName.startsWith('.')) continue;
      const target = join(dirname(path), fileName).replace(/^dist\//, '');
      const part = findPart(target);
      if (part !== undefined && part !== own) lines.push(`${path} imports ${target}`);
    }
  }
  return deep;
}

function isTool(path) {
  return /^(?:test|benchmarks|scripts)\//.test(path);
}
