// Results of functions of strings that are compared with other values: there are as many strings with one result, and as
// many combinations of results, as conditions need.

import { createRequest, type FalseClaim, impossible } from './false-claim.ts';

const people =
  'subject any { owner: String, team: String, a: String, b: String, c: String, d: String }';

function createLowerClaim(name: string, condition: string, subject: object): FalseClaim {
  return {
    name,
    policy: impossible(people.replaceAll(/(\w+): String/g, '$1?: String'), condition),
    requests: [createRequest({ subject })],
  };
}

const different = (...names: readonly string[]) =>
  names
    .flatMap((a, index) => names.slice(index + 1).map((b) => `subject.${a} is not subject.${b}`))
    .join(' and ');

const spellLower = (names: readonly string[], team: string) =>
  names.map((each) => `lower(subject.${each}) is ${team}`).join(' and ');

/** `lower` of several strings, and another string. */
export const lowerClaims: readonly FalseClaim[] = [
  {
    name: 'four approvers, none of whom is the owner, in one team',
    policy: `policy acme.agents
subject any { owner: String, team: String, approvers: Set<String> = {} }
for any {
  deny owner_approves when subject.owner in subject.approvers
  permit ok when size(subject.approvers) >= 4
    and all each in subject.approvers satisfies lower(each) is subject.team
}
invariant "no one approves their own agent" for any
  lower(subject.owner) is subject.team implies effect is deny
`,
    requests: [
      createRequest({
        subject: { owner: 'abc', team: 'abc', approvers: ['ABC', 'aBC', 'AbC', 'ABc'] },
      }),
    ],
  },
  createLowerClaim(
    'five strings with one lower case',
    `${different('owner', 'a', 'b', 'c', 'd')} and ${spellLower(['owner', 'a', 'b', 'c', 'd'], 'subject.team')}`,
    { owner: 'abc', a: 'ABC', b: 'Abc', c: 'aBc', d: 'abC', team: 'abc' },
  ),
  createLowerClaim(
    'three strings with one lower case of a certain length',
    `${different('owner', 'a', 'b')} and ${spellLower(['owner', 'a', 'b'], 'subject.team')} and length(subject.team) is 2`,
    { owner: 'ab', a: 'AB', b: 'Ab', team: 'ab' },
  ),
  createLowerClaim(
    'three strings with one lower case that begins with a digit',
    `${different('owner', 'a', 'b')} and ${spellLower(['owner', 'a', 'b'], 'subject.team')} and subject.team starts_with "1"`,
    { owner: '1ab', a: '1AB', b: '1Ab', team: '1ab' },
  ),
  createLowerClaim(
    'three strings with one lower case that matches a pattern',
    `${different('owner', 'a', 'b')} and ${spellLower(['owner', 'a', 'b'], 'subject.team')} and subject.team matches glob"?-*"`,
    { owner: 'a-b', a: 'A-B', b: 'a-B', team: 'a-b' },
  ),
  createLowerClaim(
    'four strings with one lower case that matches a pattern',
    `${different('owner', 'a', 'b', 'c')} and ${spellLower(['owner', 'a', 'b', 'c'], 'subject.team')} and subject.team matches regex"[a-z]{2}"`,
    { owner: 'ab', a: 'AB', b: 'Ab', c: 'aB', team: 'ab' },
  ),
  createLowerClaim(
    'two strings with one lower case that is another string',
    `${different('a', 'b', 'owner')} and lower(subject.a) is lower(subject.b) and lower(subject.a) is not lower(subject.owner) and lower(subject.owner) is subject.owner and length(subject.a) < length(subject.team)`,
    { a: 'A', b: 'a', owner: 'b', team: 'ccc' },
  ),
  createLowerClaim(
    'lengths of lower cases that differ',
    'length(lower(subject.a)) < length(lower(subject.b))',
    { a: 'a', b: 'bb' },
  ),
  createLowerClaim(
    'a lower case that begins with another one',
    'lower(subject.a) starts_with lower(subject.b) and not (lower(subject.b) starts_with lower(subject.a))',
    { a: 'ab', b: 'a' },
  ),
  createLowerClaim(
    'the upper case of a constant and of another string',
    'lower(subject.a) is subject.b and subject.a is not "X" and subject.a is not "x" and subject.b is not "x"',
    { a: 'Y', b: 'y' },
  ),
  createLowerClaim(
    'two spellings of a constant beside another string',
    'lower(subject.a) is "root" and lower(subject.b) is "root" and subject.a is not subject.b and lower(subject.c) is subject.d and subject.a is not "root" and subject.b is not "root"',
    { a: 'ROOT', b: 'Root', c: 'X', d: 'x' },
  ),
  createLowerClaim(
    'a string with a placeholder that is another one',
    '"{subject.a}{subject.b}" is subject.c and "{subject.a}{subject.b}" is not subject.a and "{subject.b}{subject.a}" is subject.d and subject.c is not subject.d',
    { a: 'x', b: 'y', c: 'xy', d: 'yx' },
  ),
  createLowerClaim(
    'two strings with one placeholder each',
    '"a-{subject.a}" is subject.c and "a-{subject.b}" is subject.d and subject.c is not subject.d',
    { a: 'x', b: 'y', c: 'a-x', d: 'a-y' },
  ),
  createLowerClaim(
    'a path in normal form of another string',
    'normal_path(subject.a) is subject.b and lower(subject.b) is subject.c and subject.b is not subject.c',
    { a: '/A', b: '/A', c: '/a' },
  ),
];

