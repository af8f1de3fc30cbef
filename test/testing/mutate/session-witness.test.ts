// Sessions that distinguish mutants of history terms from their policy: each is suggested as a test that is valid,
// passes on the policy and fails on the mutant.

import { check } from '@nhipol/language';
import { asTest, type MutantOutcome, MutationTrial, operators } from '@nhipol/testing/mutation';
import { expect, test } from 'vitest';

const head = `policy p version "1.0.0"
subject agent {}
action pay { amount: Int(0..) }
action any {}
resource any { domain?: String }
context { time: Timestamp, risk?: { level?: Int } }
signals { failed: { reason?: String }, cleared: {} }
constraint ttl: Duration smallest wins
`;

const first = `test "first" {
  request {
    subject: { type: agent, id: a1 },
    action: { name: pay, properties: { amount: 10 } },
    resource: { type: account, id: i1 },
    context: { time: 2026-03-03T10:00:00Z }
  }
  expect permit because pays
}
`;

function mutateRules(rules: string, samples = 500, text = head, operator?: string) {
  const sources = new Map([['p.nhipol', `${text}${rules}\n${first}`]]);
  const { policy, diagnostics } = check('p.nhipol', sources);
  if (policy === undefined) throw new Error(JSON.stringify(diagnostics));
  const trial = new MutationTrial('p.nhipol', sources, policy, { samples, seed: 1 });
  const chosen = operators.filter(({ name }) => operator === undefined || name === operator);
  const tried = trial.mutants(chosen).map((mutant) => ({ mutant, outcome: trial.try(mutant) }));
  return { policy, sources, tried };
}

type Tried = ReturnType<typeof mutateRules>;

function listMutants({ tried }: Tried, kind: MutantOutcome['kind']): readonly string[] {
  return tried.flatMap(({ mutant, outcome }) => (outcome.kind === kind ? [mutant.does] : []));
}

/** The suggested session tests; each is added to the policy, where it kills its mutant. */
function listOffered({ policy, sources, tried }: Tried): readonly string[] {
  const found = tried.flatMap(({ mutant, outcome }) =>
    outcome.kind === 'survived' && outcome.witness.kind === 'session'
      ? [{ mutant, text: asTest(policy, mutant.does, outcome.witness) ?? expect.fail(mutant.does) }]
      : [],
  );
  const texts = found.map(({ text }) => text);
  const all = new Map([['p.nhipol', `${sources.get('p.nhipol')}\n${texts.join('\n')}`]]);
  const checked = check('p.nhipol', all);
  if (checked.policy === undefined) throw new Error(JSON.stringify(checked.diagnostics));
  const trial = new MutationTrial('p.nhipol', all, checked.policy, { samples: 10, seed: 1 });
  expect(trial.failing()).toBeUndefined();
  for (const { mutant } of found)
    expect(trial.try(mutant), mutant.does).toMatchObject({ kind: 'killed' });
  return texts;
}

test('mutants of counts, windows and sequences have a session each', { timeout: 300_000 }, () => {
  const tried = mutateRules(`for agent doing pay {
  permit pays when action.amount <= 1_000
  deny busy when count(allowed doing pay, within 1m) >= 30
  narrow careful when once(signal "failed", within 10m) to { ttl: 1m }
  deny uncleared when since(allowed doing pay where event.action.amount > 500, signal "cleared")
  revoke keeps_failing when count(signal "failed", within 1h) >= 4
}`);
  expect(listMutants(tried, 'undecided').length).toBeLessThanOrEqual(7);
  const offered = listOffered(tried);
  expect(offered.length).toBeGreaterThan(25);
  expect(
    offered.find((text) => text.includes('`30` becomes `31`')),
  ).toBe(`test "\`30\` becomes \`31\`" {
  session {
    "subject": { "type": "agent", "id": "x" },
    "action": { "name": "pay", "properties": { "amount": 0 } },
    "resource": { "type": "account", "id": "x" },
    "context": { "time": "2026-03-03T10:00:00Z" }
  }
  ask 30 times
  expect permit
  then ask
  expect deny because busy
}
`);
});

test('a mutant that counts the events of one session only takes several', {
  timeout: 300_000,
}, () => {
  const tried = mutateRules(
    `for agent doing pay {
  permit pays otherwise
  deny busy
    when count(allowed doing pay across sessions per subject.type up to 1, within 1h) >= 3
}`,
    500,
    head,
    'event-condition',
  );
  expect(listMutants(tried, 'survived')).toHaveLength(1);
  const [offered] = listOffered(tried);
  expect(offered).toContain('in session "second"');
});

test('a threshold above the limit of one step takes several steps', {
  timeout: 300_000,
}, () => {
  const tried = mutateRules(
    `for agent doing pay {
  permit pays otherwise
  deny often when count(allowed doing pay) > 1_100
}`,
    500,
    head,
    'number',
  );
  const offered = listOffered(tried).find((text) => text.includes('becomes `1_101`'));
  expect(offered?.match(/ask \d+ times/g)).toEqual(['ask 1000 times', 'ask 101 times']);
});

test('a policy that does not declare the time states when its session opens', {
  timeout: 300_000,
}, () => {
  const untimed = head.replace('time: Timestamp, ', '');
  const tried = mutateRules(
    `for agent doing pay {
  permit pays otherwise
  deny failed when once(signal "failed")
}`,
    300,
    untimed,
  );
  const offered = listOffered(tried);
  expect(offered.length).toBeGreaterThan(0);
  for (const text of offered) expect(text).toMatch(/\n {2}at \d{4}-/);
});

test('a different treatment of unknown has no effect if history is known', {
  timeout: 300_000,
}, () => {
  const tried = mutateRules(`for agent doing pay {
  permit pays otherwise
  deny busy when count(allowed doing pay, within 1m) >= 30
  deny risky when once(signal "failed") and context.risk.level > 5
  deny told when once(signal "failed" where event.reason is "bad")
  deny large when action.amount > 1_000
}`);
  const skips = tried.tried
    .filter(({ mutant }) => mutant.operator === 'skip')
    .map(({ mutant, outcome }) => [
      mutant.position.line,
      outcome.kind === 'equivalent' ? `equivalent in ${outcome.where}` : outcome.kind,
    ]);
  // The reason of a signal and the level of risk may be missing, and an amount may be too large to be known.
  expect(skips).toEqual([
    [11, 'equivalent in sessions'],
    [12, 'survived'],
    [13, 'survived'],
    [14, 'survived'],
  ]);
});

test('a policy without history terms is not evaluated in sessions', () => {
  const { tried } = mutateRules(
    `for agent doing pay { permit pays otherwise deny paid when action.name is "pay" and resource.type is "x" }`,
    100,
  );
  const skip = tried.find(({ mutant }) => mutant.operator === 'skip');
  expect(skip?.outcome).toEqual({ kind: 'undecided', tried: 'requests' });
});
