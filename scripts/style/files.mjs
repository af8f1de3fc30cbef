// The files that the style check reads: Markdown pages, and sources whose comments, messages and titles are prose.

import { globSync } from 'tinyglobby';

const unwritten = [
  '**/node_modules/**',
  '**/dist/**',
  '**/build/**',
  '**/target/**',
  '**/*.generated.ts',
  '**/*.d.ts',
];

/** Texts that others wrote, and outputs that tests compare with. */
const foreign = ['THIRD-PARTY-NOTICES.md', 'test/reporting/golden/**'];

const pages = [
  '*.md',
  '{docs,hosts,runtime,service,test,scripts}/**/*.md',
  '*/README.md',
  'assurance/*/README.md',
  'examples/**/*.md',
];

const sources = [
  '{language,compiler,runtime,service,assurance,cli,assembly,editors,web,scripts,examples,test,benchmarks}/**/*.{ts,tsx,mjs}',
  'hosts/mcp/**/*.ts',
];

/** The pages and sources of the repository in `root`, as sorted paths relative to it. */
export function findFiles(root) {
  const listMatches = (patterns) =>
    globSync(patterns, { cwd: root, ignore: [...unwritten, ...foreign] }).sort();
  return [...listMatches(pages), ...listMatches(sources)];
}

export function isPage(file) {
  return file.endsWith('.md');
}
