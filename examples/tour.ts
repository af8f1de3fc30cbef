// `npm start`: compiles every example policy, compares each module with the evaluator, and shows the
// decisions of the modules in a few situations. Writes no files. Fails if a module and the evaluator
// disagree, or a policy does not compile.

import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkPolicyFiles, createAssembler, version } from '@nhipol/cli';
import { type Assembler, compile } from '@nhipol/compiler';
import { render } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { load } from '@nhipol/runtime';
import { validate } from '@nhipol/testing';
import picocolors from 'picocolors';
import { answerSituation } from './tour/answer.ts';
import { introduction, readTime, showDecision, width, wrap } from './tour/show.ts';
import { findPlace, listSituations } from './tour/situations.ts';

const { bold, dim, green, red } = picocolors;

interface Example {
  readonly path: string;
  readonly policy: PolicyModel;
  readonly source: string;
}

async function runTour(): Promise<void> {
  process.chdir(fileURLToPath(new URL('../..', import.meta.url)));
  const examples = await checkExamples();
  print(
    `nhipol ${version}: compiles ${examples.length} policies to WebAssembly modules, and shows some of their decisions.`,
    dim('The first compilation takes longer, because it starts the assembler. Times are in UTC.'),
  );
  const assembler = createAssembler();
  for (const example of examples) await show(example, assembler);
  const [first] = examples;
  if (first === undefined) return;
  print(
    '',
    'Read a policy, then try:',
    `  npx nhipol test ${first.path}`,
    `  npx nhipol compile ${first.path} -o policy.wasm`,
  );
}

/** Returns the examples without errors, in the order of the tour. Prints the diagnostics of the others. */
async function checkExamples(): Promise<readonly Example[]> {
  const examples: Example[] = [];
  for (const name of readdirSync('examples')) {
    const path = `examples/${name}/policy.nhipol`;
    if (!existsSync(path)) continue;
    const { policy, diagnostics, sources } = await checkPolicyFiles(path);
    if (policy !== undefined) examples.push({ path, policy, source: sources.get(path) ?? '' });
    else fail(render(diagnostics, sources));
  }
  return examples.sort((a, b) => findPlace(a.policy) - findPlace(b.policy));
}

async function show({ path, policy, source }: Example, assembler: Assembler): Promise<void> {
  print(
    '',
    `${bold(policy.name)} ${policy.version}  ${dim(path)}`,
    ...wrap(introduction(source), width - 2).map((line) => `  ${line}`),
  );
  const started = performance.now();
  const { wasm, description } = await compile(policy, assembler, { version });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const { requests, steps, disagreements } = validate(policy, wasm);
  const compiled = `  compiled to ${(wasm.length / 1024).toFixed(0)} KB in ${seconds} s; module and evaluator`;
  const compared = `${requests} generated requests and ${steps} steps of its tests`;
  if (disagreements.length > 0) {
    fail(`${compiled} ${red('disagree')} on ${disagreements.length} of ${compared}`);
    return;
  }
  print(`${compiled} ${green('agree')} on ${compared}`);

  const module = load(wasm);
  for (const situation of listSituations(policy)) {
    const { words, query } = situation;
    const answer = answerSituation(module, situation);
    const shown = { words, now: query.now ?? readTime(query.request), answer };
    print('', ...showDecision(shown, description.constraints, picocolors));
  }
}

function print(...lines: readonly string[]): void {
  console.log(lines.join('\n'));
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}

// Ends quietly if the reader of the output closes it.
process.stdout.on('error', () => process.exit());

await runTour();
