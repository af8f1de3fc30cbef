// Claims about what happened in a session.

import { chooseOne, comparisons, type Material } from '../material.ts';

const letters = ['a', 'b', 'ab'];

export const history: Material = {
  name: 'sessions',
  hasHistory: true,
  declarations: `signals { "failure": { kind?: String, size?: Int(0..9) }, "read": {} }`,
  members: [
    { path: 'context.time', type: 'Timestamp', draw: chooseOne(['2026-03-03T10:00:00Z']) },
    { path: 'subject.x', type: 'String', draw: chooseOne(letters) },
    { path: 'subject.n', type: 'Int(0..5)', draw: chooseOne([0, 1, 2, 3]) },
  ],
  atom: (dice) => {
    const pattern = () =>
      dice.pick([
        'signal "failure"',
        'signal "failure"',
        'signal "read"',
        `signal "failure" where event.kind is ${dice.pick(['"a"', '"b"'])}`,
        'signal "failure" where event.size > 3',
        'allowed',
        'allowed doing "read"',
      ]);
    const within = () => dice.pick(['', ', within 10m', ', within 1h', ', within 10m']);
    return dice.pick([
      () =>
        `count(${pattern()}, within ${dice.pick(['10m', '1h'])}) ${dice.pick(['>=', '>', '<', '<='])} ${1 + dice.int(3)}`,
      () => `once(${pattern()}${within()})`,
      () => `not once(${pattern()}${within()})`,
      () =>
        `sum(event.size of signal "failure", within ${dice.pick(['10m', '1h'])}) ${dice.pick(['>', '<='])} ${dice.int(9)}`,
      () => `last(signal "failure").kind is ${dice.pick(['"a"', 'subject.x'])}`,
      () =>
        `last(signal "failure").size ${dice.pick(comparisons)} ${dice.pick(['subject.n', '3'])}`,
      () => `known(last(signal "failure").kind)`,
      () => `subject.n ${dice.pick(comparisons)} ${dice.int(3)}`,
      () => `subject.x is "a"`,
    ])();
  },
};
