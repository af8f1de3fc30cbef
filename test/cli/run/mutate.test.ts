// `nhipol mutate`: the report of surviving mutants, formats, filters and exit codes.

import { expect, test } from 'vitest';
import { Folder } from '../../support/system/run-cli.ts';
import { broken, policy, request } from '../policies.ts';

const files = { 'p.nhipol': policy, 'request.json': request, 'broken.nhipol': broken };
const few = ['--samples', '200'];

test('prints a surviving mutant with its position, its change and a test that detects it', async () => {
  using folder = new Folder(files);
  const { code, out, err } = await folder.run([
    'mutate',
    '@p.nhipol',
    '--at',
    '@p.nhipol:11',
    ...few,
  ]);
  expect(err).toBe('');
  expect(code).toBe(1);
  expect(out).toMatchInlineSnapshot(`
    "p.nhipol

      p.nhipol:11
        effect: \`deny\` becomes \`challenge\`
        -   deny risky when context.risk is HIGH
        +   challenge risky when context.risk is HIGH
        No test detects this mutant, which answers challenge because risky. This one does:
          test "mutant 1" {
            request {
              "subject": { "type": "agent", "id": "x" },
              "action": { "name": "other" },
              "resource": { "type": "other", "id": "x" },
              "context": { "time": "2026-03-03T00:00:00Z" }
            }

            expect deny because risky
          }

        effect: \`deny\` becomes \`revoke\`
        -   deny risky when context.risk is HIGH
        +   revoke risky when context.risk is HIGH
        No test detects this mutant, which answers revoke because risky. This one does:
          test "mutant 2" {
            request {
              "subject": { "type": "agent", "id": "x" },
              "action": { "name": "other" },
              "resource": { "type": "other", "id": "x" },
              "context": { "time": "2026-03-03T00:00:00Z", "risk": "HIGH" }
            }

            expect deny because risky
          }

        rule: \`risky\` never fires
        -   deny risky when context.risk is HIGH
        +   deny risky when false
        No test detects this mutant, which answers narrow because careful. This one does:
          test "mutant 3" {
            request {
              "subject": { "type": "agent", "id": "x" },
              "action": { "name": "other" },
              "resource": { "type": "other", "id": "x" },
              "context": { "time": "2026-03-03T00:00:00Z" }
            }

            expect deny because risky
          }

        symbol: \`HIGH\` becomes \`MEDIUM\`
        -   deny risky when context.risk is HIGH
        +   deny risky when context.risk is MEDIUM
        No test detects this mutant, which answers deny because risky. This one does:
          test "mutant 4" {
            request {
              "subject": { "type": "agent", "id": "x" },
              "action": { "name": "other" },
              "resource": { "type": "other", "id": "x" },
              "context": { "time": "2026-03-03T00:00:00Z", "risk": "MEDIUM" }
            }

            expect narrow because careful
          }

        skip: \`, if unknown skip\` is added
        -   deny risky when context.risk is HIGH
        +   deny risky when context.risk is HIGH, if unknown skip
        No test detects this mutant, which answers narrow because careful. This one does:
          test "mutant 5" {
            request {
              "subject": { "type": "agent", "id": "x" },
              "action": { "name": "other" },
              "resource": { "type": "other", "id": "x" },
              "context": { "time": "2026-03-03T00:00:00Z" }
            }

            expect deny because risky
          }

    2 mutants killed, 5 survived; score 28.6 %
    "
  `);
});

test('--operator selects mutants, and --all includes those that are equivalent or undecided', async () => {
  using folder = new Folder(files);
  const args = ['mutate', '@p.nhipol', '--operator', 'merge', '--all', ...few];
  const proved = await folder.run(args);
  expect(proved.out).toContain('Equivalent, by a proof: effects, reasons, constraints');
  expect(proved.out).toContain('0 mutants killed, 0 survived, 1 equivalent; score 100.0 %');
  const { code, out } = await folder.run([...args, '--no-prove']);
  expect(code).toBe(0);
  expect(out).toContain('Undecided: no request was found that distinguishes it from the policy.');
  expect(out).toContain('0 mutants killed, 0 survived, 1 undecided; score 100.0 %');
});

test('--min permits surviving mutants down to a minimum score', async () => {
  using folder = new Folder(files);
  const args = ['mutate', '@p.nhipol', '--operator', 'effect', ...few, '--min'];
  expect(await folder.run([...args, '0'])).toMatchObject({ code: 0 });
  expect(await folder.run([...args, '100'])).toMatchObject({ code: 1 });
  expect(await folder.run([...args, '101'])).toMatchObject({ code: 2 });
});

