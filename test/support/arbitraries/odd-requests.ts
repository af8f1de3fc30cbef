// Requests whose action, resource and subject contain what canonical JSON depends on: numbers in every notation,
// characters as themselves and as escapes, names in any order, repeated and nested.

import { createRandomNumbers } from '@nhipol/testing';
import { Dice } from '../../../assurance/testing/generate/random.ts';

const characters = [
  'a',
  'b',
  'Z',
  '0',
  '"',
  '\\',
  '/',
  '\b',
  '\t',
  '\n',
  '\f',
  '\r',
  '\0',
  '\u001f',
  '\u007f',
  '\u0080',
  'ö',
  '\u07ff',
  '\u0800',
  '€',
  '\ud7ff',
  '\ue000',
  '\ufb33',
  '\uffff',
  '😀',
  '\u{10000}',
  '\u{10ffff}',
];
const numbers = [
  '0',
  '-0',
  '-0.0e9',
  '1e20',
  '1e21',
  '123e18',
  '1e-6',
  '1e-7',
  '0.0000012',
  '1E+5',
  '5e-0',
  '9007199254740991',
  '-9007199254740992',
  '9007199254740992.0',
  '90071992547409920e-1',
];
const oddNumbers = [
  '9007199254740993',
  '9007199254740994',
  '1E400',
  '1e-400',
  '5e-324',
  '1e308',
  '9e-308',
  '1e-307',
  '9.99999999999999e307',
  '1.7976931348623157e308',
  '0.30000000000000004',
  '1e99999999999999999999',
  '0e99999999999999999999',
  '1e-99999999999999999999',
];
/** Names that have a meaning in a part of a request. */
const ownNames = ['id', 'type', 'properties', 'on_behalf_of', 'subject', 'action', 'resource'];

export class OddRequests {
  readonly #dice: Dice;

  constructor(seed: number) {
    this.#dice = new Dice(createRandomNumbers(seed));
  }

  request(): string {
    const parts: [string, string][] = [
      ['subject', this.subject()],
      ['action', this.object([['name', this.string()], ...this.#properties()])],
      [
        'resource',
        this.object([['type', this.string()], ['id', this.string()], ...this.#properties()]),
      ],
    ];
    if (this.#dice.chance(500)) parts.push(['context', this.object([])]);
    return this.object(parts, 1);
  }

  subject(): string {
    const principal = this.#dice.pick([
      'null',
      this.string(),
      this.value(1),
      this.object([['id', this.string()]]),
      this.object([
        ['id', this.#dice.pick(['null', '5', this.string(), this.string()])],
        ['type', this.string()],
      ]),
    ]);
    const own: [string, string][] = this.#dice.chance(700) ? [['on_behalf_of', principal]] : [];
    const properties = this.#dice.pick(['null', this.object(own), this.object(own)]);
    return this.object([
      ['type', this.#dice.pick(['"user"', '"us\\u0065r"', '"agent"'])],
      ['id', this.string()],
      ...(this.#dice.chance(800) ? ([['properties', properties]] as [string, string][]) : []),
    ]);
  }

  #properties(): readonly [string, string][] {
    return this.#dice.chance(800) ? [['properties', this.object([])]] : [];
  }

  /** An object with these members and others, in any order. */
  object(own: readonly (readonly [string, string])[], most = 3, depth = 1): string {
    const members = own.map(([name, value]): [string, string] => [this.#name(name), value]);
    for (let left = this.#dice.int(most); left > 0; left -= 1) {
      const name = this.#dice.chance(30)
        ? this.#name(this.#dice.pick(ownNames))
        : this.string(`${left}`);
      members.splice(this.#dice.int(members.length), 0, [name, this.value(depth + 1)]);
    }
    if (members.length > 1 && this.#dice.chance(400)) members.reverse();
    const gap = () => this.#gap();
    const all = members.map(([name, value]) => `${gap()}${name}${gap()}:${gap()}${value}${gap()}`);
    return `{${all.length === 0 ? gap() : all.join(',')}}`;
  }

  value(depth: number): string {
    const kind = this.#dice.int(depth > 4 ? 3 : 6);
    if (kind === 0) return this.#dice.pick(['true', 'false', 'null']);
    if (kind < 3) return this.number();
    if (kind < 4) return this.string();
    if (kind < 6) return this.object([], 4, depth);
    const elements = Array.from({ length: this.#dice.int(4) }, () => this.value(depth + 1));
    return `[${this.#gap()}${elements.join(`${this.#gap()},${this.#gap()}`)}${this.#gap()}]`;
  }

  /** `end` makes it different from others. */
  string(end = ''): string {
    const length = this.#dice.chance(10) ? 300 : this.#dice.int(9);
    const written = Array.from({ length }, () => this.#character()).join('');
    return `"${written}${this.#dice.chance(970) ? end : ''}"`;
  }

  number(): string {
    if (this.#dice.chance(10)) return this.#dice.pick(oddNumbers);
    if (this.#dice.chance(300)) return this.#dice.pick(numbers);
    const digits = (most: number) =>
      Array.from({ length: 1 + this.#dice.int(most) }, () => this.#dice.int(9)).join('');
    const most = this.#dice.chance(950) ? 6 : 10;
    const whole = digits(most).replace(/^0+(?=.)/, '');
    const zeros = '0'.repeat(this.#dice.chance(200) ? this.#dice.int(20) : 0);
    const fraction = this.#dice.chance(500) ? `.${zeros}${digits(most)}${zeros}` : '';
    const exponent = this.#dice.chance(300)
      ? `${this.#dice.pick(['e', 'E', 'e+', 'e-', 'E-0'])}${this.#dice.int(24)}`
      : '';
    return `${this.#dice.pick(['', '-'])}${whole}${fraction}${exponent}`;
  }

  #character(): string {
    const plain = this.#dice.chance(500) ? 'x' : this.#dice.pick(characters);
    const kind = this.#dice.int(3);
    if (kind === 0) {
      return plain
        .split('')
        .map((unit) => `\\u${toHex(unit, this.#dice.chance(500))}`)
        .join('');
    }
    return plain === '/' && kind === 1 ? '\\/' : JSON.stringify(plain).slice(1, -1);
  }

  /** A name, sometimes with an escape. */
  #name(name: string): string {
    return this.#dice.chance(900)
      ? `"${name}"`
      : `"\\u${toHex(name.slice(0, 1), false)}${name.slice(1)}"`;
  }

  #gap(): string {
    return this.#dice.chance(900) ? '' : this.#dice.pick([' ', '\n\t ', '\r', '            ']);
  }
}

function toHex(unit: string, isUpper: boolean): string {
  const hex = unit.charCodeAt(0).toString(16).padStart(4, '0');
  return isUpper ? hex.toUpperCase() : hex;
}
