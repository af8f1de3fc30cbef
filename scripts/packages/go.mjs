// The Go module: the zip file that a module proxy serves for a tag, and programs that get it from such a proxy.

import { join } from 'node:path';

const path = 'github.com/nhipol/nhipol/hosts/go';
const publicProxy = 'https://proxy.golang.org';

/** @type {import('./ecosystem.mjs').Ecosystem} */
export const go = {
  id: 'go',
  title: `Go: ${path}`,
  needs: [{ command: 'go', from: 'version 1.26 or later from https://go.dev/dl' }],
  plan: ({ out, version }) => ({
    folder: 'hosts/go/tools',
    env: {
      GOPROXY: `file://${out},${publicProxy}`,
      GONOSUMDB: path,
      // Empty, and with files that can be removed.
      GOMODCACHE: join(out, 'cache'),
      GOFLAGS: '-modcacherw -buildvcs=false',
      NHIPOL_CONFORMANCE: undefined,
    },
    build: [['go', 'run', './modulezip', '..', `v${version}`, out]],
    inspections: [
      {
        title: 'the files of the module',
        command: ['python3', '-m', 'zipfile', '--list', join(out, path, '@v', `v${version}.zip`)],
        contains: [
          'LICENSE',
          'README.md',
          'go.mod',
          'go.sum',
          'doc.go',
          'testdata/payments.wasm',
        ].map((file) => `${path}@v${version}/${file} `),
        excludes: ['/tools/', '/envoy/'],
      },
    ],
    projects: [
      {
        title: 'a project that gets the module',
        from: 'go',
        install: [
          ['go', 'mod', 'init', 'example.com/decide'],
          ['go', 'get', `${path}@v${version}`],
        ],
        run: ['go', 'run', '.'],
      },
      {
        title: 'the tests in the module',
        folder: join(out, 'cache', `${path}@v${version}`),
        install: [],
        run: ['go', 'test', './...'],
      },
    ],
  }),
};
