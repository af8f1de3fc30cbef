// Learned policies: they check without warnings, pass their tests, permit the calls that they were learned from, and deny
// calls that go beyond these.

import { decideInSession, grantInSession, openSession } from '@nhipol/language';
import { format } from '@nhipol/language/format';
import type { PolicyModel } from '@nhipol/language/model';
import { createEvaluatorTestEngine, runTests } from '@nhipol/testing';
import type { DecisionLogEntry } from '@nhipol/testing/replay';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { learnPolicy } from '../../../cli/learn/learned-policy.ts';
import { collectObservedCalls, type ObservedCall } from '../../../cli/learn/observed-calls.ts';
import { checkText } from '../../support/checking.ts';

import '../../support/seed.ts';

const limits = { maxValues: 3, prefixDepth: 3 };

const schema = (properties: object, required: readonly string[] = []) => ({
  type: 'object',
  properties,
  required,
});
const tools = [
  {
    name: 'read',
    inputSchema: schema(
      {
        path: { type: 'string' },
        head: { type: 'integer', minimum: 1, maximum: 1000 },
        raw: { type: 'boolean' },
        'sort-by': { enum: ['name', 'size', 'last change'] },
      },
      ['path'],
    ),
  },
  {
    name: 'fetch.url',
    inputSchema: schema(
      { url: { type: 'string' }, timeout: { type: 'number' }, content: { type: 'string' } },
      ['url', 'content'],
    ),
  },
  {
    name: 'find',
    inputSchema: schema(
      {
        names: { type: 'array', items: { type: 'string' } },
        where: schema({ depth: { type: 'integer' }, note: { type: 'string' } }, ['depth']),
        labels: { type: 'object', additionalProperties: { type: 'string' } },
      },
      ['names'],
    ),
  },
  { name: 'list', inputSchema: schema({}) },
];
const server = { name: 'files', tools };

const call = (tool: string, given: object, isApproved = false): ObservedCall => ({
  action: tool.includes(':') ? tool : `files:${tool}`,
  subject: 'ai_agent',
  properties: { [tool.startsWith('mcp:') ? 'params' : 'arguments']: given },
  masked: [],
  day: '2026-03-03',
  isApproved,
});

interface Learned {
  readonly policy: PolicyModel;
  readonly source: string;
}

function learnOrFail(calls: readonly ObservedCall[], given = limits): Learned {
  const found = learnPolicy([server], calls, given);
  if (found === undefined) throw new Error('nothing was learned');
  const source = format('p.nhipol', found.source).text ?? found.source;
  const { policy, found: errors, warned } = checkText(source);
  expect([errors, warned, source]).toEqual([[], [], source]);
  if (policy === undefined) throw new Error('unreachable');
  return { policy, source };
}

const now = BigInt(Date.parse('2026-03-03T10:00:00Z'));

/** The effect of a call, with an approval of it if it `isApproved`. */
function decideCall(
  { policy }: Learned,
  { action, subject, properties }: ObservedCall,
  isApproved = false,
): string {
  const request = JSON.stringify({
    subject: { type: subject, id: 'a' },
    action: { name: action, properties },
    resource: { type: 'mcp_server', id: 'files' },
  });
  const opened = openSession(request, now);
  const grant = { lasts: 60_000n, approver: 'ann', policy: policy.name };
  const session = isApproved ? grantInSession(opened, grant, now) : opened;
  return decideInSession(policy, session, now).answer.effect;
}

const readToolRules = ({ source }: Learned, tool: string) => {
  const start = source.indexOf(`for ai_agent doing "files:${tool}"`);
  const comments = source.slice(source.lastIndexOf('\n\n', start), start).trim().split('\n');
  const rules = source.slice(start, source.indexOf('\n}', start)).split('\n').slice(1);
  return [...comments.slice(1), ...rules.map((line) => line.trim())];
};

