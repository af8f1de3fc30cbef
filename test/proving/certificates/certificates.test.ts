// Certificates: those of true claims are accepted, and however they are changed, no false claim is accepted, and no
// lemma that strings or addresses falsify.

import { readFileSync } from 'node:fs';
import { check } from '@nhipol/language';
import { certify, createProof, type Proof, proveSets, readProof } from '@nhipol/proving';
import { createRandomNumbers } from '@nhipol/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ContentReader } from '../../../assurance/proving/certificate/content.ts';
import { findCounterpart } from '../../../assurance/proving/claims/both.ts';
import { listClaimSets } from '../../../assurance/proving/claims/claims.ts';
import type { ProofClaim } from '../../../assurance/proving/claims/proof.ts';
import { runs, share } from '../../support/budget.ts';
import { checkPolicy } from '../../support/checking.ts';
import { samples } from '../../support/policies/samples.ts';
import { changes, type Dice, type Draft } from './changes.ts';
import { createCandidates, isFalsified } from './falsified.ts';

/** The claims whose names begin with `false` are false. */
const files = `policy acme.files version "1"
subject agent { name: String, scopes: Set<String> = {}, spiffe_id?: SpiffeId }
action read { from: Ip }
resource file { path: String }
for agent doing read on file {
  permit team when subject.name starts_with "a-" and "read" in subject.scopes
  permit office when action.from in 10.0.0.0/9
  permit workload when subject.spiffe_id.trust_domain starts_with "prod"
  deny root when lower(subject.name) is "a-root"
  deny hidden when resource.path under "/secret"
}
invariant "names of a team" for agent doing read on file
  "team" in reasons implies not (subject.name starts_with "b")
invariant "readers" for agent doing read on file
  "team" in reasons implies any scope in subject.scopes satisfies scope is "read"
invariant "a private network" for agent doing read on file
  "office" in reasons implies action.from in 10.0.0.0/8
invariant "workloads" for agent doing read on file
  "workload" in reasons implies subject.spiffe_id not matches spiffe"spiffe://test/**"
invariant "root" for agent doing read on file
  subject.name is "A-Root" implies effect is deny
invariant "false: names" for agent doing read on file
  "team" in reasons implies subject.name starts_with "a-a"
invariant "false: readers" for agent doing read on file
  "team" in reasons implies any scope in subject.scopes satisfies scope is "write"
invariant "false: a network" for agent doing read on file
  "office" in reasons implies action.from in 10.128.0.0/9
invariant "false: root" for agent doing read on file
  subject.name is "a-Root2" implies effect is deny
`;

function provePolicy(path: string, sources: ReadonlyMap<string, string>): Proof {
  const { policy } = check(path, sources);
  if (policy === undefined) throw new Error(`${path} has errors`);
  const decided = proveSets(policy, { random: createRandomNumbers(1) });
  return createProof(policy, { entry: path, sources }, decided);
}

/** The claims that are accepted in a certificate as it is in a file, or `undefined` if it is refused as a whole. */
function listAccepted(
  text: string,
): readonly { readonly key: string; readonly inSessions: boolean }[] | undefined {
  const proof = readProof(text);
  const certified = typeof proof === 'string' ? undefined : certify(proof);
  if (certified?.kind !== 'checked') return undefined;
  return certified.claims.flatMap(({ name, isBuiltIn, result, inSessions }) =>
    result === 'accepted' ? [{ key: toKey({ name, isBuiltIn }), inSessions }] : [],
  );
}

function toKey({ name, isBuiltIn }: Pick<ProofClaim, 'name' | 'isBuiltIn'>): string {
  return `${isBuiltIn ? 'built in' : 'own'}: ${name}`;
}

const own = provePolicy('files.nhipol', new Map([['files.nhipol', files]]));
const listProved = (proof: Proof) =>
  proof.claims.flatMap((claim) => (claim.verdict === 'proved' ? [toKey(claim)] : []));

