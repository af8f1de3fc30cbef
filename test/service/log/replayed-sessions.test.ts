// The log of a service, replayed with the policy that decided: every logged effect is made again after any changes by callers,
// events and time.

import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load, SessionError } from '@nhipol/runtime';
import { openLogFile } from '@nhipol/service';
import {
  createComparingHost,
  createEvaluatorHost,
  createModuleHost,
  type DecisionLogEntry,
  listContradictions,
  listRecordedRequests,
  listSessionInputs,
  readDecisionLogLine,
  replay,
} from '@nhipol/testing/replay';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { attack } from '../../attacks/attack.ts';
import { checkPolicy } from '../../support/checking.ts';
import { ManualClock } from '../../support/system/manual-clock.ts';
import { Folder } from '../../support/system/run-cli.ts';
import { type Harness, openHarness } from '../decisions/service-harness.ts';
import { compileForGuard } from '../guard/guard-policy.ts';

const source = `policy test.replayed version "1.0.0"

subject workload { team?: String, until?: Timestamp }
action read { tries?: Int }
action write {}
resource file { owner?: String }
context { time: Timestamp, level?: String, risk?: { level: String, score?: Int }, secret_note?: secret String }
signals { "leak": { what?: String, size?: Int, token?: secret String } }

for workload doing read, write on file {
  permit low when context.level is "LOW" and subject.team is "ops"
  permit scored when context.risk.score < 5
  permit owned when resource.owner is "me" and count(decided doing read, within 10m) < 3
  deny expired when subject.until <= context.time, if unknown skip
  deny leaked when once(signal "leak" where event.size > 3, within 10m)
}
for workload doing write on file {
  revoke gone when once(signal "leak" where event.what is "all")
}
`;

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(source);
});

let folder: string;
let harness: Harness;
let clock: ManualClock;
let closeLog: () => Promise<void>;
const path = () => join(folder, 'log.jsonl');

async function start(): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'nhipol-replayed-'));
  clock = new ManualClock();
  clock.to(Date.parse('2026-03-03T10:00:00Z'));
  const log = await openLogFile(path());
  closeLog = () => log.close();
  harness = await openHarness({ policy: module, point: { log, clock } });
}
async function stop(): Promise<void> {
  await harness.close();
  await closeLog();
}
beforeEach(start);
afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

const subject = { type: 'workload', id: 'w', properties: { team: 'ops' } };
const read = { action: { name: 'read' }, resource: { type: 'file', id: 'f' } };

function entries(): readonly DecisionLogEntry[] {
  const lines = readFileSync(path(), 'utf8').trimEnd().split('\n');
  return lines.map((line, index) => {
    const entry = readDecisionLogLine(Buffer.from(line), index + 1);
    if ('message' in entry) throw new Error(`${entry.path}: ${entry.message}`);
    return entry;
  });
}

/** The requested decisions of the log, and those that a replay makes of it. */
function effects() {
  const all = entries();
  const host = createComparingHost(
    createEvaluatorHost(checkPolicy(source)),
    createModuleHost(load(module)),
  );
  const { items } = listSessionInputs(all, new Set(host.signals));
  const { timeline, skipped, faults } = replay(host, items, undefined);
  expect([skipped, faults]).toEqual([[], []]);
  const replayed = timeline.happenings.flatMap(({ line, cause, answer }) =>
    cause.kind === 'decide' ? [`${line} ${answer?.effect}`] : [],
  );
  // A session that is not open decides nothing.
  const logged = all.flatMap((entry) =>
    entry.kind === 'decision' &&
    entry.trigger === 'request' &&
    !entry.hostReasons.includes('no_session') &&
    !entry.hadLoneSurrogate
      ? [`${entry.line} ${entry.effect}`]
      : [],
  );
  return { logged, replayed, differing: listContradictions(timeline, all) };
}

// --- random sessions -----------------------------------------------------------------------------

