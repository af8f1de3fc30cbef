// Sets, lists and maps: how many elements they have, what is true of all of them, and what they add up to.

import type { Dice } from '../../../../assurance/testing/generate/random.ts';
import { chooseOne, chooseSome, comparisons, type Material } from '../material.ts';
import { textAtom } from './strings.ts';

const letters = ['a', 'b', 'c', 'A', 'ab'];
const constants = ['a', 'b', 'c'];
const letter = (dice: Dice) => JSON.stringify(dice.pick(constants));
const compare = (dice: Dice) => dice.pick(comparisons);

export const counting: Material = {
  name: 'counting',
  declarations: 'enum Color { red, green, blue }',
  members: [
    { path: 'subject.s', type: 'Set<String>', draw: chooseSome(chooseOne(letters), 4) },
    { path: 'subject.t', type: 'Set<String>', draw: chooseSome(chooseOne(letters), 4) },
    { path: 'subject.l', type: 'List<String>', draw: chooseSome(chooseOne(letters), 4) },
    {
      path: 'subject.colors',
      type: 'Set<Color>',
      draw: chooseSome(chooseOne(['red', 'green', 'blue', 'x'])),
    },
    { path: 'subject.n', type: 'Set<Int(0..3)>', draw: chooseSome(chooseOne([0, 1, 2, 3, 9])) },
    { path: 'subject.x?', type: 'String', draw: chooseOne(letters, 200) },
    { path: 'subject.k', type: 'Int(0..5)', draw: chooseOne([0, 1, 2, 3, 4]) },
  ],
  atom: (dice) => {
    const plain = () => dice.pick(['subject.s', 'subject.t']);
    const set = (): string =>
      dice.chance(600)
        ? plain()
        : dice.pick([
            `(${plain()} union ${plain()})`,
            `(${plain()} intersect ${plain()})`,
            `(${plain()} minus ${plain()})`,
            `(${plain()} minus { ${letter(dice)} })`,
            `{ ${letter(dice)}, ${letter(dice)} }`,
            '{ subject.x, "a" }',
          ]);
    const any = () => dice.pick([set(), set(), 'subject.l', 'subject.colors', 'subject.n']);
    const texts = () => dice.pick([set(), set(), 'subject.l']);
    return dice.pick([
      () => `size(${any()}) ${compare(dice)} ${dice.int(3)}`,
      () => `size(${plain()}) ${compare(dice)} size(${dice.pick([plain(), 'subject.l'])})`,
      () => `size(${any()}) ${compare(dice)} subject.k`,
      () => `${set()} within ${set()}`,
      () => `subject.l within ${set()}`,
      () => `${set()} intersects ${set()}`,
      () => `${dice.pick(['subject.x', letter(dice)])} in ${texts()}`,
      () => `${dice.pick(['subject.x', letter(dice)])} not in ${texts()}`,
      () => `any e in ${texts()} satisfies ${textAtom(dice, ['e', 'subject.x'])}`,
      () => `all e in ${texts()} satisfies ${textAtom(dice, ['e', 'subject.x'])}`,
      () => `all e in ${texts()} satisfies e is ${letter(dice)}`,
      () => `all e in ${texts()} satisfies e in ${texts()}`,
      () => `subject.colors within { red, ${dice.pick(['green', 'blue'])} }`,
      () => `subject.colors intersects { blue, red }`,
      () => `${dice.pick(['red', 'green'])} in subject.colors`,
      () => `${dice.int(3)} in subject.n`,
      () => `all e in subject.n satisfies e ${compare(dice)} ${dice.int(3)}`,
      () => `any e in subject.n satisfies e ${compare(dice)} subject.k`,
      () =>
        `sum(1 for e in ${texts()} where ${textAtom(dice, ['e'])}) ${compare(dice)} ${dice.int(3)}`,
      () => `known(subject.${dice.pick(['colors', 'n', 'x'])})`,
    ])();
  },
};

const group = (dice: Dice) => ({
  name: dice.pick(letters),
  level: dice.chance(200) ? undefined : dice.int(3),
  tags: chooseSome(chooseOne(letters))(dice),
});

