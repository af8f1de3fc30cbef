// The runs of each night, which take too long for every change. Searches begin at another seed each night, and print it.

import { floors } from '../planted/floors.mjs';

/** @typedef {{ readonly name: string, readonly command: string, readonly minutes: number }} Run */

// A search takes less than 10,000 seeds in a night.
const seed = Math.floor(Date.now() / 86_400_000) * 10_000;

/** The runs, each with its limit in minutes on a machine with four processors. @type {readonly Run[]} */
export const runs = [
  { name: 'tests', command: 'npm run test:full', minutes: 180 },
  ...floors.map(({ name }) => ({
    name: `bugs-${name}`,
    command: `npm run planted-bugs -- --floor ${name}`,
    minutes: 300,
  })),
  { name: 'planted-proofs', command: 'npm run planted-proofs', minutes: 180 },
  { name: 'example-patches', command: 'npm run experiment:builtin', minutes: 120 },
  { name: 'mutate', command: 'npm run mutate', minutes: 60 },
  {
    name: 'programs',
    command: `npm run differential -- --programs 2000 --requests 500 --seed ${seed}`,
    minutes: 180,
  },
  {
    name: 'sessions',
    command: `npm run differential -- --sessions 1000000 --seed ${seed}`,
    minutes: 120,
  },
  {
    name: 'formulas',
    command: `npm run differential -- --proofs 1000 --seed ${seed}`,
    minutes: 120,
  },
  {
    name: 'second-encoding',
    command: `npm run second-encoding -- --policies 100 --seed ${seed}`,
    minutes: 300,
  },
  {
    name: 'false-proofs',
    command: `npm run false-proofs -- --claims 50000 --seed ${seed} --minutes 120`,
    minutes: 150,
  },
  {
    name: 'allowed-requests',
    command: `npm run allowed-requests -- --requests 1000000 --seed ${seed} --minutes 120`,
    minutes: 150,
  },
  {
    name: 'fails-open',
    command: `npm run fails-open -- --pairs 10000 --seed ${seed}`,
    minutes: 60,
  },
  { name: 'hostile', command: `npm run hostile -- --seed ${seed}`, minutes: 180 },
  { name: 'conformance', command: 'npm run conformance', minutes: 60 },
  { name: 'agents', command: 'npm run test:agents', minutes: 60 },
  {
    name: 'soak',
    command:
      'npm ci --prefix benchmarks --no-audit --no-fund && node benchmarks/service/soak.mjs --minutes 60',
    minutes: 90,
  },
  { name: 'regressions', command: 'npm run bench:regressions', minutes: 120 },
];
