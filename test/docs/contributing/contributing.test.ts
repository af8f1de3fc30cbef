// The pages of docs/contributing/ name files and declarations that exist: `language/types/types.ts` (`ScalarKind`).

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const pages = readdirSync(`${root}docs/contributing`).map((name) => `docs/contributing/${name}`);

test.for(pages)('the files that %s names exist, and contain the names after them', (page) => {
  const text = readFileSync(`${root}${page}`, 'utf8');
  const named = [...text.matchAll(/`([\w.-]+\/[\w./-]*)`(?: \(((?:`\w+`(?:, )?)+)\))?/g)];
  const missing = named.flatMap(([, path = '', names = '']) => {
    if (!existsSync(`${root}${path}`)) return [path];
    if (statSync(`${root}${path}`).isDirectory()) return [];
    const source = readFileSync(`${root}${path}`, 'utf8');
    return [...names.matchAll(/\w+/g)]
      .filter(([name]) => !new RegExp(`\\b${name}\\b`).test(source))
      .map(([name]) => `${path}: ${name}`);
  });
  expect(missing).toEqual([]);
});
