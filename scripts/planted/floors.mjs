// The areas of the planted bugs, each with its bugs and the tests that run first: those of
// the area, fast and likely ones before the others. All other tests run after them.

import { assembly } from './bugs/assembly.mjs';
import { cache } from './bugs/cache.mjs';
import { checker } from './bugs/checker.mjs';
import { emitter } from './bugs/emitter.mjs';
import { evaluator } from './bugs/evaluator.mjs';
import { lemmas } from './bugs/lemmas.mjs';
import { lints } from './bugs/lints.mjs';
import { lowering } from './bugs/lowering.mjs';
import { runtime } from './bugs/runtime.mjs';
import { serviceCallers } from './bugs/service/callers.mjs';
import { connections } from './bugs/service/connections.mjs';
import { daemon } from './bugs/service/daemon.mjs';
import { delivery } from './bugs/service/delivery.mjs';
import { gateBugs } from './bugs/service/gate.mjs';
import { httpGuard } from './bugs/service/http-guard.mjs';
import { ownedTextsBugs } from './bugs/service/owned-texts.mjs';
import { proxies } from './bugs/service/proxies.mjs';
import { relay } from './bugs/service/relay.mjs';
import { guardSessions } from './bugs/service/sessions.mjs';
import { serviceSettings } from './bugs/service/settings.mjs';
import { signals } from './bugs/service/signals.mjs';
import { state } from './bugs/service/state.mjs';
import { testing } from './bugs/testing.mjs';
import { texts } from './bugs/texts.mjs';

/** The areas. `first` contains paths, or prefixes of paths, of test files. */
export const floors = [
  {
    name: 'checker',
    title: 'Checker and warnings',
    bugs: checker,
    first: ['test/language/', 'test/sessions/warnings', 'test/cases/', 'test/properties/warnings'],
  },
  {
    name: 'lints',
    title: 'Warnings and advice',
    bugs: lints,
    first: ['test/language/warnings/', 'test/traps/'],
  },
  {
    name: 'lemmas',
    title: 'Proofs by lemmas',
    bugs: lemmas,
    first: ['test/proving/lemma', 'test/proving/allowed'],
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
  {
    name: 'cache',
    title: 'Cache of compiled policies',
    bugs: cache,
    first: ['test/cache/'],
  },
  {
    name: 'callers',
    title: 'Callers and settings of the service',
    bugs: [...serviceCallers, ...serviceSettings],
    first: ['test/service/'],
  },
  {
    name: 'signals',
    title: 'Signals',
    bugs: signals,
    first: ['test/service/'],
  },
  {
    name: 'relay',
    title: 'Relay of the guard',
    bugs: relay,
    first: ['test/service/'],
  },
  {
    name: 'gate',
    title: 'Gate of the guard',
    bugs: gateBugs,
    first: ['test/service/gate/'],
  },
  {
    name: 'connections',
    title: 'What connections of the guard share',
    bugs: connections,
    first: ['test/service/'],
  },
  {
    name: 'http-guard',
    title: 'Guard over HTTP',
    bugs: httpGuard,
    first: ['test/service/http'],
  },
  {
    name: 'delivery',
    title: 'Calls, their numbers and outcomes',
    bugs: delivery,
    first: ['test/service/', 'test/hooks/'],
  },
  {
    name: 'owned-texts',
    title: 'Texts of servers and their outcomes',
    bugs: ownedTextsBugs,
    first: ['test/service/owned-texts.test.ts'],
  },
  {
    name: 'daemon',
    title: 'Daemon, hooks and approvals',
    bugs: daemon,
    first: ['test/hooks/'],
  },
  {
    name: 'state',
    title: 'Files of log and state',
    bugs: state,
    first: ['test/service/'],
  },
  {
    name: 'sessions',
    title: 'Sessions of the guard, and who sent a message',
    bugs: guardSessions,
    first: ['test/service/'],
  },
  {
    name: 'texts',
    title: 'Texts of others, and reviews',
    bugs: texts,
    first: ['test/cli/', 'test/service/'],
  },
  {
    name: 'proxies',
    title: 'Proxies in front of the service',
    bugs: proxies,
    first: ['test/service/envoy', 'test/service/grpc'],
  },
];

/** All bugs, each with its area. */
export const bugs = floors.flatMap(({ bugs: own, ...floor }) =>
  own.map((bug) => ({ ...bug, floor })),
);
