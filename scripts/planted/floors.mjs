// The floors that bugs are planted on, each with its bugs and with the tests that are asked first: those of
// the floor itself, the quick and the likely ones before the others. All other tests come behind them.

import { assembly } from './assembly.mjs';
import { checker } from './checker.mjs';
import { emitter } from './emitter.mjs';
import { evaluator } from './evaluator.mjs';
import { lowering } from './lowering.mjs';
import { runtime } from './runtime.mjs';
import { testing } from './testing.mjs';

/** `first`: paths, or beginnings of paths, of test files. */
export const floors = [
  {
    name: 'checker',
    title: 'Checker and warnings',
    bugs: checker,
    first: ['test/language/', 'test/sessions/warnings', 'test/cases/', 'test/properties/warnings'],
  },
  {
    name: 'lowering',
    title: 'Lowering and the plan',
    bugs: lowering,
    first: ['test/compiler/', 'test/cases/', 'test/meaning/', 'test/sessions/', 'test/properties/'],
  },
  {
    name: 'emitter',
    title: 'Emitter',
    bugs: emitter,
    first: ['test/cases/', 'test/meaning/', 'test/compiler/', 'test/sessions/', 'test/properties/'],
  },
  {
    name: 'assembly',
    title: 'Assembly library',
    bugs: assembly,
    first: ['test/assembly/', 'test/meaning/', 'test/cases/', 'test/sessions/', 'test/properties/'],
  },
  {
    name: 'evaluator',
    title: 'Evaluator',
    bugs: evaluator,
    first: ['test/sessions/', 'test/language/', 'test/meaning/', 'test/cases/', 'test/properties/'],
  },
  {
    name: 'runtime',
    title: 'JavaScript host',
    bugs: runtime,
    first: ['test/runtime/', 'test/sessions/', 'test/cases/', 'test/properties/'],
  },
  {
    name: 'testing',
    title: 'Tests, exploration and reports',
    bugs: testing,
    first: ['test/testing/', 'test/reporting/', 'test/cli/', 'test/properties/'],
  },
];

/** Every bug, with the floor that it is on. */
export const bugs = floors.flatMap(({ bugs: own, ...floor }) =>
  own.map((bug) => ({ ...bug, floor })),
);