const ids = fc.constantFrom('s1', 's2');
const level = fc.constantFrom('LOW', 'HIGH', null, 3);
const context = fc.record(
  {
    level,
    risk: fc.constantFrom(
      null,
      { score: 1, level: 'a' },
      { score: 9 },
      { score: null },
      { level: 'b' },
    ),
    secret_note: fc.constantFrom('x', null),
  },
  { requiredKeys: [] },
);
const properties = fc.record(
  {
    team: fc.constantFrom('ops', 'dev', null),
    until: fc.constantFrom('2026-03-03T10:03:00Z', '2026-03-03T12:00:00Z', null),
    other: fc.constant('undeclared'),
  },
  { requiredKeys: [] },
);
const query = fc.record(
  {
    action: fc.constantFrom(
      { name: 'read' },
      { name: 'read', properties: { tries: 2 } },
      { name: 'write' },
      // Values that the policy does not declare.
      { name: 'read', properties: { tries: 'twice' } },
      { name: 'other' },
    ),
    resource: fc.constantFrom(
      { type: 'file', id: 'f' },
      { type: 'file', id: 'g', properties: { owner: 'me' } },
      { type: 'file', id: 'g', properties: { owner: 5 } },
      { type: 'file', id: '\ud800' },
    ),
    context,
  },
  { requiredKeys: ['action', 'resource'] },
);
const payload = fc.record(
  {
    what: fc.constantFrom('all', 'one'),
    size: fc.integer({ min: 0, max: 6 }),
    token: fc.constant('t'),
  },
  { requiredKeys: [] },
);
const step = fc.oneof(
  fc.record({ kind: fc.constant('decide' as const), id: ids, query }),
  fc.record({ kind: fc.constant('evaluate' as const), id: ids, query }),
  fc.record({ kind: fc.constant('patch' as const), id: ids, context, properties }),
  fc.record({ kind: fc.constant('event' as const), id: ids, context, properties }),
  fc.record({
    kind: fc.constant('signal' as const),
    id: ids,
    payload,
    late: fc.option(fc.integer({ min: 0, max: 600_000 }), { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('wait' as const), time: fc.integer({ min: 0, max: 400_000 }) }),
  fc.record({ kind: fc.constant('reopen' as const), id: ids, context, properties }),
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** A step that is refused changes nothing. */
async function perform(given: Step): Promise<void> {
  const { call, post, point } = harness;
  switch (given.kind) {
    case 'wait':
      clock.to(clock.now() + given.time);
      return;
    case 'decide':
      await post(`/sessions/${given.id}/decide`, given.query);
      return;
    case 'evaluate': {
      const bare = { type: 'workload', id: 'w' };
      const body = { subject: bare, ...given.query };
      await post('/access/v1/evaluation', body, { 'nhipol-session': given.id });
      return;
    }
    case 'patch': {
      const body = { context: given.context, subject: { properties: given.properties } };
      await call('PATCH', `/sessions/${given.id}`, body);
      return;
    }
    case 'signal': {
      const at = given.late === undefined ? undefined : new Date(clock.now() - given.late);
      const body = { signal: 'leak', payload: given.payload };
      await post(
        `/sessions/${given.id}/signals`,
        at === undefined ? body : { ...body, occurred_at: at },
      );
      return;
    }
    case 'event': {
      const target = point.sessions.signals?.target;
      if (target === undefined || !target.ids().includes(given.id)) return;
      const { properties, context } = given;
      for (const part of [{ subject: { properties } }, { context }]) {
        try {
          target.change('issuer:x', given.id, part);
        } catch (error) {
          // It does not fit the policy.
          if (!(error instanceof SessionError)) throw error;
        }
      }
      target.record('issuer:x', given.id, 'leak', undefined, clock.now() - 1_000);
      target.reevaluate();
      return;
    }
    case 'reopen': {
      await call('DELETE', `/sessions/${given.id}`);
      const { id } = given;
      await post('/sessions', {
        id,
        subject: { ...subject, properties: given.properties },
        context: given.context,
      });
    }
  }
}

test('a replay makes every logged decision of random sessions again', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 2 }), { maxLength: 16 }),
      async (turns) => {
        await stop();
        rmSync(folder, { recursive: true, force: true });
        await start();
        for (const id of ['s1', 's2'])
          await harness.post('/sessions', { id, subject, context: {} });
        for (const turn of turns) await Promise.all(turn.map(perform));
        const { logged, replayed, differing } = effects();
        expect(replayed).toEqual(logged);
        expect(differing).toEqual([]);
      },
    ),
    { numRuns: 20 },
  );
}, 240_000);

