// Writes docs/policy-faults.md: ten policies with one mistake each, which tools notice it, and what
// they say. It runs the command line as a user does. How long `verify` took is printed, and not written,
// since that is another on each machine.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const cli = join(root, 'dist/bin/nhipol.js');
const source = (path) => readFileSync(join(root, path), 'utf8');

/** The table of faults is TypeScript; the compiler that is here anyway reads it. */
async function readFaults() {
  const { default: ts } = await import('typescript');
  const { outputText } = ts.transpileModule(source('test/faults/faults.ts'), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  const url = `data:text/javascript,${encodeURIComponent(outputText)}`;
  return (await import(url)).faults;
}

function run(folder, ...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0 && status !== 1) throw new Error(`${args.join(' ')}: ${stdout}${stderr}`);
  const told = stdout === '' ? stderr : stdout;
  const output = told.trimEnd().replaceAll(/ \(\d+\.\d s\)| in \d+\.\d s/g, '');
  // Where a test fails, `mutate` asks to mend that first.
  const found = status === 1 && !stderr.includes('mend its test');
  const time = /found after (.*?), and/.exec(told)?.[1];
  return { found, time, output, command: `nhipol ${args.join(' ')}` };
}

function runAll(fault) {
  const folder = mkdtempSync(join(tmpdir(), 'nhipol-faults-'));
  try {
    const right = source(`test/faults/policies/${fault.policy}.nhipol`);
    mkdirSync(join(folder, 'before'));
    writeFileSync(join(folder, 'before/policy.nhipol'), right);
    writeFileSync(join(folder, 'policy.nhipol'), right.replace(fault.find, fault.put));
    const line = right.slice(0, right.indexOf(fault.find)).split('\n').length;
    return {
      warning: run(folder, 'check', 'policy.nhipol', '--deny-warnings'),
      test: run(folder, 'test', 'policy.nhipol', '--engine', 'evaluator'),
      verify: run(folder, 'verify', 'policy.nhipol'),
      diff: run(folder, 'diff', 'before/policy.nhipol', 'policy.nhipol', '--no-loosening'),
      mutate: run(folder, 'mutate', 'policy.nhipol', '--at', `policy.nhipol:${line}`),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const tools = ['warning', 'test', 'verify', 'diff', 'mutate'];

function pageOf(results) {
  const rows = results.map(({ fault, told }) => {
    const marks = tools.map((tool) => (told[tool].found ? '✓' : ''));
    return `| [${fault.what}](#${anchor(fault.what)}) | ${marks.join(' | ')} |`;
  });
  const chapters = results.map(({ fault, told }) => {
    const shown = tools
      .filter((tool) => told[tool].found)
      .map(
        (tool) => `\`\`\`text
$ ${told[tool].command}
${told[tool].output}
\`\`\``,
      );
    const put = fault.put === '' ? '' : `\n+ ${fault.put.trim()}`;
    return `## ${fault.what}

\`\`\`diff
- ${fault.find.trim()}${put}
\`\`\`

${shown.join('\n\n')}`;
  });
  return `<!-- Made by scripts/policy-faults.mjs; do not edit. -->

# Ten mistakes

Ten small policies, each with one mistake that people make, and with the tests and claims that somebody in a hurry writes. Which
tools notice it:

| mistake | a warning | \`test\` | \`verify\` | \`diff\` | \`mutate\` |
|---|---|---|---|---|---|
${rows.join('\n')}

\`test\` tries the claims, too, though not as hard as \`verify\`; \`diff\` compares with the policy as it was; \`mutate\` is asked of the line with the mistake, and
notices that no test holds it to what is written there. The policies are in [test/faults/](../test/faults/faults.ts).

${chapters.join('\n\n')}
`;
}

function anchor(title) {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}

const results = (await readFaults()).map((fault) => ({ fault, told: runAll(fault) }));
for (const { fault, told } of results) {
  const noticed = tools.filter((tool) => told[tool].found);
  const { time } = told.verify;
  const verified = time === undefined ? '' : `; verify found it after ${time}`;
  console.log(`${fault.policy}: ${noticed.join(', ')}${verified}`);
  if (noticed.join() !== tools.filter((tool) => fault.noticedBy.includes(tool)).join()) {
    console.log(`  but test/faults/faults.ts says ${fault.noticedBy.join(', ')}`);
    process.exitCode = 1;
  }
}
writeFileSync(join(root, 'docs/policy-faults.md'), pageOf(results));