describe('a learned policy', () => {
  test('restricts each argument to what the calls have in common', () => {
    const policy = learnOrFail([
      call('read', { path: '/work/src/a.ts', head: 10, raw: true, 'sort-by': 'last change' }),
      call('read', { path: '/work/src/lib/b.ts', head: 200, raw: true }),
      call('fetch.url', { url: 'https://api.example.com/v1', timeout: 0.1234567 }),
      call('fetch.url', { url: 'https://api.example.com/v2?x={y}', timeout: -2 }),
      call('find', { names: ['a', 'b'], where: { depth: 2 } }),
      call('find', { names: [], where: { depth: 4 } }),
    ]);
    expect(readToolRules(policy, 'read')).toEqual([
      '// allow fails-open: there were calls without the argument',
      'permit observed_read',
      'when action.arguments.path under "/work/src"',
      'and action.arguments.head <= 200',
      'and action.arguments.raw',
      'and (action.arguments."sort-by" is missing or action.arguments."sort-by" is "last change")',
    ]);
    expect(readToolRules(policy, 'fetch.url')).toEqual([
      'permit observed_fetch_url',
      'when action.arguments.url starts_with "https://api.example.com/"',
      'and action.arguments.timeout >= -2',
      'and action.arguments.timeout <= 0.123457',
    ]);
    expect(readToolRules(policy, 'find')).toEqual([
      '// allow fails-open: there were calls without the argument',
      '// allow true-of-nothing: there were calls with an empty list',
      'permit observed_find',
      'when (all each in action.arguments.names satisfies each in { "a", "b" })',
      'and action.arguments.where.depth >= 0',
      'and action.arguments.where.depth <= 4',
      'and action.arguments.where.note is missing',
      'and action.arguments.labels is missing',
    ]);
    expect(policy.source).toContain(
      '// 2 calls on 1 day\n// allow fails-open: there were calls without the argument\nfor ai_agent doing "files:read" {',
    );
    expect(policy.source).toContain(
      '// These tools were not called. They are denied:\n// "files:list"\n',
    );
    expect(decideCall(policy, call('list', {}))).toBe('deny');
  });

  test('lists few values, finds directories of many, and leaves other strings open', () => {
    const paths = (values: readonly string[], given = limits) =>
      readToolRules(
        learnOrFail(
          values.map((path) => call('read', { path })),
          given,
        ),
        'read',
      ).join(' ');
    expect(paths(['one', 'two'])).toContain('path in { "one", "two" } ');
    expect(paths(['one', 'two', 'three', 'four'])).not.toContain('arguments.path');
    expect(paths(['/a/b', '/a/b'])).toContain('path is "/a/b" ');
    expect(paths(['/a/b', '/a/c'])).toContain('path under "/a" ');
    expect(paths(['/a/b/c/d/e', '/a/b/c/d/f'])).toContain('path under "/a/b/c" ');
    expect(paths(['/a/b/c/d/e'], { maxValues: 3, prefixDepth: 1 })).toContain('path under "/a" ');
    expect(paths(['/a/1/x', '/a/2/x', '/a/3/x', '/a/4/x', 'src/y'])).toContain(
      '(action.arguments.path under "/a" or action.arguments.path under "src") ',
    );
    expect(paths(['/a/1/x', '/a/1/', '/a/1'])).toContain('path under "/a/1" ');
    expect(paths(['src/x', '.', 'README'])).toContain(
      '(action.arguments.path under "src" or action.arguments.path in { ".", "README" }) ',
    );
    expect(paths(['src/../x', 'src/{a}', './b', '../c', './d'])).not.toContain('arguments.path');
    expect(paths(['{a}', 'b'])).toContain(
      '(action.arguments.path is "b" or action.arguments.path is "{{a}}") ',
    );
  });

  test('keeps asking where a person approved', () => {
    const mixed = learnOrFail([
      call('read', { path: 'a' }),
      call('read', { path: 'b' }, true),
      call('find', { names: ['c'] }, true),
    ]);
    expect(['a', 'b', 'c'].map((path) => decideCall(mixed, call('read', { path })))).toEqual([
      'permit',
      'challenge',
      'deny',
    ]);
    expect(decideCall(mixed, call('find', { names: ['c'] }))).toBe('challenge');
    expect(mixed.source).toContain('// 2 calls on 1 day; 1 call approved by a person\n');
  });

  test('declares no argument that is masked', () => {
    const masked = { ...call('read', {}), masked: [['arguments', 'path']] };
    const policy = learnOrFail([masked]);
    expect(policy.source).toContain(
      '// `path` is not declared: it is masked in the decision log\n',
    );
    expect(decideCall(policy, call('read', { path: 'any' }))).toBe('permit');
  });

  test('permits methods that were used', () => {
    const policy = learnOrFail([
      call('mcp:resources/read', { uri: 'file:///work/a' }),
      call('mcp:elicitation/create', { message: 'Which one?' }),
      call('mcp:roots/list', {}),
    ]);
    expect(
      [
        call('mcp:resources/read', { uri: 'file:///work/a' }),
        call('mcp:resources/read', { uri: 'file:///etc/a' }),
        call('mcp:elicitation/create', { message: 'Another one?' }),
        call('mcp:roots/list', {}),
        call('mcp:prompts/get', { name: 'a' }),
      ].map((each) => decideCall(policy, each)),
    ).toEqual(['permit', 'deny', 'permit', 'permit', 'deny']);
  });

  test('learns calls of several servers', () => {
    const mail = { name: 'mail', tools: [{ name: 'list', inputSchema: schema({}) }] };
    const calls = [call('read', { path: 'a' }), call('mail:list', {})];
    const found = learnPolicy([server, mail], calls, limits);
    expect(found).toMatchObject({ permittedTools: 2, unlisted: 0 });
    const { policy, found: errors, warned } = checkText(found?.source ?? '');
    expect([errors, warned, policy?.name]).toEqual([[], [], 'guard.files_mail']);
    expect(policy?.rules.map(({ id }) => id)).toEqual([
      'observed_read',
      'observed_list',
      'session_revoked',
    ]);
    const tests = policy === undefined ? [] : runTests(policy, createEvaluatorTestEngine(policy));
    expect(tests.filter(({ passed }) => !passed)).toEqual([]);
  });

  test('counts calls that it cannot permit', () => {
    const calls = [
      call('list', {}),
      call('read', { head: 1 }),
      call('read', { path: 'a', head: 5_000 }),
      call('gone', {}),
      call('other:list', {}),
    ];
    expect(learnPolicy([server], calls, limits)).toMatchObject({
      unfit: 2,
      unlisted: 2,
      permittedTools: 1,
    });
    expect(learnPolicy([server], calls.slice(1), limits)).toBeUndefined();
  });
});

