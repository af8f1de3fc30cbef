// `node benchmarks/compare.mjs REV1 REV2`: compares two revisions of nhipol, each built in its own
// worktree, measured alternately in separate processes, with the workloads and the timing of this
// checkout. Prints for each row the ratio of the second to the first. Exit codes as in main.mjs; with `--limit 1.05`
// also 1 if a row is slower by more than that.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { listCases, oneOfThese, positive, UsageError } from './arguments.mjs';
import { comparison, computeRatios, isSlower } from './comparison.mjs';
import { listWays } from './engines/engine.mjs';
import { engines } from './engines/index.mjs';
import { compileCase, measureApart, run } from './processes.mjs';
import { formatTitle } from './table.mjs';
import { kinds } from './workloads/p3.mjs';

/** @typedef {import('./workloads/workload.mjs').Case} Case */
/** @typedef {{ root: string, folder: string }} Built */

const repository = fileURLToPath(new URL('..', import.meta.url));
const usage =
  'usage: node benchmarks/compare.mjs REV1 REV2 [--only p1,p3] [--kinds action] [--sizes 10,100]\n' +
  '         [--rounds 11] [--repeats 7] [--compile-limit 60] [--limit 1.05]';

process.exitCode = await main(process.argv.slice(2));

/** @param {readonly string[]} words */
async function main(words) {
  const folder = mkdtempSync(join(tmpdir(), 'nhipol-compare-'));
  /** @type {string[]} */
  const worktrees = [];
  try {
    const plan = readPlan(words);
    /** @type {Built[]} */
    const built = [];
    for (const [index, revision] of plan.revisions.entries()) {
      console.error(`building ${revision} …`);
      built.push(await build(revision, join(folder, String(index)), worktrees));
    }
    const slower = [];
    for (const one of plan.cases) {
      const ratios = await compareCase(one, built, plan);
      if (typeof ratios === 'string') throw new UsageError(ratios);
      console.log(comparison(formatTitle(one), plan.revisions, ratios));
      const found = ratios.filter(({ ratio }) => isSlower(ratio, plan.limit));
      slower.push(...found.map(({ way }) => `${formatTitle(one)}, ${way}`));
    }
    for (const row of slower) console.error(`slower than ${plan.limit}: ${row}`);
    return slower.length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    return 2;
  } finally {
    for (const worktree of worktrees) {
      await run('git', ['-C', repository, 'worktree', 'remove', '--force', worktree]);
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {readonly string[]} words */
function readPlan(words) {
  const { values, positionals } = parseWords(words);
  if (positionals.length !== 2) throw new UsageError(usage);
  const names = oneOfThese('--only', values.only, ['p1', 'p2', 'p3']);
  const wantedKinds = oneOfThese('--kinds', values.kinds, Object.keys(kinds));
  const sizes = values.sizes.split(',').map((word) => positive('--sizes', word));
  return {
    revisions: positionals,
    cases: listCases(names, wantedKinds, sizes, 0),
    rounds: positive('--rounds', values.rounds),
    repeats: positive('--repeats', values.repeats),
    compileLimit: positive('--compile-limit', values['compile-limit']),
    limit: readLimit(values.limit),
  };
}

/** @param {string | undefined} word The ratio, or `undefined` if there is no limit. */
function readLimit(word) {
  const limit = word === undefined ? Number.POSITIVE_INFINITY : Number(word);
  if (!(limit >= 1)) throw new UsageError('--limit takes a number from 1 on');
  return limit;
}

/** @param {readonly string[]} words */
function parseWords(words) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        only: { type: 'string' },
        kinds: { type: 'string' },
        sizes: { type: 'string', default: '10,100' },
        rounds: { type: 'string', default: '11' },
        repeats: { type: 'string', default: '7' },
        'compile-limit': { type: 'string', default: '60' },
        limit: { type: 'string' },
      },
    });
  } catch {
    throw new UsageError(usage);
  }
}

/**
 * Builds a revision with its own dependencies.
 *
 * @param {string} revision
 * @param {string} folder
 * @param {string[]} worktrees The list to which the new worktree is added, so that it is removed at the end.
 * @returns {Promise<Built>}
 */
async function build(revision, folder, worktrees) {
  const [checkout, modules] = [join(folder, 'checkout'), join(folder, 'modules')];
  mkdirSync(modules, { recursive: true });
  const git = ['-C', repository, 'worktree', 'add', '--detach', '--quiet'];
  await succeed(revision, 'git', [...git, checkout, revision]);
  worktrees.push(checkout);
  const npm = ['--prefix', checkout, '--no-audit', '--no-fund', '--silent'];
  await succeed(revision, 'npm', ['ci', '--ignore-scripts', '--prefer-offline', ...npm]);
  await succeed(revision, 'npm', ['run', 'build', ...npm]);
  return { root: pathToFileURL(`${checkout}/`).href, folder: modules };
}

/**
 * @param {string} revision
 * @param {string} command
 * @param {readonly string[]} words
 */
async function succeed(revision, command, words) {
  const { code, complaint } = await run(command, words);
  if (code !== 0) throw new UsageError(`${revision}: ${command} ${words[0]} fails: ${complaint}`);
}

/**
 * @param {Case} one
 * @param {readonly Built[]} built
 * @param {ReturnType<typeof readPlan>} plan
 */
async function compareCase(one, built, { rounds, repeats, compileLimit, revisions }) {
  console.error(`comparing ${formatTitle(one)} …`);
  const ways = listWays(one);
  const places = [...engines.entries()].flatMap(([place, { name, way }]) =>
    name === 'nhipol' && ways.includes(way) ? [place] : [],
  );
  const contexts = [];
  for (const [index, { root, folder }] of built.entries()) {
    const { module, failed } = await compileCase(one, root, folder, compileLimit);
    if (failed !== undefined) return `${formatTitle(one)}: ${revisions[index]}: ${failed}`;
    contexts.push({ root, module });
  }
  const pairs = [];
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    /** @type {(readonly import('./measuring.mjs').Figure[])[]} */
    const pair = [];
    // The order alternates, so that a machine that slows down favours neither.
    const order = repeat % 2 === 0 ? [0, 1] : [1, 0];
    for (const revision of order) {
      const context = /** @type {import('./engines/engine.mjs').Context} */ (contexts[revision]);
      const task = { case: one, engines: places, context, rounds, checkLimit: 10 };
      const outcome = await measureApart(task, []);
      if (!('figures' in outcome))
        throw new Error(`${formatTitle(one)}: ${JSON.stringify(outcome)}`);
      pair[revision] = outcome.figures;
    }
    pairs.push(pair);
  }
  return computeRatios(pairs);
}
