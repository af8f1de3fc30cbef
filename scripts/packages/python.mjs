// The Python package: an sdist, and the wheel that is built from it.

import { join } from 'node:path';

/** The range that pyproject.toml allows. pip installs the newest version on its own. */
const oldestWasmtime = 'wasmtime==43.0.0';

/** @type {import('./ecosystem.mjs').Ecosystem} */
export const python = {
  id: 'python',
  title: 'Python: nhipol',
  needs: [{ command: 'python3', debian: 'python3-venv' }],
  plan: ({ source, out, version }) => {
    const [sdist, wheel] = [`nhipol-${version}.tar.gz`, `nhipol-${version}-py3-none-any.whl`];
    const venv = ['python3', '-m', 'venv', '.venv'];
    const pip = ['.venv/bin/pip', 'install', '--quiet', '--disable-pip-version-check'];
    const project = (/** @type {string} */ title, /** @type {readonly string[]} */ packages) => ({
      title,
      from: 'python',
      install: [venv, [...pip, ...packages]],
      run: ['.venv/bin/python', '-W', 'error', 'decide.py'],
    });
    return {
      folder: 'hosts/python',
      build: [
        venv,
        [...pip, '--constraint', 'requirements-dev.txt', 'build', 'hatchling', 'twine'],
        ['.venv/bin/python', '-m', 'build', '--no-isolation', '--outdir', out],
      ],
      inspections: [
        {
          title: 'the files of the sdist',
          command: ['tar', 'tzf', sdist],
          contains: ['LICENSE', 'README.md', 'pyproject.toml', 'src/nhipol/py.typed'].map(
            (path) => `nhipol-${version}/${path}\n`,
          ),
          excludes: ['.venv', '__pycache__'],
        },
        {
          title: 'the files of the wheel',
          command: ['python3', '-m', 'zipfile', '--list', wheel],
          contains: ['nhipol/__init__.py', 'nhipol/py.typed', '.dist-info/licenses/LICENSE'],
          excludes: ['tests/', '__pycache__'],
        },
        {
          title: 'the metadata',
          command: ['tar', 'xzOf', sdist, `nhipol-${version}/PKG-INFO`],
          contains: [
            ...['License-Expression: Apache-2.0', 'Author: nhipol maintainers'],
            ...['Requires-Python: >=3.10', 'Description-Content-Type: text/markdown'],
            ...['Homepage', 'Documentation', 'Repository'].map((name) => `Project-URL: ${name}, `),
          ],
        },
        {
          title: 'the check of PyPI',
          command: [
            join(source, 'hosts/python/.venv/bin/twine'),
            'check',
            '--strict',
            sdist,
            wheel,
          ],
          contains: [],
        },
      ],
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