// --- the changes -----------------------------------------------------------------------------------

attack('log-changed-facts', async () => {
  const { post, call } = harness;
  const bare = { subject: { type: 'workload', id: 'w' }, ...read };
  await post('/sessions', { id: 's1', subject, context: { level: 'HIGH' } });
  await call('PATCH', '/sessions/s1', { context: { level: 'LOW', secret_note: 'hush' } });
  await post('/access/v1/evaluation', bare, { 'nhipol-session': 's1' });
  await post('/sessions', { id: 's2', subject, context: { level: 'LOW' } });
  await call('PATCH', '/sessions/s2', { subject: { properties: { team: 'dev' } } });
  await post('/sessions/s2/decide', read);
  // Nothing changes.
  await call('PATCH', '/sessions/s2', { subject: { properties: { team: 'dev' } } });
  const { logged, replayed } = effects();
  expect(logged).toEqual(['3 permit', '6 deny']);
  expect(replayed).toEqual(logged);
  const lines = readFileSync(path(), 'utf8');
  expect(lines).not.toContain('hush');
  const changed = lines.split('\n').filter((line) => line.includes('"kind":"changed"'));
  expect(changed.map((line) => JSON.parse(line).request)).toEqual([
    { context: { level: 'LOW', secret_note: expect.stringMatching(/^secret:/) } },
    { subject: { ...subject, properties: { team: 'dev' } } },
  ]);
  const requests = listRecordedRequests(entries()).items.map(({ request }) =>
    JSON.parse(Buffer.from(request).toString()),
  );
  expect(requests).toMatchObject([
    { subject, context: { level: 'LOW' } },
    { subject: { properties: { team: 'dev' } }, context: { level: 'LOW' } },
  ]);
});

attack('log-contradicted-effect', async () => {
  await harness.post('/sessions', { id: 's1', subject, context: { level: 'HIGH' } });
  await harness.post('/sessions/s1/decide', read);
  await harness.post('/access/v1/evaluation', { subject, ...read, context: { level: 'HIGH' } });
  const lines = readFileSync(path(), 'utf8').trimEnd().split('\n');
  let prev: string | undefined;
  const forged = lines.map((line) => {
    const linked =
      prev === undefined ? line : line.replace(/"prev":"[^"]*"\}$/, `"prev":"${prev}"}`);
    const changed = linked.replace(
      '"effect":"deny","decision":false',
      '"effect":"permit","decision":true',
    );
    prev = `sha-256:${createHash('sha256').update(changed).digest('hex')}`;
    return `${changed}\n`;
  });
  using files = new Folder({ 'p.nhipol': source });
  writeFileSync(join(files.path, 'p.wasm'), module);
  files.write('log.jsonl', forged.join(''));
  const simulated = await files.run(['simulate', '@p.wasm', '--events', '@log.jsonl']);
  const told =
    'by the same policy, 1 decision of the log differs: log.jsonl:2: permit in the log, deny now';
  expect([simulated.code, simulated.err]).toEqual([0, expect.stringContaining(told)]);
  // Without a forged line there is nothing to report.
  files.write('log.jsonl', `${lines.join('\n')}\n`);
  const { err } = await files.run(['simulate', '@p.wasm', '--events', '@log.jsonl']);
  expect(err).not.toContain('the same policy');
});

test('an empty line is not an entry of a decision log', async () => {
  await harness.post('/sessions', { id: 's1', subject, context: { level: 'LOW' } });
  await harness.post('/sessions/s1/decide', read);
  const [first = '', ...others] = readFileSync(path(), 'utf8').split('\n');
  using files = new Folder({ 'p.nhipol': source });
  for (const empty of ['', ' ']) {
    files.write('log.jsonl', [first, empty, ...others].join('\n'));
    for (const command of [
      ['simulate', '@p.nhipol', '--engine', 'evaluator', '--events', '@log.jsonl'],
      ['diff', '@p.nhipol', '@p.nhipol', '--requests', '@log.jsonl'],
    ]) {
      const { code, err } = await files.run(command);
      expect([code, err]).toEqual([
        2,
        expect.stringContaining('log.jsonl:2: $: this is not an entry of a decision log'),
      ]);
    }
  }
});
