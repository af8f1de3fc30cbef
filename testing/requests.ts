// Requests made for a policy: well-formed ones near the constants that it compares with, and ones
// with absent, null, stale, future, unlisted, malformed, out-of-range and wrongly typed members, or
// with text that is not JSON at all.

import { callDigest, digestMember } from '@nhipol/runtime/call-digest';
import fc from 'fast-check';
import {
  externalTables,
  type Member,
  type Policy,
  type Range,
  type RecordType,
  type Type,
} from '../language/index.ts';
import { type Harvest, harvest } from './harvest.ts';
import { nearBorder, type Pick, writeDecimal } from './numbers.ts';
import { random } from './random.ts';
import { stepsOf } from './run-tests.ts';
import { noTables, type TableTexts, writeContents } from './tables.ts';

export interface GeneratedRequest {
  /** UTF-8 JSON, mostly. */
  readonly text: string;
  /** Milliseconds; undefined: the request's own time. */
  readonly now: bigint | undefined;
  /** What the policy's external tables hold. */
  readonly tables: TableTexts;
}

export function requestsFor(policy: Policy): fc.Arbitrary<GeneratedRequest> {
  const constants = harvest(policy);
  const known = policy.tests.flatMap(stepsOf).map((step) => step.request);
  const maker = (seed: number) => new RequestMaker(policy, constants, known, random(seed));
  const contents: TableTexts[] = [noTables];
  if (externalTables(policy).length > 0) {
    for (let seed = 1; seed < contentCount; seed += 1) contents.push(maker(seed).tables());
  }
  return fc.noShrink(fc.integer()).map((seed) => ({
    ...maker(seed).make(),
    tables: contents[Math.abs(seed) % contents.length] ?? noTables,
  }));
}

/** How many different contents the tables get. */
const contentCount = 8;

const base = Date.UTC(2026, 2, 3, 10, 0, 0);
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
const oddNumbers = [
  '0',
  '1',
  '-1',
  '1e3',
  '2.50e1',
  '0.5',
  '9223372036854775807',
  '9223372036854775808',
  '-9223372036854775808',
  '1e400',
  '1e-400',
  '-0',
];
const wrong = ['true', 'false', '0', '1.5', '"x"', '""', '[]', '{}', '[null]', '{"a":1}', '[1]'];
const deltas = [
  0, 1, -1, 59_999, 60_000, 60_001, -60_000, 300_000, -300_000, -300_001, 3_600_000, -3_600_000,
  86_400_000, -86_400_000,
];

/** Stands for the digest of the call until all of that is written. */
const ownDigest = '{call digest}';
const otherDigest = `sha-256:${'0'.repeat(64)}`;

class RequestMaker {
  readonly #policy: Policy;
  readonly #constants: Harvest;
  readonly #random: () => number;
  readonly #known: readonly string[];
  readonly #now: number;
  readonly #asksDigest: boolean;
  /** How often a member is at fault, in 1,000. */
  readonly #faults: number;

  constructor(policy: Policy, constants: Harvest, known: readonly string[], random: () => number) {
    this.#policy = policy;
    this.#constants = constants;
    this.#random = random;
    this.#known = known;
    this.#asksDigest = policy.context?.members.has(digestMember) === true;
    this.#now =
      constants.turns.length > 0 && this.#chance(500)
        ? this.#turn()
        : base + this.#pick([0, 1, -1, 86_400_000 * 3, 12_345_678]);
    this.#faults = this.#pick([0, 0, 0, 0, 15, 60]);
  }

