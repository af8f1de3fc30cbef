// Sessions whose module fails: from then on each session is denied, and each sweep reports all of them.

import { failures } from '../modules/trapping-module.ts';
import type { Doing } from './steps.ts';

const request = JSON.stringify({
  subject: { type: 'agent', id: 'a' },
  action: { name: 'read' },
  resource: { type: 'file', id: 'f' },
  context: {},
});

const decide = (session: string, now: number): Doing => ({ do: 'decide_session', session, now });
const sweep = (now: number): Doing => ({ do: 'sweep', all: false, now });

const opened = ['one', 'two', 'three'].map(
  (session): Doing => ({ do: 'open', session, request, now: 1000 }),
);

const after: readonly Doing[] = [
  sweep(1010),
  decide('two', 1011),
  { do: 'reevaluate', session: 'three', now: 1012 },
  { do: 'decide_session', session: 'one', request, now: 1013 },
  { do: 'close', session: 'one' },
  { ...sweep(1014), all: true } as Doing,
  decide('one', 1015),
  decide('four', 1016),
];

/**
 ** `permitted`: the sessions that were permitted before the module fails; `step`: the step in which it fails.
 */
function failing(
  failure: keyof typeof failures,
  permitted: readonly string[],
  step: Doing,
): readonly Doing[] {
  const part = JSON.stringify({ context: { fail: failures[failure] } });
  const before = [...opened, ...permitted.map((session) => decide(session, 1001)), sweep(1003)];
  return [...before, { do: 'patch', session: 'one', part }, step, ...after];
}

/**
 * The steps by the name of the case. In the cases where a decision fails no session was permitted before: some
 * hosts report at once what others report in the next sweep.
 */
export const trappingSteps: Readonly<Record<string, readonly Doing[]>> = {
  'sessions/trap-in-decide': failing('decide', [], decide('two', 1009)),
  'sessions/trap-in-reevaluate': failing('decide', [], {
    do: 'reevaluate',
    session: 'one',
    now: 1009,
  }),
  'sessions/trap-in-sweep': failing('sweep', ['one', 'two'], sweep(1009)),
  'sessions/too-many-changes': failing('tooManyChanges', ['one', 'two'], sweep(1009)),
  'sessions/trap-in-due': failing('due', ['one', 'two'], sweep(1009)),
};