const spellings = (condition: string, set: readonly string[], kind = 'Set'): FalseClaim => ({
  name: `${condition} for ${set.join(' and ')}`,
  policy: impossible(
    `subject any { s: ${kind}<String> = ${kind === 'Set' ? '{}' : '[]'} }`,
    condition,
  ),
  requests: [createRequest({ subject: { s: set } })],
});

const two = (condition: string, a: string, b: string): FalseClaim => ({
  name: `${condition} for ${a} and ${b}`,
  policy: impossible('subject any { a?: String, b?: String }', condition),
  requests: [createRequest({ subject: { a, b } })],
});

/** Strings that are different spellings of one address or network. */
export const spellingClaims: readonly FalseClaim[] = [
  spellings('size(subject.s) is 2 and all x in subject.s satisfies ip(x) is ::1', ['::1', '0::1']),
  spellings('size(subject.s) is 3 and all x in subject.s satisfies ip(x) is 2001:db8::1', [
    '2001:db8::1',
    '2001:DB8::1',
    '2001:db8:0::1',
  ]),
  spellings('size(subject.s) is 2 and all x in subject.s satisfies ip(x) is 10.0.0.1', [
    '10.0.0.1',
    '::ffff:10.0.0.1',
  ]),
  spellings('size(subject.s) is 2 and all x in subject.s satisfies cidr(x) is 2001:db8::/32', [
    '2001:db8::/32',
    '2001:DB8::/32',
  ]),
  spellings('size(subject.s) is 3 and all x in subject.s satisfies quantity(x) is 1', [
    '1',
    '1000m',
    '1.0',
  ]),
  two('quantity(subject.a) is quantity(subject.b) and subject.a is not subject.b', '1Ki', '1024'),
  two('quantity(subject.a) is 1 and int(subject.b) is 1 and subject.a is not subject.b', '1.', '1'),
  two('int(subject.a) is int(subject.b) and subject.a is not subject.b', '0', '-0'),
  two('quantity(subject.a) > int(subject.b) * 1.0 and subject.a is not "1"', '2', '1'),
  two('known(quantity(subject.a)) and not known(int(subject.a))', '1k', 'x'),
  two('int(subject.a) > 9223372036854775806', '9223372036854775807', 'x'),
  two('int(subject.a) is -7 and quantity(subject.b) is -7', '-7', '-7'),
  two('subject.a is not subject.b and ip(subject.a) is ip(subject.b)', '::1', '0::1'),
  two(
    'subject.a is not subject.b and ip(subject.a) is ip(subject.b)',
    '10.0.0.1',
    '::ffff:10.0.0.1',
  ),
  two('subject.a is not subject.b and cidr(subject.a) is cidr(subject.b)', '::/0', '0::/0'),
  two('ip(subject.a) is ::1 and subject.a is not "::1"', '0::1', 'x'),
  two('ip(subject.a) in 10.0.0.0/8 and subject.a starts_with "::"', '::ffff:10.1.1.1', 'x'),
  two('ip(subject.a) is ip(subject.b) and length(subject.a) > length(subject.b)', '0::1', '::1'),
  two('ip(subject.a) in 2001:db8::/32 and lower(subject.a) is not subject.a', '2001:DB8::1', 'x'),
  two(
    'ip(subject.a) is 10.0.0.1 and ip(subject.b) is 10.0.0.1 and subject.a is not subject.b and subject.b is not "::ffff:a00:1"',
    '10.0.0.1',
    '::FFFF:10.0.0.1',
  ),
];

