// Strings that several functions read, and strings that an `if` chooses.

import type { Dice } from '../../../../assurance/testing/generate/random.ts';
import { chooseOne, chooseSome, comparisons, type Material } from '../material.ts';

const words = ['', 'a', 'A', 'b', 'ab', 'aB', 'AB', 'Ab', 'ba', 'a-b', 'abc', 'p-a'];
const quoteWord = (word: string) => JSON.stringify(word);

const word = (dice: Dice) => quoteWord(dice.pick(words.slice(1)));

function textTerm(dice: Dice, names: readonly string[]): string {
  const own = dice.pick(names);
  return dice.chance(350) ? `lower(${own})` : own;
}

/** Conditions about strings that `names` name. */
export function textAtom(dice: Dice, names: readonly string[]): string {
  const a = textTerm(dice, names);
  const b = dice.chance(500) ? textTerm(dice, names) : word(dice);
  const kinds: readonly (() => string)[] = [
    () => `${a} is ${b}`,
    () => `${a} is not ${b}`,
    () => `${a} starts_with ${b}`,
    () => `${a} ends_with ${b}`,
    () => `${a} contains ${b}`,
    () => `${a} in { ${word(dice)}, ${word(dice)} }`,
    () => `${a} matches glob"${dice.pick(['a*', '*b', '?', '??', 'a?', 'p-*', '[ab]*'])}"`,
    () =>
      `${a} matches regex"${dice.pick(['[a-z]*', '[a-z]{2}', 'a.', '.b', '(ab|ba)', '[A-Z]+'])}"`,
    () => `length(${a}) ${dice.pick(comparisons)} ${dice.int(3)}`,
    () => `length(${a}) ${dice.pick(comparisons)} length(${textTerm(dice, names)})`,
    () => `lower(${a}) is ${a}`,
  ];
  return dice.pick(kinds)();
}

const plain = ['subject.x', 'subject.y', 'subject.z'];

export const strings: Material = {
  name: 'strings',
  members: [
    { path: 'subject.x', type: 'String', draw: chooseOne(words) },
    { path: 'subject.y', type: 'String', draw: chooseOne(words) },
    { path: 'subject.z?', type: 'String', draw: chooseOne(words, 200) },
    { path: 'subject.s', type: 'Set<String>', draw: chooseSome(chooseOne(words)) },
  ],
  atom: (dice) => {
    if (dice.chance(750)) return textAtom(dice, plain);
    const a = textTerm(dice, plain);
    return dice.pick([
      `${a} is "p-{${dice.pick(plain)}}"`,
      `${a} in subject.s`,
      `${a} not in subject.s`,
      `any e in subject.s satisfies ${textAtom(dice, ['e', ...plain])}`,
      `all e in subject.s satisfies ${textAtom(dice, ['e', ...plain])}`,
    ]);
  },
};

const odd = [
  'spiffe://a/x',
  'spiffe://a/X',
  'spiffe://b/x',
  'spiffe://a',
  'spiffe://a/x/y',
  '10.0.0.1',
  '10.0.0.0/8',
  '::ffff:10.0.0.1',
  '/x',
  '/x/y',
  '/x/../y',
  'x',
  '',
  'a',
];
const names = ['subject.x', 'subject.y', 'subject.z'];

