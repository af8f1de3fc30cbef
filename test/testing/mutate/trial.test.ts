// The outcomes of the mutants of a small policy: which ones its tests detect, and that the reports on surviving
// ones are true.

import { check } from '@nhipol/language';
import {
  asTest,
  computeMutationScore,
  countOutcomes,
  type MutantOutcome,
  MutationTrial,
  operators,
  type PolicyComparer,
} from '@nhipol/testing/mutation';
import { expect, test } from 'vitest';
import { listTestRequests } from '../../../assurance/testing/explore/explore.ts';

const policyText = `policy p version "1.0.0"
subject agent { active: Bool = true, ends?: Timestamp }
action any { rows?: Int }
context { time: Timestamp }
constraint ttl: Duration smallest wins
const most = 30
for agent {
  permit acts when subject.active
  deny over when context.time >= subject.ends, if unknown skip
  narrow many when action.rows >= most to { ttl: 60s }
  deny busy when count(allowed, within 1m) >= 3, if unknown skip
}
invariant "who is not active does nothing" for agent not subject.active implies effect >= deny
`;

const request = `request {
  "subject": { "type": "agent", "id": "a" },
  "action": { "name": "read", "properties": { "rows": 10 } },
  "resource": { "type": "file", "id": "f" },
  "context": { "time": "2026-01-01T12:00:00Z" }
}`;

const first = `test "first" { ${request} expect permit because acts }\n`;

function createTrial(tests: string, text = policyText) {
  const sources = new Map([['p.nhipol', text + tests]]);
  const { policy, diagnostics } = check('p.nhipol', sources);
  if (policy === undefined) throw new Error(JSON.stringify(diagnostics));
  return {
    policy,
    trial: new MutationTrial('p.nhipol', sources, policy, { samples: 300, seed: 1 }),
  };
}

function tryMutants(trial: MutationTrial) {
  return trial.mutants(operators).map((mutant) => ({ mutant, outcome: trial.try(mutant) }));
}

type Tried = ReturnType<typeof tryMutants>;

function listMutants(tried: Tried, kind: MutantOutcome['kind']): readonly string[] {
  return tried
    .filter(({ outcome }) => outcome.kind === kind)
    .map(({ mutant }) => `${mutant.position.line} ${mutant.does}`);
}

const { policy, trial: firstTrial } = createTrial(first);
const tried = tryMutants(firstTrial);

test('the surviving mutants of one test are reported', () => {
  expect(listMutants(tried, 'survived')).toMatchInlineSnapshot(`
    [
      "6 \`30\` becomes \`31\`",
      "6 \`30\` becomes \`29\`",
      "8 \`acts\` always fires",
      "9 \`deny\` becomes \`challenge\`",
      "9 \`deny\` becomes \`revoke\`",
      "9 \`over\` never fires",
      "9 \`>=\` becomes \`>\`",
      "9 \`>=\` becomes \`<\`",
      "10 \`many\` never fires",
      "10 \`>=\` becomes \`>\`",
      "10 \`, if unknown skip\` is added",
      "10 \`60s\` becomes \`61s\`",
      "10 \`60s\` becomes \`59s\`",
      "11 \`deny\` becomes \`challenge\`",
      "11 \`deny\` becomes \`revoke\`",
      "11 \`busy\` never fires",
      "11 \`allowed\` becomes \`decided\`",
      "11 \`allowed\` becomes \`refused\`",
      "11 \`within 1m\` is removed",
      "11 \`1m\` becomes \`2m\`",
      "11 \`1m\` becomes \`59s\`",
      "11 \`>=\` becomes \`>\`",
      "11 \`3\` becomes \`4\`",
      "11 \`3\` becomes \`2\`",
    ]
  `);
  expect(listMutants(tried, 'undecided')).toMatchInlineSnapshot(`
    [
      "5 \`smallest\` becomes \`largest\`",
    ]
  `);
  expect(listMutants(tried, 'invalid')).toMatchInlineSnapshot(`[]`);
});

test('killed mutants are reported with their killers', () => {
  const killers = tried.flatMap(({ mutant: { does }, outcome }) =>
    outcome.kind === 'killed' ? [`${does}: ${outcome.by.kind} ${outcome.by.name}`] : [],
  );
  expect(killers).toMatchInlineSnapshot(`
    [
      "\`true\` becomes \`false\`: test first",
      "\`acts\` never fires: test first",
      "\`subject.active\` is negated: test first",
      "\`over\` always fires: test first",
      "\`, if unknown skip\` is removed: test first",
      "\`many\` always fires: test first",
      "\`>=\` becomes \`<\`: test first",
      "\`busy\` always fires: test first",
      "\`>=\` becomes \`<\`: test first",
    ]
  `);
});

