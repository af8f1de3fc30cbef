// Writes what repeats the contract in runtime/contract: the tables of runtime/ABI.md between its markers, and a file of
// constants for each host.

import { readFileSync, writeFileSync } from 'node:fs';
import { abiTables } from '../contract/abi-tables.mjs';
import { hostFiles } from '../contract/host-files.mjs';

const root = new URL('../..', import.meta.url);
const page = new URL('runtime/ABI.md', root);

const missing = new Set(Object.keys(abiTables));
const text = readFileSync(page, 'utf8').replace(
  /<!-- generated: ([\w ]+) -->\n[\s\S]*?<!-- end -->/g,
  (_, name) => {
    if (!missing.delete(name)) throw new Error(`runtime/ABI.md: unexpected section \`${name}\``);
    return `<!-- generated: ${name} -->\n\n${abiTables[name]}\n\n<!-- end -->`;
  },
);
if (missing.size > 0)
  throw new Error(`runtime/ABI.md: missing sections ${[...missing].join(', ')}`);
writeFileSync(page, text);

for (const [path, contents] of Object.entries(hostFiles)) {
  writeFileSync(new URL(path, root), contents);
}
