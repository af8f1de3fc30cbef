// Addresses, tables, and instants with windows.

import type { Dice } from '../../../../assurance/testing/generate/random.ts';
import { chooseOne, chooseSome, comparisons, type Material } from '../material.ts';

const addresses = [
  '10.0.0.1',
  '10.0.7.1',
  '10.200.0.1',
  '11.0.0.1',
  '::ffff:10.0.0.1',
  '::1',
  '0::1',
  '2001:db8::1',
  '2001:db8:1::1',
  '0.0.0.0',
  '255.255.255.255',
  'x',
];
const networks = [
  '10.0.0.0/8',
  '10.0.0.0/9',
  '10.0.0.0/16',
  '10.0.0.0/24',
  '10.128.0.0/9',
  '0.0.0.0/0',
  '::/0',
  '2001:db8::/32',
  '2001:db8::/48',
  '::1/128',
];
const compare = (dice: Dice) => dice.pick(comparisons);

export const places: Material = {
  name: 'addresses',
  members: [
    { path: 'subject.x', type: 'Ip', draw: chooseOne(addresses) },
    { path: 'subject.y?', type: 'Ip', draw: chooseOne(addresses, 150) },
    { path: 'subject.text', type: 'String', draw: chooseOne(addresses) },
    { path: 'subject.net?', type: 'Cidr', draw: chooseOne([...networks, '10.0.0.1/8'], 150) },
    { path: 'subject.s', type: 'Set<Ip>', draw: chooseSome(chooseOne(addresses)) },
    { path: 'subject.nets', type: 'Set<Cidr>', draw: chooseSome(chooseOne(networks)) },
  ],
  atom: (dice) => {
    const network = () => dice.pick(networks);
    const own = () => dice.pick(['subject.x', 'subject.y', 'ip(subject.text)']);
    const some = () => dice.pick(['any', 'all']);
    return dice.pick([
      () => `${own()} in ${network()}`,
      () => `${own()} not in ${network()}`,
      () => `${own()} in { ${network()}, ${network()} }`,
      () => `${own()} in subject.net`,
      () => `${own()} in subject.nets`,
      () => `${own()} is ${own()}`,
      () => `${own()} is ${dice.pick(addresses.slice(0, 9).filter((each) => each !== '0::1'))}`,
      () => `${own()}.version is ${dice.pick([4, 6])}`,
      () => `subject.net within ${network()}`,
      () => `subject.net intersects ${network()}`,
      () => `subject.net.prefix_length ${compare(dice)} ${dice.pick([0, 8, 9, 16, 24, 32, 33])}`,
      () => `subject.net.version is ${dice.pick([4, 6])}`,
      () => `subject.net is ${network()}`,
      () => `${some()} e in subject.s satisfies e in ${network()}`,
      () => `${some()} e in subject.s satisfies e is ${own()}`,
      () => `${own()} in subject.s`,
      () => `size(subject.s) ${compare(dice)} ${dice.int(2)}`,
      () => `${some()} e in subject.nets satisfies e within ${network()}`,
      () => `subject.nets within { ${network()}, ${network()} }`,
      () => `known(${dice.pick([own(), 'subject.net', 'subject.s'])})`,
    ])();
  },
};

const keys = ['a', 'b', 'c', 'd'];
const key = (dice: Dice) => JSON.stringify(dice.pick(keys));

export const tables: Material = {
  name: 'tables',
  declarations: `table owners: String -> Set<String> { "a": { "a", "b" }, "b": {}, "c": { "c" } }
table ranks: String -> Int(0..3) { "a": 1, "b": 3, "d": 0 }
table moves: (String, String) -> Int(0..9) { ("a", "b"): 5, ("b", "b"): 9 }
table staff: String -> { unit: String, level: Int(0..3), boss?: String } {
  "a": { unit: "x", level: 1 }, "b": { unit: "y", level: 3, boss: "a" }
}
transitive table above: String -> Set<String> { "a": { "b" }, "b": { "c" } }
external table quotas: String -> Int(0..3)
external table teams: String -> Set<String>`,
  members: [
    { path: 'subject.x', type: 'String', draw: chooseOne(keys) },
    { path: 'subject.y', type: 'String', draw: chooseOne(keys) },
    { path: 'subject.z?', type: 'String', draw: chooseOne(keys, 200) },
    { path: 'subject.n', type: 'Int(0..5)', draw: chooseOne([0, 1, 2, 3, 5]) },
    { path: 'subject.s', type: 'Set<String>', draw: chooseSome(chooseOne(keys)) },
  ],
  tables: (dice) =>
    new Map(
      [
        [
          'quotas',
          Object.fromEntries(
            chooseSome((d) => [d.pick(keys), d.int(3)])(dice) as [string, number][],
          ),
        ],
        [
          'teams',
          Object.fromEntries(
            chooseSome((d) => [d.pick(keys), chooseSome(chooseOne(keys), 2)(d)])(dice) as [
              string,
              string[],
            ][],
          ),
        ],
      ].flatMap(([name, content]) =>
        dice.chance(150) ? [] : [[name as string, JSON.stringify(content)] as const],
      ),
    ),
  atom: (dice) => {
    const text = () => dice.pick(['subject.x', 'subject.y', 'subject.z']);
    const number = () =>
      dice.pick([
        `ranks[${text()}]`,
        `quotas[${text()}]`,
        `quotas[${key(dice)}]`,
        `moves[${text()}, ${text()}]`,
        `staff[${text()}].level`,
        'subject.n',
        String(dice.int(3)),
      ]);
    const set = () =>
      dice.pick([
        `owners[${text()}]`,
        `teams[${text()}]`,
        `above[${text()}]`,
        'subject.s',
        `teams[${key(dice)}]`,
      ]);
    return dice.pick([
      () => `${text()} in ${set()}`,
      () => `${key(dice)} in ${set()}`,
      () => `${number()} ${compare(dice)} ${number()}`,
      () =>
        `known(${dice.pick([`ranks[${text()}]`, `quotas[${text()}]`, `owners[${text()}]`, `staff[${text()}]`])})`,
      () => `${set()} within ${set()}`,
      () => `${set()} intersects ${set()}`,
      () => `size(${set()}) ${compare(dice)} ${dice.int(2)}`,
      () => `staff[${text()}].unit is "x"`,
      () => `staff[${text()}].boss is ${text()}`,
      () => `${text()} is ${dice.pick([text(), key(dice)])}`,
      () => `(quotas[${text()}] else 0) ${compare(dice)} ${dice.int(3)}`,
      () => `any e in ${set()} satisfies ranks[e] ${compare(dice)} ${dice.int(3)}`,
      () => `all e in ${set()} satisfies e in ${set()}`,
    ])();
  },
};

