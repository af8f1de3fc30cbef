// A property of what runs while its answer changes: for each decided request and each kind of change, what the agent gets, what the
// server learns and what the log says are those of the table, which is written from docs/guard.md.

import { findResultPlace, type LogEntry } from '@nhipol/service';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { requestMethods } from '../../../service/mcp/protocol/methods.ts';
import { attack } from '../../attacks/attack.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { Harness, type Received, stateless } from './relay-harness.ts';

type Json = Readonly<Record<string, unknown>>;
type Mode = 'enforce' | 'observe';

/** The requests that are decided, besides calls of tools. */
const methods = Object.entries(requestMethods.client)
  .filter(([, { handling }]) => handling === 'decide')
  .map(([name]) => name);

/** The kinds of work: a call of a tool, one that goes on as a task, and each other request. */
const works = ['call', 'task', ...methods] as const;

interface Expected {
  /** The result for the agent: of a call of a tool, and of another request. A task that is stopped has none. */
  readonly call: string;
  readonly other: string;
  /** The line that the log gets: effect, enforcement, names of constraints and obligations. */
  readonly line?: readonly string[];
}

const whole = { call: 'whole', other: 'whole' };
function describeRefusal(reason: string) {
  return {
    call: `not permitted: stopped while it ran: ${reason}`,
    other: `not permitted: ${reason}`,
  };
}

/** The changes, each of which an outcome of the tool with its name causes. */
const changes: Readonly<Record<string, Expected>> = {
  nothing: whole,
  limit: {
    call: 'cut',
    other: 'not permitted: `max_rows` cannot be applied to its result',
    line: ['narrow', 'passed', 'max_rows', ''],
  },
  narrow: { ...whole, line: ['narrow', 'passed', 'ttl', ''] },
  oblige: { ...whole, line: ['permit', 'passed', '', 'audit'] },
  unable: {
    ...describeRefusal('it is permitted only with `report`, which is not carried out here'),
    line: ['deny', 'stopped', '', ''],
  },
  refuse: { ...describeRefusal('it has read a page'), line: ['deny', 'stopped', '', ''] },
  question: { ...describeRefusal('somebody has to look'), line: ['challenge', 'stopped', '', ''] },
  leave: { ...describeRefusal('the agent left'), line: ['revoke', 'stopped', '', ''] },
};

/** The same where nothing is enforced: everything passes, and the log says what would have been refused. */
function expectObserved({ line }: Expected): Expected {
  if (line === undefined) return whole;
  const [effect = '', enforcement = '', ...rest] = line;
  return { ...whole, line: [effect, enforcement === 'stopped' ? 'observed' : 'passed', ...rest] };
}

const running = ['fs:slow', ...methods.map((name) => `mcp:${name}`)];
const actions = ['fs:slow', 'fs:start', ...Object.keys(changes).map((name) => `fs:${name}`)];

let module: Uint8Array;
beforeAll(async () => {
  const since = (name: string) => `when once(outcome "delivered" doing "fs:${name}")`;
  module = await compileForGuard(`policy test.again version "1.0.0"
subject ai_agent {}
${[...actions, ...running.slice(1)].map((name) => `action "${name}" {}`).join('\n')}
resource mcp_server {}
constraint max_rows: Int smallest wins
constraint ttl: Duration smallest wins
obligation audit: custom { level: String }
obligation report: custom { to: String }
outcomes { "delivered": {} }
for ai_agent { permit works otherwise }
for ai_agent doing ${running.map((name) => `"${name}"`).join(', ')} {
  narrow few ${since('limit')} to { max_rows: 2 }
  narrow short ${since('narrow')} to { ttl: 60s }
  permit audited ${since('oblige')} with audit { level: "high" }
  permit reported ${since('unable')} with report { to: "owner" }
  deny tainted ${since('refuse')} because "it has read a page"
  challenge unsure ${since('question')} because "somebody has to look"
  revoke gone ${since('leave')} because "the agent left"
}
`);
});