export const nested: Material = {
  name: 'nested quantifiers',
  declarations: 'record Group { name: String, level?: Int(0..3), tags: Set<String> }',
  members: [
    { path: 'subject.groups', type: 'List<Group>', draw: chooseSome(group, 3) },
    { path: 'subject.s', type: 'Set<String>', draw: chooseSome(chooseOne(letters)) },
    { path: 'subject.x', type: 'String', draw: chooseOne(letters) },
    { path: 'subject.k', type: 'Int(0..3)', draw: chooseOne([0, 1, 2, 3]) },
  ],
  atom: (dice) => {
    const some = () => dice.pick(['any', 'all']);
    const inner = (): string =>
      dice.pick([
        () => `g.name is ${dice.pick(['subject.x', letter(dice)])}`,
        () => `g.name in g.tags`,
        () => `g.name in subject.s`,
        () => `g.level ${compare(dice)} ${dice.pick(['subject.k', '1', '2'])}`,
        () => `known(g.level)`,
        () => `g.tags ${dice.pick(['within', 'intersects'])} subject.s`,
        () =>
          `(${some()} t in g.tags satisfies t is ${dice.pick(['g.name', 'subject.x', letter(dice)])})`,
        () => `(${some()} t in subject.s satisfies t in g.tags)`,
        () =>
          `(${some()} h in subject.groups satisfies h.name is${dice.pick([' not', ''])} g.name)`,
      ])();
    return dice.pick([
      () => `${some()} g in subject.groups satisfies ${inner()}`,
      () => `${some()} g in subject.groups satisfies not (${inner()})`,
      () => `size(subject.groups) ${compare(dice)} ${dice.int(2)}`,
      () => `subject.x in subject.s`,
      () => `subject.k ${compare(dice)} ${dice.int(3)}`,
    ])();
  },
};

const drawMap = (dice: Dice, value: () => unknown) =>
  Object.fromEntries(Array.from({ length: dice.int(3) }, () => [dice.pick(letters), value()]));

export const maps: Material = {
  name: 'maps',
  members: [
    {
      path: 'subject.labels',
      type: 'Map<String, String>',
      draw: (dice) => drawMap(dice, () => dice.pick(letters)),
    },
    {
      path: 'subject.limits',
      type: 'Map<String, Int(0..3)>',
      draw: (dice) => drawMap(dice, () => dice.pick([0, 1, 2, 3, 9])),
    },
    {
      path: 'subject.roles?',
      type: 'Map<String, { level: Int(0..3), tags: Set<String> }>',
      draw: (dice) =>
        dice.chance(200)
          ? undefined
          : drawMap(dice, () => ({
              level: dice.int(3),
              tags: chooseSome(chooseOne(letters))(dice),
            })),
    },
    { path: 'subject.x', type: 'String', draw: chooseOne(letters) },
    { path: 'subject.y?', type: 'String', draw: chooseOne(letters, 200) },
    { path: 'subject.s', type: 'Set<String>', draw: chooseSome(chooseOne(letters)) },
  ],
  atom: (dice) => {
    const key = () =>
      dice.pick(['subject.x', 'subject.y', letter(dice), letter(dice), 'lower(subject.x)']);
    const some = () => dice.pick(['any', 'all']);
    const label = () => `subject.labels[${key()}]`;
    return dice.pick([
      () => `${label()} is ${dice.pick([label(), letter(dice), key()])}`,
      () => `${label()} is ${dice.pick(['present', 'missing'])}`,
      () => `known(${label()})`,
      () => `${label()} in subject.s`,
      () => `(${label()} else ${letter(dice)}) is ${letter(dice)}`,
      () =>
        `size(subject.${dice.pick(['labels', 'limits', 'roles'])}) ${compare(dice)} ${dice.int(3)}`,
      () =>
        `${some()} e in subject.labels satisfies ${textAtom(dice, ['e.key', 'e.value', 'subject.x'])}`,
      () =>
        `${some()} e in subject.labels satisfies e.key is ${key()} ${dice.pick(['and', 'or', 'implies'])} e.value is ${key()}`,
      () => `${some()} e in subject.labels satisfies e.key in subject.s`,
      () => `subject.limits[${key()}] ${compare(dice)} ${dice.int(3)}`,
      () => `subject.limits[${key()}] ${compare(dice)} subject.limits[${key()}]`,
      () => `known(subject.limits[${key()}])`,
      () => `${some()} e in subject.limits satisfies e.value ${compare(dice)} ${dice.int(3)}`,
      () =>
        `${some()} e in subject.limits satisfies e.key is ${key()} and e.value ${compare(dice)} ${dice.int(3)}`,
      () => `sum(e.value for e in subject.limits) ${compare(dice)} ${dice.int(3)}`,
      () => `subject.roles[${key()}].level ${compare(dice)} ${dice.int(3)}`,
      () => `${key()} in subject.roles[${key()}].tags`,
      () => `${some()} e in subject.roles satisfies e.key in e.value.tags`,
      () => `subject.x is ${dice.pick(['subject.y', letter(dice)])}`,
    ])();
  },
};

