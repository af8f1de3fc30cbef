// `npm run generate`: every generator in turn. Those that write sources come first; the language is built
// again before the ones that read it, so that their pages are of the sources just written.

import { execFileSync } from 'node:child_process';

const sources = ['cst', 'nhi', 'templates', 'assembly-sources', 'unicode', 'member-sites'];
const pages = ['grammar', 'errors', 'config-schema', 'pictures', 'notices'];
const build = () => execFileSync('npx', ['tsc', '-b'], { stdio: 'inherit' });

build();
for (const name of sources) await import(`./generate-${name}.mjs`);
build();
for (const name of pages) await import(`./generate-${name}.mjs`);