const open: Harness[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

function connect(mode: Mode): Harness {
  const relay = new Harness({
    module,
    mode,
    abilities: { obligations: new Set(['audit']), constraints: new Set(['max_rows', 'ttl']) },
    resultLimits: new Map([['max_rows', findResultPlace('result.rows')]]),
    tools: actions.map((name) => ({ name: name.slice(3), inputSchema: { type: 'object' } })),
  });
  open.push(relay);
  return relay;
}

const structuredContent = { rows: ['a', 'b', 'c'] };
const result = { content: [{ type: 'text', text: 'a b c' }], structuredContent };
const workId = 'work';

/** Sends a request that the policy permits. */
function begin(relay: Harness, work: string): void {
  if (work === 'call' || work === 'task') {
    relay.call(workId, 'slow', {}, stateless);
    if (work === 'task') answer(relay, workId, { resultType: 'task', taskId: 't' });
    return;
  }
  if (work.startsWith('tasks/')) {
    relay.call('started', 'start', {}, stateless);
    answer(relay, 'started', { resultType: 'task', taskId: 't' });
  }
  const params = { ...stateless, ...(work === 'tasks/list' ? {} : { taskId: 't' }) };
  const received = relay.client({ jsonrpc: '2.0', id: workId, method: work, params });
  expect(received).toMatchObject({ client: [], server: [expect.stringContaining(work)] });
}

function answer(relay: Harness, id: string, given: Json): Received {
  return relay.server({ jsonrpc: '2.0', id, result: given });
}

/** Something reaches the agent that changes the answer to what runs. */
function change(relay: Harness, name: string, id: string): void {
  relay.call(id, name, {}, stateless);
  answer(relay, id, { content: [] });
}

/** Describes the answer to the work that the agent has got. */
function describeAnswer(relay: Harness, work: string): string {
  const texts = relay.toClient.map((text) => JSON.parse(text));
  const [got, ...others] = texts.filter(({ id }) => id === workId);
  if (work === 'task') return isCancelled(relay, work) ? 'stopped' : 'whole';
  if (got === undefined || others.length > 0) return `${others.length} other answers`;
  if (got.error !== undefined) return got.error.message;
  if (got.result.isError) return got.result.content[0].text;
  const isWhole = work === 'tasks/list' || got.result.structuredContent.rows.length === 3;
  const isRepeated = JSON.stringify(got.result).split('"c"').length > 1;
  return isWhole ? 'whole' : isRepeated ? 'cut, but repeated' : 'cut';
}

function isCancelled(relay: Harness, work: string): boolean {
  return relay.toServer.some((text) => {
    const { method, params } = JSON.parse(text);
    if (work === 'task') return method === 'tasks/cancel' && params.taskId === 't';
    return method === 'notifications/cancelled' && params.requestId === workId;
  });
}

/** The lines about the work since a place in the log. */
function listLines(relay: Harness, work: string, from: number): readonly (readonly string[])[] {
  const name = work === 'call' || work === 'task' ? 'fs:slow' : `mcp:${work}`;
  return relay.logged.slice(from).flatMap((entry: LogEntry) => {
    if (entry.kind !== 'decision' || entry.trigger !== 'event') return [];
    const { action } = entry.request as { readonly action?: { readonly name?: string } };
    if (action?.name !== name) return [];
    const { constraints = {}, obligations = [] } = entry.response.context;
    const obliged = obligations.map((each) => each.name);
    const names = [Object.keys(constraints).join(), obliged.join()];
    return [[entry.effect, entry.enforcement, ...names]];
  });
}

function expectWork(expected: Expected, work: string): string {
  if (work === 'call') return expected.call;
  if (work === 'task') return expected.other === 'whole' ? 'whole' : 'stopped';
  return expected.other;
}

function run(work: string, name: string, mode: Mode, expected: Expected): void {
  const relay = connect(mode);
  begin(relay, work);
  const from = relay.logged.length;
  change(relay, name, 'change');
  const outcome = expectWork(expected, work);
  const isStopped = outcome !== 'whole' && outcome !== 'cut';
  const label = [mode, work, name];
  const lines = expected.line === undefined ? [] : [expected.line];
  expect([...label, isCancelled(relay, work)]).toEqual([...label, isStopped]);
  expect([...label, listLines(relay, work, from)]).toEqual([...label, lines]);
  // An answer that stays has no further line, and is carried out once.
  change(relay, 'nothing', 'unchanged');
  expect([...label, listLines(relay, work, from)]).toEqual([...label, lines]);
  answer(relay, workId, work === 'tasks/list' ? { ...result, tasks: [] } : result);
  expect([...label, describeAnswer(relay, work)]).toEqual([...label, outcome]);
}

attack('guard-limited-while-running', () => {
  for (const work of works) run(work, 'limit', 'enforce', changes.limit as Expected);
});

attack('guard-obligation-while-running', () => {
  for (const work of works) {
    for (const name of ['oblige', 'unable']) run(work, name, 'enforce', changes[name] as Expected);
  }
});

test.each(Object.entries(changes))(
  'each request that runs is decided again after a change: %s',
  (name, row) => {
    for (const work of works) {
      run(work, name, 'enforce', row);
      run(work, name, 'observe', expectObserved(row));
    }
  },
);
