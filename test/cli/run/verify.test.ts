// `nhipol verify`: the report of invariants, the files of counterexamples, JSON and exit codes.

import { expect, test } from 'vitest';
import { Folder } from '../../support/system/run-cli.ts';

const start = `policy acme.keys version "2"
subject agent { credential: { exposed: Bool = false } }
context { time: Timestamp }
for agent {
  permit ok otherwise`;
const leaking = `${start}
}
invariant "it is Monday at ten" for agent doing "read"
  context.time < 2026-03-02T10:00:00Z
`;
const sound = `${start}
  deny leaked when subject.credential.exposed
}
`;
const few = ['--samples', '400', '-o', '@found'];

/** Replaces the durations, which vary. */
const timeless = (text: string) => text.replaceAll(/\d+\.\d s/g, '0.1 s');

test('reports counterexamples, and writes them as requests that reproduce the answer', async () => {
  using folder = new Folder({ 'p.nhipol': leaking });
  const { code, out, err } = await folder.run(['verify', '@p.nhipol', ...few]);
  expect(code).toBe(1);
  expect(err).toBe('');
  expect(timeless(out).replaceAll(/after \d+ tr(y|ies)/g, 'after 7 tries')).toBe(`p.nhipol
  ✗ invariant it is Monday at ten
      p.nhipol:7:11
        permit because ok
        found after 7 tries (0.1 s), then shrunk:
        nhipol eval p.nhipol --request found/acme-keys-it-is-monday-at-ten.json --explain
  ✗ an exposed credential never acts (built in)
        subject.credential.exposed is true, and the answer is permit
        permit because ok
        found after 7 tries (0.1 s), then shrunk:
        nhipol eval p.nhipol --request found/acme-keys-an-exposed-credential-never-acts.json --explain
  ✓ missing data restricts (built in): no request or session that it applies to was tried
  ✓ a revoked session stays revoked (built in): no request or session that it applies to was tried
2 of 4 invariants refuted by 400 requests and 8 sessions in 0.1 s
`);
  const request = '@found/acme-keys-an-exposed-credential-never-acts.json';
  const args = ['eval', '@p.nhipol', '--request', request, '--engine', 'evaluator'];
  const again = await folder.run(args);
  expect(JSON.parse(again.out)).toMatchObject({ decision: true, context: { effect: 'permit' } });
});

test('reports the exceptions that the policy makes', async () => {
  using folder = new Folder({ 'p.nhipol': sound });
  const { code, out } = await folder.run(['verify', '@p.nhipol', ...few]);
  expect(code).toBe(0);
  expect(timeless(out)).toMatch(
    /^p\.nhipol\n {2}✓ an exposed credential never acts \(built in\): not refuted by \d+ requests( and \d sessions?)?\n/,
  );
  expect(out).toContain(`missing data restricts (built in): not refuted by `);
  expect(out).toContain(
    `      but without subject.credential.exposed deny → permit: leaked uses its default (p.nhipol:6)\n`,
  );
  expect(timeless(out)).toMatch(
    /\nnothing refuted by 400 requests and 8 sessions in 0\.1 s; this is not a proof\n$/,
  );
  expect(folder.names).toEqual(['p.nhipol']);
});

test('writes a counterexample of a session as a log, and one with tables with their content', async () => {
  using folder = new Folder({
    'p.nhipol': `policy acme.work
subject agent {}
context { time: Timestamp }
external table limits: String -> Int
for agent {
  permit ok when limits["x"] > 3
  permit first when not once(decided)
}
invariant "nobody has more than three" for agent ok not in reasons
invariant "nothing comes first" for agent first not in reasons
`,
  });
  const { out } = await folder.run(['verify', '@p.nhipol', ...few]);
  expect(out).toMatch(
    /eval p\.nhipol --request found\/acme-work-nobody-has-more-than-three\.json --table limits=found\/acme-work-nobody-has-more-than-three\.limits\.json --explain\n/,
  );
  const log = 'found/acme-work-nothing-comes-first.jsonl';
  expect(out).toContain(`simulate p.nhipol --events ${log}\n`);
  const simulated = ['simulate', '@p.nhipol', '--events', `@${log}`, '--engine', 'evaluator'];
  const again = await folder.run(simulated);
  expect(again.err).toBe('');
  expect(again.out).toContain('first');
});

test('prints JSON', async () => {
  using folder = new Folder({ 'p.nhipol': leaking });
  const { code, out } = await folder.run(['verify', '@p.nhipol', ...few, '--format', 'json']);
  expect(code).toBe(1);
  const report = JSON.parse(out) as { policies: { claims: object[] }[] };
  expect(report).toMatchObject({
    format: 'nhipol-verification/1',
    policies: [
      { path: expect.stringMatching(/p\.nhipol$/), policy: { name: 'acme.keys', version: '2' } },
    ],
  });
  expect(report.policies[0]?.claims[0]).toMatchObject({
    name: 'it is Monday at ten',
    at: { line: 7 },
    refuted: true,
    counterexample: { request: { action: { name: 'read' } }, response: { decision: true } },
  });
});

test('reports a policy with errors, and verifies the others', async () => {
  using folder = new Folder({ 'p.nhipol': 'policy p\nfor', 'q.nhipol': sound });
  const { code, out, err } = await folder.run(['verify', '@p.nhipol', '@q.nhipol', ...few]);
  expect(code).toBe(1);
  expect(err).toContain('syntax-error');
  expect(out).toContain('q.nhipol\n');
});

test('zero samples are a usage error', async () => {
  using folder = new Folder({ 'p.nhipol': sound });
  const { code, err } = await folder.run(['verify', '@p.nhipol', '--samples', '0']);
  expect(code).toBe(2);
  expect(err).toContain('Expected a number greater than 0.');
});