/** Parts of strings, where the strings have the form of an ID, an address or a path. */
export const functions: Material = {
  name: 'functions of strings',
  members: [
    { path: 'subject.x', type: 'String', draw: chooseOne(odd) },
    { path: 'subject.y', type: 'String', draw: chooseOne(odd) },
    { path: 'subject.z?', type: 'String', draw: chooseOne(odd, 200) },
    { path: 'subject.id_of?', type: 'SpiffeId', draw: chooseOne(odd.slice(0, 6), 200) },
    { path: 'subject.s', type: 'Set<String>', draw: chooseSome(chooseOne(odd)) },
  ],
  atom: (dice) => {
    const a = dice.pick(names);
    const b = dice.pick(names);
    const id = dice.chance(500) ? 'subject.id_of' : `spiffe(${a})`;
    const text = () =>
      dice.pick([`${id}.trust_domain`, `${id}.path`, `lower(${a})`, a, b, `lower(${id}.path)`]);
    return dice.pick([
      `${text()} is ${text()}`,
      `${text()} is ${quoteWord(dice.pick(odd.slice(0, 13)))}`,
      `${id}.trust_domain is "a"`,
      `${id}.path under "/x"`,
      `${id} is spiffe(${b})`,
      `known(${id})`,
      `${id} matches spiffe"spiffe://a/**"`,
      `ip(${a}) is ip(${b})`,
      `ip(${a}) in 10.0.0.0/8`,
      `ip(${text()}) in cidr(${b})`,
      `cidr(${a}).prefix_length > 7`,
      `known(ip(${text()}))`,
      `known(cidr(${a}))`,
      `${a} under "/x"`,
      `${a} under ${b}`,
      `known(normal_path(${a}))`,
      `normal_path(${a}) is ${b}`,
      `${text()} starts_with "/x"`,
      `length(${text()}) ${dice.pick(comparisons)} ${dice.int(4)}`,
      `any e in subject.s satisfies ip(e) is ip(${a})`,
      `all e in subject.s satisfies spiffe(e).path is "/x"`,
      `${text()} in subject.s`,
    ]);
  },
};

const choosing = ['subject.x', 'subject.y'];

/** Values that a condition chooses, which can be unknown. */
export const ifs: Material = {
  name: 'if',
  members: [
    { path: 'subject.x?', type: 'String', draw: chooseOne(words, 200) },
    { path: 'subject.y', type: 'String', draw: chooseOne(words) },
    { path: 'subject.flag?', type: 'Bool', draw: chooseOne([true, false], 300) },
    { path: 'subject.n?', type: 'Int(0..5)', draw: chooseOne([0, 1, 2, 4, 9], 200) },
    { path: 'subject.m', type: 'Int(0..5)', draw: chooseOne([0, 1, 2, 3, 5]) },
    { path: 'subject.s', type: 'Set<String>', draw: chooseSome(chooseOne(words)) },
    {
      path: 'subject.t?',
      type: 'Set<String>',
      draw: (dice) => (dice.chance(200) ? undefined : chooseSome(chooseOne(words))(dice)),
    },
  ],
  atom: (dice) => {
    const condition = () =>
      dice.pick([
        'subject.flag',
        'subject.n > 1',
        'subject.x is subject.y',
        'subject.x in subject.s',
        'not subject.flag',
      ]);
    const text = () =>
      dice.chance(600)
        ? `(if ${condition()} then ${textTerm(dice, choosing)} else ${textTerm(dice, choosing)})`
        : textTerm(dice, choosing);
    const number = () =>
      dice.pick([
        `(if ${condition()} then subject.n else subject.m)`,
        `(if ${condition()} then 1 else subject.n)`,
        '(subject.n else subject.m)',
        'subject.m',
        'subject.n',
      ]);
    const set = () =>
      dice.pick([
        `(if ${condition()} then subject.s else subject.t)`,
        'subject.s',
        'subject.t',
        '(subject.t else subject.s)',
      ]);
    return dice.pick([
      () => `${text()} is ${text()}`,
      () => `${text()} is not ${word(dice)}`,
      () => `${text()} starts_with "a"`,
      () => `${text()} in ${set()}`,
      () => `${number()} ${dice.pick(comparisons)} ${number()}`,
      () => `${number()} + ${number()} ${dice.pick(comparisons)} ${dice.int(4)}`,
      () => `size(${set()}) ${dice.pick(comparisons)} ${dice.int(3)}`,
      () => `${set()} within ${set()}`,
      () => `${set()} intersects ${set()}`,
      condition,
      () => `(if ${condition()} then ${condition()} else ${condition()})`,
    ])();
  },
};
