// Decides all queries about the examples with other SMT solvers as well, and fails if one of them contradicts nhipol:
// each claim, each effect and reason, each rule without effect, and each kind of difference to the example itself.
//
// `--solvers` lists the programs (default: z3,cvc5), `--only` a part of the names of examples.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { listClaimSets } from '../../dist/assurance/proving/claims/claims.js';
import { buildDifferenceGoals } from '../../dist/assurance/proving/claims/compare.js';
import { buildReachabilityGoals } from '../../dist/assurance/proving/claims/reachability.js';
import { Prover } from '../../dist/assurance/proving/prover.js';
import { smtLib } from '../../dist/assurance/proving/smt-lib.js';
import { Solver } from '../../dist/assurance/proving/solver/solver.js';
import { createRandomNumbers } from '../../dist/assurance/testing/generate/random.js';
import { check, hasErrors } from '../../dist/language/index.js';

const { values } = parseArgs({
  options: {
    solvers: { type: 'string', default: 'z3,cvc5' },
    only: { type: 'string', default: '' },
  },
});
const programs = values.solvers.split(',');
const options = { random: createRandomNumbers(1) };

/** @param {import('../../dist/language/model/index.js').Policy} policy */
function* listQueries(policy) {
  for (const { prover, claims } of listClaimSets(policy, options))
    yield { prover, goals: claims.map(({ goal }) => goal) };
  const alone = new Prover([policy], [], options);
  const [decision] = alone.decisions;
  const { goals, doubts } = buildReachabilityGoals(decision);
  yield { prover: alone, goals: [...alone.shared, ...goals, ...doubts] };
  const both = new Prover([policy, policy], [], options);
  const [before, after] = both.decisions;
  yield { prover: both, goals: Object.values(buildDifferenceGoals(before, after)) };
}

/** @param {string} program @param {string} file */
function runSolver(program, file) {
  try {
    return execFileSync(program, [file], { encoding: 'utf8', timeout: 60_000 }).trim();
  } catch (error) {
    if (error.killed) return 'unknown';
    throw error;
  }
}

const root = new URL('../../', import.meta.url);
const paths = readdirSync(new URL('examples/', root), { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(?:nhipol|json|csv)$/.test(path))
  .map((path) => `examples/${path}`);
const sources = new Map(paths.map((path) => [path, readFileSync(new URL(path, root), 'utf8')]));
const folder = mkdtempSync(join(tmpdir(), 'nhipol-cross-check-'));
const file = join(folder, 'query.smt2');
let [count, refuted, open] = [0, 0, 0];
const contradictions = [];
for (const path of paths.filter((each) => each.endsWith('/policy.nhipol')).sort()) {
  if (!path.includes(values.only)) continue;
  const { policy, diagnostics } = check(path, sources);
  if (policy === undefined || hasErrors(diagnostics)) throw new Error(`${path} has errors`);
  const before = count;
  for (const { prover, goals } of listQueries(policy)) {
    const solver = new Solver(prover.formula, prover.shared);
    for (const goal of new Set(goals)) {
      const roots = prover.listRoots(goal, { inSessions: true, years: [] });
      const { kind } = solver.solve(roots);
      const expected = { satisfiable: 'sat', unsatisfiable: 'unsat', undecided: 'unknown' }[kind];
      count += 1;
      if (kind === 'unsatisfiable') refuted += 1;
      writeFileSync(file, smtLib(prover.formula, roots, path));
      for (const program of programs) {
        const result = runSolver(program, file);
        if ([result, expected].includes('unknown')) open += 1;
        else if (result !== expected)
          contradictions.push(`${path}: ${program} ${result}, nhipol ${expected}`);
      }
    }
  }
  console.log(`${path}: ${count - before} queries`);
}
rmSync(folder, { recursive: true });
console.log(
  `${count} queries, ${refuted} of them unsatisfiable, by ${programs.join(' and ')}: ` +
    `${contradictions.length} contradictions, ${open} not decided`,
);
for (const each of contradictions) console.log(each);
process.exitCode = contradictions.length === 0 ? 0 : 1;
