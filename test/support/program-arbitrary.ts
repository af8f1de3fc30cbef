// Whole policies, well typed by construction: source text over a schema that has a member of every
// type in every presence. Expressions are grown by the type that is wanted, so that every operator
// of the language is used; `latest` stays out of permits.

import fc from 'fast-check';
import { boolCalls, fixedFunctions, intCalls } from './function-arbitrary.ts';
import { spiffePatterns, textPatterns } from './pattern-literals.ts';
import { windowCondition, windowDeclarations } from './program-windows.ts';

export const programs: fc.Arbitrary<string> = fc.gen().map((gen) => new Program(gen).source());

type Kind =
  | 'Bool'
  | 'Int'
  | 'Decimal'
  | 'Duration'
  | 'Timestamp'
  | 'String'
  | 'Spiffe'
  | 'Level'
  | 'Kind'
  | 'Strings'
  | 'Ints'
  | 'Decimals'
  | 'Levels'
  | 'Ip'
  | 'Cidr'
  | 'Ips'
  | 'Cidrs';

const schema = (fresh: string, deep: string) => `policy generated version "1.0.0"
enum Level { LOW < MEDIUM < HIGH }
enum Kind { plain, odd, other, else other }
record Item { name?: String, size: Int = 1, cost?: Decimal(0..100), marks?: Set<Int(0..9)>, level?: Level, tags?: Set<String> }
subject agent { on?: Bool, scopes: Set<String> = { "a" }, age_limit?: Duration, id_doc: { issued?: Timestamp, kind?: Kind } }
subject job { on?: Bool, scopes: Set<String> = { "a" }, age_limit?: Duration, extra: Int }
action any { level?: Level, tags?: Set<String> }
action "act.run" { level?: Level, tags?: Set<String>, amount?: Int }
resource any { label?: String, count: Int = 3 }
context {
  time: Timestamp
  b?: Bool, yes: Bool = true
  i?: Int, j: Int = 5, d?: Duration
  score?: Int(0..100), step: Int(-5..5) = 0, above?: Int(1..)
  price?: Decimal, rate: Decimal(0.0..1.0) = 0.5, prices: Set<Decimal> = { 1, 2.5 }, marks?: Set<Int(0..9)>
  s?: String, u: String = "prod"
  at?: Timestamp, secs?: Timestamp in seconds, must: Timestamp
  level?: Level, kind?: Kind, id?: SpiffeId
  strings: Set<String> = { "x" }, ints?: Set<Int>, levels?: Set<Level>
  addr?: Ip, net?: Cidr, addrs?: Set<Ip>, nets: Set<Cidr> = { 10.0.0.0/8, ::/0 }, hops?: List<Ip>
  list?: List<Item>, names?: List<String>
  risk?: { level?: Level, score?: Int, flag: Bool = false, observed_at?: Timestamp, inner?: { level?: Level, observed_at?: Timestamp } fresh ${deep} } fresh ${fresh}
  events?: { "session-revoked"?: { at?: Timestamp in seconds } }
}
${windowDeclarations}table scopes: String -> Set<String> { "a": { "x", "y" }, "prod": {}, "ä": { "prod" } }
table weights: (String, Level) -> Int { ("a", LOW): 1, ("a", HIGH): 9, ("prod", MEDIUM): -4 }
table flags: Int -> Bool { 5: true, 0: false }
table sites: Ip -> Cidr { 10.0.0.1: 10.0.0.0/24, ::1: 2001:db8::/32 }
table zones: (Cidr, String) -> Set<Ip> { (10.0.0.0/8, "a"): { 10.0.0.1, ::1 }, (::/0, "prod"): {} }
table fees: Decimal -> Decimal { 0.5: 0.25, 1: 12.5, -2.000001: 3 }
table quotas: String -> Int(0..100) { "a": 100, "prod": 7 }
constraint level: Level limits action.level
constraint tags: Set<String> limits action.tags
constraint rows: Int smallest wins
constraint share: Int(1..50) largest wins
constraint budget: Decimal smallest wins
constraint places: Set<Int(0..9)> intersects
constraint pause: Duration largest wins
constraint hosts: Set<String> intersects
constraint mode: String must agree
constraint egress: Ip must agree
constraint networks: Set<Cidr> intersects
constraint most: Level largest wins
constraint same: Set<Int> must agree
obligation step_up { acr_value: String, amr_values?: Set<String>, max_age: Duration = 5m }
obligation tell: notification { to: String, body: String }
obligation end: session_termination { subject: String }
obligation ask: access_request { template?: String, expires_in: Duration = 10m, display?: Level }
obligation mark: custom { level?: Level, lines: Int = 1, levels?: Set<Level>, at?: Timestamp, on?: Bool, addr?: Ip, nets?: Set<Cidr> }
`;

