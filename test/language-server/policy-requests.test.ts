// The requests about a whole policy, as an editor sends them: tests and their coverage, explanations, invariants and
// mutants. Needs `dist/bin/`.

import { pathToFileURL } from 'node:url';
import type {
  ExplainResult,
  MutantsResult,
  ProveResult,
  RunTestsResult,
  TestsResult,
  VerifyResult,
} from '@nhipol/language-server/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CancellationTokenSource } from 'vscode-jsonrpc';
import type { Range } from 'vscode-languageserver';
import { Folder } from '../support/system/run-cli.ts';
import { Editor } from './editor.ts';

const policy = `policy acme.door version "1.0.0"
use "tests.nhipol"

subject ai_agent { badge?: String, api_key: secret String }
action open {}
resource door {}
context { time: Timestamp, risk?: Int(0..100) }

for ai_agent doing open on door {
  permit badge when subject.badge is "blue" and context.time < 2026-06-01T00:00:00Z
  deny risky when context.risk > 50
  deny leaked when subject.api_key is not "key"
}

fixture opening {
  subject: { type: "ai_agent", id: "a", properties: { badge: "blue", api_key: "key" } },
  action: { name: "open" },
  resource: { type: "door", id: "d" },
  context: { time: "2026-01-01T00:00:00Z", risk: 1 }
}

test "opens" {
  request from opening
  expect permit because badge until 2026-06-01T00:00:00Z
}

test "opens" {
  request from opening with { context.risk = 90 }
  expect permit because badge
  then with { context.risk = 1, subject.badge = "red" }
  expect deny because default_deny
}

invariant "a red badge never opens" for ai_agent
  subject.badge is "red" implies effect >= deny
invariant "nobody opens" for ai_agent
  context.time < 2026-03-01T00:00:00Z implies effect >= deny
`;
const tests = `test "rows" {
  request {
    subject: { type: "ai_agent", id: "a", properties: { api_key: "key" } },
    action: { name: "open" },
    resource: { type: "door", id: "d" },
    context: { time: "2026-01-01T00:00:00Z" }
  }
  each context.risk, subject.badge {
    10, "blue" expect permit because badge
    60, "blue" expect deny because risky
  }
}
`;

const folder = new Folder({ 'policy.nhipol': policy, 'tests.nhipol': tests });
const uri = pathToFileURL(`${folder.path}/policy.nhipol`).href;
const testsUri = pathToFileURL(`${folder.path}/tests.nhipol`).href;
const textDocument = { uri };

const editor = new Editor();
beforeAll(async () => {
  await editor.start();
  await editor.open(uri, policy);
  expect(await editor.diagnostics(uri)).toEqual([]);
}, 60_000);
afterAll(async () => {
  expect(await editor.stop()).toBe(0);
  folder[Symbol.dispose]();
});

const sliceRange = (text: string, { start, end }: Range) => {
  const lines = text.split('\n').slice(start.line, end.line + 1);
  lines.push((lines.pop() ?? '').slice(0, end.character));
  return [lines[0]?.slice(start.character), ...lines.slice(1)].join('\n');
};
const names = ['opens', 'opens (2)'];
const rows = ['rows: context.risk = 10, subject.badge = "blue"'];
rows.push('rows: context.risk = 60, subject.badge = "blue"');

describe('nhipol/tests', () => {
  test('lists the tests of all files, with unique names', async () => {
    const found = await editor.send<TestsResult>('nhipol/tests', { textDocument });
    expect(found.tests.map(({ name }) => name)).toEqual([...names, ...rows]);
    expect(found.tests.map((each) => each.uri)).toEqual([uri, uri, testsUri, testsUri]);
    expect(found.tests.map(({ rowOf }) => rowOf)).toEqual([undefined, undefined, 'rows', 'rows']);
    const [first, , row] = found.tests;
    expect(first && sliceRange(policy, first.nameRange)).toBe('"opens"');
    expect(first && sliceRange(policy, first.range)).toMatch(/^test "opens" \{[^}]*\}$/);
    expect(row && sliceRange(tests, row.range)).toBe('10, "blue" expect permit because badge');
  });

  test('a policy with errors has tests, and one that is not open has none', async () => {
    const own = uri.replace('policy', 'broken');
    await editor.open(own, policy.replace('context.risk > 50', 'context.rsk > 50'));
    const found = await editor.send<TestsResult>('nhipol/tests', { textDocument: { uri: own } });
    expect(found.tests.length).toBe(4);
    await editor.close(own);
    expect(await editor.send('nhipol/tests', { textDocument: { uri: own } })).toEqual({
      tests: [],
    });
  });
});

