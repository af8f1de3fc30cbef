// Keys of the events of all sessions whose strings have any length that a request may have, and the length of their records.

import { compile } from '@nhipol/compiler';
import {
  createSessions,
  load,
  type Policy,
  type SessionStore,
  type Sessions,
} from '@nhipol/runtime';
import { maxHistoryRecord } from '@nhipol/runtime/abi';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reportRefused } from '../../service/engine/report-refused.ts';
import { checkPolicy } from '../support/checking.ts';
import { assemble } from '../support/modules/assembler.ts';

async function compileRule(rule: string): Promise<Policy> {
  const text = `policy p
subject agent { owner: String, team: String, unit: String, level: Int }
context { time: Timestamp }
for agent {
  permit works otherwise
  ${rule}
}`;
  const { wasm } = await compile(checkPolicy(text), assemble, { sessions: true });
  return load(wasm);
}

const start = Date.parse('2026-03-03T10:00:00Z');
const clock = { now: () => start, at: () => () => {} };

interface Identity {
  readonly id: string;
  readonly owner: string;
  readonly team?: string;
  readonly unit?: string;
  readonly level: number;
}

let opened = 0;

/** Opens a session, decides in it, and closes it. */
function decide(sessions: Sessions, { id, ...properties }: Identity): string {
  opened += 1;
  const session = sessions.open(`s${opened}`, {
    subject: { type: 'agent', id, properties: { team: '', unit: '', ...properties } },
    action: { name: 'call' },
    resource: { type: 'file', id: 'f' },
  });
  const { effect } = session.decide();
  session.close();
  return effect;
}

class MemoryStore implements SessionStore {
  readonly texts = new Map<string, string>();

  async read(): Promise<readonly string[]> {
    return [...this.texts.values()];
  }

  async write(changed: ReadonlyMap<string, string | undefined>): Promise<void> {
    for (const [key, text] of changed) {
      if (text === undefined) this.texts.delete(key);
      else this.texts.set(key, text);
    }
  }
}

const limit = (key: string) =>
  `deny busy when count(allowed across sessions per ${key} up to 200, within today in "UTC") >= 1`;
const single = await compileRule(limit('subject.id'));
const joined = await compileRule(limit('(subject.id, subject.level, subject.owner)'));

/** Strings of up to 4,096 bytes, in characters of one to four bytes. */
const longText = fc
  .record({
    letter: fc.constantFrom('a', 'é', '€', '😀', '\0'),
    bytes: fc.constantFrom(0, 1, 4, 255, 256, 1_024, 4_091, 4_095),
    end: fc.constantFrom('', 'b', 'c'),
  })
  .map(({ letter, bytes, end }) => {
    const width = Buffer.byteLength(letter);
    return `${letter.repeat(Math.floor(bytes / width))}${'x'.repeat(bytes % width)}${end}`;
  });
const identity = fc.record({
  id: longText,
  owner: longText,
  level: fc.constantFrom(0, 1, -1, 64),
});

function expectSeparateBudgets(
  policy: Policy,
  identities: readonly Identity[],
  toKey: (identity: Identity) => unknown,
): void {
  const sessions = createSessions(policy, { clock });
  const seen = new Set<string>();
  const expected = identities.map((identity) => {
    const key = JSON.stringify(toKey(identity));
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew ? 'permit' : 'deny';
  });
  expect(identities.map((identity) => decide(sessions, identity))).toEqual(expected);
}

test('each identity has its own budget, however long its texts are', () => {
  fc.assert(
    fc.property(fc.array(identity, { minLength: 2, maxLength: 12 }), (identities) => {
      expectSeparateBudgets(single, identities, ({ id }) => id);
      expectSeparateBudgets(joined, identities, ({ id, level, owner }) => [id, level, owner]);
    }),
    { numRuns: 100 },
  );
});

test('identities with long texts keep their budgets in a store', async () => {
  const identities = ['a', 'b'].map((end) => ({
    id: 'x'.repeat(4_095) + end,
    owner: 'y'.repeat(4_095) + end,
    level: 3,
  }));
  for (const policy of [single, joined]) {
    const store = new MemoryStore();
    const sessions = createSessions(policy, { clock });
    const persistence = await sessions.attachStore(store);
    expect(decide(sessions, identities[0] as Identity)).toBe('permit');
    await persistence.stop();
    const restarted = createSessions(policy, { clock });
    await restarted.attachStore(store);
    expect(identities.map((each) => decide(restarted, each))).toEqual(['deny', 'permit']);
  }
});

test('a record has at most the length that the contract states', async () => {
  const policy = await compileRule(
    'deny busy when count(decided across sessions per (subject.id, subject.owner, subject.team, subject.unit) up to 16, within 1d) >= 4_095',
  );
  const store = new MemoryStore();
  const sessions = createSessions(policy, { clock });
  const persistence = await sessions.attachStore(store);
  const long = 'z'.repeat(4_096);
  const session = sessions.open('s', {
    subject: {
      type: 'agent',
      id: long,
      properties: { owner: long, team: long, unit: long, level: 0 },
    },
    action: { name: 'call' },
    resource: { type: 'file', id: 'f' },
  });
  for (let count = 0; count < 4_100; count += 1) session.decide();
  await persistence.flush();
  const lengths = [...store.texts]
    .filter(([key]) => key.startsWith('history:'))
    .map(([, text]) => text.length);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(maxHistoryRecord);
  expect(Math.max(...lengths)).toBeGreaterThan(maxHistoryRecord - 256);
});

test('a record that cannot be read is reported, and its limit denies', async () => {
  const store = new MemoryStore();
  const sessions = createSessions(single, { clock });
  const persistence = await sessions.attachStore(store);
  expect(persistence.refusedRecords).toBe(0);
  decide(sessions, { id: 'a', owner: '', level: 0 });
  await persistence.stop();
  const key = [...store.texts.keys()].find((each) => each.length > 'history:'.length + 18) ?? '';
  store.texts.set(key, store.texts.get(key)?.replace(/.."}$/, '"}') ?? '');
  const restarted = createSessions(single, { clock });
  const restored = await restarted.attachStore(store);
  expect(restored.refusedRecords).toBe(1);
  expect(decide(restarted, { id: 'b', owner: '', level: 0 })).toBe('deny');
  const warnings: string[] = [];
  reportRefused(restored, (warning) => warnings.push(warning));
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(/^1 of the stored records .* limits deny$/);
});
