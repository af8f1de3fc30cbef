// The Python packages: for each an sdist, and the wheel that is built from it. The package for agents is built with the
// host, which it depends on.

import { join } from 'node:path';

/** The range that pyproject.toml allows. pip installs the newest version on its own. */
const oldestWasmtime = 'wasmtime==43.0.0';

const needs = [{ command: 'python3', debian: 'python3-venv' }];
const venv = ['python3', '-m', 'venv', '.venv'];
const pip = ['.venv/bin/pip', 'install', '--quiet', '--disable-pip-version-check'];
const python = ['.venv/bin/python', '-W', 'error'];

/** @type {import('./ecosystem.mjs').Ecosystem} */
export const pythonHost = {
  id: 'python',
  title: 'Python: nhipol',
  needs,
  plan: ({ source, out, version }) => {
    const { sdist, wheel } = filesOf('nhipol', version);
    const project = (/** @type {string} */ title, /** @type {readonly string[]} */ packages) => ({
      title,
      from: 'python',
      install: [venv, [...pip, ...packages]],
      run: [...python, 'decide.py'],
    });
    return {
      folder: 'hosts/python',
      build: [...tools('requirements-dev.txt'), build('.', out)],
      inspections: inspections('nhipol', join(source, 'hosts/python'), version),
      projects: [
        project('a project with the wheel and the newest wasmtime', [join(out, wheel)]),
        project('a project with the wheel and the oldest wasmtime', [
          join(out, wheel),
          oldestWasmtime,
        ]),
        project('a project with the sdist', [join(out, sdist)]),
      ],
    };
  },
};

/** @type {import('./ecosystem.mjs').Ecosystem} */
export const pythonAgents = {
  id: 'python-agents',
  title: 'Python: nhipol-agents',
  needs,
  plan: ({ source, out, version }) => {
    const wheels = ['nhipol', 'nhipol_agents'].map((name) => filesOf(name, version).wheel);
    const program = [
      'from nhipol_agents import DecisionLog, Guard',
      'DecisionLog("decisions.jsonl").close()',
      'assert callable(Guard.tool)',
    ];
    return {
      folder: 'hosts/python-agents',
      build: [...tools('../python/requirements-dev.txt'), build('../python', out), build('.', out)],
      inspections: inspections('nhipol_agents', join(source, 'hosts/python-agents'), version),
      projects: [
        {
          title: 'a project with the wheel',
          files: { 'guard.py': `${program.join('\n')}\n` },
          install: [venv, [...pip, ...wheels.map((wheel) => join(out, wheel))]],
          run: [...python, 'guard.py'],
        },
      ],
    };
  },
};

/** The commands that install what builds packages. @param {string} constraint */
function tools(constraint) {
  return [venv, [...pip, '--constraint', constraint, 'build', 'hatchling', 'twine']];
}

/** @param {string} folder @param {string} out */
function build(folder, out) {
  return ['.venv/bin/python', '-m', 'build', '--no-isolation', '--outdir', out, folder];
}

/** @param {string} name The name of the import. @param {string} version */
function filesOf(name, version) {
  return { sdist: `${name}-${version}.tar.gz`, wheel: `${name}-${version}-py3-none-any.whl` };
}

/**
 * @param {string} name The name of the import.
 * @param {string} folder The folder in which the package was built.
 * @param {string} version
 * @returns {readonly import('./ecosystem.mjs').Inspection[]}
 */
function inspections(name, folder, version) {
  const { sdist, wheel } = filesOf(name, version);
  return [
    {
      title: 'the files of the sdist',
      command: ['tar', 'tzf', sdist],
      contains: ['LICENSE', 'README.md', 'pyproject.toml', `src/${name}/py.typed`].map(
        (path) => `${name}-${version}/${path}\n`,
      ),
      excludes: ['.venv', '__pycache__'],
    },
    {
      title: 'the files of the wheel',
      command: ['python3', '-m', 'zipfile', '--list', wheel],
      contains: [`${name}/__init__.py`, `${name}/py.typed`, '.dist-info/licenses/LICENSE'],
      excludes: ['tests/', '__pycache__'],
    },
    {
      title: 'the metadata',
      command: ['tar', 'xzOf', sdist, `${name}-${version}/PKG-INFO`],
      contains: [
        ...['License-Expression: Apache-2.0', 'Author: nhipol maintainers'],
        ...['Requires-Python: >=3.10', 'Description-Content-Type: text/markdown'],
        ...['Homepage', 'Documentation', 'Repository'].map((each) => `Project-URL: ${each}, `),
      ],
    },
    {
      title: 'the check of PyPI',
      command: [join(folder, '.venv/bin/twine'), 'check', '--strict', sdist, wheel],
      contains: [],
    },
  ];
}
