// Functions of strings are exact where their results are tests of the operand. Other results are any, the same for equal
// strings.

import { expect, test } from 'vitest';
import { expectAgreement, listVerdicts } from './verdicts.ts';

const policy = (rules: string, invariants: string) => `policy acme.strings
subject any { worker: SpiffeId, peer?: SpiffeId, name: String = "" }
context { path?: String, domain?: String, address?: String }
for any { permit ok otherwise
${rules} }
${invariants}`;

const invariant = (name: string, claim: string) => `invariant "${name}" for any\n  ${claim}\n`;

test('`lower` of any string, compared with constants and patterns', () => {
  const text = policy(
    `deny admin when lower(subject.name) is "admin"
     deny prod when lower(subject.name) starts_with "prod-"`,
    invariant('admin', 'subject.name is "aDMIN" implies effect is deny') +
      invariant('prod', 'subject.name starts_with "Prod-" implies effect is deny') +
      invariant('other', 'subject.name starts_with "Prod" implies effect is deny') +
      invariant('short', 'effect is deny implies length(subject.name) >= 5') +
      invariant('long', 'effect is deny implies length(subject.name) >= 6'),
  );
  expect(listVerdicts(text)).toEqual({
    admin: 'proved',
    prod: 'proved',
    other: 'refuted',
    short: 'proved',
    long: 'refuted',
  });
  expectAgreement(text);
});

test('`lower` of a string, compared with another string', () => {
  const text = policy(
    'deny same when lower(subject.name) is context.domain',
    invariant('equal', 'context.domain is "a" and subject.name is "A" implies effect is deny') +
      invariant('upper', 'context.domain is "A" implies effect is permit') +
      invariant('differ', 'context.domain is present implies effect is deny'),
  );
  expect(listVerdicts(text)).toEqual({
    equal: 'proved',
    upper: 'functions of strings',
    differ: 'refuted',
  });
  expectAgreement(text);
});

test('parts of SPIFFE IDs, compared with constants', () => {
  const text = policy(
    `deny domain when subject.worker.trust_domain is not "prod.example"
     deny admin when subject.worker.path matches glob"/admin/*"`,
    invariant(
      'domain',
      'subject.worker matches spiffe"spiffe://prod.example/**" implies "domain" not in reasons',
    ) +
      invariant(
        'begins',
        'subject.worker matches spiffe"spiffe://other.example/admin/*" implies "domain" not in reasons',
      ) +
      invariant(
        'admin',
        'subject.worker matches spiffe"spiffe://prod.example/admin/*" implies "admin" in reasons and "domain" not in reasons',
      ),
  );
  expect(listVerdicts(text)).toEqual({ domain: 'proved', begins: 'refuted', admin: 'proved' });
  expectAgreement(text);
});

test('parts of SPIFFE IDs, compared with other values', () => {
  const text = policy(
    `deny crossing when subject.worker.trust_domain is not context.domain, if unknown skip
     deny peer when subject.worker.trust_domain is not subject.peer.trust_domain, if unknown skip
     deny path when subject.worker.path is subject.peer.path, if unknown skip`,
    invariant(
      'itself',
      'subject.worker is subject.peer implies "peer" not in reasons and "path" in reasons',
    ) +
      invariant(
        'third',
        'effect is permit and context.domain is present and known(subject.worker) and known(subject.peer) implies context.domain is subject.peer.trust_domain',
      ) +
      invariant(
        'both',
        'known(subject.peer) and "peer" not in reasons and "path" in reasons implies subject.worker is subject.peer',
      ) +
      invariant('domain', '"peer" not in reasons implies subject.worker is subject.peer'),
  );
  expect(listVerdicts(text)).toEqual({
    itself: 'proved',
    third: 'proved',
    both: 'functions of strings',
    domain: 'refuted',
  });
  expectAgreement(text);
});

test('paths under a constant root', () => {
  const text = policy(
    `deny outside when not (context.path under "/srv/data")`,
    invariant('below', 'effect is permit implies context.path starts_with "/srv/data"') +
      invariant('dots', 'context.path contains "/../" implies effect is deny') +
      invariant('sibling', 'context.path starts_with "/srv/data-" implies effect is deny') +
      invariant('slash', 'context.path starts_with "/srv/data/" implies effect is permit') +
      invariant('normal', 'effect is permit implies known(normal_path(context.path))'),
  );
  expect(listVerdicts(text)).toEqual({
    below: 'proved',
    dots: 'proved',
    sibling: 'proved',
    slash: 'refuted',
    normal: 'refuted',
  });
  expectAgreement(text);
});

test('strings with one placeholder, and addresses in strings', () => {
  const text = policy(
    `deny group when "group-{subject.name}" is context.domain
     deny reserved when "{subject.name}-x" is "root-x"
     deny inside when ip(context.address) in 10.0.0.0/8, if unknown skip`,
    invariant('reserved', 'subject.name is "root" implies "reserved" in reasons') +
      invariant('only', '"reserved" in reasons implies subject.name is "root"') +
      invariant('known', '"inside" in reasons implies known(ip(context.address))') +
      invariant('outside', 'known(ip(context.address)) implies "inside" in reasons'),
  );
  expect(listVerdicts(text)).toEqual({
    reserved: 'proved',
    only: 'proved',
    known: 'proved',
    outside: 'refuted',
  });
  expectAgreement(text);
});

