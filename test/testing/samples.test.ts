// Generated requests near the boundaries of a policy, shrinking, and exploration.

import { parseJson, writeJson } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { createRandomNumbers, noTables } from '@nhipol/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { explore, listTestRequests } from '../../assurance/testing/explore/explore.ts';
import { exploreSessions } from '../../assurance/testing/explore/explore-sessions.ts';
import { makeNeighbor } from '../../assurance/testing/explore/neighbors.ts';
import { listRequestPlaces, setJsonValue } from '../../assurance/testing/explore/paths.ts';
import { shrinks, simplify } from '../../assurance/testing/explore/shrink.ts';
import { collectBoundaries } from '../../assurance/testing/generate/boundaries.ts';
import { Dice } from '../../assurance/testing/generate/random.ts';
import { RequestMaker } from '../../assurance/testing/generate/requests.ts';
import { ask } from '../../assurance/testing/runner/ask.ts';
import { loadPolicy } from '../scenarios/load-policy.ts';
import { checkPolicy } from '../support/checking.ts';
import { examples } from '../support/policies/examples.ts';
import { sessionPolicy } from '../support/sessions/session-steps.ts';

const policy = checkPolicy(`policy p
enum Level { low < high }
subject agent { level?: Level, key: { expires_at: Timestamp, used: Int = 0 }, chain: List<{ id?: String }> = [] }
action call { host?: Ip, names: Set<String> = {} }
action any {}
context { time: Timestamp, seen?: { by?: String, observed_at?: Timestamp } fresh 5m }
for agent doing call {
  permit ok
    when subject.key.used <= 41 and action.host in 10.1.0.0/16 and action.names within { "a", "b" }
    and context.seen.by is "alice" and context.time < subject.key.expires_at
  deny deep when any x in subject.chain satisfies x.id is "evil"
  deny low when subject.level is not high
}`);

function example(name: string): PolicyModel {
  return loadPolicy(`examples/${name}/policy.nhipol`).policy ?? expect.fail(name);
}

const text = JSON.stringify({
  subject: {
    type: 'agent',
    id: 'someone',
    properties: {
      level: 'high',
      key: { expires_at: '2026-03-03T11:00:00Z' },
      chain: [{ id: 'evil' }],
    },
  },
  action: { name: 'call', properties: { names: ['a'] } },
  resource: { type: 'file', id: 'f' },
  context: { time: '2026-03-03T10:00:00.123Z', stranger: 1 },
});

test('boundaries are listed by path, with the constants', () => {
  const { at, beside, read } = collectBoundaries(policy);
  expect(at.get('subject.key.used')?.ints).toEqual([41n]);
  expect(at.get('action.names')?.sets).toContainEqual({
    kind: 'String',
    elements: ['"a"', '"b"'],
  });
  expect(at.get('action.host')?.ips).toEqual(
    expect.arrayContaining(['10.1.0.0', '10.0.255.255', '10.1.255.255', '10.2.0.0']),
  );
  expect(at.get('context.seen.observed_at')?.durations).toEqual([300_000n]);
  expect([...(beside.get('context.time') ?? [])]).toContain('subject.key.expires_at');
  expect([...read]).toEqual(
    expect.arrayContaining(['subject', 'subject.chain', 'subject.chain[].id']),
  );
  expect(read.has('subject.id')).toBe(false);
});

test('places are those with a value and those that could have one', () => {
  const places = listRequestPlaces(policy, parseJson(text) ?? expect.fail('no JSON'));
  const shown = places.map(
    ({ path, json, required }) => `${path}${json ? '' : '?'}${required ? '!' : ''}`,
  );
  expect(shown).toEqual([
    'subject.type!',
    'subject.id!',
    'subject.level',
    'subject.key!',
    'subject.key.expires_at!',
    'subject.key.used?',
    'subject.chain',
    'subject.chain[].id',
    'action.name!',
    'action.host?',
    'action.names',
    'resource.type!',
    'resource.id!',
    'context.time!',
    'context.seen?',
  ]);
});