const workers =
  'subject any { a: SpiffeId, b?: SpiffeId, c?: SpiffeId, name?: String, domain?: String }';

const ids = {
  a: 'spiffe://x.example/a',
  b: 'spiffe://y.example/b',
  c: 'spiffe://z.example/c',
};

const parts = (condition: string, subject: object): FalseClaim => ({
  name: condition,
  policy: impossible(workers, condition),
  requests: [createRequest({ subject })],
});

/** Functions of the parts of SPIFFE IDs. */
export const partClaims: readonly FalseClaim[] = [
  parts(
    'subject.a.trust_domain is not subject.b.trust_domain and lower(subject.a.trust_domain) is subject.name',
    { ...ids, name: 'x.example' },
  ),
  parts(
    'subject.a.trust_domain is not subject.b.trust_domain and lower(subject.a.trust_domain) is subject.name and lower(subject.b.trust_domain) is subject.domain',
    { ...ids, name: 'x.example', domain: 'y.example' },
  ),
  parts(
    'subject.a.trust_domain is not subject.c.trust_domain and lower(subject.a.trust_domain) is not subject.name',
    { ...ids, name: 'n' },
  ),
  parts(
    'subject.a.trust_domain is not subject.b.trust_domain and lower(subject.a.trust_domain) is lower(subject.a.trust_domain) and lower(subject.a.trust_domain) is not lower(subject.b.trust_domain)',
    ids,
  ),
  parts(
    'lower(subject.a.trust_domain) is not lower(subject.b.trust_domain) and lower(subject.b.trust_domain) is not lower(subject.c.trust_domain) and lower(subject.a.trust_domain) is not lower(subject.c.trust_domain)',
    ids,
  ),
  parts('lower(subject.a.trust_domain) is not lower(subject.b.trust_domain)', ids),
  parts('subject.a.path is not subject.b.path and lower(subject.a.path) is subject.name', {
    ...ids,
    name: '/a',
  }),
  parts('lower(subject.a.path) is not lower(subject.b.path)', ids),
  parts(
    'lower(subject.a.path) is not lower(subject.b.path) and lower(subject.b.path) is not lower(subject.c.path) and lower(subject.a.path) is not lower(subject.c.path)',
    ids,
  ),
  parts(
    'lower(subject.a.path) is lower(subject.b.path) and subject.a is not subject.b and subject.a.path is not subject.b.path',
    { a: 'spiffe://x.example/a', b: 'spiffe://x.example/A' },
  ),
  parts('lower(subject.a.path) is subject.name and subject.a.path is not subject.name', {
    a: 'spiffe://x.example/A',
    name: '/a',
  }),
  parts(
    '"{subject.a.trust_domain}:x" is subject.name and "{subject.b.trust_domain}:x" is not subject.name',
    { ...ids, name: 'x.example:x' },
  ),
  parts(
    '"{subject.a.trust_domain}:{subject.b.trust_domain}" is subject.name and "{subject.b.trust_domain}:{subject.a.trust_domain}" is not subject.name',
    { ...ids, name: 'x.example:y.example' },
  ),
  parts('length(subject.a.trust_domain) < length(subject.b.trust_domain)', {
    a: 'spiffe://x.example/a',
    b: 'spiffe://xx.example/a',
  }),
  parts('subject.a.path starts_with subject.b.path and subject.a.path is not subject.b.path', {
    a: 'spiffe://x.example/a/b',
    b: 'spiffe://x.example/a',
  }),
  parts('subject.a.path under subject.b.path and subject.a.path is not subject.b.path', {
    a: 'spiffe://x.example/a/b',
    b: 'spiffe://x.example/a',
  }),
];

