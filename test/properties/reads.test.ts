// Data that an answer did not `read` cannot change it, for the examples, special policies and generated
// programs, in both engines: members that another request has, does not have or has with another value,
// undeclared members, and the contents of tables. A request that a change makes invalid is excluded,
// because `read` does not include validity. NHIPOL_SEED changes the requests, NHIPOL_TIMES multiplies
// their number.

import { isDeepStrictEqual } from 'node:util';
import type { EvaluatedAnswer } from '@nhipol/language';
import { type PolicyModel, spellMemberPath, type Table } from '@nhipol/language/model';
import { requestMembers } from '@nhipol/runtime/abi';
import { createRandomNumbers } from '@nhipol/testing';
import { expect, test } from 'vitest';
import { isObject, type Json } from '../scenarios/facts.ts';
import { runs, share } from '../support/budget.ts';
import { evaluator, modules, toComparable } from '../support/modules/engines.ts';
import {
  all,
  compiled,
  generateRequests,
  readRequestTime,
  seed,
} from '../support/policies/property-policies.ts';

interface Change {
  /** The path as `read` writes it. */
  readonly path: string;
  /** From the root of the request. */
  readonly at: readonly (string | number)[];
  /** `undefined` if it was removed. */
  readonly value: Json | undefined;
}

/** Whether a change of `path` affects an answer that read these paths. */
function concerns(path: string, read: readonly string[]): boolean {
  return read.some((other) => hasOuterPath(path, other) || hasOuterPath(other, path));
}

