// `nhipol prove`, `nhipol certify`, and `--prove` of verify, diff and check: verdicts, files, JSON and exit codes.

import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Folder } from '../../support/system/run-cli.ts';

const policy = `policy acme.keys version "2"
enum Level { LOW < HIGH }
subject agent { credential: { exposed: Bool = false } }
context { time: Timestamp, level?: Level, spent?: Int, limit?: Int }
for agent {
  permit ok when context.spent <= context.limit
  deny leaked when subject.credential.exposed // allow fails-open: no report, no leak
  deny high when context.level is HIGH
}
invariant "nothing at a low level" for agent
  context.level is LOW implies effect >= deny
invariant "nothing beyond the limit" for agent
  context.spent > context.limit implies effect >= deny
`;

/** The number of steps depends on the solver. */
const withoutSteps = (output: string) => output.replace(/, \d+ steps?/g, '');

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test('proves and refutes claims, and writes requests that reproduce the answer', async () => {
  using folder = new Folder({ 'p.nhipol': policy });
  const { code, out, err } = await folder.run(['prove', '@p.nhipol', '-o', '@found']);
  expect(err).toBe('');
  expect(withoutSteps(out)).toBe(`p.nhipol
  ✗ invariant nothing at a low level: refuted
        permit because ok
        nhipol eval p.nhipol --request found/acme-keys-nothing-at-a-low-level.json --explain
  ✓ invariant nothing beyond the limit: proved
  ✓ an exposed credential never acts (built in): proved
  ✓ missing data restricts (built in): proved
3 of 4 claims proved, 1 refuted
`);
  expect(code).toBe(1);
});

test('explains what proofs rest on', { timeout: 240_000 }, async () => {
  using folder = new Folder({
    'p.nhipol': `policy acme.names version "1"
subject agent { name: String, seen?: Int }
action read {}
action write {}
context { time: Timestamp }
for agent doing read { permit team when subject.name starts_with "a-" }
for agent doing write {
  permit few when subject.seen < 5
  permit once when count(allowed, within 1h) < 3
}
invariant "names of a team" for agent doing read
  effect is permit implies not (subject.name starts_with "b")
invariant "everyone writes" for agent doing write
  effect is permit
`,
  });
  const args = ['prove', '@p.nhipol', '-o', '@found', '--explain-trust', '--format', 'json'];
  const { out } = await folder.run(args);
  const json = JSON.parse(out);
  const [names, writes] = json.claims;
  const listConstructNames = ({ trust }: { trust: { constructs: { name: string }[] } }) =>
    trust.constructs.map(({ name }) => name);
  const patterns = 'patterns, and prefixes, suffixes and parts that are constant';
  expect(listConstructNames(names)).toContain(patterns);
  expect(listConstructNames(names)).not.toContain('history');
  expect(listConstructNames(writes)).toContain('history');
  expect(listConstructNames(writes)).not.toContain(patterns);
  expect(names.trust.proofs.lemmas.lemmas).toMatchObject({ language: 1 });
  expect(names.trust.checkers).toEqual(['the checker of steps', 'the checker of lemmas']);
  expect(writes.trust.proofs).toBeUndefined();
  expect(json.trusted.map(({ of }: { of: string }) => of)).toContain('lemmas');
});

test('decides claims about the members of requests', async () => {
  using folder = new Folder({ 'p.nhipol': policy });
  const proved = ['higher context.level never loosens', 'missing context.spent never loosens'];
  const refuted = 'missing subject.credential.exposed never loosens';
  const { code, out } = await folder.run([
    'prove',
    '@p.nhipol',
    ...proved,
    refuted,
    '-o',
    '@found',
    '--certificate',
    '@proof.json',
  ]);
  expect(code).toBe(1);
  expect(withoutSteps(out)).toBe(`p.nhipol
  ✓ missing context.spent never loosens (built in): proved
  ✗ missing subject.credential.exposed never loosens (built in): refuted
        deny → permit
        permit because ok
        nhipol eval p.nhipol --request found/acme-keys-missing-subject-credential-exposed-never-loosens.json --explain
  ✓ higher context.level never loosens (built in): proved
2 of 3 claims proved, 1 refuted
`);
  const certified = await folder.run(['certify', '@proof.json', '--require', ...proved]);
  expect(certified.code).toBe(0);
  // The file has no proofs of the claims that the sources make.
  expect((await folder.run(['certify', '@proof.json'])).code).toBe(1);
  for (const name of proved) expect(certified.out).toContain(`✓ ${name} (built in): proved`);
  const unknown = await folder.run(['prove', '@p.nhipol', 'higher context.levl never loosens']);
  expect(unknown.code).toBe(2);
  expect(unknown.err).toContain('did you mean `higher context.level never loosens`?');
});