const createChoiceClaim = (value: string, claim: string, subject: object): FalseClaim => ({
  name: `${value} ${claim}`,
  policy: impossible(
    'subject any { c?: Bool, a: String, b: String, d?: String, s: SpiffeId, t: SpiffeId, l: Set<String> = {}, m: Set<String> = {} }',
    `subject.c is missing and ${claim.replace('it', `(${value})`)}`,
  ),
  requests: [
    createRequest({
      subject: { a: 'x', b: 'y', s: 'spiffe://x.example/a', t: 'spiffe://y.example/b', ...subject },
    }),
  ],
});

/** Both values of an `if` whose condition is unknown are compared. */
export const ifClaims: readonly FalseClaim[] = [
  createChoiceClaim(
    'if subject.c then lower(subject.a) else lower(subject.b)',
    'it is not "root"',
    {
      a: 'X',
      b: 'x',
    },
  ),
  createChoiceClaim('if subject.c then lower(subject.a) else subject.b', 'it is not "root"', {
    a: 'X',
    b: 'x',
  }),
  createChoiceClaim('if subject.c then subject.a else subject.b', 'it is not "root"', {
    a: 'x',
    b: 'x',
  }),
  createChoiceClaim(
    'if subject.c then subject.s else subject.t',
    'it is not spiffe("spiffe://root.example")',
    {
      t: 'spiffe://x.example/a',
    },
  ),
  createChoiceClaim(
    'if subject.c then lower(lower(subject.a)) else lower(subject.b)',
    'length(it) < 2',
    {
      a: 'X',
      b: 'x',
    },
  ),
  createChoiceClaim(
    'if subject.c then subject.s.trust_domain else subject.t.trust_domain',
    'it is not "root"',
    {
      t: 'spiffe://x.example/b',
    },
  ),
  createChoiceClaim('if subject.c then subject.s.path else subject.t.path', 'it is not "root"', {
    t: 'spiffe://z.example/a',
  }),
  createChoiceClaim(
    'if subject.c then lower(subject.a) else lower(subject.b)',
    'it starts_with "r"',
    {
      a: 'R',
      b: 'r',
    },
  ),
  createChoiceClaim(
    'if subject.c then lower(subject.a) else lower(subject.b)',
    'it matches glob"r?"',
    {
      a: 'RX',
      b: 'rx',
    },
  ),
  createChoiceClaim('if subject.c then lower(subject.a) else subject.d', 'it is not "root"', {
    a: 'X',
    d: 'x',
  }),
  createChoiceClaim(
    'if subject.c then (if subject.c then lower(subject.a) else subject.b) else subject.b',
    'it is not "root"',
    { a: 'X', b: 'x' },
  ),
  createChoiceClaim(
    'if subject.c then subject.l union { "x" } else subject.m union { "x" }',
    '"root" not in it',
    { l: [], m: ['x'] },
  ),
  createChoiceClaim('if subject.c then subject.l else subject.m', '"root" not in it', {
    l: ['x'],
    m: ['x'],
  }),
];