test('functions that are not exact, of equal strings', () => {
  const text = policy(
    `deny begins when context.path starts_with subject.name, if unknown skip`,
    invariant(
      'equal',
      'context.path is context.domain and context.domain starts_with subject.name implies effect is deny',
    ) +
      invariant(
        'other',
        'context.path is not context.domain and context.domain starts_with subject.name implies effect is deny',
      ),
  );
  const { equal, other } = listVerdicts(text);
  expect(equal).toBe('proved');
  expect(other).not.toBe('proved');
  expectAgreement(text);
});

test.each([
  ['spiffe', 'spiffe://prod.example/ns/*', 'refuted'],
  ['ip', '10.0.0.0/8', expect.any(String)],
])('a result of lower that is read as another type: %s', (name, pattern, verdict) => {
  const test = name === 'ip' ? `in ${pattern}` : `matches spiffe"${pattern}"`;
  const text = `policy acme.forms
subject any { a?: String }
for any { permit ok otherwise
  deny other when not ${name}(lower(subject.a)) ${test}, if unknown skip }
invariant "never" for any
  "other" not in reasons
`;
  const { never } = listVerdicts(text);
  expect(never).toEqual(verdict);
  expect(never).not.toBe('proved');
  expectAgreement(text);
});

test.each([
  'lower(subject.worker.path) is context.path',
  'lower(subject.worker.path) is "/admin"',
  'ip(subject.worker.path) in 10.0.0.0/8',
  'cidr(subject.worker.path) is context.net',
  'lower(subject.worker.trust_domain) is context.path',
  'ip(subject.worker.trust_domain) in 10.0.0.0/8',
])('parts of SPIFFE IDs that are compared with other strings, and %s', (condition) => {
  const text = `policy acme.parts
subject any { worker?: SpiffeId }
context { time: Timestamp, domain?: String, path?: String, net?: Cidr }
for any {
  permit ok otherwise
  deny own when subject.worker.trust_domain is context.domain, if unknown skip
  deny part when ${condition}, if unknown skip
}
invariant "never own" for any
  "own" not in reasons
invariant "never with a part" for any
  known(subject.worker) and "own" not in reasons implies effect is deny
`;
  expect(listVerdicts(text)).toEqual({ 'never own': 'refuted', 'never with a part': 'refuted' });
  expectAgreement(text);
});

test.each([
  'lower(subject.worker.trust_domain) matches glob"prod*"',
  'lower(subject.worker.trust_domain) matches glob"*~*"',
  'length(lower(subject.worker.trust_domain)) > 3',
  'lower(subject.worker.trust_domain) ends_with "/"',
])('results of results, compared with other strings, and %s', (condition) => {
  const text = `policy acme.results
subject any { worker?: SpiffeId }
context { domain?: String, other?: String }
for any {
  permit ok otherwise
  deny own when subject.worker.trust_domain is context.domain, if unknown skip
  deny lower when lower(subject.worker.trust_domain) is context.other, if unknown skip
  deny part when ${condition}, if unknown skip
  deny rest when not (${condition}), if unknown skip
}
invariant "never own and the part" for any
  "own" not in reasons or "part" not in reasons
invariant "never all but the part" for any
  "own" not in reasons or "lower" not in reasons or "rest" not in reasons
`;
  const { 'never own and the part': part, 'never all but the part': rest } = listVerdicts(text);
  expect([part, rest]).not.toContain('proved');
  expectAgreement(text);
});

test.each([
  'lower(subject.name) is context.path',
  'ip(subject.name) in 10.0.0.0/8',
  'cidr(subject.name) is 10.0.0.0/8',
])('a string that is also read as a SPIFFE ID, and %s', (condition) => {
  const text = policy(
    `deny equal when spiffe(subject.name) is subject.peer, if unknown skip
     deny other when ${condition}, if unknown skip`,
    invariant('equal', '"equal" not in reasons') + invariant('other', '"other" not in reasons'),
  );
  const { equal, other } = listVerdicts(text);
  expect([equal, other === 'proved']).toEqual(['refuted', false]);
  expectAgreement(text);
});

test('numbers in strings are any number, and the same for equal strings', () => {
  const text = policy(
    `deny large when quantity(context.path) > 1_000
     deny fifth when int(subject.name) is 5`,
    invariant('large', 'context.path is "1Ki" implies effect is deny') +
      invariant(
        'small',
        'context.path is "1k" and int(subject.name) is 4 implies effect is permit',
      ) +
      invariant('limit', 'effect is permit implies quantity(context.path) <= 2_000') +
      invariant('below', 'effect is permit implies quantity(context.path) <= 500') +
      invariant('unreadable', 'context.path is "1KB" implies effect is deny') +
      invariant('leading', 'subject.name is "05" implies effect is deny') +
      invariant('other', 'effect is permit implies int(subject.name) is 4'),
  );
  expect(listVerdicts(text)).toEqual({
    large: 'proved',
    small: 'proved',
    limit: 'proved',
    below: 'refuted',
    unreadable: 'proved',
    leading: 'proved',
    other: 'refuted',
  });
  expectAgreement(text);
});
