// The Python packages, the host and the guard of agents: for each an sdist, and the wheel that is built from it.

import { join } from 'node:path';

/** The range that pyproject.toml allows. pip installs the newest version on its own. */
const oldestWasmtime = 'wasmtime==43.0.0';

/** Imports the guard, and writes a log. */
const guardProgram = `from nhipol_agents import DecisionLog, Guard

DecisionLog("decisions.jsonl").close()
assert callable(Guard.tool)
`;

/** @type {import('./ecosystem.mjs').Ecosystem} */
export const python = {
  id: 'python',
  title: 'Python: nhipol, nhipol-agents',
  needs: [{ command: 'python3', debian: 'python3-venv' }],
  plan: ({ source, out, version }) => {
    const [host, agents] = [nameFiles('nhipol', version), nameFiles('nhipol_agents', version)];
    const venv = ['python3', '-m', 'venv', '.venv'];
    const pip = ['.venv/bin/pip', 'install', '--quiet', '--disable-pip-version-check'];
    const build = ['.venv/bin/python', '-m', 'build', '--no-isolation', '--outdir', out];
    const run = ['.venv/bin/python', '-W', 'error'];
    const project = (/** @type {string} */ title, /** @type {readonly string[]} */ packages) => ({
      title,
      from: 'python',
      install: [venv, [...pip, ...packages]],
      run: [...run, 'decide.py'],
    });
    const twine = join(source, 'hosts/python/.venv/bin/twine');
    return {
      folder: 'hosts/python',
      build: [
        venv,
        [...pip, '--constraint', 'requirements-dev.txt', 'build', 'hatchling', 'twine'],
        build,
        [...build, '../python-agents'],
      ],
      inspections: [
        ...inspections('nhipol', version),
        ...inspections('nhipol_agents', version),
        {
          title: 'the check of PyPI',
          command: [
            twine,
            'check',
            '--strict',
            ...[host, agents].flatMap((each) => [each.sdist, each.wheel]),
          ],
          contains: [],
        },
      ],
      projects: [
        project('a project with the wheel and the newest wasmtime', [join(out, host.wheel)]),
        project('a project with the wheel and the oldest wasmtime', [
          join(out, host.wheel),
          oldestWasmtime,
        ]),
        project('a project with the sdist', [join(out, host.sdist)]),
        {
          title: 'a project with the wheel of nhipol-agents',
          files: { 'guard.py': guardProgram },
          install: [venv, [...pip, join(out, host.wheel), join(out, agents.wheel)]],
          run: [...run, 'guard.py'],
        },
      ],
    };
  },
};

/** @param {string} name The name of the import. @param {string} version */
function nameFiles(name, version) {
  return { sdist: `${name}-${version}.tar.gz`, wheel: `${name}-${version}-py3-none-any.whl` };
}

/**
 * @param {string} name The name of the import.
 * @param {string} version
 * @returns {readonly import('./ecosystem.mjs').Inspection[]}
 */
function inspections(name, version) {
  const { sdist, wheel } = nameFiles(name, version);
  return [
    {
      title: `the files of the sdist of ${name}`,
      command: ['tar', 'tzf', sdist],
      contains: ['LICENSE', 'README.md', 'pyproject.toml', `src/${name}/py.typed`].map(
        (path) => `${name}-${version}/${path}\n`,
      ),
      excludes: ['.venv', '__pycache__'],
    },
    {
      title: `the files of the wheel of ${name}`,
      command: ['python3', '-m', 'zipfile', '--list', wheel],
      contains: [`${name}/__init__.py`, `${name}/py.typed`, '.dist-info/licenses/LICENSE'],
      excludes: ['tests/', '__pycache__'],
    },
    {
      title: `the metadata of ${name}`,
      command: ['tar', 'xzOf', sdist, `${name}-${version}/PKG-INFO`],
      contains: [
        'License-Expression: Apache-2.0',
        'Author: nhipol maintainers',
        'Requires-Python: >=3.10',
        'Description-Content-Type: text/markdown',
        ...['Homepage', 'Documentation', 'Repository'].map((each) => `Project-URL: ${each}, `),
      ],
    },
  ];
}