test('a value is set at its place, and removed', () => {
  const json = parseJson('{"a":[{"b":1},{"b":2}],"c":{}}');
  const one = parseJson('9');
  const writeOptional = (after: ReturnType<typeof setJsonValue>) =>
    after ? writeJson(after) : undefined;
  expect(writeOptional(setJsonValue(json, ['a', 1, 'b'], one))).toBe(
    '{"a":[{"b":1},{"b":9}],"c":{}}',
  );
  expect(writeOptional(setJsonValue(json, ['a', 0], undefined))).toBe('{"a":[{"b":2}],"c":{}}');
  expect(writeOptional(setJsonValue(json, ['c', 'd', 'e'], one))).toBe(
    '{"a":[{"b":1},{"b":2}],"c":{"d":{"e":9}}}',
  );
  expect(writeOptional(setJsonValue(json, ['c'], undefined))).toBe('{"a":[{"b":1},{"b":2}]}');
  expect(writeOptional(setJsonValue(json, ['x', 'y'], undefined))).toBe(
    writeJson(json ?? expect.fail()),
  );
});

test('tidy requests and their neighbors are valid', () => {
  for (const { path } of examples) {
    const each = loadPolicy(path).policy ?? expect.fail(path);
    let faulty = 0;
    for (let seed = 1; seed <= 100; seed += 1) {
      const dice = new Dice(createRandomNumbers(seed));
      const request = new RequestMaker(each, dice, { untidy: false }).request();
      const near = makeNeighbor(each, request, dice);
      for (const made of [request, near]) {
        JSON.parse(made);
        if (ask(each, { text: made, now: undefined, tables: noTables }).error !== undefined)
          faulty += 1;
      }
    }
    expect(faulty).toBe(0);
  }
});

test('a string that is not JSON has no neighbors, and does not shrink', () => {
  expect(makeNeighbor(policy, '{', new Dice(createRandomNumbers(1)))).toBe('{');
  expect([...shrinks(policy, { text: '{', now: undefined, tables: noTables })]).toEqual([]);
});

test('a request shrinks to its relevant part', () => {
  const sample = { text, now: 5n, tables: new Map([['t', '{}']]) };
  const minimal = simplify(policy, sample, (each) => {
    const json = JSON.parse(each.text) as {
      subject: { properties: { chain?: { id?: string }[] } };
    };
    return json.subject.properties.chain?.some(({ id }) => id === 'evil') === true;
  });
  expect(minimal.now).toBeUndefined();
  expect(minimal.tables.size).toBe(0);
  expect(JSON.parse(minimal.text)).toEqual({
    subject: {
      type: 'agent',
      id: 'x',
      properties: { key: { expires_at: '2026-03-03T00:00:00Z' }, chain: [{ id: 'evil' }] },
    },
    action: { name: 'call' },
    resource: { type: 'file', id: 'x' },
    context: { time: '2026-03-03T00:00:00Z' },
  });
});

test('shrinking ends for any condition, at a minimal request', () => {
  const property = fc.property(
    fc.integer(),
    fc.array(fc.boolean(), { minLength: 1 }),
    (seed, says) => {
      const made = new RequestMaker(policy, new Dice(createRandomNumbers(seed)), {
        untidy: false,
      }).request();
      let asked = 0;
      const holds = () => says[asked++ % says.length] === true && asked < 2000;
      const minimal = simplify(policy, { text: made, now: 1n, tables: noTables }, holds);
      expect(asked).toBeLessThan(2000);
      expect(minimal.text.length).toBeLessThanOrEqual(made.length);
    },
  );
  fc.assert(property, { numRuns: 50 });
});

test('exploring reaches every effect and reason of the examples, and is the same for the same seed', () => {
  const listReached = (name: string) => {
    const bare = { ...example(name), tests: [] };
    const reasons = new Set<string>();
    for (const { answers } of explore([bare], { samples: 4000 })) {
      for (const reason of answers[0]?.reasons ?? []) reasons.add(reason);
    }
    return bare.rules.filter(({ id }) => !reasons.has(id)).map(({ id }) => id);
  };
  expect(listReached('support-agent')).toEqual([]);
  expect(listReached('api-key')).toEqual([]);
  const texts = () => [...explore([policy], { samples: 50 })].map(({ sample }) => sample.text);
  expect(texts()).toEqual(texts());
});

test('the requests of tests come first', () => {
  const found = example('api-key');
  const known = listTestRequests(found);
  const first = [...explore([found], { samples: 5 })].map(({ sample }) => sample);
  expect(first).toEqual(known.slice(0, 5));
});

test('sessions continue until counts and windows matter', () => {
  const reasons = new Set<string>();
  for (const { answers } of exploreSessions(sessionPolicy, { samples: 600 })) {
    for (const answer of answers) for (const reason of answer.reasons) reasons.add(reason);
  }
  const ids = sessionPolicy.rules.map(({ id }) => id);
  expect(ids.filter((id) => !reasons.has(id))).toEqual([]);
});