const reads: Readonly<Record<Kind, readonly string[]>> = {
  Bool: ['context.b', 'context.yes', 'context.risk.flag', 'subject.on'],
  Int: [
    ...['context.i', 'context.j', 'context.risk.score', 'resource.count'],
    ...['context.score', 'context.step', 'context.above'],
  ],
  Decimal: ['context.price', 'context.rate'],
  Duration: ['context.d', 'subject.age_limit'],
  Timestamp: [
    'context.at',
    'context.secs',
    'context.must',
    'context.risk.observed_at',
    'context.events."session-revoked".at',
  ],
  String: [
    'context.s',
    'context.u',
    'resource.label',
    'subject.id',
    'action.name',
    'resource.type',
  ],
  Spiffe: ['context.id'],
  Level: ['context.level', 'context.risk.level', 'context.risk.inner.level', 'action.level'],
  Kind: ['context.kind'],
  Strings: ['context.strings', 'subject.scopes', 'action.tags'],
  Ints: ['context.ints', 'context.marks'],
  Decimals: ['context.prices'],
  Levels: ['context.levels'],
  Ip: ['context.addr'],
  Cidr: ['context.net'],
  Ips: ['context.addrs'],
  Cidrs: ['context.nets'],
};
const records = [
  'context.risk',
  'context.risk.inner',
  'context.events',
  'context.events."session-revoked"',
];
const literals: Readonly<Record<Kind, readonly string[]>> = {
  Bool: ['true', 'false'],
  Int: ['0', '1', '5', '-3', '9223372036854775807'],
  Decimal: ['0.0', '2.5', '-0.000001', '0.333333', '9223372036854.775807'],
  Duration: ['0s', '5m', '1h', '250ms', '1d'],
  Timestamp: ['2026-03-03T10:00:00Z', '2026-03-03T09:55:00.000Z'],
  String: ['"a"', '"prod"', '"x"', '"ä"', '""', '"act.run"'],
  Spiffe: ['spiffe("spiffe://prod.example/ns/a")'],
  Level: ['Level.LOW', 'Level.MEDIUM', 'Level.HIGH'],
  Kind: ['Kind.plain', 'Kind.other'],
  Strings: ['{ "a", "x" }', '{ "prod" }'],
  Ints: ['{ 1, 5 }', '{ 0 }'],
  Decimals: ['{ 1, 2.5 }', '{ 0.5 }'],
  Levels: ['{ Level.LOW }', '{ Level.HIGH, Level.LOW }'],
  Ip: ['10.0.0.1', '2001:DB8::1', '::ffff:10.255.255.255', 'ip("::1")'],
  Cidr: ['10.0.0.0/8', '2001:db8::/33', '::/0', '0.0.0.0/0', 'cidr("10.0.0.1/32")'],
  Ips: ['{ 10.0.0.1, ::1 }', '{ 2001:db8::1 }'],
  Cidrs: ['{ 10.0.0.0/8 }', '{ 2001:db8::/32, 192.0.2.0/24 }'],
};
const elementOf = {
  Strings: 'String',
  Ints: 'Int',
  Decimals: 'Decimal',
  Levels: 'Level',
  Ips: 'Ip',
  Cidrs: 'Cidr',
} as const;
const collections = Object.keys(elementOf) as (keyof typeof elementOf)[];
/** How each is written as the type of a parameter. */
const typeOf: Readonly<Record<Kind, string>> = {
  Bool: 'Bool',
  Int: 'Int',
  Decimal: 'Decimal',
  Duration: 'Duration',
  Timestamp: 'Timestamp',
  String: 'String',
  Spiffe: 'SpiffeId',
  Level: 'Level',
  Kind: 'Kind',
  Strings: 'Set<String>',
  Ints: 'Set<Int>',
  Decimals: 'Set<Decimal>',
  Levels: 'Set<Level>',
  Ip: 'Ip',
  Cidr: 'Cidr',
  Ips: 'Set<Ip>',
  Cidrs: 'Set<Cidr>',
};
const kinds = Object.keys(literals) as Kind[];

