// The checker of lemmas: what strings or addresses falsify is refused, and what is valid by each of its rules is accepted.

import { isSpiffeId } from '@nhipol/language/types';
import type { Literal } from '@nhipol/proving';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createAffixMonitor, spiffeMonitor } from '../../../assurance/proving/automata/monitors.ts';
import {
  buildPathPreimage,
  lowerPreimage,
  trustDomainPreimage,
} from '../../../assurance/proving/automata/preimages.ts';
import { Formula } from '../../../assurance/proving/formula/formula.ts';
import { type Term, Terms, type Test } from '../../../assurance/proving/terms/terms.ts';
import {
  createOneOfTest,
  isInNetwork,
  isVersion4,
} from '../../../assurance/proving/terms/tests.ts';
import { runs, share } from '../../support/budget.ts';
import { isValid } from './is-valid.ts';
import { Language } from './random-clause.ts';

test('no clause that strings falsify is accepted', { timeout: 120_000 }, () => {
  const language = new Language();
  let accepted = 0;
  fc.assert(
    fc.property(language.clauses, (clause) => {
      if (!isValid(language.terms, clause)) return;
      accepted += 1;
      expect(language.falsifying(clause)).toBeUndefined();
    }),
    { numRuns: runs(20_000, 2_000), seed: 1 },
  );
  expect(accepted).toBeGreaterThan(share(1_000));
});

function createChecker() {
  const terms = new Terms(new Formula());
  const accepts = (...clause: readonly Literal[]) => isValid(terms, clause);
  return { terms, accepts };
}

function affix(name: 'starts_with' | 'ends_with', text: string): Test {
  return {
    key: `${name} ${text}`,
    evaluate: ([value = '']) =>
      name === 'starts_with' ? value.startsWith(text) : value.endsWith(text),
    meaning: { kind: 'strings', monitor: createAffixMonitor(name, text), atLeast: false },
  };
}

test('a literal that is not about terms is refused', () => {
  const { terms, accepts } = createChecker();
  const [a, b] = [terms.open('a', 'String'), terms.open('b', 'String')];
  expect(accepts(terms.equal(a, b), -terms.equal(a, b) - 100)).toBe(false);
  expect(accepts()).toBe(false);
});

describe('equality', () => {
  test('is transitive, and no term has two constants', () => {
    const { terms, accepts } = createChecker();
    const [a, b, c] = ['a', 'b', 'c'].map((name) => terms.open(name, 'String')) as [
      Term,
      Term,
      Term,
    ];
    const [x, y] = [terms.constant('x'), terms.constant('y')];
    expect(accepts(-terms.equal(a, b), -terms.equal(b, c), terms.equal(a, c))).toBe(true);
    expect(accepts(-terms.equal(a, b), terms.equal(a, c))).toBe(false);
    expect(accepts(-terms.equal(a, x), -terms.equal(b, y), -terms.equal(a, b))).toBe(true);
    expect(accepts(-terms.equal(a, x), -terms.equal(b, x), -terms.equal(a, b))).toBe(false);
    expect(accepts(-terms.equal(a, x), -terms.equal(b, x), terms.equal(a, b))).toBe(true);
  });

  test('equal terms are in the same sets, and have the same results', () => {
    const { terms, accepts } = createChecker();
    const [a, b] = [terms.open('a', 'String'), terms.open('b', 'String')];
    const lower = (arg: Term) =>
      terms.apply({
        key: 'lower',
        args: [arg],
        type: 'String',
        preimage: lowerPreimage,
        evaluate: ([value = '']) => value.toLowerCase(),
      });
    const same = terms.equal(a, b);
    expect(accepts(-same, -terms.member(0, a), terms.member(0, b))).toBe(true);
    expect(accepts(-same, -terms.member(0, a), terms.member(1, b))).toBe(false);
    expect(accepts(-same, terms.equal(lower(a), lower(b)))).toBe(true);
    expect(accepts(same, -terms.equal(lower(a), lower(b)))).toBe(false);
    const is = terms.equal(a, terms.constant('X'));
    expect(accepts(-is, terms.equal(lower(a), terms.constant('x')))).toBe(true);
    expect(accepts(-is, -terms.member(0, lower(a)), terms.member(0, terms.constant('x')))).toBe(
      true,
    );
  });
});

