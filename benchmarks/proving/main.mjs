// Measures proofs: a small claim, everything about each example, and policies of 1,000 and 10,000 rules. Prints the
// processor time of each task, with all threads of the process, by lists of values alone and by both provers in turn, as
// medians and quartiles over several rounds after one that is not measured, and of one round for 10,000 rules; and the machine.
//
// `--rounds` sets the number of rounds (default: 5), `--only` the cases.

import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { createRequestSet } from '../../dist/assurance/proving/claims/claims.js';
import { compareDecisions } from '../../dist/assurance/proving/claims/compare.js';
import { prove, proveSet } from '../../dist/assurance/proving/claims/prove.js';
import { decideRules } from '../../dist/assurance/proving/claims/reachability.js';
import { createRandomNumbers } from '../../dist/assurance/testing/generate/random.js';
import { check, hasErrors } from '../../dist/language/index.js';
import { loosenRule, rewriteRule, writePolicy, writeRule } from './policies.mjs';

/** @typedef {import('../../dist/language/model/index.js').Policy} Policy */
/** @typedef {import('../../dist/assurance/proving/provers.js').ProvingOptions} Options */
/**
 * @typedef {object} Task
 * @property {string} name
 * @property {(options: Options) => any} prepare Makes the input of a round; not measured.
 * @property {(input: any, options: Options) => string} run Returns a few words about the result.
 */

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: 'small,examples,1000,10000' },
  },
});
const root = new URL('../../', import.meta.url);

/** @param {string} entry @param {ReadonlyMap<string, string>} sources */
function checkPolicy(entry, sources) {
  const { policy, diagnostics } = check(entry, sources);
  if (policy === undefined || hasErrors(diagnostics)) throw new Error(`${entry} has errors`);
  return policy;
}

/** @param {number} count @param {import('./policies.mjs').WriteRule} write */
function generatePolicy(count, write) {
  return checkPolicy('policy.nhipol', writePolicy(count, write));
}

/** @type {readonly Pick<Options, 'by'>[]} */
const means = [{ by: 'lists' }, {}];

/** The number of verdicts of each kind. @param {readonly { verdict: { kind: string } }[]} verdicts */
function countVerdicts(verdicts) {
  const kinds = new Map();
  for (const { verdict } of verdicts) kinds.set(verdict.kind, (kinds.get(verdict.kind) ?? 0) + 1);
  return [...kinds].map(([kind, count]) => `${count} ${kind}`).join(', ');
}

/** @param {Policy} policy @returns {Task} */
function everything(policy, name = policy.name) {
  return {
    name: `${name}: all claims, rules without effect, compared with itself`,
    prepare: () => policy,
    run: (_, options) => {
      const verdicts = prove(policy, options);
      const never = decideRules(policy, options).unreachable;
      const kinds = compareDecisions(policy, policy, options);
      return `${countVerdicts(verdicts) || 'no claims'}; ${never.length} rules; ${countVerdicts(kinds)}`;
    },
  };
}

/** @param {string} name @param {Policy} before @param {Policy} after @returns {Task} */
function createComparison(name, before, after) {
  return {
    name,
    prepare: () => before,
    run: (_, options) => countVerdicts(compareDecisions(before, after, options)),
  };
}

/** @returns {Iterable<Task>} */
function* examples() {
  const paths = readdirSync(new URL('examples/', root), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(?:nhipol|json|csv)$/.test(path))
    .map((path) => `examples/${path}`);
  const sources = new Map(paths.map((path) => [path, readFileSync(new URL(path, root), 'utf8')]));
  for (const path of paths.filter((each) => each.endsWith('/policy.nhipol')).sort())
    yield everything(checkPolicy(path, sources));
}

/** @param {number} count @returns {Iterable<Task>} */
function* large(count) {
  const title = count.toLocaleString('en');
  const policy = generatePolicy(count, writeRule);
  yield {
    name: `${title} rules: formula`,
    prepare: () => policy,
    run: (_, options) => {
      const { size } = createRequestSet(policy, options).prover.formula;
      return `${size.toLocaleString('en')} nodes`;
    },
  };
  yield {
    name: `${title} rules: its claims, by this formula`,
    prepare: (options) => createRequestSet(policy, options),
    run: (set) => countVerdicts(proveSet(set).verdicts),
  };
  yield createComparison(
    `${title} rules: one is loosened`,
    policy,
    generatePolicy(count, loosenRule),
  );
  if (count > 1000) return;
  yield createComparison(
    `${title} rules: rewritten as ${title === '1,000' ? '1,402' : 'more'}`,
    policy,
    generatePolicy(count, rewriteRule),
  );
  yield {
    name: `${title} rules: those without effect`,
    prepare: () => policy,
    run: (_, options) => `${decideRules(policy, options).unreachable.length} rules`,
  };
}

/** @type {Readonly<Record<string, () => Iterable<Task>>>} */
const cases = {
  small: () => {
    const policy = generatePolicy(10, writeRule);
    return [
      {
        name: '12 rules: formula and claims',
        prepare: () => policy,
        run: (_, options) => countVerdicts(proveSet(createRequestSet(policy, options)).verdicts),
      },
    ];
  },
  examples,
  1000: () => large(1000),
  10000: () => large(10_000),
};

/** Milliseconds. @param {number} value */
function formatMilliseconds(value) {
  return value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en');
}

/** @param {Task} task @param {Pick<Options, 'by'>} chosen */
function measure({ prepare, run }, chosen) {
  const options = { random: createRandomNumbers(1), ...chosen };
  const input = prepare(options);
  const before = process.cpuUsage();
  const result = run(input, options);
  const { user, system } = process.cpuUsage(before);
  return { result, ms: (user + system) / 1000 };
}

/** The median and the quartiles of one way to prove. @param {readonly { readonly ms: number }[]} rounds */
function summarize(rounds) {
  const sorted = rounds.map(({ ms }) => ms).sort((a, b) => a - b);
  const [low = 0, median = 0, high = 0] = [0.25, 0.5, 0.75].map(
    (part) => sorted[Math.round(part * (sorted.length - 1))],
  );
  return {
    median,
    cells: `${formatMilliseconds(median)} | ${formatMilliseconds(low)}–${formatMilliseconds(high)}`,
  };
}

console.log(
  '| task | by lists, ms | quartiles | by both, ms | quartiles | ratio | result |\n|---|--:|--:|--:|--:|--:|---|',
);
for (const name of values.only.split(',')) {
  for (const task of cases[name]?.() ?? []) {
    const isLong = name === '10000';
    if (!isLong) for (const chosen of means) measure(task, chosen);
    const rounds = Array.from({ length: isLong ? 1 : Number(values.rounds) }, () =>
      means.map((chosen) => measure(task, chosen)),
    );
    const [lists, both] = means.map((_, at) =>
      summarize(rounds.map((round) => /** @type {{ ms: number }} */ (round[at]))),
    );
    if (lists === undefined || both === undefined) throw new Error('broken invariant: two means');
    const ratio = (both.median / lists.median).toFixed(1);
    const result = rounds[0]?.[1]?.result;
    console.log(`| ${task.name} | ${lists.cells} | ${both.cells} | ${ratio} | ${result} |`);
  }
}
const [{ model = '' } = {}] = cpus();
console.log(
  `\nProcessor time; ${values.rounds} rounds; Node.js ${process.versions.node}, ${model}`,
);
