// False claims are never proved: those that lists of too few strings, addresses or elements make true, and the differences
// of examples in which a network is halved.

import { readFileSync } from 'node:fs';
import { check, judgeInvariants } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { compareDecisions, isProvedEverywhere, listMemberSets, proveClaim } from '@nhipol/proving';
import { strictness } from '@nhipol/runtime/abi';
import { createRandomNumbers } from '@nhipol/testing';
import { describe, expect, test } from 'vitest';
import { prove } from '../../../assurance/proving/claims/prove.ts';
import { ask } from '../../../assurance/testing/runner/ask.ts';
import { checkPolicy } from '../../support/checking.ts';
import { samples } from '../../support/policies/samples.ts';
import { addressClaims } from './addresses.ts';
import { elementClaims } from './elements.ts';
import { entryClaims } from './entries.ts';
import type { FalseClaim } from './false-claim.ts';
import { historyClaims } from './history.ts';
import { memberClaims } from './members.ts';
import { ifClaims, lowerClaims, partClaims, spellingClaims } from './strings.ts';

const options = () => ({ effort: 20_000, random: createRandomNumbers(1) });

const decideRequest = (policy: PolicyModel, request: object) =>
  ask(policy, { text: JSON.stringify(request), now: undefined, tables: new Map() });

/** The verdict on the invariant, or on the claim about a member. */
function findVerdict(policy: PolicyModel, { change }: FalseClaim) {
  if (change === undefined) {
    const [own] = prove(policy, options()).filter(({ claim }) => claim.invariant !== undefined);
    return own?.verdict;
  }
  for (const set of listMemberSets(policy, options())) {
    const claim = set.claims.find(({ name }) => name === change);
    if (claim !== undefined) return proveClaim(set, claim).verdict;
  }
  return undefined;
}

function isViolated(policy: PolicyModel, { change, requests }: FalseClaim): boolean {
  const answers = requests.map((request) => decideRequest(policy, request));
  expect(answers.map(({ error }) => error)).toEqual(requests.map(() => undefined));
  const [first, second] = answers;
  if (change !== undefined && first !== undefined && second !== undefined)
    return strictness(second.effect) < Math.min(strictness('deny'), strictness(first.effect));
  const bytes = new TextEncoder().encode(JSON.stringify(requests[0]));
  const clock = { now: undefined, precedence: 'request' } as const;
  return judgeInvariants(policy, bytes, clock, first as never).some(({ holds }) => !holds);
}

const classes = {
  'networks that begin at one address': addressClaims,
  'lower cases beside other strings': lowerClaims,
  'spellings of one address': spellingClaims,
  'functions of parts of SPIFFE IDs': partClaims,
  'both values of an if': ifClaims,
  'sets with elements of no use': memberClaims,
  'elements of lists and maps': elementClaims,
};

for (const [name, claims] of Object.entries(classes))
  describe(name, () => {
    test.each(claims)('$name: not proved', (each) => {
      const policy = checkPolicy(each.policy);
      expect(isViolated(policy, each)).toBe(true);
      expect(['refuted', 'undecided']).toContain(findVerdict(policy, each)?.kind);
    });
  });

describe('maps without an entry', () => {
  test.each(entryClaims)('$name: not proved', (each) => {
    const policy = checkPolicy(each.policy);
    expect(isViolated(policy, each)).toBe(true);
    // No claim is made about the absence of entries that conditions read as a whole.
    expect(['refuted', 'undecided', undefined]).toContain(findVerdict(policy, each)?.kind);
  });
});

describe('claims about the history', () => {
  test.each(historyClaims)('$name: not proved', (each) => {
    const verdict = findVerdict(checkPolicy(each.policy), each);
    expect(verdict).toBeDefined();
    expect(verdict && isProvedEverywhere(verdict)).toBe(false);
    expect(verdict?.kind).not.toBe('proved');
  });
});

/** Example, file, network, and the network that replaces it. */
const internal = /internal = \{([^}]*)\}/;
const hosts = readFileSync(
  new URL('../../../examples/mcp-server/hosts.nhipol', import.meta.url),
  'utf8',
);
const networks = [...(internal.exec(hosts)?.[1]?.matchAll(/[0-9a-f:.]+\/\d+/g) ?? [])].map(String);
const halveNetwork = (network: string) =>
  network.replace(/\d+$/, (length) => String(Number(length) + 1));
const replaced: readonly (readonly [string, string, string, string])[] = [
  ...networks.map((each) => ['mcp-server', 'hosts.nhipol', each, halveNetwork(each)] as const),
  ['break-glass', 'policy.nhipol', '10.20.0.0/28', '10.20.0.0/29'],
  ['kubernetes-workload', 'policy.nhipol', '10.128.0.0/14', '10.128.0.0/15'],
];

test('the example has the networks that are halved', () => {
  expect(networks).toHaveLength(17);
});

test.each(replaced)(
  '%s with %s: %s as %s has a difference',
  { timeout: 60_000 },
  (name, file, network, other) => {
    const path = `examples/${name}/policy.nhipol`;
    const sources = samples.find((each) => each.path === path)?.sources ?? new Map();
    const changed = new Map(sources);
    const own = `examples/${name}/${file}`;
    const text = sources.get(own) as string;
    expect(text).toContain(network);
    changed.set(own, text.replaceAll(network, other));
    const [before, after] = [check(path, sources).policy, check(path, changed).policy];
    if (before === undefined || after === undefined) throw new Error(`${path} has errors`);
    const verdicts = compareDecisions(before, after, {
      effort: 5_000,
      random: createRandomNumbers(1),
    });
    expect(verdicts.map(({ verdict }) => verdict.kind)).toContain('refuted');
  },
);