test('decides a claim of the command line', async () => {
  using folder = new Folder({ 'p.nhipol': policy });
  const claim = 'for agent never permit when subject.credential.exposed';
  const proved = await folder.run(['prove', '@p.nhipol', claim]);
  expect(proved.code).toBe(0);
  expect(proved.out).toContain(`✓ invariant ${claim}: proved`);
  const other = 'never permit when context.level is LOW';
  const refuted = await folder.run([
    'prove',
    '@p.nhipol',
    other,
    '-o',
    '@found',
    '--format',
    'json',
  ]);
  expect(refuted.code).toBe(1);
  const { claims } = JSON.parse(refuted.out);
  expect(claims).toMatchObject([{ name: other, verdict: 'refuted', response: { decision: true } }]);
});

test('reports a claim that is not valid as an error of the policy', async () => {
  using folder = new Folder({ 'p.nhipol': policy });
  const { code, err } = await folder.run([
    'prove',
    '@p.nhipol',
    'never permit when context.levl is LOW',
  ]);
  expect(code).toBe(1);
  expect(err).toContain('levl');
});

test('reports the construct and the place if a claim is not proved', async () => {
  const product = policy.replace(
    'context.spent <= context.limit',
    'context.spent * context.spent <= 4',
  );
  using folder = new Folder({ 'p.nhipol': product });
  const claim = 'never permit when context.spent > 2';
  const { code, out } = await folder.run(['prove', '@p.nhipol', claim]);
  expect(code).toBe(1);
  expect(out).toMatch(
    /\? invariant never permit when context\.spent > 2: not proved\n {6}other products.*\(p\.nhipol:6\)/,
  );
});

test('certifies proofs, and refuses changed ones', async () => {
  using folder = new Folder({ 'p.nhipol': policy });
  await folder.run(['prove', '@p.nhipol', '-o', '@found', '--certificate', '@proof.json']);
  const accepted = await folder.run(['certify', '@proof.json']);
  expect(accepted.code).toBe(1);
  expect(accepted.out).toBe(`acme.keys 2
  ✗ invariant nothing at a low level: not proved
  ✓ invariant nothing beyond the limit: proved
  ✓ an exposed credential never acts (built in): proved
  ✓ missing data restricts (built in): proved
3 of 4 claims proved, 0 refused, 1 required and not proved
`);
  const one = ['certify', '@proof.json', '--require', 'nothing beyond the limit'];
  expect((await folder.run(one)).code).toBe(0);
  const proof = JSON.parse(text(folder.read('proof.json')));
  const [[entry, source]] = Object.entries<string>(proof.sources) as [[string, string]];
  const weaker = { ...proof, sources: { [entry]: source.replace(/ {2}deny leaked.*\n/, '') } };
  folder.write('weaker.json', JSON.stringify(weaker));
  const refused = await folder.run(['certify', '@weaker.json', '--format', 'json']);
  expect(refused.code).toBe(1);
  expect(JSON.parse(refused.out).claims).toMatchObject([{}, {}, { result: 'refused' }, {}]);
  folder.write('other.json', '{}');
  expect((await folder.run(['certify', '@other.json'])).code).toBe(2);
});

test('writes SMT-LIB scripts', async () => {
  using folder = new Folder({ 'p.nhipol': policy });
  await folder.run(['prove', '@p.nhipol', '-o', '@found', '--smt-lib', '@smt']);
  const script = text(folder.read('smt/nothing-beyond-the-limit.smt2'));
  expect(script).toMatch(
    /^; nothing beyond the limit\n\(set-logic QF_LIA\)\n[\s\S]*\(check-sat\)\n$/,
  );
});

