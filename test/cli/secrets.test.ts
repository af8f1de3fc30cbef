// Secret members in what the command line prints: explanations, failed tests, counterexamples and timelines.

import { expect, test } from 'vitest';
import { Folder } from '../support/system/run-cli.ts';

const policy = `policy acme.keys version "1"
subject agent { key: secret String, owner: String }
context { time: Timestamp, token?: secret String }
for agent {
  permit ok when subject.key starts_with "key-"
  deny token when context.token is present
}
`;
const request = {
  subject: { type: 'agent', id: 'a', properties: { key: 'key-sk7316', owner: 'ops' } },
  action: { name: 'x' },
  resource: { type: 'r', id: 'i' },
  context: { time: '2026-03-03T10:00:00Z' },
};
const failing = `${policy}test "t" { request ${JSON.stringify(request)} expect deny }
invariant "never permitted" for any
  effect is not permit
`;
const mask = /secret:[0-9a-f]{12}/;

test('explanations mask values, and an invalid request is not quoted', async () => {
  using folder = new Folder({
    'p.nhipol': policy,
    'r.json': JSON.stringify(request),
    'wrong.json': JSON.stringify({ ...request, context: { time: 'sk7316', token: 'sk7316' } }),
    'broken.json': '{"context": {"token": "sk7316',
  });
  const eval_ = (name: string, form: string) =>
    folder.run(['eval', '@p.nhipol', '--request', `@${name}`, form]);
  for (const form of ['--explain', '--explain=json']) {
    const { out } = await eval_('r.json', form);
    expect(out).toMatch(mask);
    expect(out).not.toContain('sk7316');
    for (const name of ['wrong.json', 'broken.json']) {
      const invalid = await eval_(name, form);
      expect(invalid.out).toContain('invalid_request');
      expect(invalid.out + invalid.err).not.toContain('sk7316');
    }
  }
});

test('counterexamples of invariants are masked', async () => {
  using folder = new Folder({ 'p.nhipol': failing });
  for (const format of ['pretty', 'json', 'junit']) {
    const { code, out } = await folder.run(['test', '@p.nhipol', '--format', format]);
    expect(code).toBe(1);
    expect(out).toContain('never permitted');
    expect(out).toMatch(mask);
    expect(out).not.toContain('sk7316');
  }
  const verified = await folder.run([
    'verify',
    '@p.nhipol',
    '--samples',
    '200',
    '--format',
    'json',
  ]);
  const [named] = JSON.parse(verified.out).policies[0].claims;
  expect(named.counterexample.request.subject.properties.key).toMatch(mask);
});

test('a file that `verify` writes can be evaluated', async () => {
  using folder = new Folder({ 'p.nhipol': failing });
  const args = ['verify', '@p.nhipol', '--samples', '200', '-o', '@found'];
  await folder.run(args);
  const name = 'found/acme-keys-never-permitted.json';
  expect(Buffer.from(folder.read(name)).toString()).not.toMatch(mask);
  const { out } = await folder.run(['eval', '@p.nhipol', '--request', `@${name}`]);
  expect(JSON.parse(out).decision).toBe(true);
});

test('a timeline is masked, also if only the module is known', async () => {
  const line = (event: object) =>
    JSON.stringify({ at: '2026-03-03T10:00:00Z', session: 's', ...event });
  const part = { context: { token: 'sk7316' }, subject: { properties: { owner: 'sk-team' } } };
  using folder = new Folder({
    'p.nhipol': policy,
    'log.jsonl': [line({ open: request }), line({ decide: {} }), line({ patch: part })].join('\n'),
  });
  await folder.run(['compile', '@p.nhipol', '--sessions', '-o', '@p.wasm']);
  for (const [file, shown] of [
    ['@p.nhipol', true],
    ['@p.wasm', false],
  ] as const) {
    for (const format of ['text', 'json', 'markdown', 'html']) {
      const args = ['simulate', file, '--events', '@log.jsonl', '--format', format];
      const { code, out } = await folder.run(args);
      expect(code).toBe(0);
      expect(out).toMatch(mask);
      expect(out).not.toContain('sk7316');
      expect(out.includes('sk-team')).toBe(shown);
    }
  }
});