describe('the calls of a log', () => {
  const createDecision = (path: string, more: object = {}) => ({
    line: 1,
    at: now,
    session: 's',
    masked: [],
    policyDigest: undefined,
    kind: 'decision' as const,
    trigger: 'request',
    request: {
      subject: { type: 'ai_agent', id: 'a' },
      action: { name: 'files:read', properties: { arguments: { path } } },
    },
    enforcement: 'passed',
    callDigest: undefined,
    approval: undefined,
    isInvalid: false,
    effect: 'permit',
    challengeDigest: undefined,
    hostReasons: [],
    hadLoneSurrogate: false,
    ...more,
  });
  const createEvent = (path: string, signal: string) => ({
    line: 1,
    at: now,
    session: 's',
    masked: [],
    policyDigest: undefined,
    kind: 'event' as const,
    signal,
    payload: { action: { name: 'files:read', properties: { arguments: { path } } } },
    time: undefined,
  });
  const createApproval = (callDigest: string, answer: string) => ({
    line: 1,
    at: now,
    session: 's',
    masked: [],
    policyDigest: undefined,
    kind: 'approval' as const,
    callDigest,
    answer,
    approval: undefined,
  });
  const summary = (entries: readonly DecisionLogEntry[], includeRefused = false) => {
    const { calls, ...counts } = collectObservedCalls(entries, includeRefused);
    const paths = calls.map(({ properties, isApproved }) => {
      const { path } = properties.arguments as { readonly path: string };
      return isApproved ? `${path} approved` : path;
    });
    return { paths, ...counts };
  };

  test('are those that took effect', () => {
    const entries = [
      createDecision('passed'),
      createDecision('lowered', { enforcement: 'lowered' }),
      createDecision('observed', { enforcement: 'observed' }),
      createDecision('refused', { enforcement: 'refused' }),
      createDecision('new', { enforcement: 'something new' }),
      createDecision('invalid', { isInvalid: true }),
      createDecision('approved', { approval: { approver: 'ann', grantedAt: '', expiresAt: '' } }),
    ];
    const counts = { refused: 2, failed: 0, invalid: 1 };
    expect(summary(entries)).toEqual({
      paths: ['passed', 'lowered', 'observed', 'approved approved'],
      ...counts,
    });
    expect(summary(entries, true)).toEqual({
      paths: ['passed', 'lowered', 'observed', 'refused', 'new', 'approved approved'],
      ...counts,
    });
  });

  test('fail by an outcome or a stop, which is about the latest equal call', () => {
    const entries = [
      createDecision('a'),
      createDecision('a'),
      createDecision('b'),
      createEvent('a', 'completed'),
      createEvent('a', 'failed'),
      createDecision('b', { trigger: 'time', enforcement: 'stopped' }),
      createDecision('c'),
      createEvent('d', 'failed'),
    ];
    expect(summary(entries)).toMatchObject({ paths: ['a', 'c'], failed: 2 });
    expect(summary(entries, true).paths).toEqual(['a', 'a', 'b', 'c']);
  });

  test('count after a question of the agent only if its user agreed', () => {
    const createQuestion = (path: string, callDigest: string) =>
      createDecision(path, { enforcement: 'asked', callDigest });
    const entries = [
      createQuestion('yes', '1'),
      createQuestion('no', '2'),
      createQuestion('silence', '3'),
      createApproval('1', 'approved'),
      createApproval('2', 'refused'),
      createEvent('yes', 'completed'),
    ];
    expect(summary(entries)).toMatchObject({ paths: ['yes approved'], refused: 2 });
  });
});

