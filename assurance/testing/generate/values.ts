// Generates values for the members that a policy declares, as JSON: near the constants that each is compared with,
// and sometimes unlisted, malformed or out of range. `Habits` control how often.

import { spellMemberPath } from '@nhipol/language/model';
import {
  firstInstant,
  lastInstant,
  type MapType,
  type Member,
  type Range,
  type RecordType,
  type ScalarType,
  type Type,
} from '@nhipol/language/types';
import { digestMember } from '@nhipol/runtime/call-digest';
import type { Boundaries } from './boundaries.ts';
import type { PolicyConstants } from './constants.ts';
import { pickNearBoundary, writeDecimal } from './numbers.ts';
import type { Dice } from './random.ts';

export interface Habits {
  /** How often a member is missing or of the wrong type, in 1,000. */
  readonly faults: number;
  /** Whether JSON is formatted, ordered and escaped in unusual ways, with undeclared members. */
  readonly untidy: boolean;
  /** The instant near which others are generated, in milliseconds. */
  readonly now: number;
  /** Whether the policy uses the digest of the call. */
  readonly asksDigest: boolean;
}

const oddStrings = [
  '',
  'x',
  'ä€😀',
  'prod',
  '"\\/\b\n',
  'spiffe://a.example/x',
  'spiffe://a.example',
  'spiffe://A.example/x',
  'spiffe://a.example/../x',
  '10.0.0.1',
  '::FFFF:10.0.0.1',
  '10.0.0.0/8',
];
const integers = [
  '0',
  '1',
  '-1',
  '9223372036854775807',
  '9223372036854775808',
  '-9223372036854775808',
];
const oddIntegers = [...integers, '1e3', '2.50e1', '1e400', '-0'];
const oddNumbers = [...oddIntegers, '0.5', '1e-400'];

/** Values that most members reject. */
export const wrongValues = [
  'true',
  'false',
  '0',
  '1.5',
  '"x"',
  '""',
  '[]',
  '{}',
  '[null]',
  '{"a":1}',
  '[1]',
];

/** Milliseconds by which instants differ. */
export const deltas = [
  0, 1, -1, 59_999, 60_000, 60_001, -60_000, 300_000, -300_000, -300_001, 3_600_000, -3_600_000,
  86_400_000, -86_400_000,
];

/** A placeholder for the digest of the call, until the rest is complete. */
export const digestPlaceholder = '{call digest}';
export const otherDigest = `sha-256:${'0'.repeat(64)}`;

export class ValueMaker {
  readonly #boundaries: Boundaries;
  readonly #dice: Dice;
  readonly #habits: Habits;

  constructor(boundaries: Boundaries, dice: Dice, habits: Habits) {
    this.#boundaries = boundaries;
    this.#dice = dice;
    this.#habits = habits;
  }

  /** Members in any order, some invalid, with an undeclared one among them. */
  object(members: readonly (readonly [string, string])[]): string {
    const { chance, pick } = this.#dice;
    const { faults, untidy } = this.#habits;
    const written = members
      .filter(() => !chance(faults))
      .map(([name, value]): [string, string] => [
        name,
        chance(faults) ? pick([...wrongValues, 'null']) : value,
      ]);
    if (!untidy) return `{${written.map(([name, value]) => `${JSON.stringify(name)}:${value}`)}}`;
    if (chance(60)) written.push(['stranger', pick(wrongValues)]);
    if (chance(faults / 3)) written.push(...written.slice(0, 1));
    if (chance(300)) written.reverse();
    const space = chance(100) ? ' ' : '';
    return `{${written.map(([name, value]) => `${space}${this.#name(name)}:${space}${value}`).join(`,${space}`)}${space}}`;
  }

  /** `path`: as the policy writes it. */
  record(type: RecordType, path: string): string {
    const { chance } = this.#dice;
    const there = [...type.members.values()].filter((member) => isRequired(member) || !chance(180));
    const isNull = (member: Member) => this.#habits.untidy && chance(20) && !isRequired(member);
    return this.object(
      there.map((member) => [
        member.name,
        isNull(member) ? 'null' : this.member(member, spellMemberPath(path, member.name)),
      ]),
    );
  }

