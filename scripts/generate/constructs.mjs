// Writes the table of constructs in docs/prove.md from `assurance/proving/facts/constructs.ts`. The text outside the markers is
// unchanged.

import { readFileSync, writeFileSync } from 'node:fs';
import { constructTable } from '../../dist/assurance/proving/facts/construct-table.js';

const page = new URL('../../docs/prove.md', import.meta.url);

const text = readFileSync(page, 'utf8').replace(
  /<!-- generated: constructs -->\n[\s\S]*?<!-- \/generated -->/,
  `<!-- generated: constructs -->\n\n${constructTable()}\n\n<!-- /generated -->`,
);
writeFileSync(page, text);
