// Builds the packages of one ecosystem, inspects them, and installs them into empty projects whose programs decide
// requests by a policy. Continues after a failed inspection or project; the checks are independent of each other.

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandFailed, createRunner, expectDone } from '../hosts/commands.mjs';
import { listMissing } from '../hosts/toolchains.mjs';
import { copyRepository } from './working-copy.mjs';

/** @typedef {import('./ecosystem.mjs').Ecosystem} Ecosystem */
/** @typedef {import('./ecosystem.mjs').Inspection} Inspection */
/** @typedef {import('./ecosystem.mjs').Plan} Plan */
/** @typedef {import('./ecosystem.mjs').Project} Project */

/**
 * @typedef {object} Given
 * @property {string} root The repository.
 * @property {string} version
 * @property {string} policy A folder with `policy.wasm` and `requests.jsonl`, which each project gets.
 * @property {string} answers What each program must print.
 */

const projects = fileURLToPath(new URL('projects', import.meta.url));

/** @param {Ecosystem} ecosystem @param {Given} given @returns {import('./ecosystem.mjs').Report} */
export function checkPackages({ id, title, needs, plan }, given) {
  const start = performance.now();
  const missing = listMissing(needs);
  const { checks, failures } =
    missing.length > 0
      ? { checks: 0, failures: [] }
      : inTemporaryFolder((folder) => {
          const [source, out] = [join(folder, 'source'), join(folder, 'out')];
          copyRepository(given.root, source);
          mkdirSync(out);
          const { root, version } = given;
          return runPlan(plan({ root, source, out, version }), { ...given, folder, source, out });
        });
  const seconds = Math.round((performance.now() - start) / 1000);
  return { id, title, missing, checks, failures, seconds };
}

/** @template T @param {(folder: string) => T} act @returns {T} */
function inTemporaryFolder(act) {
  const folder = mkdtempSync(join(tmpdir(), 'nhipol-packages-'));
  try {
    return act(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @typedef {Given & { folder: string, source: string, out: string }} Places */

/** @param {Plan} plan @param {Places} places */
function runPlan({ folder, build, env, inspections, projects }, places) {
  const run = createRunner(join(places.source, folder), env);
  const notBuilt = runCheck('the package', () =>
    build.forEach((words) => void readOutput(run(words))),
  );
  if (notBuilt !== undefined) return { checks: 1, failures: [notBuilt] };
  const found = [
    ...inspections.map((each) => runCheck(each.title, () => inspect(each, places.out, env))),
    ...projects.map((each) => runCheck(each.title, () => runProject(each, places, env))),
  ];
  return { checks: found.length, failures: found.filter((failure) => failure !== undefined) };
}

/** Returns the failure of a check, if there is one. @param {string} title @param {() => void} check */
function runCheck(title, check) {
  console.error(`\n-- ${title}`);
  try {
    check();
    return undefined;
  } catch (failure) {
    if (!(failure instanceof CommandFailed)) throw failure;
    return `${title}: ${failure.message}`;
  }
}

/** @param {Inspection} inspection @param {string} cwd @param {Plan['env']} env */
function inspect({ command, contains, excludes = [] }, cwd, env) {
  const output = readOutput(createRunner(cwd, env)(command));
  const missing = contains.filter((text) => !output.includes(text));
  const unwanted = excludes.filter((text) => output.includes(text));
  if (missing.length > 0) throw new CommandFailed(`\`${missing.join('`, `')}\` is missing`);
  if (unwanted.length > 0) throw new CommandFailed(`\`${unwanted.join('`, `')}\` is unwanted`);
}

/** @param {Project} project @param {Places} places @param {Plan['env']} env */
function runProject(project, { folder, policy, answers }, env) {
  const cwd = project.folder ?? mkdtempSync(join(folder, 'project-'));
  if (project.from !== undefined) {
    cpSync(policy, cwd, { recursive: true });
    cpSync(join(projects, project.from), cwd, { recursive: true });
  }
  for (const [path, text] of Object.entries(project.files ?? {})) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
  const run = createRunner(cwd, env);
  for (const words of project.install) readOutput(run(words));
  if (project.installed !== undefined) inspect(project.installed, cwd, env);
  const printed = readOutput(run(project.run));
  if (project.from !== undefined && printed !== answers) {
    throw new CommandFailed(
      `expected ${JSON.stringify(answers)}, printed ${JSON.stringify(printed)}`,
    );
  }
}

/** @param {import('../hosts/commands.mjs').Ran} ran */
function readOutput(ran) {
  expectDone(ran);
  return ran.output;
}