test('attempts are reported for mutants that nothing distinguishes', () => {
  const undecided = tried.flatMap(({ mutant: { does }, outcome }) =>
    outcome.kind === 'undecided' ? [`${does}: ${outcome.tried}`] : [],
  );
  expect(undecided).toEqual(['`smallest` becomes `largest`: sessions']);
  const without = createTrial(first, policyText.replace(/ {2}deny busy.*\n/, ''));
  const merge = without.trial.mutants(operators).find(({ operator }) => operator === 'merge');
  expect(merge && without.trial.try(merge)).toEqual({ kind: 'undecided', tried: 'requests' });
});

test('each suggested test passes, and kills its mutant', () => {
  const survivors = tried.flatMap(({ mutant, outcome }) =>
    outcome.kind === 'survived' ? [{ mutant, witness: outcome.witness }] : [],
  );
  const offered = survivors.map(
    ({ mutant, witness }) => asTest(policy, mutant.does, witness) ?? expect.fail(mutant.does),
  );
  const { trial } = createTrial(first + offered.join(''));
  expect(trial.failing()).toBeUndefined();
  for (const { mutant } of survivors)
    expect(trial.try(mutant), mutant.does).toMatchObject({ kind: 'killed' });
});

test('tests at the boundaries detect every detectable mutant', () => {
  const { trial } = createTrial(`${first}
test "its end" {
  ${request}
  with { subject.ends = 2026-01-01T13:00:00Z }
  expect permit until 2026-01-01T13:00:00Z
  then at 2026-01-01T13:00:00Z
  expect deny because over
}
test "rows" {
  ${request}
  with { action.rows = 29 }
  expect permit
  then with { action.rows = 30 }
  expect narrow because many with { ttl: 60s }
  then with { action.rows = missing }
  expect narrow because many
}
test "inactive" { ${request} with { subject.active = false } expect deny because default_deny }
test "busy" {
  ${request.replace('request', 'session')}
  ask 3 times
  expect permit
  then ask
  expect deny because busy until 2026-01-01T12:01:00.001Z
  then after 30s ask 3 times
  expect deny
  then after 30001ms ask
  expect permit
}
`);
  const all = tryMutants(trial);
  expect(listMutants(all, 'survived')).toEqual([]);
  expect(computeMutationScore(countOutcomes(all))).toBe(100);
});

test('a mutant with the same meaning is equivalent, whatever the samples show', () => {
  const unused = policyText.replace('const most = 30', 'const most = 30\nconst unused = 7');
  const { trial } = createTrial(first, unused);
  const outcomes = trial
    .mutants(operators)
    .filter(({ position }) => position.line === 7)
    .map((mutant) => `${mutant.does}: ${trial.try(mutant).kind}`);
  expect(outcomes).toEqual(['`7` becomes `8`: equivalent', '`7` becomes `6`: equivalent']);
});

test('a mutant that no sample distinguishes is compared with the policy', () => {
  const base = createTrial(first);
  const some = base.trial
    .mutants(operators)
    .find(({ does }) => does === '`smallest` becomes `largest`');
  if (some === undefined) throw new Error('no such mutant');
  const sources = new Map([['p.nhipol', policyText + first]]);
  const decideOutcome = (compared: ReturnType<PolicyComparer>) =>
    new MutationTrial('p.nhipol', sources, base.policy, {
      samples: 10,
      seed: 1,
      compare: () => compared,
    }).try(some);
  expect(decideOutcome({ kind: 'equal' })).toEqual({ kind: 'equivalent', where: 'proved' });
  expect(decideOutcome(undefined).kind).toBe('undecided');
  // A request that shows no difference decides nothing.
  const [{ text } = { text: '' }] = listTestRequests(base.policy);
  expect(decideOutcome({ kind: 'different', request: text }).kind).toBe('undecided');
});

test('an invariant kills if a test has a request that violates it', () => {
  const bounded = 'invariant "a minute" for agent effect is narrow implies constraints.ttl <= 60s';
  const { trial } = createTrial(
    `test "rows" { ${request} with { action.rows = 30 } expect narrow because many }\n`,
    `${policyText}${bounded}\n`,
  );
  const [longer, shorter] = trial.mutants(operators).filter(({ does }) => does.startsWith('`60s`'));
  expect(longer && trial.try(longer)).toEqual({
    kind: 'killed',
    by: { kind: 'invariant', name: 'a minute' },
  });
  expect(shorter && trial.try(shorter)).toMatchObject({ kind: 'survived' });
});

test('tests and invariants that already fail are reported', () => {
  const { trial } = createTrial(`test "wrong" { ${request} expect deny }\n`);
  expect(trial.failing()).toEqual({ kind: 'test', name: 'wrong' });
});