test('uses the policies and the minimum score of nhipol.toml', async () => {
  const config = 'policies = ["p.nhipol"]\n[mutate]\nmin = 0\nsamples = 50\n';
  using folder = new Folder({ ...files, 'nhipol.toml': config });
  const { code, out } = await folder.run(['mutate', '--operator', 'comparison'], { inside: true });
  expect(code).toBe(0);
  expect(out).toContain('survived');
});

test('prints JSON', async () => {
  using folder = new Folder(files);
  const args = ['mutate', '@p.nhipol', '--operator', 'boolean', '--format', 'json', ...few];
  const { code, out } = await folder.run(args);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    format: 'nhipol-mutants/1',
    policies: [
      {
        name: 'acme.files',
        killed: 1,
        survived: 0,
        score: 100,
        mutants: [{ operator: 'boolean', line: 4, outcome: 'killed', by: { name: 'low risk' } }],
      },
    ],
  });
});

const counting = `policy acme.calls
subject agent {}
action any {}
context { time: Timestamp }
for agent {
  permit calls otherwise
  deny busy when count(allowed, within 1m) >= 3
}
test "one" {
  request {
    subject: { type: agent, id: a1 },
    action: { name: call },
    resource: { type: index, id: i1 },
    context: { time: 2026-03-03T10:00:00Z }
  }
  expect permit
}
`;

test('prints a mutant of a history term with a session that detects it', async () => {
  using folder = new Folder({ 'p.nhipol': counting });
  const args = ['mutate', '@p.nhipol', '--at', '@p.nhipol:7', ...few];
  const { code, out, err } = await folder.run([...args, '--operator', 'comparison']);
  expect(err).toBe('');
  expect(code).toBe(1);
  expect(out).toMatchInlineSnapshot(`
    "p.nhipol

      p.nhipol:7
        comparison: \`>=\` becomes \`>\`
        -   deny busy when count(allowed, within 1m) >= 3
        +   deny busy when count(allowed, within 1m) > 3
        No test detects this mutant, which answers permit because calls. This one does:
          test "mutant 1" {
            session {
              "subject": { "type": "agent", "id": "x" },
              "action": { "name": "other" },
              "resource": { "type": "other", "id": "x" },
              "context": { "time": "2026-03-03T09:59:59.999Z" }
            }
            ask 3 times
            expect permit
            then ask
            expect deny because busy
          }

    1 mutants killed, 1 survived; score 50.0 %
    "
  `);
  const skips = await folder.run([...args, '--operator', 'skip', '--all']);
  expect(skips.code).toBe(0);
  expect(skips.out).toContain('Equivalent in every session, where its condition is never unknown.');
  const json = await folder.run([...args, '--operator', 'comparison', '--format', 'json']);
  const [policy] = (JSON.parse(json.out) as { policies: { mutants: { witness?: object }[] }[] })
    .policies;
  const witness = policy?.mutants.find((mutant) => mutant.witness !== undefined)?.witness;
  expect(witness).toMatchObject({
    kind: 'session',
    answer: { effect: 'deny', reasons: ['busy'] },
    mutantsAnswer: { effect: 'permit', reasons: ['calls'] },
    test: expect.stringContaining(
      'ask 3 times\n  expect permit\n  then ask\n  expect deny because busy',
    ),
  });
  const { events } = witness as { events: readonly object[] };
  expect(events[0]).toMatchObject({ at: expect.any(String), open: { subject: { type: 'agent' } } });
  expect(events.slice(1).map((event) => Object.keys(event))).toEqual(
    Array(4).fill(['at', 'session', 'decide']),
  );
});

test('rejects policies with errors, failing tests, and unknown operators', async () => {
  using folder = new Folder({
    ...files,
    'failing.nhipol': policy.replace('expect permit', 'expect deny'),
  });
  const bad = await folder.run(['mutate', '@broken.nhipol']);
  expect(bad).toMatchObject({ code: 1 });
  expect(bad.err).toContain('error[');
  const failing = await folder.run(['mutate', '@failing.nhipol']);
  expect(failing).toMatchObject({ code: 1 });
  expect(failing.err).toContain('test low risk fails without mutation; fix it first');
  const unknown = await folder.run(['mutate', '@p.nhipol', '--operator', 'nmber']);
  expect(unknown).toMatchObject({ code: 2 });
  expect(unknown.err).toContain('unknown mutation operator `nmber`: did you mean `number`?');
  const place = await folder.run(['mutate', '@p.nhipol', '--at', 'p.nhipol']);
  expect(place).toMatchObject({ code: 2 });
  expect(place.err).toContain('Expected a file and a line');
});