  tables(): TableTexts {
    const external = externalTables(this.#policy).filter(() => !this.#chance(100));
    return new Map(
      external.map((table) => [
        table.name,
        writeContents(table, (type) => this.#value(type), this.#int(6)),
      ]),
    );
  }

  make(): Omit<GeneratedRequest, 'tables'> {
    const request =
      this.#known.length > 0 && this.#chance(400) ? this.#variation() : this.#request();
    const approved = request.replaceAll(ownDigest, callDigest(request) ?? otherDigest);
    const mangled = this.#chance(30) ? this.#mangle(approved) : approved;
    const now = this.#chance(150) ? BigInt(this.#now + this.#pick(deltas)) : undefined;
    return { text: mangled, now };
  }

  #int(max: number): number {
    return Math.floor(this.#random() * (max + 1));
  }

  /** `times` in 1,000. */
  #chance(times: number): boolean {
    return this.#int(999) < times;
  }

  readonly #pick: Pick = (values) => values[this.#int(values.length - 1)] as never;

  #request(): string {
    const { subjects, actions, resources } = this.#policy;
    const { rules, scores, invariants } = this.#policy;
    const scopes = [...rules, ...scores, ...invariants].map((entry) => entry.scope);
    const named = (
      declared: Iterable<string>,
      listed: readonly (readonly string[] | undefined)[],
    ) =>
      this.#pick([
        ...declared,
        ...listed.flatMap((names) => names ?? []),
        'other',
        ...this.#constants.strings,
      ]);
    const subject = this.#chance(30)
      ? 'other'
      : named(
          subjects.keys(),
          scopes.map((scope) => scope.subjects),
        );
    const action = named(
      actions.keys(),
      scopes.map((scope) => scope.actions),
    );
    const resource = named(
      resources.keys(),
      scopes.map((scope) => scope.resources),
    );
    return this.#object([
      [
        'subject',
        this.#entity(
          [
            ['type', subject],
            ['id', this.#string()],
          ],
          subjects.get(subject) ?? this.#policy.anySubject,
        ),
      ],
      ['action', this.#entity([['name', action]], actions.get(action) ?? this.#policy.anyAction)],
      [
        'resource',
        this.#entity(
          [
            ['type', resource],
            ['id', this.#string()],
          ],
          resources.get(resource) ?? this.#policy.anyResource,
        ),
      ],
      ['context', this.#policy.context === undefined ? '{}' : this.#record(this.#policy.context)],
    ]);
  }

  #entity(own: readonly (readonly [string, string])[], shape: RecordType | undefined): string {
    return this.#object([
      ...own.map(([name, value]): [string, string] => [name, JSON.stringify(value)]),
      ['properties', shape === undefined ? '{}' : this.#record(shape)],
    ]);
  }

  /** A request of the policy's own tests, with up to three members changed or taken away. */
  #variation(): string {
    const request: unknown = JSON.parse(this.#pick(this.#known));
    for (let left = this.#int(3); left > 0; left -= 1) this.#vary(request);
    return JSON.stringify(request);
  }

  #vary(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    const object = value as Record<string, unknown>;
    const name = this.#pick(Object.keys(object).concat('stranger'));
    const inner = object[name];
    if (typeof inner === 'object' && inner !== null && !this.#chance(150)) this.#vary(inner);
    else if (this.#chance(300)) delete object[name];
    else object[name] = this.#replacement(inner);
  }

  #replacement(before: unknown): unknown {
    if (this.#chance(150)) return JSON.parse(this.#pick([...wrong, 'null']));
    if (typeof before === 'boolean') return !before;
    if (typeof before === 'number') return before + this.#pick([1, -1, 100]);
    if (typeof before !== 'string' || !/^\d{4}-/.test(before)) return this.#string();
    return new Date(
      Date.parse(before) + this.#pick([...deltas, ...this.#constants.durations.map(Number)]),
    ).toISOString();
  }

  /** Members in any order, some at fault, with a stranger among them. */
  #object(members: readonly (readonly [string, string])[]): string {
    const written = members
      .filter(() => !this.#chance(this.#faults))
      .map(([name, value]): [string, string] => [
        name,
        this.#chance(this.#faults) ? this.#pick([...wrong, 'null']) : value,
      ]);
    if (this.#chance(60)) written.push(['stranger', this.#pick(wrong)]);
    if (this.#chance(this.#faults / 3)) written.push(...written.slice(0, 1));
    if (this.#chance(300)) written.reverse();
    const space = this.#chance(100) ? ' ' : '';
    return `{${written.map(([name, value]) => `${space}${this.#name(name)}:${space}${value}`).join(`,${space}`)}${space}}`;
  }

  #name(name: string): string {
    const text = JSON.stringify(name);
    return this.#chance(10)
      ? `"\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${text.slice(2)}`
      : text;
  }

  #record(type: RecordType): string {
    const there = [...type.members.values()].filter((member) => !this.#isLeftOut(member));
    return this.#object(
      there.map((member) => [
        member.name,
        this.#chance(20) && !isRequired(member) ? 'null' : this.#member(member),
      ]),
    );
  }

  #member({ name, type }: Member): string {
    const isDigest = (name === 'digest' || name === digestMember) && type.kind === 'String';
    return isDigest && this.#asksDigest && this.#chance(900)
      ? JSON.stringify(this.#digest())
      : this.#value(type);
  }

  /** That of the call, or one that is near it. */
  #digest(): string {
    return this.#chance(600)
      ? ownDigest
      : this.#pick([otherDigest, `${ownDigest}0`, ` ${ownDigest}`, 'sha-256:']);
  }

  #isLeftOut(member: Member): boolean {
    return !isRequired(member) && this.#chance(180);
  }

  #value(type: Type): string {
    switch (type.kind) {
      case 'Bool':
        return this.#pick(['true', 'false']);
      case 'Int':
        if (type.range !== undefined && this.#chance(500)) {
          return String(nearBorder(type.range, this.#pick));
        }
        return this.#chance(150)
          ? this.#pick(oddNumbers.filter((text) => text !== '0.5' && text !== '1e-400'))
          : String(this.#near(this.#constants.ints, 10));
      case 'Decimal':
        return this.#decimal(type.range);
      case 'Duration':
        return seconds(this.#near(this.#constants.durations, 1000));
      case 'String':
        return JSON.stringify(this.#string());
      case 'SpiffeId':
        return JSON.stringify(
          this.#pick([
            ...this.#constants.spiffeIds,
            ...oddStrings,
            'spiffe://prod.example/ns/a',
            'spiffe://staging.example/b',
          ]),
        );
      case 'Ip':
        return JSON.stringify(this.#pick(this.#constants.ips));
      case 'Cidr':
        return JSON.stringify(this.#pick(this.#constants.cidrs));
      case 'Enum':
        return JSON.stringify(this.#chance(60) ? 'UNLISTED' : this.#pick(type.members));
      case 'Timestamp':
        return type.inSeconds
          ? seconds(BigInt(this.#instant()))
          : JSON.stringify(this.#instantText());
      case 'Record':
        return this.#record(type);
      case 'Set':
      case 'List': {
        const count = this.#pick([0, 1, 2, 2, 3, 4]);
        const elements = Array.from({ length: count }, () => this.#value(type.element));
        if (this.#chance(this.#faults)) elements.push(this.#pick([...wrong, 'null']));
        return `[${elements.join(',')}]`;
      }
    }
  }

  /** About a border or a constant, by a millionth, or by what is rounded away. */
  #decimal(range: Range | undefined): string {
    if (this.#chance(120)) return this.#pick(oddNumbers);
    const millionths =
      range !== undefined && this.#chance(500)
        ? nearBorder(range, this.#pick)
        : this.#near(this.#constants.decimals, 3);
    return writeDecimal(millionths, this.#pick);
  }

  #string(): string {
    return this.#chance(700) && this.#constants.strings.length > 0
      ? this.#pick(this.#constants.strings)
      : this.#pick(oddStrings);
  }

  #near(values: readonly bigint[], spread: number): bigint {
    const center = values.length === 0 ? 0n : this.#pick(values);
    return center + BigInt(this.#int(2 * spread) - spread) * (this.#chance(500) ? 0n : 1n);
  }

  /** Where a window turns, for an instant that is as far from now as the policy says. */
  #turn(): number {
    const ahead = this.#chance(300) ? Number(this.#pick([0n, ...this.#constants.durations])) : 0;
    return (
      this.#pick(this.#constants.turns) + this.#pick([-1, 0, 0, 1]) + ahead * this.#pick([1, -1])
    );
  }

  /** About now, and about now less or plus what the policy compares ages with. */
  #instant(): number {
    const spans = [0n, ...this.#constants.durations].map(Number);
    if (this.#constants.turns.length > 0 && this.#chance(100)) return this.#turn();
    const fixed = this.#constants.instants.map(Number);
    if (fixed.length > 0 && this.#chance(200)) return this.#pick(fixed) + this.#pick([-1, 0, 1]);
    return (
      this.#now +
      this.#pick(spans) * this.#pick([-1, -1, 1]) +
      this.#pick([0, 0, 0, 1, -1, ...deltas])
    );
  }

  #instantText(): string {
    const instant = Math.min(Math.max(this.#instant(), -62_167_219_200_000), 253_402_300_799_999);
    const text = new Date(instant).toISOString();
    const form = this.#int(9);
    if (form === 0) return text.replace('.000Z', 'Z');
    if (form === 1) return text.replace('Z', '999+00:00');
    if (form === 2) return `${text.slice(0, 16)}Z`;
    if (form === 3 && this.#faults > 0) return 'yesterday';
    return text;
  }

  #mangle(text: string): string {
    const at = this.#int(text.length);
    return this.#pick([
      text.slice(0, at),
      `${text.slice(0, at)}${this.#pick(['}', ',', '"', '\\', '\u0000', '[', '\ud800', 'x'])}${text.slice(at)}`,
      `${text} x`,
      '',
      '[]',
      'null',
      '['.repeat(20),
      text.replace('{', '{"subject":1,'),
    ]);
  }
}

function isRequired(member: Member): boolean {
  return !member.optional && member.default === undefined;
}

function seconds(milliseconds: bigint): string {
  const sign = milliseconds < 0n ? '-' : '';
  const absolute = milliseconds < 0n ? -milliseconds : milliseconds;
  return `${sign}${absolute / 1000n}.${String(absolute % 1000n).padStart(3, '0')}`;
}