describe('any learned policy', () => {
  const segment = fc.constantFrom('a', 'b', 'src', '.env', '..', 'x y', 'é', '{n}', 'permit');
  const path = fc
    .tuple(
      fc.constantFrom('', '/', './', 'https://h/', 'https://h'),
      fc.array(segment, { maxLength: 4 }),
    )
    .map(([start, segments]) => start + segments.join('/'));
  const string = fc.oneof(path, fc.constantFrom('one', 'two', '"', '{x.y}', '\u202e'));
  const optional = <Value>(value: fc.Arbitrary<Value>) =>
    fc.option(value, { nil: undefined, freq: 3 });
  // An approval needs a digest, which numbers of many digits do not have.
  const thousandths = fc.integer({ min: -1e9, max: 1e9 }).map((value) => value / 1000);
  const calls = fc.oneof(
    fc
      .record({
        path: string,
        head: optional(fc.integer({ min: 1, max: 1000 })),
        raw: optional(fc.boolean()),
        'sort-by': optional(fc.constantFrom('name', 'size', 'last change')),
      })
      .map((given) => ({ tool: 'read', given })),
    fc
      .record({ url: string, timeout: optional(thousandths) })
      .map((given) => ({ tool: 'fetch.url', given })),
    fc
      .record({
        names: fc.array(string, { maxLength: 3 }),
        where: optional(fc.record({ depth: fc.integer(), note: optional(string) })),
        labels: optional(fc.dictionary(fc.constantFrom('k', 'l'), string)),
      })
      .map((given) => ({ tool: 'find', given })),
    fc.constant({ tool: 'list', given: {} }),
  );
  const observed = fc
    .tuple(calls, fc.boolean())
    // As a log contains it.
    .map(([{ tool, given }, approved]) => call(tool, JSON.parse(JSON.stringify(given)), approved));
  const sets = fc.array(observed, { minLength: 1, maxLength: 12 });
  const someLimits = fc.record({
    maxValues: fc.integer({ min: 0, max: 5 }),
    prefixDepth: fc.integer({ min: 1, max: 4 }),
  });

  test('checks, is formatted, passes its tests, and permits the calls', {
    timeout: 120_000,
  }, () => {
    fc.assert(
      fc.property(sets, someLimits, (given, limits) => {
        const policy = learnOrFail(given, limits);
        const failed = runTests(policy.policy, createEvaluatorTestEngine(policy.policy)).filter(
          ({ passed }) => !passed,
        );
        expect([failed.map(({ test: { name } }) => name), policy.source]).toEqual([
          [],
          policy.source,
        ]);
        for (const each of given) {
          expect(decideCall(policy, each, each.isApproved), JSON.stringify(each)).toBe('permit');
        }
      }),
      { numRuns: 50 },
    );
  });

  test('denies calls beyond the observed ones', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(sets, someLimits, (given, limits) => {
        const policy = learnOrFail(given, limits);
        const listArguments = (tool: string) =>
          given
            .filter(({ action }) => action === `files:${tool}`)
            .map(({ properties }) => properties.arguments as Readonly<Record<string, unknown>>);
        for (const { name } of tools) {
          const all = listArguments(name);
          const deny = (more: object) => {
            const each = call(name, { ...all[0], ...more });
            expect(['deny'], JSON.stringify(each)).toContain(decideCall(policy, each));
          };
          if (all.length === 0) {
            deny({ path: 'a', url: 'a', names: [] });
            continue;
          }
          const heads = all.map(({ head }) => Number(head ?? 0));
          const max = Math.max(...heads);
          if (name === 'read' && max < 1000) deny({ head: max + 1 });
          if (name === 'read' && all.every(({ raw }) => raw !== true)) deny({ raw: true });
          if (name === 'read' && all.every((each) => each['sort-by'] !== 'size'))
            deny({ 'sort-by': 'size' });
          if (name === 'find' && all.every(({ where }) => where === undefined))
            deny({ where: { depth: 1 } });
          if (name === 'find' && all.every(({ labels }) => labels === undefined))
            deny({ labels: {} });
        }
      }),
      { numRuns: 50 },
    );
  });
});
