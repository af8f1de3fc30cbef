// The table of constructs for docs/prove.md, in Markdown.

import { type ConstructRow, constructs, type Precision } from './constructs.ts';

const words: Readonly<Record<Precision, string>> = {
  exact: 'exact',
  over: 'proofs only',
  none: 'no proof',
};

export function constructTable(): string {
  const rows = Object.values<ConstructRow>(constructs).map(
    ({ name, precision, how }) => `| ${name} | ${words[precision]} | ${how} |`,
  );
  return ['| construct | | representation |', '|---|---|---|', ...rows].join('\n');
}