const item = (dice: Dice) => ({
  kind: dice.chance(150) ? undefined : dice.pick(letters),
  count: dice.pick([0, 1, 2, 3, 9]),
  price: dice.pick([0, 0.5, 1, 2.25]),
});

export const sums: Material = {
  name: 'sums',
  declarations: 'record Item { kind?: String, count: Int(0..3), price: Decimal(0..10) }',
  members: [
    { path: 'subject.items', type: 'List<Item>', draw: chooseSome(item, 3) },
    { path: 'subject.n', type: 'Set<Int(0..3)>', draw: chooseSome(chooseOne([0, 1, 2, 3])) },
    { path: 'subject.l', type: 'List<Int(0..3)>', draw: chooseSome(chooseOne([0, 1, 2, 3, 9])) },
    { path: 'subject.k', type: 'Int(0..5)', draw: chooseOne([0, 1, 2, 3, 4, 5]) },
    { path: 'subject.m?', type: 'Int', draw: chooseOne([-1, 0, 1, 2, 7], 200) },
    { path: 'subject.d', type: 'Decimal', draw: chooseOne([0, 0.5, 1, 1.5, 2, -1]) },
  ],
  atom: (dice) => {
    const whole = () =>
      dice.pick([
        'sum(i.count for i in subject.items)',
        `sum(i.count for i in subject.items where i.kind is ${letter(dice)})`,
        `sum(1 for i in subject.items where i.count ${compare(dice)} ${dice.int(2)})`,
        'max(i.count for i in subject.items)',
        'min(i.count for i in subject.items)',
        'sum(e for e in subject.n)',
        'max(e for e in subject.n)',
        'min(e for e in subject.l)',
        'sum(e for e in subject.l)',
        'size(subject.items)',
        'size(subject.n)',
        'size(subject.l)',
        'subject.k',
        'subject.k * 2',
        'subject.m',
        'subject.k - subject.m',
        'subject.k / 2',
      ]);
    const part = () =>
      dice.pick([
        'sum(i.price for i in subject.items)',
        'sum(i.price * i.count for i in subject.items)',
        'max(i.price for i in subject.items)',
        'subject.d',
        'subject.d * 2',
        'subject.d * subject.d',
        'subject.d / 3',
        'decimal(subject.k)',
      ]);
    return dice.pick([
      () => `${whole()} ${compare(dice)} ${dice.int(4)}`,
      () => `${whole()} ${compare(dice)} ${whole()}`,
      () => `${whole()} + ${whole()} ${compare(dice)} ${whole()}`,
      () => `${part()} ${compare(dice)} ${dice.pick(['0', '0.5', '1', '2.25'])}`,
      () => `${part()} ${compare(dice)} ${part()}`,
      () =>
        `${dice.pick(['any', 'all'])} i in subject.items satisfies i.count ${compare(dice)} ${dice.pick(['subject.k', '1', '2'])}`,
      () => `${dice.int(3)} in subject.${dice.pick(['n', 'l'])}`,
      () => `known(${whole()})`,
    ])();
  },
};
