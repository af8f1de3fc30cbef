// Elements of no use are elements as well: a set with fewer of them, or with more, is another one.

import { createRequest, type FalseClaim } from './false-claim.ts';

interface Moved {
  readonly element: string;
  /** The values of the set before and after the change. */
  readonly before: readonly unknown[];
  readonly after: readonly unknown[];
  readonly way: 'fewer' | 'more';
  readonly rule: string;
}

function createMovedClaim({ element, before, after, way, rule }: Moved): FalseClaim {
  const requests = [before, after].map((scopes) =>
    createRequest({ subject: { scopes }, context: { scopes } }),
  );
  return {
    name: `${way} of ${element}: ${rule}`,
    policy: `policy acme.scopes
enum Scope { read, write }
subject any { scopes: Set<${element}> = {} }
for any {
  ${rule}
}
`,
    change: `${way} subject.scopes never loosens`,
    requests,
  };
}

const read = {
  element: 'Scope',
  before: ['read', 'admin'],
  after: ['read'],
  way: 'fewer',
} as const;
const ips = {
  element: 'Ip',
  before: ['10.0.0.1', 'x'],
  after: ['10.0.0.1'],
  way: 'fewer',
} as const;
const ids = {
  element: 'SpiffeId',
  before: ['spiffe://x.example/a', 'x'],
  after: ['spiffe://x.example/a'],
  way: 'fewer',
} as const;

/** The answer is a deny with an element of no use, and a permit without it; or a permit where one is added. */
export const memberClaims: readonly FalseClaim[] = [
  createMovedClaim({ ...read, rule: 'permit ok when read in subject.scopes' }),
  createMovedClaim({ ...read, rule: 'permit ok when subject.scopes within { read, write }' }),
  createMovedClaim({ ...read, rule: 'permit ok when size(subject.scopes) <= 2' }),
  createMovedClaim({
    ...read,
    rule: 'permit ok when all each in subject.scopes satisfies each is read',
  }),
  createMovedClaim({
    ...read,
    rule: 'permit ok when read in subject.scopes and size(subject.scopes) > 0',
  }),
  createMovedClaim({ ...read, rule: 'permit ok when subject.scopes intersects { read }' }),
  createMovedClaim({ ...read, rule: 'permit ok when write not in subject.scopes' }),
  createMovedClaim({ ...ips, rule: 'permit ok when 10.0.0.1 in subject.scopes' }),
  createMovedClaim({
    ...ips,
    rule: 'permit ok when all each in subject.scopes satisfies each in 10.0.0.0/8',
  }),
  createMovedClaim({ ...ips, rule: 'permit ok when size(subject.scopes) is 1' }),
  createMovedClaim({
    ...ids,
    rule: 'permit ok when all each in subject.scopes satisfies each.trust_domain is "x.example"',
  }),
  createMovedClaim({ ...ids, rule: 'permit ok when size(subject.scopes) < 3' }),
  createMovedClaim({
    element: 'Int(0..9)',
    before: [1, 1e30],
    after: [1],
    way: 'fewer',
    rule: 'permit ok when 1 in subject.scopes',
  }),
  createMovedClaim({
    element: 'Decimal',
    before: [1.5, 1e30],
    after: [1.5],
    way: 'fewer',
    rule: 'permit ok when size(subject.scopes) is 1',
  }),
  createMovedClaim({
    element: 'Scope',
    before: ['write'],
    after: ['write', 'admin'],
    way: 'more',
    rule: 'permit ok otherwise\n  deny no when all each in subject.scopes satisfies each is write, if unknown skip',
  }),
  createMovedClaim({
    element: 'Scope',
    before: ['write'],
    after: ['write', 'admin'],
    way: 'more',
    rule: 'permit ok otherwise\n  deny no when size(subject.scopes) > 0, if unknown skip',
  }),
];
