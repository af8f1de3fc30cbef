// Compares modules with the evaluator on generated programs, in batches of one call of the assembler
// each: `npm run differential -- --programs 2000 --requests 500 --seed 1`. Progress goes to standard
// error, the result to standard output. If the engines disagree, it prints the shrunk program
// and the request, and exits with 1. `--seed` with the last printed seed resumes a run.
// `--optimize none` disables the optimizer, which takes most of the time. `--members 1` makes each rule a
// row of a family, `--members 2` a tree if no other rule is similar. Programs with history terms are also compared in
// sessions, in `--steps 300` random steps each.
//
// `-- --sessions 10000000 --seed 1` compares sessions of a few policies instead, for that number of operations or until
// it is interrupted.
//
// `-- --proofs 1000 --seed 1` compares the formulas of generated policies with the evaluator instead, and prints how many
// of the policies have each construct of the language. `--from 500` skips the first ones of the seed. `--z3 FILE` also
// compares the solver with Z3: the program of the package `z3-solver` of PyPI.

import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openSources } from './load-sources.mjs';

const { values } = parseArgs({
  options: {
    programs: { type: 'string', default: '200' },
    requests: { type: 'string', default: '500' },
    batch: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    optimize: { type: 'string', default: 'full' },
    members: { type: 'string', default: '4' },
    steps: { type: 'string', default: '300' },
    sessions: { type: 'string' },
    proofs: { type: 'string' },
    from: { type: 'string', default: '0' },
    z3: { type: 'string' },
  },
});
const { optimize } = values;
const [programs, requests, size, seed, members, steps] = [
  values.programs,
  values.requests,
  values.batch,
  values.seed,
  values.members,
  values.steps,
].map(Number);

const planning = {
  minMembers: members,
  minIndexedRows: 2 * members,
  maxFamilies: 64,
  maxUniqueShapes: members < 4 ? 0 : 192,
};

const server = await openSources();

const started = performance.now();
const seconds = () => Math.round((performance.now() - started) / 1000);
const show = (value) =>
  JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? `${inner}` : inner), 2);

if (values.proofs !== undefined) await compareProofs(Number(values.proofs));
else if (values.sessions === undefined) await comparePrograms();
else await compareSessions(Number(values.sessions));
await server.close();

async function comparePrograms() {
  const { compareBatch, shrink } = await server.ssrLoadModule(
    '/test/support/modules/differential.ts',
  );
  const { createCachedAssembler } = await server.ssrLoadModule(
    '/test/support/modules/assembler.ts',
  );
  const { compareFleets } = await server.ssrLoadModule('/test/support/fleets/generated.ts');
  let [decisions, offers, done, fleets, found, inSessions] = [0, 0, 0, 0, undefined, undefined];
  for (let at = seed; done < programs && found === undefined; at += 1) {
    const count = Math.min(size, programs - done);
    const compared = await compareBatch({
      seed: at,
      programs: count,
      requests,
      optimize,
      planning,
    });
    decisions += compared.decisions;
    offers += compared.offers;
    done += count;
    found = compared.disagreement;
    const assembler = createCachedAssembler(optimize);
    const sessions = await compareFleets({ seed: at, programs: count, steps, assembler });
    fleets += sessions.compared;
    inSessions = sessions.disagreement;
    console.error(
      `seed ${at}: ${done} programs, ${decisions} decisions, ${offers} counter-offers, sessions of ${fleets} programs, ${seconds()} s`,
    );
    if (inSessions !== undefined) break;
  }
  if (found !== undefined) {
    const minimal = await shrink(found, optimize, planning);
    for (const [path, text] of Object.entries(minimal.program.others))
      console.log(`// ${path}\n${text}`);
    console.log(minimal.program.text);
    console.log(minimal.request.text);
    console.log(`now: ${minimal.request.now ?? 'time of the request'}`);
    console.log(`evaluator: ${show(minimal.evaluator)}\nmodule: ${show(minimal.module)}`);
    process.exitCode = 1;
  }
  if (inSessions !== undefined) {
    const { program, why, steps: taken } = inSessions;
    for (const [path, text] of Object.entries(program.others)) console.log(`// ${path}\n${text}`);
    console.log(`${program.text}\n${why}\n${show(taken)}`);
    process.exitCode = 1;
  }
  const agreed = found === undefined && inSessions === undefined;
  console.log(
    `${decisions} decisions over ${done} programs, sessions of ${fleets} programs (seed ${seed}): ${agreed ? 'no disagreement' : 'a disagreement'}`,
  );
}

async function compareSessions(operations) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  const { compareSessions: compare } = await server.ssrLoadModule(
    '/test/support/fleets/long-run.ts',
  );
  const points = [];
  const report = (checkpoint) => {
    collect();
    const heap = Math.round(process.memoryUsage().heapUsed / 1_048_576);
    points.push({ ...checkpoint, heap });
    console.error(
      `${checkpoint.operations} operations, ${checkpoint.pages} pages, ${heap} MiB, ${seconds()} s`,
    );
  };
  let isInterrupted = false;
  process.once('SIGINT', () => {
    isInterrupted = true;
  });
  const pollInterruption = () =>
    new Promise((resolve) => setImmediate(() => resolve(isInterrupted)));
  const ran = await compare({ operations, seed, report, isOver: pollInterruption });
  if (ran.disagreement !== undefined) {
    const { policy, why, steps } = ran.disagreement;
    console.log(`${policy}: ${why}\n${show(steps)}`);
    process.exitCode = 1;
  }
  for (const [kind, count] of Object.entries(ran.counts).sort())
    console.log(`${kind.padEnd(24)}${count}`);
  const columns = ['operations', 'open sessions', 'pages of 64 KiB', 'MiB of JavaScript'];
  console.log(columns.join('  '));
  for (const { operations: at, live, pages, heap } of points) {
    const row = [at, live, pages, heap].map((each, column) =>
      `${each}`.padStart(columns[column].length),
    );
    console.log(row.join('  '));
  }
  console.log(
    `${ran.operations} operations (seed ${seed}) in ${seconds()} s: ${ran.disagreement === undefined ? 'no disagreement' : 'a disagreement'}`,
  );
}

async function compareProofs(count) {
  const { compareGenerated } = await server.ssrLoadModule('/test/proving/agreement/generated.ts');
  const decide = (script) =>
    spawnSync(values.z3, ['-in', '-T:60'], { input: script, encoding: 'utf8' }).stdout.trim();
  const figures = ({ models, requests, sessions, values: compared, scripts, differences }) =>
    `${models} models, ${requests} requests, ${sessions} decisions in sessions, ${compared} values, ${scripts} scripts, ${differences.length} differences`;
  const totals = compareGenerated({
    seed,
    count,
    from: Number(values.from),
    requests: 8,
    sessions: 3,
    decide: values.z3 === undefined ? undefined : decide,
    report: (done, found) => {
      if (done % 10 === 0) console.error(`${done} policies: ${figures(found)}, ${seconds()} s`);
    },
  });
  for (const [name, policies] of [...totals.constructs].sort(([a], [b]) => (a < b ? -1 : 1)))
    console.log(`${String(policies).padStart(6)}  ${name}`);
  for (const each of totals.differences) console.log(each);
  console.log(`${count} policies (seed ${seed}): ${figures(totals)}`);
  if (totals.differences.length > 0) process.exitCode = 1;
}
