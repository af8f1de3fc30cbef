// `npm run generate`: runs all generators. Those that write sources run first; then everything is built
// again, so that the generators of pages read the new sources.

import { execFileSync } from 'node:child_process';

const sources = ['cst', 'nhi', 'templates', 'assembly-sources', 'unicode', 'member-sites'];
const pages = [
  'contract',
  'grammar',
  'textmate',
  'playground-words',
  'tree-sitter',
  'errors',
  'cli',
  'constructs',
  'config-schema',
  'log-schema',
  'pictures',
];
const build = () => {
  execFileSync('npx', ['tsc', '-b'], { stdio: 'inherit' });
  execFileSync(process.execPath, ['scripts/build/gather-parts.mjs'], { stdio: 'inherit' });
};

build();
for (const name of sources) await import(`./${name}.mjs`);
build();
for (const name of pages) await import(`./${name}.mjs`);