test('verify proves first, and reports what only a proof found', async () => {
  using folder = new Folder({ 'p.nhipol': policy });
  const args = ['verify', '@p.nhipol', '--prove', '--samples', '1', '-o', '@found'];
  const { code, out } = await folder.run(args);
  expect(code).toBe(1);
  expect(withoutSteps(out)).toContain('✓ invariant nothing beyond the limit: proved\n');
  expect(out).toContain('        found by a proof:\n');
  expect(withoutSteps(out)).toContain(`  ✓ missing data restricts (built in): proved
      but without subject.credential.exposed deny → permit: leaked uses its default (p.nhipol:7)
      proved: none of the others (3 of 4 members that rules read and requests may omit), nor several of them
`);
  expect(out).toContain(`  changes of one member that never loosen an answer
    ✓ context.spent  higher
    ✓ context.limit  lower
    ✓ context.level  higher
3 of 4 claims proved, 1 refuted
`);
  const [without, changed] = ['', '.changed'].map((end) =>
    text(folder.read(`found/acme-keys-without-subject-credential-exposed${end}.json`)),
  );
  expect(JSON.parse(without ?? '').subject.properties.credential).toEqual({ exposed: true });
  expect(JSON.parse(changed ?? '').subject.properties.credential).toEqual({});
  const json = await folder.run([...args, '--format', 'json']);
  expect(JSON.parse(json.out).policies[0].claims).toMatchObject([
    { refuted: true, proof: { verdict: 'refuted' } },
    { refuted: false, proof: { verdict: 'proved', inSessions: true } },
    { proof: { verdict: 'proved' } },
    {
      proof: {
        verdict: 'proved',
        omissions: [
          { path: 'context.spent', verdict: 'proved', inSessions: true },
          { path: 'context.limit', verdict: 'proved' },
          { path: 'subject.credential.exposed', effects: ['deny', 'permit'] },
          { path: 'context.level', verdict: 'proved' },
        ],
      },
    },
    {},
  ]);
  expect(JSON.parse(json.out).policies[0].monotonicity).toMatchObject([
    {
      path: 'context.spent',
      changes: [
        { change: 'higher', verdict: 'proved' },
        { change: 'lower', verdict: 'refuted', effects: ['deny', 'permit'] },
      ],
    },
    { path: 'context.limit' },
    { path: 'context.level' },
  ]);
});

test('diff proves what does not change, and shows a request for what does', async () => {
  const looser = policy.replace('deny high when context.level is HIGH', '');
  using folder = new Folder({ 'p.nhipol': policy, 'q.nhipol': looser });
  const few = ['--samples', '1', '--prove', '--no-loosening'];
  const same = await folder.run(['diff', '@p.nhipol', '@p.nhipol', ...few]);
  expect(same.code).toBe(0);
  expect(same.out).toContain(`for every request that is valid for both
  ✓ no effect is less strict: proved
  ✓ no effect is stricter: proved
  ✓ equal effects have the same reasons: proved
  ✓ equal effects and reasons have the same constraints: proved
  ✓ equal effects, reasons and constraints have the same obligations: proved
the policies are equivalent
`);
  const changed = await folder.run(['diff', '@p.nhipol', '@q.nhipol', ...few, '--format', 'json']);
  expect(changed.code).toBe(1);
  expect(JSON.parse(changed.out).proofs).toMatchObject([
    { kind: 'looser', verdict: 'refuted', old: { decision: false }, new: { decision: true } },
    { kind: 'stricter', verdict: 'proved', inSessions: true },
    { kind: 'reasons', verdict: 'refuted' },
    { kind: 'constraints', verdict: 'proved' },
    { kind: 'obligations', verdict: 'proved' },
  ]);
  const markdown = ['diff', '@p.nhipol', '@q.nhipol', ...few, '--format', 'markdown'];
  expect((await folder.run(markdown)).out).toContain('✗ an effect is less strict');
});

test('diff says where a proof is only about requests outside of sessions', async () => {
  const writePolicy = (hours: number) => `policy acme.payments version "2"
context { time: Timestamp }
for any {
  permit always otherwise
  deny many when count(allowed doing "pay", within ${hours}h) > 5
}
`;
  using folder = new Folder({ 'p.nhipol': writePolicy(1), 'q.nhipol': writePolicy(2) });
  const { out } = await folder.run(['diff', '@p.nhipol', '@q.nhipol', '--samples', '1', '--prove']);
  expect(out).toContain(`
  ✓ no effect is less strict: proved
  ? no effect is stricter: proved only outside of sessions
`);
  expect(out).toContain('\nthe policies are equivalent outside of sessions\n');
});

test('check reports rules that are proved to have no effect', async () => {
  const idle = policy.replace(
    '  deny high',
    '  deny never when context.spent > context.limit and context.limit > context.spent, if unknown skip\n' +
      '  deny always when context.time >= 0000-01-01T00:00:00Z\n  deny high',
  );
  using folder = new Folder({ 'p.nhipol': idle });
  const { code, out } = await folder.run(['check', '@p.nhipol', '--prove', '--deny-warnings']);
  expect(code).toBe(1);
  expect(out).toContain('`never` is never a reason of an answer (proved)\n');
  expect(out).toContain(
    '`always` has a condition that is true for every request in its scope (proved)\n',
  );
  const json = await folder.run(['check', '@p.nhipol', '--prove', '--format', 'json']);
  expect(json.code).toBe(2);
});

