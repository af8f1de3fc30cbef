// The areas of the planted bugs, each with its bugs.

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

export const floors = [
  {
    name: 'checker',
    title: 'Checker and warnings',
    bugs: checker,
  },
  {
    name: 'lints',
    title: 'Warnings and advice',
    bugs: lints,
  },
  {
    name: 'lemmas',
    title: 'Proofs by lemmas',
    bugs: lemmas,
  },
  {
    name: 'lowering',
    title: 'Lowering and the plan',
    bugs: lowering,
  },
  {
    name: 'emitter',
    title: 'Emitter',
    bugs: emitter,
  },
  {
    name: 'assembly',
    title: 'Assembly library',
    bugs: assembly,
  },
  {
    name: 'evaluator',
    title: 'Evaluator',
    bugs: evaluator,
  },
  {
    name: 'runtime',
    title: 'JavaScript host',
    bugs: runtime,
  },
  {
    name: 'testing',
    title: 'Tests, exploration and reports',
    bugs: testing,
  },
  {
    name: 'cache',
    title: 'Cache of compiled policies',
    bugs: cache,
  },
  {
    name: 'callers',
    title: 'Callers and settings of the service',
    bugs: [...serviceCallers, ...serviceSettings],
  },
  {
    name: 'signals',
    title: 'Signals',
    bugs: signals,
  },
  {
    name: 'relay',
    title: 'Relay of the guard',
    bugs: relay,
  },
  {
    name: 'gate',
    title: 'Gate of the guard',
    bugs: gateBugs,
  },
  {
    name: 'connections',
    title: 'What connections of the guard share',
    bugs: connections,
  },
  {
    name: 'http-guard',
    title: 'Guard over HTTP',
    bugs: httpGuard,
  },
  {
    name: 'delivery',
    title: 'Calls, their numbers and outcomes',
    bugs: delivery,
  },
  {
    name: 'owned-texts',
    title: 'Texts of servers and their outcomes',
    bugs: ownedTextsBugs,
  },
  {
    name: 'daemon',
    title: 'Daemon, hooks and approvals',
    bugs: daemon,
  },
  {
    name: 'state',
    title: 'Files of log and state',
    bugs: state,
  },
  {
    name: 'sessions',
    title: 'Sessions of the guard, and who sent a message',
    bugs: guardSessions,
  },
  {
    name: 'texts',
    title: 'Texts of others, and reviews',
    bugs: texts,
  },
  {
    name: 'proxies',
    title: 'Proxies in front of the service',
    bugs: proxies,
  },
];

/** All bugs, each with its area. */
export const bugs = floors.flatMap(({ bugs: own, ...floor }) =>
  own.map((bug) => ({ ...bug, floor })),
);
