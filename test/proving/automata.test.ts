// The search for lemmas and their checker share automata and networks: the monitors of tests and functions of strings agree
// with the builtins on all short strings over fitting alphabets, and networks on the addresses at their ends.

import { containsAddress, isSpiffeId } from '@nhipol/language/types';
import { createRandomNumbers } from '@nhipol/testing';
import { describe, expect, test } from 'vitest';
import { type Monitor, spiffeMonitor } from '../../assurance/proving/automata/monitors.ts';
import { listClaimSets } from '../../assurance/proving/claims/claims.ts';
import { Formula } from '../../assurance/proving/formula/formula.ts';
import { findAddress } from '../../assurance/proving/lemmas/addresses.ts';
import { type FunctionTerm, Terms, type Test } from '../../assurance/proving/terms/terms.ts';
import { isInNetwork } from '../../assurance/proving/terms/tests.ts';
import { checkPolicy } from '../support/checking.ts';
import { isValid } from './lemmas/is-valid.ts';

/** Each builtin with constants that overlap themselves, begin or end in other ways, or are empty. */
const conditions = [
  ...['"a"', '"ab"', '"aab"', '"abab"', '"é"', '"😀a"', '""'].flatMap((text) =>
    ['starts_with', 'ends_with', 'contains'].map((name) => `subject.s ${name} ${text}`),
  ),
  ...['a', 'a*', '[ab]?', '*b', 'a/**', '**/b', '**', '{a,bb}'].map(
    (text) => `subject.s matches glob"${text}"`,
  ),
  ...['a|b.*', '(ab)*', '[^a]+', 'a{2,3}', '.*[A-Z].', '\\\\w+|é'].map(
    (text) => `subject.s matches regex"${text}"`,
  ),
  'subject.s contains regex"a.b"',
  ...['/', '/r', '/r/', '/r/r', 'r', 'r/', 'R', '/.r', '/r%'].map(
    (root) => `subject.s under ${JSON.stringify(root)}`,
  ),
  'normal_path(subject.s) is "r"',
  'lower(subject.s) is "ab"',
  'lower(lower(subject.s)) starts_with "a"',
  'spiffe(subject.s).trust_domain is "a"',
  'spiffe(subject.s).path starts_with "/a"',
  'subject.workload.trust_domain ends_with "a"',
  'subject.workload.path is ""',
  'subject.workload matches spiffe"spiffe://a/*"',
  'subject.workload matches spiffe"spiffe://a/**"',
  'subject.other is "a{subject.s}"',
  'subject.other is "{subject.s}-b"',
  'subject.other is "a{subject.s}é{subject.s}"',
  ...[
    '/{subject.s}/',
    '{subject.s}',
    '{subject.s}:',
    'https://{subject.s}',
    'https://{subject.s}.a/',
    'https://a/{subject.s}',
  ].flatMap((text) => [`subject.other starts_with "${text}"`, `subject.other ends_with "${text}"`]),
  'subject.other under "/{subject.s}"',
  'subject.other under "/a/{subject.s}/b"',
  'subject.other starts_with subject.s',
  'subject.s in {"a", "b", "ab", "ba", "é", "aa", "bb", "abc", "cba", "😀"}',
];

const policy = checkPolicy(`policy acme.strings
subject any { s: String, other: String, workload: SpiffeId }
for any {
  permit ok otherwise
${conditions.map((each, index) => `  deny c${index} when ${each}, if unknown skip`).join('\n')}
}
`);

const terms = listClaimSets(policy, { random: createRandomNumbers(1), by: 'lemmas' }).flatMap(
  ({ prover }) => prover.encoding.terms,
);

/** The tests with a monitor, and the functions with a preimage, by their keys. */
const tests = new Map<string, Test & { readonly monitor: Monitor; readonly atLeast: boolean }>();
const functions = new Map<
  string,
  FunctionTerm & { readonly preimage: NonNullable<FunctionTerm['preimage']> }
>();
for (const { atoms, nodes } of terms) {
  for (const atom of atoms.values())
    if (atom.kind === 'test' && atom.test.meaning?.kind === 'strings')
      tests.set(atom.test.key, { ...atom.test, ...atom.test.meaning });
  for (const node of nodes)
    if (node.kind === 'function' && node.preimage !== undefined)
      functions.set(node.key, { ...node, preimage: node.preimage });
}

function* words(letters: string, max: number, before = ''): Generator<string> {
  yield before;
  if (max > 0) for (const letter of letters) yield* words(letters, max - 1, before + letter);
}

const scheme = 'spiffe://';
const strings = [
  ...new Set([
    ...words('abAB/.-:é', 4),
    ...words('ab', 9),
    ...words('/.r\\', 6),
    ...words('/rR%2eE', 4),
    ...words('a\u0000\n\u2024\uff0f😀@# ', 3),
    ...words('aA0/.-_:%é', 4, scheme),
    ...words('a/.', 7, scheme),
    ...words('a/', 3, 'Spiffe://'),
    ...words('a/', 3, 'spiffe:/'),
    ...words('a/', 3, 'spiffes://'),
    ...words('a/', 3, ' spiffe://'),
  ]),
];

function run({ start, next }: Monitor, text: string): number {
  let state = start;
  for (const character of text) state = next(state, character.codePointAt(0) ?? 0);
  return state;
}

/** Labels each string by a number of its own. */
function createMonitor(): Monitor {
  const texts: string[] = [''];
  const known = new Map([['', 0]]);
  return {
    cuts: [],
    start: 0,
    next: (state, codePoint) => {
      const text = texts[state] + String.fromCodePoint(codePoint);
      const number = known.get(text) ?? texts.push(text) - 1;
      known.set(text, number);
      return number;
    },
    label: (state) => state + 1,
  };
}

