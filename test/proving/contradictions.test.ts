// Proofs are contradicted by requests that aim at the constants of a policy: the false claims, as if a prover had
// proved them, and commands that end with exit code 70.

import type { PolicyModel } from '@nhipol/language/model';
import { createRequestSet, listMemberSets, Prover } from '@nhipol/proving';
import { createRandomNumbers } from '@nhipol/testing';
import { findContradiction } from '@nhipol/testing/proofs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { LemmaProver } from '../../assurance/proving/lemma-prover.ts';
import type { Proved } from '../../assurance/proving/prover.ts';
import { mayBeLooser } from '../../cli/versions/looser.ts';
import { runProofs } from '../../editors/language-server/runs/proofs.ts';
import { checkPolicy } from '../support/checking.ts';
import { Folder } from '../support/system/run-cli.ts';
import { addressClaims } from './false-claims/addresses.ts';
import type { FalseClaim } from './false-claims/false-claim.ts';
import { historyClaims } from './false-claims/history.ts';
import { memberClaims } from './false-claims/members.ts';
import { ifClaims, lowerClaims, partClaims, spellingClaims } from './false-claims/strings.ts';

const proved: Proved & { readonly conflicts: number } = {
  kind: 'proved',
  assumptions: { inSessions: true, years: [] },
  certificate: [],
  conflicts: 0,
};

function contradictClaim(policy: PolicyModel, { change }: FalseClaim) {
  const options = { random: createRandomNumbers(1) };
  const sets =
    change === undefined ? [createRequestSet(policy, options)] : listMemberSets(policy, options);
  const claims = sets.flatMap((set) => set.claims);
  const own = claims.filter(({ name, invariant }) =>
    change === undefined ? invariant !== undefined : name === change,
  );
  return findContradiction(
    policy,
    own.map((claim) => ({ claim, verdict: proved })),
  );
}

/** Some of each class, without the claims that need many strings at once. */
const claims: readonly FalseClaim[] = [
  ...addressClaims.filter((_, index) => index % 3 === 0),
  ...lowerClaims.filter(({ name }) => /lengths|begins with another|upper case/.test(name)),
  ...spellingClaims.filter(({ name }) => name.startsWith('subject.a is not subject.b')),
  ...partClaims.slice(3, 6),
  ...ifClaims.slice(0, 4),
  ...memberClaims.filter((_, index) => index % 3 === 0),
  ...historyClaims.filter(({ name }) => /once|known/.test(name)),
];

test.each(claims)('contradicts a false claim: $name', (each) => {
  expect(contradictClaim(checkPolicy(each.policy), each)).toBeDefined();
});

test.each(['Int(0..3)', 'Decimal(0..3)'])(
  'a number outside of its range is neither more nor less than another one: %s',
  (type) => {
    const policy = checkPolicy(`policy acme.ranges version "1"
subject agent { k: ${type} }
for any { permit enough when subject.k >= 2 }
`);
    const change = 'lower subject.k never loosens';
    expect(contradictClaim(policy, { name: '', policy: '', change, requests: [] })).toBeUndefined();
    const loosens = {
      name: '',
      policy: '',
      change: 'higher subject.k never loosens',
      requests: [],
    };
    expect(contradictClaim(policy, loosens)).toBeDefined();
  },
);

describe('commands', () => {
  const text = `policy acme.sites version "1"
subject agent { team?: String }
context { from: Ip }
for any {
  permit site when context.from in 10.0.0.0/16 and context.from not in 10.0.0.0/24
  permit office when context.from in 10.0.0.0/24 // allow fails-open: a test
  deny blue when subject.team is "blue", if unknown skip // allow fails-open: a test
}
invariant "only the office reads" for any
  effect is permit implies context.from in 10.0.0.0/24
`;
  const changed = text.replace('10.0.0.0/16', '10.0.0.0/15');

  afterEach(() => {
    vi.restoreAllMocks();
  });

  test.each([
    ['prove', '@p.nhipol', '-o', '@found'],
    ['verify', '@p.nhipol', '--samples', '1', '--prove', '-o', '@found'],
    ['diff', '@p.nhipol', '@q.nhipol', '--samples', '1', '--prove'],
    ['check', '@p.nhipol', '--prove'],
    ['compile', '@p.nhipol', '--prove', '-o', '@p.wasm'],
  ])('%s ends with exit code 70 if a request violates what is proved', async (...args) => {
    using folder = new Folder({ 'p.nhipol': text, 'q.nhipol': changed });
    vi.spyOn(Prover.prototype, 'decide').mockReturnValue(proved);
    for (const { prototype } of [Prover, LemmaProver]) {
      vi.spyOn(prototype, 'listExcluded').mockImplementation((goals) => [...goals.keys()]);
    }
    const { code, out, err } = await folder.run(args, { inside: true });
    expect(code).toBe(70);
    expect(out).not.toContain('proved');
    expect(err).toMatch(/^nhipol: the claim "[^"]+" is proved, and .* violates? it\n {2}.*\.json/m);
    expect(err).toContain('This is a bug in nhipol.');
    expect(err).not.toContain(' at ');
  });

  test('editors and the playground show an error instead of a proof', () => {
    vi.spyOn(Prover.prototype, 'decide').mockReturnValue(proved);
    const steps = runProofs(checkPolicy(text));
    for (;;) {
      const { done, value } = steps.next();
      if (!done) continue;
      expect(value).toMatchObject([
        {
          verdict: 'not proved',
          detail: 'a bug in nhipol: it is proved, and a request violates it',
          counterexample: { request: {} },
        },
      ]);
      return;
    }
  });

  test('a version that a request shows to be looser is not accepted', () => {
    vi.spyOn(Prover.prototype, 'decide').mockReturnValue(proved);
    expect(mayBeLooser(checkPolicy(text), checkPolicy(changed))).toBe(true);
  });
});