describe('nhipol/runTests', () => {
  const run = (chosen?: readonly string[]) =>
    editor.send<RunTestsResult>('nhipol/runTests', { textDocument, tests: chosen });

  test('reports each test with its failures', async () => {
    const { results } = await run();
    expect(results.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['opens', 'passed'],
      ['opens (2)', 'failed'],
      ...rows.map((name) => [name, 'passed']),
    ]);
    const [failure, ...others] = results[1]?.failures ?? [];
    expect(others).toEqual([]);
    expect(failure).toMatchObject({
      step: 1,
      uri,
      expected: 'effect permit\nreasons badge',
      actual: 'effect deny\nreasons risky',
      message: 'effect: expected permit, found deny\nreasons: expected badge, found risky',
    });
    expect(failure && sliceRange(policy, failure.range)).toBe('expect permit because badge');
    expect(failure?.explanation).toContain('context.risk > 50');
  });

  test.each([
    [['opens'], names],
    [['opens (2)'], ['opens (2)']],
    [['rows'], rows],
    [[rows[0] ?? ''], rows.slice(0, 1)],
    [['none'], []],
    [[], []],
  ])('%j runs %j', async (chosen, expected) => {
    const { results } = await run(chosen);
    expect(results.map(({ name }) => name)).toEqual(expected);
  });

  test('counts the values of conditions, and the tests in which rules fired', async () => {
    const { coverage } = await run();
    expect(coverage.map((each) => each.uri)).toEqual([uri]);
    const [file] = coverage;
    const rules = Object.fromEntries(
      (file?.rules ?? []).map(({ name, counts, firedBy }) => [name, { counts, firedBy }]),
    );
    expect(rules).toEqual({
      badge: {
        counts: { holds: 4, not: 1, unknown: 0 },
        firedBy: ['opens', 'opens (2)', ...rows],
      },
      risky: { counts: { holds: 2, not: 3, unknown: 0 }, firedBy: ['opens (2)', rows[1]] },
      leaked: { counts: { holds: 0, not: 5, unknown: 0 }, firedBy: [] },
    });
    const found = file?.conditions.find(
      ({ range }) => sliceRange(policy, range) === 'context.risk > 50',
    );
    expect(found).toMatchObject({ counts: { holds: 2, not: 3 }, missing: ['unknown'] });
  });
});

describe('nhipol/explain', () => {
  const explain = (wanted: object) =>
    editor.send<ExplainResult>('nhipol/explain', { textDocument, ...wanted });
  const request = {
    subject: { type: 'ai_agent', id: 'a', properties: { badge: 'blue', api_key: 'm4sked' } },
    action: { name: 'open' },
    resource: { type: 'door', id: 'd' },
    context: { time: '2026-01-01T00:00:00Z' },
  };

  test.each([
    [{ test: 'opens' }, 'permit', 'valid until 2026-06-01T00:00:00.000Z'],
    [{ test: 'opens (2)' }, 'deny', 'context.risk > 50'],
    [{ test: 'opens (2)', step: 2 }, 'deny', 'default_deny'],
    [{ test: rows[1] }, 'deny', 'risky'],
    [{ request }, 'deny', 'because leaked, risky'],
    [{ request: JSON.stringify(request) }, 'deny', 'its condition is unknown'],
    [{ request, now: '2026-07-01T00:00:00Z' }, 'deny', 'context.time = 2026-07-01'],
    [{ request: '{' }, 'deny', 'expected valid JSON'],
  ])('%j', async (wanted, effect, part) => {
    const found = await explain(wanted);
    if ('error' in found) throw new Error(found.error);
    expect(found.effect).toBe(effect);
    expect(found.markdown).toContain(part);
    expect(found.markdown).toMatch(/^```text\n.*\n```$/s);
    expect(found.html).toMatch(/^<pre class="explanation"><span class="(related|error)">/);
    expect(found.html.replace(/<\/?(?:pre|span)[^>]*>/g, '')).not.toMatch(/[<>]/);
    expect(found.markdown + found.html).not.toContain('m4sked');
    expect(found.markdown).not.toContain(folder.path);
  });

  test('the end of an answer', async () => {
    expect(await explain({ test: 'opens' })).toMatchObject({
      validUntil: '2026-06-01T00:00:00.000Z',
    });
  });

  test.each([
    [{}, 'either a test or a request is needed'],
    [{ test: 'none' }, 'there is no test "none"'],
    [{ test: 'opens', step: 2 }, 'the test has no step 2'],
    [{ request: {}, now: 'today' }, '"today" is not an instant such as 2026-01-31T12:00:00Z'],
  ])('%j is an error', async (wanted, error) => {
    expect(await explain(wanted)).toEqual({ error });
  });
});

test('nhipol/prove decides each invariant', async () => {
  const { invariants } = await editor.send<ProveResult>('nhipol/prove', { textDocument });
  expect(invariants).toMatchObject([
    { invariant: 'a red badge never opens', verdict: 'proved', detail: 'for every request', uri },
    { invariant: 'nobody opens', verdict: 'refuted', detail: 'permit because badge', uri },
  ]);
  const [proved, refuted] = invariants;
  expect(proved).not.toHaveProperty('counterexample');
  expect(refuted?.counterexample).toMatchObject({ request: {}, response: { decision: true } });
  expect(refuted && sliceRange(policy, refuted.range)).toContain('nobody opens');
});

