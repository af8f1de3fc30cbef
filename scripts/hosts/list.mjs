// The hosts, each with what it takes to build it, to look it over and to ask it.

/** @typedef {import('./host.mjs').Host} Host */

const shell = (/** @type {string} */ line) => ['sh', '-ec', line];

/** @type {readonly Host[]} */
export const hosts = [
  {
    id: 'go',
    title: 'Go, wazero',
    folder: 'hosts/go',
    needs: [{ command: 'go', debian: 'golang' }],
    build: [['go', 'build', '-o', 'nhipol-host', './cmd/nhipol-host']],
    look: [
      shell('test -z "$(gofmt -l .)"'),
      ['go', 'vet', './...'],
      ['go', 'tool', '-modfile=tools/go.mod', 'staticcheck', './...'],
      ['go', 'test', './...'],
    ],
    tool: ['./nhipol-host'],
  },
];