  member({ name, type }: Member, path: string): string {
    const isDigest = (name === 'digest' || name === digestMember) && type.kind === 'String';
    if (isDigest && this.#habits.asksDigest && this.#dice.chance(900)) {
      return JSON.stringify(this.#digest());
    }
    if (path === 'context.time' && type.kind === 'Timestamp' && this.#dice.chance(800)) {
      return writeInstant(type, this.#habits.now);
    }
    return this.value(type, path);
  }

  /** A string that the policy mentions, or an unusual one. */
  string(path: string): string {
    const strings = this.#near('strings', path);
    return this.#dice.chance(700) && strings.length > 0
      ? this.#dice.pick(strings)
      : this.#dice.pick(oddStrings);
  }

  value(type: Type, path: string): string {
    const { chance, pick } = this.#dice;
    switch (type.kind) {
      case 'Bool':
        return pick(['true', 'false']);
      case 'Int':
        if (type.range !== undefined && chance(500))
          return String(pickNearBoundary(type.range, pick));
        return chance(150)
          ? pick(this.#habits.untidy ? oddIntegers : integers)
          : String(this.#beside(this.#near('ints', path), 10));
      case 'Decimal':
        return this.#decimal(type.range, path);
      case 'Duration':
        return formatSeconds(this.#beside(this.#near('durations', path), 1000));
      case 'String':
        return JSON.stringify(this.string(path));
      case 'SpiffeId':
        return JSON.stringify(
          pick([
            ...this.#near('spiffeIds', path),
            ...oddStrings,
            'spiffe://prod.example/ns/a',
            'spiffe://staging.example/b',
          ]),
        );
      case 'Ip':
        return JSON.stringify(pick(this.#near('ips', path)));
      case 'Cidr':
        return JSON.stringify(pick(this.#near('cidrs', path)));
      case 'Enum':
        return JSON.stringify(chance(60) ? 'UNLISTED' : pick(type.members));
      case 'Timestamp':
        return type.inSeconds
          ? writeInstant(type, this.#instant(path))
          : JSON.stringify(this.#instantText(path));
      case 'Record':
        return this.record(type, path);
      case 'Map':
        return this.#map(type, path);
      case 'Set':
      case 'List':
        return `[${this.#elements(type.element, type.kind === 'Set' ? path : `${path}[]`).join(',')}]`;
    }
  }

  /** Entries with keys that the policy mentions, or others. */
  #map({ value }: MapType, path: string): string {
    const { chance, pick } = this.#dice;
    const keys = Array.from({ length: pick([0, 1, 2, 2, 3, 4]) }, () =>
      this.string(`${path}[].key`),
    );
    return this.object(
      [...new Set(keys)].map((key) => {
        const at = spellMemberPath(path, key);
        return [key, this.value(value, chance(500) ? at : `${path}[].value`)];
      }),
    );
  }

  /** Some elements of a set that the policy mentions, or a random number of them. */
  #elements(element: Type, path: string): readonly string[] {
    const { chance, pick } = this.#dice;
    const wholes = this.#near('sets', path).filter(({ kind }) => kind === element.kind);
    if (wholes.length > 0 && chance(500)) {
      const whole = [...pick(wholes).elements];
      if (chance(250)) whole.splice(this.#dice.int(whole.length), 1);
      if (chance(200)) whole.push(this.value(element, path));
      return whole;
    }
    const elements = Array.from({ length: pick([0, 1, 2, 2, 3, 4]) }, () =>
      this.value(element, path),
    );
    if (chance(this.#habits.faults)) elements.push(pick([...wrongValues, 'null']));
    return elements;
  }

  /** Near a boundary or a constant, off by a millionth, or by a difference that is rounded away. */
  #decimal(range: Range | undefined, path: string): string {
    const { chance, pick } = this.#dice;
    if (chance(120)) return pick(this.#habits.untidy ? oddNumbers : ['0', '1', '-1', '0.5']);
    const millionths =
      range !== undefined && chance(500)
        ? pickNearBoundary(range, pick)
        : this.#beside(this.#near('decimals', path), 3);
    return writeDecimal(millionths, pick);
  }

  /** One of the values, or a neighbor of it. */
  #beside(values: readonly bigint[], spread: number): bigint {
    const { chance, int, pick } = this.#dice;
    const center = values.length === 0 ? 0n : pick(values);
    if (chance(400)) return center;
    return center + BigInt(chance(500) ? pick([-1, 1]) : int(2 * spread) - spread);
  }

  /** Usually a constant that the path is compared with, otherwise any constant of its type. */
  #near<K extends keyof Omit<PolicyConstants, 'turns'>>(kind: K, path: string): PolicyConstants[K] {
    const own = this.#boundaries.at.get(path)?.[kind];
    return own !== undefined && own.length > 0 && this.#dice.chance(750)
      ? own
      : this.#boundaries.all[kind];
  }

  /** Near now, or near now minus or plus a duration that the policy compares ages with. */
  #instant(path: string): number {
    const { chance, pick } = this.#dice;
    const { turns } = this.#boundaries.all;
    if (turns.size > 0 && chance(100)) return pickWindowTurn(this.#boundaries.all, this.#dice);
    const fixed = this.#near('instants', path).map(Number);
    if (fixed.length > 0 && chance(200)) return pick(fixed) + pick([-1, 0, 1]);
    const spans = [0n, ...this.#near('durations', path)].map(Number);
    return (
      this.#habits.now +
      pick(spans) * pick([-1, -1, 1]) +
      pick(chance(500) ? [0, 0, 1, -1] : deltas)
    );
  }

  #instantText(path: string): string {
    const text = new Date(clampInstant(this.#instant(path))).toISOString();
    const form = this.#dice.int(9);
    if (form === 0) return text.replace('.000Z', 'Z');
    if (form === 1) return text.replace('Z', '999+00:00');
    if (form === 2) return `${text.slice(0, 16)}Z`;
    if (form === 3 && this.#habits.faults > 0) return 'yesterday';
    return text;
  }

  /** The digest of the call, or a similar one. */
  #digest(): string {
    return this.#dice.chance(600)
      ? digestPlaceholder
      : this.#dice.pick([
          otherDigest,
          `${digestPlaceholder}0`,
          ` ${digestPlaceholder}`,
          'sha-256:',
        ]);
  }

  #name(name: string): string {
    const text = JSON.stringify(name);
    return this.#dice.chance(10)
      ? `"\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${text.slice(2)}`
      : text;
  }
}

/** Near the boundary of a window, for an instant that differs from now by a duration of the policy. */
export function pickWindowTurn({ durations, turns }: PolicyConstants, dice: Dice): number {
  const ahead = dice.chance(300) ? Number(dice.pick([0n, ...durations])) : 0;
  const turn = dice.pick(dice.pick([...turns.values()]));
  return clampInstant(turn + dice.pick([-1, 0, 0, 1]) + ahead * dice.pick([1, -1]));
}

/** The nearest instant that can be written. */
function clampInstant(instant: number): number {
  return Math.min(Math.max(instant, Number(firstInstant)), Number(lastInstant));
}

function writeInstant({ inSeconds }: ScalarType, instant: number): string {
  return inSeconds
    ? formatSeconds(BigInt(instant))
    : JSON.stringify(new Date(instant).toISOString());
}

function isRequired(member: Member): boolean {
  return !member.optional && member.default === undefined;
}

export function formatSeconds(milliseconds: bigint): string {
  const sign = milliseconds < 0n ? '-' : '';
  const absolute = milliseconds < 0n ? -milliseconds : milliseconds;
  return `${sign}${absolute / 1000n}.${String(absolute % 1000n).padStart(3, '0')}`;
}