describe('nhipol/verify', () => {
  test('a violated invariant is returned and published until the next change', async () => {
    const params = { textDocument, requests: 500 };
    const { summary, findings } = await editor.send<VerifyResult>('nhipol/verify', params);
    expect(summary).toMatch(/^1 of \d+ invariants refuted by 500 requests and \d+ sessions\.$/);
    expect(findings).toMatchObject([{ invariant: 'nobody opens', uri }]);
    expect(findings[0]?.message).toContain('violates this invariant: permit because badge');
    expect(JSON.stringify(findings[0]?.counterexample)).toContain('"badge":"blue"');
    const [published] = await editor.diagnostics(uri, (all) => all.length > 0);
    expect(published).toMatchObject({ source: 'nhipol verify', severity: 1 });
    expect(published && sliceRange(policy, published.range)).toContain('nobody opens');
    await editor.edit(uri, 'risk = 90', 'risk = 91');
    expect(await editor.diagnostics(uri, (all) => all.length === 0)).toEqual([]);
    await editor.edit(uri, 'risk = 91', 'risk = 90');
  });

  test('another document does not remove the findings', async () => {
    await editor.send('nhipol/verify', { textDocument, requests: 500 });
    await editor.diagnostics(uri, (all) => all.length > 0);
    const own = uri.replace('policy', 'other');
    await editor.open(own, 'policy\n');
    await editor.diagnostics(own, (all) => all.length > 0);
    expect((await editor.diagnostics(uri)).length).toBe(1);
    await editor.close(own);
  });
});

describe('nhipol/mutants', () => {
  const own = uri.replace('policy', 'mutants');
  const passing = policy
    .replace(/\ntest "opens" \{[^}]*90 \}.*?\n\}\n/s, '')
    .replace(/invariant "nobody opens".*\n.*\n/, '');
  const started = { textDocument: { uri: own }, workDoneToken: 'work' };

  beforeAll(() => editor.open(own, passing));
  afterAll(() => editor.close(own));

  test('survivors have a place, a change and a test that detects it', async () => {
    const progress: string[] = [];
    editor.onNotification('$/progress', ({ value }: { value: { kind: string } }) =>
      progress.push(value.kind),
    );
    const { survivors, mutants } = await editor.send<MutantsResult>('nhipol/mutants', started);
    expect(mutants).toBeGreaterThan(20);
    const leaked = survivors.filter(({ range }) => sliceRange(passing, range).includes('api_key'));
    expect(leaked.length).toBeGreaterThan(0);
    expect(leaked[0]?.message).toMatch(
      /^no test detects this change: .*; the changed policy answers /,
    );
    expect(leaked[0]?.test).toMatch(/^test "mutant \d+" \{\n/);
    expect(progress[0]).toBe('begin');
    expect(progress.at(-1)).toBe('end');
    const published = await editor.diagnostics(own, (all) => all.length >= survivors.length);
    expect(published[0]).toMatchObject({ source: 'nhipol mutate', severity: 3 });
  });

  test('a request is answered while mutants are tried, and cancelling ends them', async () => {
    const source = new CancellationTokenSource();
    const running = editor.send('nhipol/mutants', started, source.token);
    let isOver = false;
    const ended = running.catch((error: { readonly code: number }) => error.code);
    void ended.then(() => {
      isOver = true;
    });
    await editor.at('hover', own, 'subject.ba|dge');
    expect(isOver).toBe(false);
    source.cancel();
    expect(await ended).toBe(-32800);
  });

  test('a change of the policy ends them', async () => {
    const ended = editor
      .send('nhipol/mutants', started)
      .catch((error: { readonly code: number }) => error.code);
    await editor.edit(own, 'context.risk > 50', 'context.risk > 51');
    expect(await ended).toBe(-32801);
  });

  test('a test that fails without a change is reported', async () => {
    await expect(editor.send('nhipol/mutants', { textDocument })).rejects.toThrow(
      'test "opens" fails without a change; fix it first',
    );
  });
});

test.each(['runTests', 'verify', 'mutants'])(
  'nhipol/%s fails for a policy with errors',
  async (name) => {
    const own = uri.replace('policy', 'errors');
    await editor.open(own, 'policy a\nfor any { deny b when c }\n');
    await expect(editor.send(`nhipol/${name}`, { textDocument: { uri: own } })).rejects.toThrow(
      'the policy has errors',
    );
    await editor.close(own);
    await expect(editor.send(`nhipol/${name}`, { textDocument: { uri: own } })).rejects.toThrow(
      'the document is not open',
    );
  },
);
