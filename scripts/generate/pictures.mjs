// Writes docs/pictures/*.svg: the output of commands in a terminal, which it runs. Needs the built
// command line: `npm run build && node scripts/generate/pictures.mjs`.

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { terminalPicture } from '../pictures/terminal.mjs';

const root = new URL('../../', import.meta.url);
const nhipol = fileURLToPath(new URL('dist/cli/main.js', root));
const pictures = new URL('docs/pictures/', root);

/** The pictures, each with the folder in which its command runs, and the command. */
const shown = [
  ['check', 'docs/pictures/policies/', 'check invoices.nhipol nightly.nhipol'],
  ['explain', 'docs/pictures/policies/', 'eval release.nhipol --request release.json --explain'],
  ['report', 'examples/support-agent/', 'report policy.nhipol --framework owasp-agentic'],
  [
    'simulate',
    'examples/agent-trifecta/',
    'simulate policy.nhipol --events incident.jsonl --session support-7 --session billing-4',
  ],
];

for (const [name, folder, line] of shown) {
  const { stdout, stderr, error } = spawnSync(
    process.execPath,
    [nhipol, '--color', ...line.split(' ')],
    { cwd: new URL(folder, root), encoding: 'utf8' },
  );
  if (error !== undefined) throw error;
  writeFileSync(
    new URL(`${name}.svg`, pictures),
    terminalPicture(`nhipol ${line}`, stdout + stderr),
  );
}