const instants = [
  '2026-03-02T08:59:59.999Z',
  '2026-03-02T09:00:00Z',
  '2026-03-02T16:59:59Z',
  '2026-03-02T17:00:00Z',
  '2026-03-03T10:00:00Z',
  '2026-03-07T10:00:00Z',
  '2026-03-08T22:30:00Z',
  '2026-03-29T01:30:00Z',
  '2026-12-25T10:00:00Z',
  '2100-06-01T10:00:00Z',
];
const instant = (dice: Dice) =>
  dice.chance(500)
    ? dice.pick(instants)
    : new Date(
        Date.UTC(2026, dice.int(11), 1 + dice.int(27), dice.int(23), dice.int(59)),
      ).toISOString();

export const windows: Material = {
  name: 'windows',
  declarations: `window office = Mon..Fri 09:00..17:00 in "UTC" except 2026-12-25
window mornings = 08:00..12:00 in "UTC"
window nights = Sun 22:00..06:00 in "Europe/Berlin"
window patches = 2nd Tue 22:00..23:00, last Sat 00:00..24:00 in "Europe/Berlin"`,
  members: [
    { path: 'context.time', type: 'Timestamp', draw: instant },
    {
      path: 'subject.issued?',
      type: 'Timestamp',
      draw: (dice) => (dice.chance(150) ? undefined : instant(dice)),
    },
    {
      path: 'subject.until?',
      type: 'Timestamp',
      draw: (dice) => (dice.chance(150) ? undefined : instant(dice)),
    },
    {
      path: 'context.risk?',
      type: '{ level?: Int(0..3), observed_at?: Timestamp } fresh 1h',
      draw: (dice) =>
        dice.chance(150)
          ? undefined
          : { level: dice.int(3), observed_at: dice.chance(200) ? undefined : instant(dice) },
    },
    { path: 'subject.lasts?', type: 'Duration', draw: chooseOne([0, 60, 3600, 86_400], 200) },
  ],
  atom: (dice) => {
    const time = () =>
      dice.pick([
        'context.time',
        'context.time',
        'subject.issued',
        'subject.until',
        '(context.time + 1h)',
        '(context.time - 24h)',
        '(subject.issued + 8h)',
      ]);
    const window = () => dice.pick(['office', 'mornings', 'nights', 'patches']);
    const zone = () => dice.pick(['"UTC"', '"Europe/Berlin"']);
    return dice.pick([
      () => `${time()} in ${window()}`,
      () => `${time()} not in ${window()}`,
      () => `${time()} ${compare(dice)} ${time()}`,
      () =>
        `${time()} ${compare(dice)} ${dice.pick(['2026-03-02T09:00:00Z', '2026-03-03T10:00:00Z', '2026-06-01T00:00:00Z'])}`,
      () =>
        `weekday(${time()}, ${zone()}) ${dice.pick(['is', 'is not'])} ${dice.pick(['Mon', 'Sat', 'Sun'])}`,
      () => `weekday(context.time, ${zone()}) in { Sat, Sun }`,
      () =>
        `time_of_day(context.time, ${zone()}) ${dice.pick(['<', '>='])} ${dice.pick(['09:00', '12:00', '17:00'])}`,
      () =>
        `age(subject.issued) ${dice.pick(['<', '<=', '>', '>='])} ${dice.pick(['1h', '24h', '7d'])}`,
      () =>
        `subject.until - subject.issued ${dice.pick(['<', '>='])} ${dice.pick(['1h', '24h', 'subject.lasts'])}`,
      () => `context.risk.level ${compare(dice)} ${dice.int(3)}`,
      () => `known(context.risk.level)`,
      () => `subject.lasts ${dice.pick(['<', '>='])} 1h`,
    ])();
  },
};