test('each test and function of strings has a monitor', () => {
  const names = [...tests.keys(), ...functions.keys()].map(
    (key) => /^(?:defined )?[^(]*/.exec(key)?.[0],
  );
  expect([...new Set(names)].toSorted()).toMatchInlineSnapshot(`
    [
      "contains",
      "defined non-empty",
      "defined normal_path",
      "defined segment of",
      "defined spiffe",
      "defined under",
      "ends_with",
      "interpolate",
      "lower",
      "matches",
      "one of ["a","aa","ab","abc","b","ba","bb","cba","é","😀"]",
      "path",
      "starts_with",
      "trust_domain",
      "under",
    ]
  `);
});

describe('on all short strings', () => {
  test.each([...tests])(
    'the test %s is answered as by its builtin',
    (_, { monitor, atLeast, evaluate }) => {
      const wrong = strings.filter((text) => {
        const [label, answer] = [monitor.label(run(monitor, text)) !== 0, evaluate([text])];
        return atLeast ? answer && !label : answer !== label;
      });
      expect(wrong).toEqual([]);
    },
  );

  test.each([...functions])('a test of %s is one of its result', (_, { preimage, evaluate }) => {
    const inner = createMonitor();
    const outer = preimage(inner);
    let count = 0;
    const wrong = strings.filter((text) => {
      const result = evaluate([text]);
      if (result === undefined) return false;
      count += 1;
      return outer.label(run(outer, text)) !== inner.label(run(inner, result));
    });
    expect(wrong).toEqual([]);
    expect(count).toBeGreaterThan(100);
  });

  test('SPIFFE IDs are those of the builtin', () => {
    const wrong = strings.filter(
      (text) => (spiffeMonitor.label(run(spiffeMonitor, text)) !== 0) !== isSpiffeId(text),
    );
    expect(wrong).toEqual([]);
  });
});

describe('networks', () => {
  const networks = [
    '0.0.0.0/0',
    '0.0.0.0/1',
    '128.0.0.0/1',
    '128.0.0.0/2',
    '192.0.0.0/2',
    '192.0.0.0/32',
    '::/0',
    '::/1',
    '8000::/1',
    '::/80',
    '::8000:0:0/81',
    '::/96',
    '::1/128',
    '::fffe:0:0/96',
  ];
  /** The first and last addresses of networks, and those around them. */
  const addresses = [
    '0.0.0.0',
    '127.255.255.255',
    '128.0.0.0',
    '191.255.255.255',
    '192.0.0.0',
    '192.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::2',
    '::ffff:ffff',
    '::1:0:0',
    '::7fff:ffff:ffff',
    '::8000:0:0',
    '::fffd:ffff:ffff',
    '::fffe:0:0',
    '::fffe:ffff:ffff',
    '::1:0:0:0',
    '7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    '8000::',
    'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
  ];
  const cases = networks.flatMap((a) =>
    networks.flatMap((b) => [true, false].map((holds) => ({ a, b, holds }))),
  );

  test('an address that is in one, and in or not in another, is found or excluded', () => {
    for (const { a, b, holds } of cases) {
      const expected = addresses.filter(
        (each) => containsAddress(a, each) && containsAddress(b, each) === holds,
      );
      const terms = new Terms(new Formula());
      const address = terms.open('address', 'Ip');
      const [inA, inB] = [a, b].map((each) => isInNetwork(terms, address, terms.constant(each)));
      const clause = [-(inA ?? 0), holds ? -(inB ?? 0) : (inB ?? 0)];
      const about = `${a} ${holds ? 'and' : 'and not'} ${b}`;
      expect([about, isValid(terms, clause)]).toEqual([about, expected.length === 0]);
      const found = findAddress(
        [
          { meaning: { kind: 'network', network: a }, isTrue: true },
          { meaning: { kind: 'network', network: b }, isTrue: holds },
        ],
        new Set(),
      );
      expect([about, found.kind]).toEqual([about, expected.length === 0 ? 'none' : 'address']);
      if (found.kind !== 'address') continue;
      expect(containsAddress(a, found.text)).toBe(true);
      expect(containsAddress(b, found.text)).toBe(holds);
    }
  });
});

describe('code points between two cuts are not distinguished', () => {
  const inner: Monitor = tests.get('starts_with(String, String "ab")')?.monitor ?? spiffeMonitor;
  const monitors = [
    ...[...tests].map(([key, { monitor }]) => [key, monitor] as const),
    ...[...functions].map(([key, { preimage }]) => [key, preimage(inner)] as const),
    ['SPIFFE IDs', spiffeMonitor] as const,
  ];
  const points = [
    ...Array(0x300).keys(),
    0x2024,
    0x2025,
    0x2fff,
    0xd7ff,
    0xe000,
    0xfe30,
    0xfe52,
    0xfe68,
    0xfe6a,
    0xff05,
    0xff0e,
    0xff0f,
    0xff3c,
    0xff3d,
    0xffff,
    0x1f600,
    0x10ffff,
  ];
  const starts = [
    '',
    'a',
    'ab',
    '/',
    '/r',
    '/r/',
    '.',
    '..',
    'é',
    'sp',
    scheme,
    `${scheme}a`,
    `${scheme}a/`,
    `${scheme}a/.`,
    `${scheme}a/b`,
  ];

  test.each(monitors)('%s', (_, monitor) => {
    const cuts = [...new Set([0, ...monitor.cuts])].sort((a, b) => a - b);
    const findStart = (point: number) => cuts.findLast((cut) => cut <= point) ?? 0;
    const wrong = starts.flatMap((text) => {
      const state = run(monitor, text);
      return points.filter(
        (point) => monitor.next(state, point) !== monitor.next(state, findStart(point)),
      );
    });
    expect(wrong).toEqual([]);
  });
});
