// Writes runtime/direct/member-sites.generated.ts: one place in the code for each of many members.

import { writeFileSync } from 'node:fs';

const count = 128;
const cases = Array.from(
  { length: count },
  (_, site) => `    case ${site}:\n      return record[name];\n`,
);

writeFileSync(
  new URL('../runtime/direct/member-sites.generated.ts', import.meta.url),
  `// Made by scripts/generate-member-sites.mjs. One place in the code for each of many members: an engine
// that learns at each place what objects pass there finds a member at once where it is always the same.

export const siteCount = ${count};

export function memberAt(
  site: number,
  record: Readonly<Record<string, unknown>>,
  name: string,
): unknown {
  switch (site) {
${cases.join('')}    default:
      return record[name];
  }
}
`,
);
