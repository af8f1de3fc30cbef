// `npm run bench:language-server`: measures for how long an editor waits for `nhipol lsp`, from a keystroke to its
// diagnostics and to the answers of requests. `--rounds` sets the number of measurements of each, `--only` the policies.

import { parseArgs } from 'node:util';
import { summarise } from '../../dist/cli/commands/bench/statistics.js';
import { openEditor } from './editor.mjs';
import { large, realistic } from './policies.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '30' },
    only: { type: 'string', default: 'realistic,large' },
  },
});
const rounds = Number(values.rounds);
const policies = {
  realistic: { opened: realistic(2_000), rounds },
  large: { opened: large(10_000), rounds: Math.max(3, Math.floor(rounds / 3)) },
};
/** The first keystrokes run code that is not optimized yet. */
const warmRounds = 5;

for (const name of values.only.split(',')) {
  await measure(policies[/** @type {keyof typeof policies} */ (name)]);
}

/** @param {typeof policies.realistic} policy */
async function measure({ opened, rounds: times }) {
  console.log(`\n${opened.name}\n`);
  console.log('| | median | quartiles | min |\n|---|--:|--:|--:|');
  const editor = await openEditor(opened);
  row('open to diagnostics', [await editor.open()]);
  for (let round = 0; round < warmRounds; round += 1) await editor.diagnostics();
  const taken = await repeat(editor.diagnostics, times);
  row(
    'keystroke to an error',
    taken.map(({ appears }) => appears),
  );
  row(
    'keystroke to no error',
    taken.map(({ disappears }) => disappears),
  );
  row(
    'keystroke to warnings',
    taken.map(({ warnings }) => warnings),
  );
  for (const [name, send] of Object.entries(editor.requests)) {
    row(`keystroke to ${name}`, await repeat(() => editor.afterKeystroke(send), times));
    row(`${name}, without a change`, await repeat(() => editor.alone(send), times));
  }
  await editor.close();
}

/**
 * @template Result
 * @param {() => Promise<Result>} action
 * @param {number} times
 */
async function repeat(action, times) {
  /** @type {Result[]} */
  const taken = [];
  for (let time = 0; time < times; time += 1) taken.push(await action());
  return taken;
}

/** @param {string} name @param {readonly number[]} taken */
function row(name, taken) {
  const { median, lower, upper, min } = summarise(taken);
  const [middle, low, high, least] = [median, lower, upper, min].map((each) => each.toFixed(1));
  console.log(`| ${name} | ${middle} ms | ${low}–${high} | ${least} |`);
}