function hasOuterPath(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[]`);
}

/**
 * For every member of either request: the value of the other, `null`, or removed; and an undeclared
 * member.
 */
function* listChanges(request: Json, other: Json): Iterable<Change> {
  if (!isObject(request) || !isObject(other)) return;
  yield { path: 'not_declared', at: ['not_declared'], value: 5 };
  yield* within(request.context ?? {}, other.context ?? {}, 'context', ['context']);
  for (const root of ['subject', 'action', 'resource']) {
    const [own, others] = [request[root] ?? null, other[root] ?? null];
    if (!isObject(own) || !isObject(others)) continue;
    for (const name of ['type', 'id', 'name']) {
      if (own[name] === others[name]) continue;
      yield { path: `${root}.${name}`, at: [root, name], value: others[name] };
    }
    yield { path: root, at: [root, 'properties'], value: others.properties };
    yield* within(own.properties ?? {}, others.properties ?? {}, root, [root, 'properties']);
  }
}

function* within(own: Json, other: Json, path: string, at: Change['at']): Iterable<Change> {
  if (Array.isArray(own) && Array.isArray(other)) {
    for (const [index, element] of own.entries()) {
      const others = (other as readonly Json[])[index];
      if (others !== undefined) yield* within(element, others, `${path}[]`, [...at, index]);
    }
  }
  if (!isObject(own) || !isObject(other)) return;
  yield { path: spellMemberPath(path, 'not_declared'), at: [...at, 'not_declared'], value: 5 };
  for (const name of new Set([...Object.keys(own), ...Object.keys(other)])) {
    const [inner, innerAt] = [spellMemberPath(path, name), [...at, name]];
    const values = [other[name], undefined, null];
    for (const value of values) {
      if (!isDeepStrictEqual(value, own[name])) yield { path: inner, at: innerAt, value };
    }
    yield* within(own[name] ?? null, other[name] ?? null, inner, innerAt);
  }
}

function applyChange(json: Json, { at: [first, ...inner], value }: Omit<Change, 'path'>): Json {
  if (first === undefined) return json;
  const put = (before: Json) =>
    inner.length > 0 ? applyChange(before, { at: inner, value }) : value;
  if (Array.isArray(json)) {
    return json.map((element, index) => (index === first ? (put(element) ?? null) : element));
  }
  const next = { ...(isObject(json) ? json : {}) };
  const made = put(next[first] ?? {});
  if (made === undefined) delete next[first];
  else next[first] = made;
  return next;
}

interface Question {
  readonly request: Json;
  readonly now: bigint;
}

/** The policy's valid JSON requests, each with its instant of evaluation. */
function createQuestions(policy: PolicyModel, count: number): readonly Question[] {
  const requests = generateRequests(policy).slice(0, runs(count));
  return requests.flatMap((generated) => {
    try {
      return [{ request: JSON.parse(generated.text) as Json, now: readRequestTime(generated) }];
    } catch {
      return [];
    }
  });
}

function comparable(answer: EvaluatedAnswer) {
  const { validUntil, read } = answer;
  return { ...toComparable(answer), validUntil, read };
}

test('data that an answer did not read cannot change it', async () => {
  const byModule = await modules(compiled.map(([, policy]) => policy));
  const seen = { outside: 0, invalid: 0, changed: 0, effects: new Set<string>() };
  for (const [index, [name, policy]] of all.entries()) {
    const ask = evaluator(policy);
    const engines = [ask, ...byModule.slice(index, index + 1)];
    const next = createRandomNumbers(seed + index);
    const questions = createQuestions(policy, name === 'separate' ? 200 : 60);
    for (const { request, now } of questions) {
      const text = JSON.stringify(request);
      const [answer, ...others] = engines.map((ask) => ask(text, now)) as [
        EvaluatedAnswer,
        ...EvaluatedAnswer[],
      ];
      for (const other of others) expect(comparable(other)).toEqual(comparable(answer));
      if (answer.error !== undefined) {
        // The answer also reads the history of the revokes, which no request contains.
        expect(answer.read.filter((read) => !read.includes('('))).toEqual(requestMembers);
        continue;
      }
      const donor = questions[Math.floor(next() * questions.length)] as Question;
      const changes = [...listChanges(request, donor.request)];
      const some = (concerning: boolean, count: number) => {
        const fitting = changes.filter((each) => concerns(each.path, answer.read) === concerning);
        return Array.from({ length: Math.min(count, fitting.length) }, () => {
          return fitting[Math.floor(next() * fitting.length)] as Change;
        });
      };
      for (const change of some(false, 8)) {
        const after = JSON.stringify(applyChange(request, change));
        const answers = engines.map((ask) => ask(after, now));
        if (answers.some(({ error }) => error !== undefined)) {
          seen.invalid += 1;
          continue;
        }
        seen.outside += 1;
        seen.effects.add(answer.effect);
        for (const found of answers) {
          if (isDeepStrictEqual(comparable(found), comparable(answer))) continue;
          expect({ name, text, now, change, found: comparable(found) }).toEqual(comparable(answer));
        }
      }
      for (const change of some(true, 2)) {
        const found = ask(JSON.stringify(applyChange(request, change)), now);
        if (found.error !== undefined) continue;
        if (!isDeepStrictEqual(toComparable(found), toComparable(answer))) seen.changed += 1;
      }
    }
  }
  expect(seen.outside).toBeGreaterThan(share(3000));
  expect(seen.invalid).toBeLessThan(seen.outside / 10);
  expect(seen.changed).toBeGreaterThan(share(100));
  expect([...seen.effects].sort()).toEqual(['challenge', 'deny', 'narrow', 'permit', 'revoke']);
}, 600_000);

/** The answer of a policy with other table contents; expressions refer to the table by identity. */
function holding<T>(table: Table, rows: Table['rows'], ask: () => T): T {
  const before = table.rows;
  Object.assign(table, { rows });
  try {
    return ask();
  } finally {
    Object.assign(table, { rows: before });
  }
}

/** No rows at all, or each with the value of the next. */
function otherRows({ rows }: Table): readonly Table['rows'][] {
  const rotated = rows.map((row, index) => ({
    ...row,
    value: (rows[index + 1] ?? rows[0] ?? row).value,
  }));
  return [[], rotated];
}

test('table contents that an answer did not read cannot change it', () => {
  const seen = { outside: 0, changed: 0 };
  for (const [name, policy] of all) {
    const ask = evaluator(policy);
    for (const { request, now } of createQuestions(policy, 20)) {
      const text = JSON.stringify(request);
      const answer = ask(text, now);
      if (answer.error !== undefined) continue;
      for (const table of policy.tables) {
        const isRead = answer.read.includes(`table.${table.name}`);
        for (const rows of otherRows(table)) {
          const found = holding(table, rows, () => ask(text, now));
          const isSame = isDeepStrictEqual(comparable(found), comparable(answer));
          if (!isRead && !isSame) expect({ name, text, table: table.name, found }).toEqual(answer);
          if (!isRead) seen.outside += 1;
          if (!isSame) seen.changed += 1;
        }
      }
    }
  }
  expect(seen.outside).toBeGreaterThan(share(500));
  expect(seen.changed).toBeGreaterThan(share(5));
}, 600_000);