describe('a certificate', () => {
  test.each(samples)('of $path is accepted', ({ path, sources }) => {
    const proof = provePolicy(path, sources);
    const proved = listProved(proof);
    expect(proved.length).toBeGreaterThan(1);
    expect(listAccepted(JSON.stringify(proof))?.map(({ key }) => key)).toEqual(proved);
  });

  test('has only the lemmas that proofs need, and says what they are about', () => {
    expect(listAccepted(JSON.stringify(own))?.map(({ key }) => key)).toEqual(listProved(own));
    const network = own.claims.find(({ name }) => name === 'a private network');
    const shown = /^```json\n"lemmas": (\{[\s\S]*?\n\})\n```$/m.exec(
      readFileSync(new URL('../../../docs/prove.md', import.meta.url), 'utf8'),
    );
    expect(network?.lemmas).toEqual(JSON.parse(shown?.[1] ?? ''));
    const kinds = own.claims.flatMap(({ lemmas }) => lemmas?.lemmas.map(({ kind }) => kind) ?? []);
    expect(kinds.toSorted()).toEqual(['addresses', 'equality', 'language', 'language']);
  });

  test('of an earlier version is refused with the reason', () => {
    const old = JSON.stringify({ ...own, format: 'nhipol-proof/1' });
    expect(readProof(old)).toBe(
      'its format nhipol-proof/1 has no lemmas; prove the claims again with this version',
    );
  });
});

const addresses = [
  '10.0.0.0',
  '10.127.255.255',
  '10.128.0.0',
  '10.255.255.255',
  '11.0.0.0',
  '::',
  '::a00:1',
];
const texts = [
  '',
  'a',
  'a-',
  'a-a',
  'a-root',
  'A-Root',
  'a-Root2',
  'b',
  'read',
  'Read',
  'write',
  '/secret',
  '/secret/x',
  '/',
];
const ids = [
  'spiffe://prod',
  'spiffe://prod-1/x',
  'spiffe://test',
  'spiffe://test/x',
  'spiffe://x/y',
];
const candidates = createCandidates([...texts, ...ids], addresses);

/** The prover by lemmas for each claim about the policy. */
const provers = new Map(
  listClaimSets(checkPolicy(files), { random: createRandomNumbers(1) }).flatMap(
    ({ claims, second }) =>
      claims.flatMap((claim) => {
        const { name, invariant } = claim;
        const counterpart = findCounterpart(second, claim);
        if (counterpart === undefined) throw new Error(`no lemmas are about ${name}`);
        counterpart.prover.encoding.elements.settle();
        return [[toKey({ name, isBuiltIn: invariant === undefined }), counterpart.prover] as const];
      }),
  ),
);

/** Whether candidates falsify a lemma of the claim. */
function hasFalseLemma(claim: ProofClaim): boolean {
  const terms = provers.get(toKey(claim))?.encoding.terms;
  if (terms === undefined || claim.lemmas === undefined) return false;
  const lemmas = new ContentReader(terms).lemmas(claim.lemmas.terms, claim.lemmas.lemmas) ?? [];
  return lemmas.some(
    ({ literals }) =>
      literals.every((each) => terms.atoms.has(Math.abs(each))) &&
      isFalsified(terms, literals, candidates),
  );
}

describe('no false claim and no false lemma is accepted', () => {
  const proved = new Set(listProved(own));

  test('if fields, terms, literals, lemmas and steps change', { timeout: 300_000 }, () => {
    const counts = { refused: 0, accepted: 0, falsified: 0 };
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...Object.keys(changes)), { minLength: 1, maxLength: 2 }),
        fc.infiniteStream(fc.nat(999_999)),
        (names, numbers) => {
          const below = (limit: number) => numbers.next().value % Math.max(limit, 1);
          const dice: Dice = {
            below,
            pick: (all) => all[below(all.length)] as (typeof all)[number],
          };
          const claims = structuredClone(own.claims) as Draft;
          for (const name of names) changes[name]?.(claims, dice);
          const accepted = (listAccepted(JSON.stringify({ ...own, claims })) ?? []).map(
            ({ key }) => key,
          );
          for (const key of accepted) expect(proved).toContain(key);
          for (const claim of claims as readonly ProofClaim[]) {
            if (!hasFalseLemma(claim)) continue;
            counts.falsified += 1;
            expect(accepted).not.toContain(toKey(claim));
          }
          counts[accepted.length < proved.size ? 'refused' : 'accepted'] += 1;
        },
      ),
      { numRuns: runs(120, 24), seed: 1 },
    );
    expect(counts.falsified).toBeGreaterThan(share(10));
    expect(counts.refused).toBeGreaterThan(share(40));
  });

  test('if bytes change', { timeout: 300_000 }, () => {
    const text = JSON.stringify(own.claims);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.nat(6), (at, bit) => {
        const character = String.fromCharCode(text.charCodeAt(at) ^ (1 << bit));
        const claims = `${text.slice(0, at)}${character}${text.slice(at + 1)}`;
        const whole = JSON.stringify({ ...own, claims: 'CLAIMS' });
        const accepted = listAccepted(whole.replace('"CLAIMS"', () => claims)) ?? [];
        for (const { key } of accepted) expect(proved).toContain(key);
      }),
      { numRuns: runs(200, 40), seed: 1 },
    );
  });
});