/** Those that do not go stale. */
function steadyReads(kind: Kind): readonly string[] {
  return reads[kind].filter((path) => !path.startsWith('context.risk'));
}

class Program {
  readonly #gen: fc.GeneratorValue;
  readonly #scope = new Map<Kind, string[]>();
  #names = 0;
  #permit = false;
  /** What the file declares for all groups; `free`: it may read `latest`. */
  readonly #shared = new Map<
    Kind,
    readonly { readonly free: boolean; readonly text: (depth: number) => string }[]
  >();
  #parameters: readonly { readonly kind: Kind; readonly name: string }[] = [];
  /** Outside of groups, where only what each of them has can be read. */
  #everywhere = false;

  constructor(gen: fc.GeneratorValue) {
    this.#gen = gen;
  }

  source(): string {
    const spans = ['5m', '1h', '90s'];
    const shared = Array.from({ length: this.#int(4) }, () => this.#sharedItem());
    const groups = Array.from({ length: 1 + this.#int(2) }, () => this.#group());
    return [
      `${schema(this.#pick(spans), this.#pick(spans))}${fixedFunctions}`,
      ...this.#order(shared),
      ...groups,
    ].join('\n');
  }

  /** Declarations may stand in any order. */
  #order(items: readonly string[]): readonly string[] {
    return this.#int(1) === 0 ? items : [...items].reverse();
  }

  /** A `let` of the file, or a predicate or function of grown parameters and body. */
  #sharedItem(): string {
    this.#everywhere = true;
    const kind = this.#pick(kinds);
    const free = this.#int(2) > 0;
    this.#permit = !free;
    const item = this.#int(3) === 0 ? this.#sharedLet(kind, free) : this.#function(kind, free);
    this.#permit = false;
    this.#everywhere = false;
    return item;
  }

  #sharedLet(kind: Kind, free: boolean): string {
    const name = this.#name('shared');
    const text = `let ${name} = ${this.#expr(kind, 2)}`;
    const names = this.#shared.get(kind) ?? [];
    this.#shared.set(kind, [...names, { free, text: () => name }]);
    return text;
  }

  #function(kind: Kind, free: boolean): string {
    const name = this.#name('fn');
    const parameters = Array.from({ length: this.#int(3) }, () => ({
      kind: this.#pick(kinds),
      name: this.#name('a'),
    }));
    this.#parameters = parameters;
    const body = this.#expr(kind, 2);
    this.#parameters = [];
    const call = (depth: number) =>
      `${name}(${parameters.map((parameter) => this.#expr(parameter.kind, depth)).join(', ')})`;
    this.#shared.set(kind, [...(this.#shared.get(kind) ?? []), { free, text: call }]);
    const list = parameters.map((each) => `${each.name}: ${typeOf[each.kind]}`).join(', ');
    return kind === 'Bool' && this.#int(1) === 0
      ? `predicate ${name}(${list}) = ${body}`
      : `function ${name}(${list}): ${typeOf[kind]} = ${body}`;
  }

  #int(max: number): number {
    return this.#gen(fc.nat, { max });
  }

  #pick<T>(values: readonly T[]): T {
    return values[this.#int(values.length - 1)] as T;
  }

  #one(...choices: readonly (() => string)[]): string {
    return this.#pick(choices)();
  }

  // --- rules -------------------------------------------------------------------------------------

  #group(): string {
    const scope = this.#pick([
      'for agent',
      'for job',
      'for agent, job',
      'for agent, job doing "act.run"',
      'for agent on door, "big box"',
    ]);
    this.#scope.clear();
    const condition = this.#int(3) === 0 ? ` when ${this.#permissible(2)}` : '';
    const lets = Array.from({ length: this.#int(2) }, () => this.#let());
    const items = Array.from({ length: 1 + this.#int(4) }, () => this.#item(2));
    const permits = Array.from({ length: 1 + this.#int(1) }, () => this.#permitRule());
    return `${scope}${condition} {\n${[...lets, ...items, ...permits].join('\n')}\n}`;
  }

  #let(): string {
    const kind = this.#pick(kinds);
    const name = this.#name('v');
    const text = `let ${name} = ${this.#expr(kind, 2)}`;
    this.#scope.set(kind, [...(this.#scope.get(kind) ?? []), name]);
    return text;
  }

  #name(prefix: string): string {
    this.#names += 1;
    return `${prefix}${this.#names}`;
  }

  #item(depth: number): string {
    return this.#one(
      () => this.#restriction(),
      () => this.#restriction(),
      () => this.#narrow(),
      () => this.#score(),
      () => (depth > 0 ? this.#given(depth - 1) : this.#restriction()),
    );
  }

  /** A `let` in scope may read `latest`: permits are written before any, or without names. */
  #permitRule(): string {
    const demands = this.#demands('permit');
    if (this.#int(2) === 0) return `permit ${this.#name('p')} otherwise${demands}`;
    return `permit ${this.#name('p')} when ${this.#permissible(this.#int(3))}${demands}`;
  }

  /** A condition that a permit may rest on. */
  #permissible(depth: number): string {
    this.#permit = true;
    const condition = this.#bool(depth);
    this.#permit = false;
    return condition;
  }

  #restriction(): string {
    const skip = this.#int(5) === 0 ? ', if unknown skip' : '';
    const effect = this.#pick(['challenge', 'deny', 'revoke']);
    const because = this.#int(2) === 0 ? ` because "see {${this.#placeholder()}}!"` : '';
    return `${effect} ${this.#pick(['r1', 'r2', this.#name('r')])} when ${this.#bool(3)}${skip}${because}${this.#demands(effect)}`;
  }

  /** What a message prints does not move with time. */
  #placeholder(): string {
    const kind = this.#pick([
      ...([
        'Int',
        'Decimal',
        'String',
        'Level',
        'Bool',
        'Duration',
        'Timestamp',
        'Ip',
        'Cidr',
      ] as const),
    ]);
    return this.#pick(steadyReads(kind).filter((path) => !path.includes('"')));
  }

  /** Obligations that the effect may ask for, whose values do not move with time. */
  #demands(effect: string): string {
    if (this.#int(2) > 0) return '';
    const of = (kind: Kind) =>
      this.#pick([...literals[kind], ...steadyReads(kind), ...steadyReads(kind)]);
    const choices = [
      `tell { to: ${of('String')}, body: "seen" }`,
      `tell { to: "a", body: ${of('String')} }`,
      `mark { level: ${of('Level')}, lines: ${of('Int')} }`,
      `mark { levels: ${of('Levels')}, on: ${of('Bool')} }`,
      `mark { at: ${of('Timestamp')} }`,
      `mark { addr: ${of('Ip')} }`,
      `mark { nets: ${of('Cidrs')} }`,
      'mark',
      ...(effect === 'challenge'
        ? [
            `step_up { acr_value: ${of('String')} }`,
            `step_up { acr_value: "gold", amr_values: ${of('Strings')}, max_age: ${of('Duration')} }`,
          ]
        : []),
      ...(effect === 'revoke' ? [`end { subject: ${of('String')} }`] : []),
    ];
    const chosen = Array.from({ length: 1 + this.#int(1) }, () => this.#pick(choices));
    // A rule makes one access request at most.
    const lasts = this.#pick(['5m', ...steadyReads('Duration')]);
    if (effect === 'challenge' && this.#int(1) === 0) {
      chosen.push(this.#pick(['ask', `ask { expires_in: ${lasts}, template: ${of('String')} }`]));
    }
    return ` with ${chosen.join(', ')}`;
  }

  #settings(): string {
    const all = [
      `level: ${this.#pick(['LOW', 'MEDIUM'])}`,
      `tags: ${this.#pick(['{ "a", "x" }', '{ "x" }', '{ "prod", "x" }'])}`,
      `rows: ${this.#pick(['10', '100', 'context.j', 'context.i + 1'])}`,
      `share: ${this.#pick(['10', 'context.score', 'context.i', 'context.above', 'quotas[context.s]'])}`,
      `budget: ${this.#pick(['10', '0.5', 'context.price', 'context.rate * context.j'])}`,
      `places: ${this.#pick(['{ 1, 2 }', 'context.marks', 'context.ints', '{ context.step }'])}`,
      `pause: ${this.#pick(['5m', '1h', 'context.d'])}`,
      `hosts: ${this.#pick(['{ "a" }', '{ "b" }', '{ "a", "b" }', 'context.strings'])}`,
      `mode: ${this.#pick(['"slow"', '"fast"', 'context.u'])}`,
      `egress: ${this.#pick(['10.0.0.1', '::ffff:10.0.0.1', 'context.addr'])}`,
      `networks: ${this.#pick(['{ 10.0.0.0/8 }', '{ ::/0, 10.0.0.0/8 }', 'context.nets'])}`,
      `most: ${this.#pick(['LOW', 'HIGH', 'context.level'])}`,
      `same: ${this.#pick(['{ 1, 5 }', '{ 5, 1 }', '{ 2 }', 'context.ints'])}`,
    ];
    const chosen = all.filter(() => this.#int(2) === 0);
    return `to { ${(chosen.length === 0 ? all.slice(2, 3) : chosen).join(', ')} }`;
  }

  #narrow(): string {
    const unless = this.#int(3) === 0 ? ` or deny unless ${this.#bool(1)}` : '';
    const demands = this.#demands('narrow');
    const settings = demands === '' || this.#int(2) > 0 ? ` ${this.#settings()}` : '';
    return `narrow ${this.#name('n')} when ${this.#bool(2)}${settings}${unless}${demands}`;
  }

  #score(): string {
    const conditions = Array.from(
      { length: 1 + this.#int(2) },
      () => `  ${this.#name('c')} counts ${1 + this.#int(2)} when ${this.#bool(1)}`,
    );
    const bands = [
      `  from 1 narrow ${this.#settings()}`,
      '  from 2 challenge',
      '  from 3 deny',
      '  from 4 revoke',
    ].filter(() => this.#int(2) > 0);
    return `score ${this.#name('s')} {\n${[...conditions, ...(bands.length === 0 ? ['  from 1 deny'] : bands)].join('\n')}\n}`;
  }

  #given(depth: number): string {
    const kind = this.#pick(kinds);
    const name = this.#name('g');
    const value = this.#expr(kind, 1);
    const before = this.#scope.get(kind) ?? [];
    this.#scope.set(kind, [...before, name]);
    const inner = `${this.#item(depth)}\n${this.#item(depth)}`;
    this.#scope.set(kind, before);
    const otherwise = this.#int(2) === 0 ? 'ignore' : `{ ${this.#item(0)} }`;
    return `given ${name} = ${value} {\n${inner}\n} otherwise ${otherwise}`;
  }

  // --- expressions -------------------------------------------------------------------------------

  #expr(kind: Kind, depth: number): string {
    if (kind === 'Bool') return this.#bool(depth);
    const leaf = () => this.#leaf(kind);
    if (depth <= 0) return leaf();
    const inner = depth - 1;
    return this.#one(
      leaf,
      () => this.#sharedUse(kind, inner) ?? leaf(),
      () => this.#operation(kind, inner),
      () =>
        `(if ${this.#bool(inner)} then ${this.#expr(kind, inner)} else ${this.#expr(kind, inner)})`,
      () => `(${this.#expr(kind, inner)} else ${this.#expr(kind, inner)})`,
    );
  }

  #leaf(kind: Kind): string {
    const free = !this.#permit;
    const names = [
      ...(free ? (this.#scope.get(kind) ?? []) : []),
      ...this.#parameters.filter((each) => each.kind === kind).map((each) => each.name),
    ];
    const paths = this.#readable(reads[kind]);
    const latest = paths
      .filter((path) => free && path.startsWith('context.'))
      .map((path) => `latest(${path})`);
    return this.#pick([...literals[kind], ...paths, ...paths, ...latest, ...names, ...names]);
  }

  #readable(paths: readonly string[]): readonly string[] {
    if (!this.#everywhere) return paths;
    const own = ['subject.id', 'action.name', 'resource.type'];
    return paths.filter((path) => path.startsWith('context.') || own.includes(path));
  }

  /** A `let` of the file, or a call. */
  #sharedUse(kind: Kind, depth: number): string | undefined {
    const fitting = (this.#shared.get(kind) ?? []).filter(({ free }) => !free || !this.#permit);
    return fitting.length === 0 ? undefined : this.#pick(fitting).text(depth);
  }

  #operation(kind: Kind, depth: number): string {
    const of = (wanted: Kind) => this.#expr(wanted, depth);
    switch (kind) {
      case 'Int':
        return this.#one(
          () => `(${of('Int')} ${this.#pick(['+', '-', '*', '/'])} ${of('Int')})`,
          () => `-${of('Int')}`,
          () => `(${of('Duration')} / ${of('Duration')})`,
          () => `size(${of(this.#pick(collections))})`,
          () => `(${of(this.#pick(['Ip', 'Cidr']))}).version`,
          () => `(${of('Cidr')}).prefix_length`,
          () =>
            `size(${this.#pick(['context.list', 'context.names', '(if context.b then context.list else context.list)'])})`,
          () => `length(${of('String')})`,
          () => `weights[${of('String')}, ${of('Level')}]`,
          () => (this.#everywhere ? of('Int') : this.#pick(intCalls)(of)),
          () => `quotas[${of('String')}]`,
        );
      case 'Decimal':
        return this.#one(
          () => `(${of('Decimal')} ${this.#pick(['+', '-', '*', '/'])} ${of('Decimal')})`,
          () => `(${of('Decimal')} ${this.#pick(['*', '/'])} ${of('Int')})`,
          () => `(${of('Int')} * ${of('Decimal')})`,
          () => `(${of('Decimal')} ${this.#pick(['+', '-', '*', '/'])} ${this.#pick(['2', '3'])})`,
          () => `-${of('Decimal')}`,
          () => `decimal(${of('Int')})`,
          () => `fees[${of('Decimal')}]`,
        );
      case 'Duration':
        return this.#one(
          () => `(${of('Duration')} ${this.#pick(['+', '-'])} ${of('Duration')})`,
          () => `(${of('Duration')} ${this.#pick(['*', '/'])} ${of('Int')})`,
          () => `(${of('Timestamp')} - ${of('Timestamp')})`,
          () => `time_of_day(${of('Timestamp')}, "America/Havana")`,
        );
      case 'Timestamp':
        return `(${of('Timestamp')} ${this.#pick(['+', '-'])} ${of('Duration')})`;
      case 'String':
        return this.#one(
          () => `lower(${of('String')})`,
          () => `(${of('Spiffe')}).trust_domain`,
          () => `(${of('Spiffe')}).path`,
        );
      case 'Spiffe':
        return `spiffe(${of('String')})`;
      case 'Strings':
        return this.#one(
          () => `(${of(kind)} ${this.#pick(['union', 'intersect', 'minus'])} ${of(kind)})`,
          () => `scopes[${of('String')}]`,
          () => `{ ${of('String')}, ${of('String')} }`,
        );
      case 'Ip':
        return `ip(${of('String')})`;
      case 'Cidr':
        return this.#one(
          () => `cidr(${of('String')})`,
          () => `sites[${of('Ip')}]`,
        );
      case 'Ips':
        return `zones[${of('Cidr')}, ${of('String')}]`;
      case 'Ints':
      case 'Decimals':
      case 'Levels':
      case 'Cidrs':
        return this.#one(
          () => `(${of(kind)} ${this.#pick(['union', 'intersect', 'minus'])} ${of(kind)})`,
          () => `{ ${of(elementOf[kind])} }`,
        );
      default:
        return this.#leaf(kind);
    }
  }

  #bool(depth: number): string {
    if (depth <= 0)
      return this.#one(
        () => this.#leaf('Bool'),
        () => this.#presence(),
      );
    const inner = depth - 1;
    const of = (kind: Kind) => this.#expr(kind, inner);
    const collection = () => this.#pick(collections);
    return this.#one(
      () => `(${this.#bool(inner)} ${this.#pick(['and', 'or', 'implies'])} ${this.#bool(inner)})`,
      () => `(${this.#bool(inner)} and ${this.#bool(inner)} and ${this.#bool(inner)})`,
      () => `(not ${this.#bool(inner)})`,
      () => `(if ${this.#bool(inner)} then ${this.#bool(inner)} else ${this.#bool(inner)})`,
      () => `(${this.#bool(inner)} else ${this.#bool(inner)})`,
      () => this.#presence(),
      () =>
        `known(${this.#one(
          () => of(this.#pick(kinds)),
          () => this.#pick(records),
          () => 'age(context.at)',
        )})`,
      () => this.#comparison(inner),
      () => this.#comparison(inner),
      () => this.#clock(inner),
      () => windowCondition((values) => this.#pick(values), of),
      () => windowCondition((values) => this.#pick(values), of),
      () => this.#clock(inner),
      () => {
        const kind = collection();
        return `(${of(elementOf[kind])} ${this.#pick(['in', 'not in'])} ${of(kind)})`;
      },
      () => `(${of('String')} in context.names)`,
      () => `(${of('Ip')} ${this.#pick(['in', 'not in'])} ${of(this.#pick(['Cidr', 'Cidrs']))})`,
      () => `(${of('Ip')} in context.hops)`,
      () => `(${of('Cidr')} ${this.#pick(['within', 'not within', 'intersects'])} ${of('Cidr')})`,
      () => {
        const kind = collection();
        return `(${of(kind)} ${this.#pick(['within', 'not within', 'intersects'])} ${of(kind)})`;
      },
      () =>
        `(${of('String')} ${this.#pick(['starts_with', 'ends_with', 'contains'])} ${of('String')})`,
      () => this.#match(inner),
      () => `flags[${of('Int')}]`,
      () => (this.#everywhere ? this.#presence() : this.#pick(boolCalls)(of)),
      () => this.#sharedUse('Bool', inner) ?? this.#presence(),
      () => this.#quantifier(inner),
    );
  }

  /** Some patterns match the texts that requests have, with and without an edit. */
  #match(depth: number): string {
    const operator = this.#pick(['matches', 'not matches']);
    if (this.#int(3) === 0) {
      return `(${this.#expr('Spiffe', depth)} ${operator} ${this.#pick(spiffePatterns)})`;
    }
    return `(${this.#expr('String', depth)} ${operator} ${this.#pick(textPatterns)})`;
  }

  #presence(): string {
    const paths = [
      ...Object.values(reads)
        .flat()
        .filter((path) => path.split('.').length > 2 || path.startsWith('context')),
      ...records,
    ];
    const declared = paths.filter(
      (path) => !['subject.id', 'action.name', 'resource.type'].includes(path),
    );
    return `(${this.#pick(this.#readable(declared))} is ${this.#pick(['present', 'missing'])})`;
  }

  #comparison(depth: number): string {
    const kind = this.#pick([
      'Int',
      'Decimal',
      'Duration',
      'Timestamp',
      'Level',
      'String',
      'Spiffe',
      'Kind',
      'Bool',
      'Ip',
      'Cidr',
    ] as const);
    const ordered = ['Int', 'Decimal', 'Duration', 'Timestamp', 'Level'].includes(kind);
    const operator = this.#pick(
      ordered ? ['is', 'is not', '<', '<=', '>', '>='] : ['is', 'is not'],
    );
    return `(${this.#expr(kind, depth)} ${operator} ${this.#expr(kind, depth)})`;
  }

  /** Comparisons that turn with time. */
  #clock(depth: number): string {
    const operator = this.#pick(['<', '<=', '>', '>=', 'is', 'is not']);
    const of = (kind: Kind) => this.#expr(kind, depth);
    return this.#one(
      () => `(context.time ${operator} ${of('Timestamp')})`,
      () => `(${of('Timestamp')} ${operator} context.time)`,
      () => `(context.time - ${of('Timestamp')} ${operator} ${of('Duration')})`,
      () => `(${of('Timestamp')} - context.time ${operator} ${of('Duration')})`,
      () => `(context.time + ${of('Duration')} ${operator} ${of('Timestamp')})`,
      () => `(age(${of('Timestamp')}) ${operator} ${of('Duration')})`,
      () => `(${of('Duration')} ${operator} age(${of('Timestamp')}))`,
      () => `(age(${of('Timestamp')}) + ${of('Duration')} ${operator} ${of('Duration')})`,
      () => `(${of('Duration')} - age(${of('Timestamp')}) ${operator} ${of('Duration')})`,
    );
  }

  #quantifier(depth: number): string {
    const which = this.#pick(['any', 'all']);
    const kind = this.#pick([...collections, 'Items', 'Items'] as const);
    const name = this.#name('x');
    if (kind === 'Items') {
      const body = this.#pick([
        `${name}.level is HIGH`,
        `${name}.size > ${this.#expr('Int', depth)}`,
        `${name}.cost * 2 <= ${this.#expr('Decimal', depth)}`,
        `any m in ${name}.marks satisfies m < ${this.#expr('Int', depth)}`,
        `${name}.name in ${this.#expr('Strings', depth)}`,
        `${name}.tags is present and size(${name}.tags union { "q" }) > 1`,
        `${name}.level <= ${this.#expr('Level', depth)} or ${this.#bool(depth)}`,
        `${name}.name is missing`,
        `any t in ${name}.tags satisfies t is ${this.#expr('String', depth)}`,
      ]);
      return `(${which} ${name} in context.list satisfies ${body})`;
    }
    const element = elementOf[kind];
    const ordered = element === 'Int' || element === 'Level';
    const operator = ordered ? this.#pick(['is', '<', '>=']) : 'is';
    return `(${which} ${name} in ${this.#expr(kind, depth)} satisfies ${name} ${operator} ${this.#expr(element, depth)} or ${this.#bool(0)})`;
  }
}
