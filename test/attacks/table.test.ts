// Writes docs/attacks.md from the rows of all surfaces, and checks that each row has exactly one test.

import { readFileSync } from 'node:fs';
import { globSync } from 'tinyglobby';
import { describe, expect, test } from 'vitest';
import { surfaces } from './attack.ts';
import type { AttackRows } from './row.ts';

const head = `# Attacks

What somebody could try against nhipol, and what happens. Each row is a test of the same name; the [threat model](threat-model.md)
says what is promised, and what is not.

Generated from \`test/attacks/\` by \`npm run generate:attacks\`.
`;

test('docs/attacks.md has all attacks', async () => {
  const sections = Object.entries<AttackRows>(surfaces)
    .filter(([, rows]) => Object.keys(rows).length > 0)
    .map(([surface, rows]) => {
      const lines = Object.values(rows).map(({ attack, result }) => `| ${attack} | ${result} |`);
      return `\n## ${surface}\n\n| attack | result |\n|---|---|\n${lines.join('\n')}\n`;
    });
  await expect([head, ...sections].join('')).toMatchFileSnapshot('../../docs/attacks.md');
});

describe('each row has exactly one test', () => {
  const sources = globSync('test/**/*.test.ts').map((file) => readFileSync(file, 'utf8'));
  const uses = sources.flatMap((source) =>
    [...source.matchAll(/\battack\(\s*'([^']+)'/g)].map(([, id]) => id),
  );
  const ids = Object.values(surfaces).flatMap((rows) => Object.keys(rows));

  test.each(ids)('%s', (id) => {
    expect(uses.filter((use) => use === id)).toHaveLength(1);
  });

  test('no id is used twice in the table', () => {
    expect(new Set(ids).size).toBe(ids.length);
  });
});