test.each([
  [
    'context.risk is missing and context.size < 3',
    'a request gets `deny` with it, `permit` without',
  ],
  ['context.risk is missing and context.size < 5', 'no answer is looser without it'],
])(
  'check says what is proved about a member without which a rule does not fire: deny when %s',
  async (condition, words) => {
    using folder = new Folder({
      'p.nhipol': `policy p
context { size: Int(0..9), risk?: Int(0..9) }
for any {
  permit ok otherwise
  deny high when context.risk is present and context.risk > 3
  deny small when ${condition}
  deny large when context.risk is missing and context.size * 2 > 8
}
`,
    });
    const { out } = await folder.run(['check', '@p.nhipol', '--prove']);
    expect(out).toContain(
      'warning[fails-open]: the deny `high` does not fire when `context.risk` is absent',
    );
    expect(out).toContain(`proved: ${words}`);
  },
);

test('compares its verdicts with those of an SMT solver', async () => {
  const answers = {
    right: 'head -1 "$1" | grep -q "low level" && echo sat || echo unsat',
    wrong: 'echo sat',
    open: 'echo unknown',
    broken: 'echo "(error: no such logic)"; exit 1',
  };
  const programs = Object.entries(answers).map(([name, line]) => [name, `#!/bin/sh\n${line}\n`]);
  using folder = new Folder({ 'p.nhipol': policy, ...Object.fromEntries(programs) });
  for (const name of Object.keys(answers)) chmodSync(join(folder.path, name), 0o755);
  const proved = 'nothing beyond the limit';
  const run = (solver: string) =>
    folder.run(['prove', '@p.nhipol', '-o', '@found', '--solver', solver]);
  const right = await run('@right');
  expect(right.code).toBe(1);
  expect(right.err).toMatch(/right agrees with 4 verdicts$/m);
  const wrong = await run('@wrong');
  expect(wrong.code).toBe(70);
  expect(wrong.err).toMatch(`finds the violation of "${proved}" sat`);
  expect((await run('@open')).err).toMatch(`open agrees with 0 verdicts; it does not decide`);
  const broken = await run('@broken');
  expect([broken.code, broken.err]).toEqual([2, expect.stringMatching('no such logic')]);
  const missing = await run('@missing');
  expect([missing.code, missing.err]).toEqual([2, expect.stringMatching('no such program')]);
});

test('compares the verdicts of other commands with those of an SMT solver', async () => {
  const text = `policy acme.unreachable version "1"
subject agent { n: Int(0..10) }
for agent {
  permit always otherwise
  deny large when subject.n > 5 and subject.n < 3, if unknown skip // allow fails-open: a test
}
`;
  const programs = ['sat', 'unsat'].map((name) => [name, `#!/bin/sh\necho ${name}\n`]);
  using folder = new Folder({ 'p.nhipol': text, ...Object.fromEntries(programs) });
  for (const name of ['sat', 'unsat']) chmodSync(join(folder.path, name), 0o755);
  const commands: readonly (readonly [verdicts: string, ...args: string[]])[] = [
    ['1 verdict', 'verify', '@p.nhipol', '--samples', '20'],
    ['5 verdicts', 'diff', '@p.nhipol', '@p.nhipol', '--samples', '20'],
    ['1 verdict', 'check', '@p.nhipol'],
  ];
  for (const [verdicts, ...args] of commands) {
    const right = await folder.run([...args, '--prove', '--solver', '@unsat']);
    expect([right.code, right.err]).toEqual([0, expect.stringMatching(`agrees with ${verdicts}`)]);
    expect((await folder.run([...args, '--prove', '--solver', '@sat'])).code).toBe(70);
    const alone = await folder.run([...args, '--solver', '@unsat']);
    expect([alone.code, alone.err]).toEqual([2, expect.stringMatching('--solver needs --prove')]);
  }
});

test('verify searches sessions with at most the given number of events', async () => {
  const text = `policy acme.events version "1"
subject agent {}
context { time: Timestamp }
signals { "failed": {} }
for agent {
  permit always otherwise
  deny twice when count(signal "failed") >= 2, if unknown skip // allow fails-open: a test
}
invariant "never twice" for any
  "twice" not in reasons
`;
  using folder = new Folder({ 'p.nhipol': text });
  const verifyEvents = async (events: string) => {
    const args = ['verify', '@p.nhipol', '--samples', '1', '-o', '@found', '--format', 'json'];
    const { out } = await folder.run([...args, '--prove', '--events', events]);
    return JSON.parse(out).policies[0].claims[0].proof.verdict as string;
  };
  expect(await verifyEvents('1')).toBe('proved outside of sessions');
  expect(await verifyEvents('2')).toBe('refuted');
});