describe('addresses', () => {
  const ip = () => {
    const { terms, accepts } = createChecker();
    const address = terms.open('from', 'Ip');
    const inside = (network: string) => isInNetwork(terms, address, terms.constant(network));
    return { terms, accepts, address, inside };
  };

  test('in a network and in none of its halves: none', () => {
    const { accepts, inside } = ip();
    const halves = ['10.0.0.0/9', '10.128.0.0/9'].map(inside);
    expect(accepts(-inside('10.0.0.0/8'), ...halves)).toBe(true);
    for (const half of halves) expect(accepts(-inside('10.0.0.0/8'), half)).toBe(false);
  });

  test('each version has addresses outside of its networks', () => {
    const { terms, accepts, address, inside } = ip();
    const is4 = isVersion4(terms, address);
    expect(accepts(inside('0.0.0.0/0'), inside('::/0'))).toBe(true);
    expect(accepts(inside('0.0.0.0/0'), -is4)).toBe(true);
    expect(accepts(inside('0.0.0.0/1'), -is4)).toBe(false);
    expect(accepts(inside('::/0'), is4)).toBe(true);
    // Addresses in the v4-mapped range are v4 addresses.
    expect(accepts(-inside('::/80'), inside('::/81'), inside('::8000:0:0/81'), is4)).toBe(true);
    expect(accepts(-inside('::/80'), inside('::/81'), is4)).toBe(false);
  });

  test('networks are not addresses', () => {
    const { terms, accepts } = createChecker();
    const network = terms.open('net', 'Cidr');
    const inside = (each: string) => isInNetwork(terms, network, terms.constant(each));
    expect(accepts(inside('0.0.0.0/0'), inside('::/0'))).toBe(false);
  });
});

describe('languages', () => {
  test('no string ends and begins in other ways than it is equal to', () => {
    const { terms, accepts } = createChecker();
    const name = terms.open('name', 'String');
    const [ab, b] = [affix('starts_with', 'ab'), affix('starts_with', 'b')].map((each) =>
      terms.test(each, [name]),
    ) as [Literal, Literal];
    expect(accepts(-ab, -b)).toBe(true);
    expect(accepts(ab, b)).toBe(false);
    const one = terms.test(createOneOfTest(['abc', 'bcd']), [name]);
    expect(accepts(-one, ab, b)).toBe(true);
    expect(accepts(-one, ab)).toBe(false);
  });

  test('a monitor that does not know how long a SPIFFE ID may be says nothing about other strings', () => {
    const { terms, accepts } = createChecker();
    const name = terms.open('name', 'String');
    const isId: Test = {
      key: 'spiffe',
      evaluate: ([value = '']) => isSpiffeId(value),
      meaning: { kind: 'strings', monitor: spiffeMonitor, atLeast: true },
    };
    const scheme = terms.test(affix('starts_with', 'spiffe://'), [name]);
    const [id, known] = [
      terms.test(isId, [name]),
      terms.test(createOneOfTest(['spiffe://a/b']), [name]),
    ];
    expect(accepts(-id, scheme)).toBe(true);
    expect(accepts(id, -scheme)).toBe(false);
    // A set of constants has no ID that is too long, but the monitor cannot know.
    expect(accepts(id, -known)).toBe(false);
  });

  test('parts of a SPIFFE ID are tested as the ID', () => {
    const { terms, accepts } = createChecker();
    const id = terms.open('id', 'SpiffeId');
    const part = (key: 'trust_domain' | 'path') =>
      terms.apply({
        key,
        args: [id],
        type: 'String',
        evaluate: () => undefined,
        preimage: key === 'path' ? buildPathPreimage : trustDomainPreimage,
      });
    const domain = terms.test(affix('starts_with', 'prod'), [part('trust_domain')]);
    const whole = terms.test(affix('starts_with', 'spiffe://prod'), [id]);
    expect(accepts(-domain, whole)).toBe(true);
    expect(accepts(domain, -whole)).toBe(true);
    const slash = terms.test(affix('starts_with', '/'), [part('path')]);
    const empty = terms.equal(part('path'), terms.constant(''));
    expect(accepts(slash, empty)).toBe(true);
    expect(accepts(slash)).toBe(false);
  });
});
