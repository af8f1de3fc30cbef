// The declarations of a generated program, and the paths that its expressions can read: members that its
// fixed parts need, and others with random types and presences.

import {
  bounds,
  constants,
  entities,
  eventDeclarations,
  tables,
  typeText,
} from './declarations.ts';
import type { Draw } from './draw.ts';
import { fixedFunctions } from './functions.ts';
import { type Kind, kinds, listLiterals, writeDefault, writeJson } from './kinds.ts';
import type { Reach } from './reach.ts';
import { drawWindows, fixedWindows } from './windows.ts';

export interface Path {
  readonly text: string;
  readonly reach: Reach;
  /** A record around it becomes stale. */
  readonly isFresh: boolean;
  /** A member of the request that can be absent, rather than a string that is always present. */
  readonly isMember: boolean;
}

/** Types that are read as a kind but have another form, or bounds. */
const variants: readonly (readonly [written: string, kind: Kind])[] = [
  ['Timestamp in seconds', 'Timestamp'],
  ['Int(0..9)', 'Int'],
  ['Int(..4)', 'Int'],
  ['Decimal(0..1)', 'Decimal'],
  ['Set<Int(0..9)>', 'Set<Int>'],
  ['List<Decimal(-1..)>', 'List<Decimal>'],
];
const types: readonly (readonly [written: string, kind: Kind])[] = [
  ...kinds.map((kind) => [kind, kind] as const),
  ...variants,
];

const fixedPaths: readonly (readonly [Kind, Reach, ...(readonly string[])])[] = [
  ['Bool', 'always', 'context.b', 'context.yes', 'context.risk.flag'],
  ['Bool', 'subject', 'subject.on'],
  ['Int', 'always', 'context.i', 'context.j', 'context.risk.score', 'resource.count'],
  ['Int', 'always', 'context.score', 'context.step', 'context.above'],
  ['Int', 'job', 'subject.extra'],
  ['Int', 'run', 'action.amount'],
  ['Int', 'actions', 'action.amount'],
  ['Int', 'always', 'action.args.size'],
  ['Decimal', 'always', 'context.price', 'context.rate'],
  ['Duration', 'always', 'context.d'],
  ['Duration', 'subject', 'subject.age_limit'],
  ['Timestamp', 'always', 'context.at', 'context.secs', 'context.must'],
  ['Timestamp', 'always', 'context.risk.observed_at', 'context.events."session-revoked".at'],
  ['Timestamp', 'agent', 'subject.id_doc.issued'],
  ['Timestamp', 'card', 'context.card.expires_at'],
  ['String', 'always', 'context.s', 'context.u', 'resource.label', 'resource.properties.type'],
  ['String', 'always', 'subject.id', 'subject.type', 'action.name', 'resource.type', 'resource.id'],
  ['SpiffeId', 'always', 'context.id'],
  ['SpiffeId', 'card', 'context.card.bound_workload'],
  ['Level', 'always', 'context.level', 'context.risk.level', 'context.risk.inner.level'],
  ['Level', 'always', 'action.level'],
  ['Kind', 'always', 'context.kind'],
  ['Kind', 'actions', 'action.args.kind'],
  ['String', 'actions', 'action.args.note'],
  ['Level', 'always', 'action.args.inner.level'],
  ['Set<String>', 'actions', 'action.args.inner.names'],
  ['Kind', 'agent', 'subject.id_doc.kind'],
  ['Kind', 'door', 'resource.colour'],
  ['Ip', 'always', 'context.addr'],
  ['Cidr', 'always', 'context.net'],
  ['Set<String>', 'always', 'context.strings', 'action.tags'],
  ['Set<String>', 'subject', 'subject.scopes'],
  ['Set<Int>', 'always', 'context.ints', 'context.marks'],
  ['Set<Decimal>', 'always', 'context.prices'],
  ['Set<Level>', 'always', 'context.levels'],
  ['Set<Ip>', 'always', 'context.addrs'],
  ['Set<Cidr>', 'always', 'context.nets'],
  ['List<String>', 'always', 'context.names'],
  ['List<Ip>', 'always', 'context.hops'],
];
/** The members of contexts with a scope. */
const scopedPaths: typeof fixedPaths = [
  ['Int', 'run', 'context.cost'],
  ['String', 'run', 'context.ticket'],
  ['Level', 'run', 'context.risk_of_run.level'],
  ['String', 'agent', 'context.shift'],
  ['Int', 'job', 'context.shift'],
  ['Decimal', 'job', 'context.share'],
];
/** The members of maps, by constant keys and by values of the request. */
const mapPaths: typeof fixedPaths = [
  [
    'String',
    'always',
    'context.labels["a"]',
    'context.labels["prod"]',
    'context.labels[context.s]',
  ],
  ['String', 'always', 'context.marked["ä"]', 'context.risk.tags["x"]', 'context.items["a"].name'],
  [
    'Int',
    'always',
    'context.limits["a"]',
    'context.counts[resource.id]',
    'context.items[context.u].size',
  ],
  ['Level', 'always', 'context.levels_of[subject.id]', 'context.items["x"].level'],
  ['Level', 'always', 'context.grants["a"].risk.level', 'context.grants[context.s].risk.level'],
  ['Bool', 'always', 'context.switches["a"]'],
  ['Set<String>', 'always', 'context.items["a"].tags', 'above[context.s]', 'above["a"]'],
  ['String', 'always', 'users[context.s].team', 'users["a"].team'],
  ['Level', 'always', 'users[subject.id].level'],
  ['Set<String>', 'always', 'users[context.u].tags'],
];
const ownStrings = ['subject.id', 'subject.type', 'action.name', 'resource.type', 'resource.id'];

/** Records in maps. */
export const mapRecords = [
  'context.items["x"]',
  'context.grants[context.s]',
  'context.grants["a"].risk',
  'context.risk.items[context.u]',
];

export const recordPaths = [
  'context.risk',
  'context.risk.inner',
  'context.events',
  'context.events."session-revoked"',
];

/** Kinds of secret members: not a `Bool`, whose value conditions reveal. */
const secretTypes = types.filter(([, kind]) => !kind.includes('Bool'));

interface DrawnMember {
  readonly written: string;
  readonly name: string;
  readonly json: string;
  readonly isRequired: boolean;
}

export class Schema {
  readonly #draw: Draw;
  readonly #paths = new Map<Kind, Path[]>();
  readonly #members: readonly DrawnMember[];
  readonly #fresh: readonly DrawnMember[];
  readonly #secrets = new Map<Kind, string[]>();
  readonly #vault: string;
  readonly hasAnySubject: boolean;
  readonly hasCard: boolean;
  readonly #isExtraRequired: boolean;
  readonly #hasScopedContexts: boolean;
  readonly hasMaps: boolean;
  /** Whether conditions can contain history terms: in five programs of eighteen. */
  readonly hasHistory: boolean;
  readonly windows: readonly string[];
  readonly #windowText: string;
  readonly #tables: string;
  readonly #above: string;

  constructor(draw: Draw) {
    this.#draw = draw;
    this.hasAnySubject = draw.once(2);
    this.hasCard = draw.once(6);
    this.#isExtraRequired = draw.once(3);
    // In one program of eighteen.
    this.#hasScopedContexts = this.hasCard && this.#isExtraRequired;
    this.hasMaps = this.hasCard;
    this.hasHistory = this.#isExtraRequired && !this.hasCard;
    const more = [
      ...(this.#hasScopedContexts ? scopedPaths : []),
      ...(this.hasMaps ? mapPaths : []),
    ];
    for (const [kind, reach, ...texts] of [...fixedPaths, ...more]) {
      for (const text of texts) this.#addPath(kind, text, reach);
    }
    this.#members = draw
      .several(6, 16, () => draw.pick(types))
      .map(([type, kind]) => this.#member(type, kind, 'context.extra'));
    this.#fresh = draw
      .several(1, 5, () => draw.pick(types))
      .map(([type, kind]) => this.#member(type, kind, 'context.risk'));
    const drawn = drawWindows(draw);
    this.windows = [...fixedWindows.names, ...drawn.names];
    this.#windowText = `${fixedWindows.text}${drawn.text}`;
    this.#tables = tables.replace(/^table (.*?) \{.*$/gm, (table, signature) =>
      draw.once(4) ? `external table ${signature}` : table,
    );
    const above = 'transitive table above: String -> Set<String>';
    this.#above = !this.hasMaps
      ? ''
      : this.hasAnySubject
        ? `external ${above}\n`
        : `${above} { "a": { "x", "prod" }, "x": { "ä" } }\n`;
    this.#vault = this.#drawVault();
  }

  /** The kinds for which expressions are generated. */
  get kinds(): readonly Kind[] {
    return kinds.filter((kind) => listLiterals(kind).length > 0 || this.getPaths(kind).length > 0);
  }

  getPaths(kind: Kind): readonly Path[] {
    return this.#paths.get(kind) ?? [];
  }

  get paths(): readonly Path[] {
    return [...this.#paths.values()].flat();
  }

  /** Secret members, which only conditions may read. */
  getSecrets(kind: Kind): readonly string[] {
    return this.#secrets.get(kind) ?? [];
  }

  get secretKinds(): readonly Kind[] {
    return [...this.#secrets.keys()];
  }

  /** A record with secret members, or a secret record. */
  #drawVault(): string {
    const draw = this.#draw;
    const [outer, inner] = draw.pick([
      ['secret ', ''],
      ['', 'secret '],
    ] as const);
    const members = draw
      .several(1, 4, () => draw.pick(secretTypes))
      .map(([type, kind]) => {
        const name = draw.name('k');
        this.#secrets.set(kind, [...this.getSecrets(kind), `context.vault.${name}`]);
        return `${name}${draw.pick(['?', ''])}: ${inner}${type}`;
      });
    return `vault?: ${outer}{ ${members.join(', ')} }`;
  }

  #addPath(kind: Kind, text: string, reach: Reach): void {
    const isFresh = text.startsWith('context.risk') || text.includes('.risk.');
    const path: Path = {
      text,
      reach,
      isFresh,
      isMember: !ownStrings.includes(text) && !/^(?:above|users)\[/.test(text),
    };
    this.#paths.set(kind, [...this.getPaths(kind), path]);
  }

  #member(type: string, kind: Kind, owner: string): DrawnMember {
    const name = this.#draw.name('m');
    const [mark, rest] = this.#draw.pick([
      ['?', ''],
      ['?', ''],
      ['', ''],
      ['', ` = ${writeDefault(kind)}`],
    ] as const);
    this.#addPath(kind, `${owner}.${name}`, 'always');
    const isRequired = mark === '' && rest === '';
    return { written: `${name}${mark}: ${type}${rest}`, name, json: writeJson(kind), isRequired };
  }

  /** The declarations that other files can use by name. */
  vocabulary(): string {
    const more = this.hasMaps ? `${this.#above}${users}` : '';
    return `${typeText}${this.#windowText}${this.#tables}${more}${constants}`;
  }

  /** The declarations that are only used with a whole file, and those that belong to them. */
  shapes(): string {
    const fresh = this.#draw.pick(['5m', '1h', '90s']);
    const deep = this.#draw.pick(['5m', '1h', '90s']);
    const any = this.hasAnySubject
      ? 'subject any { on?: Bool, scopes: Set<String> = { "a" }, age_limit?: Duration }\n'
      : '';
    const list = (members: readonly DrawnMember[]) =>
      members.map(({ written }) => `, ${written}`).join('');
    return `${this.#entities()}${any}context {
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
  list?: List<Item>, names?: List<String>, grid?: List<List<Int>>, words: List<List<String>> = []${this.hasCard ? '\n  card?: Credential' : ''}
  risk?: { level?: Level, score?: Int, flag: Bool = false, observed_at?: Timestamp, inner?: { level?: Level, observed_at?: Timestamp } fresh ${deep}${list(this.#fresh)}${this.hasCard ? ', trail?: List<Item>' : ''}${this.hasMaps ? freshMaps : ''} } fresh ${fresh}
  events?: { "session-revoked"?: { at?: Timestamp in seconds } }
  ${this.#vault}${this.hasMaps ? maps(fresh) : ''}
  extra${this.#isExtraRequired ? '' : '?'}: { note?: String${list(this.#members)} }
}
${this.#hasScopedContexts ? writeScopedContexts(fresh) : ''}${this.hasHistory ? eventDeclarations : ''}${bounds}`;
  }

  /** An amount that is added up cannot be negative. */
  #entities(): string {
    return this.hasHistory ? entities.replace('amount?: Int,', 'amount?: Int(0..),') : entities;
  }

  functions(): string {
    return fixedFunctions;
  }

  /** The request of a test, with all required members. */
  request(): string {
    const writeMembers = (members: readonly DrawnMember[]) =>
      members
        .filter(({ isRequired }) => isRequired || this.#draw.once(2))
        .map(({ name, json }) => `, ${name}: ${json}`)
        .join('');
    return `{
    subject: { type: job, id: "a", properties: { on: true, extra: 3, scopes: ["a", "x"] } },
    action: { name: "act.run", properties: { level: LOW, tags: ["a"] } },
    resource: { type: door, id: "prod", properties: { label: "x" } },
    context: {
      time: 2026-03-03T10:00:00Z, must: 2026-03-03T09:00:00Z, cost: 4, owned: { a: "x" }, counts: { a: 1 }, own_items: { a: { size: 2 } }, names: ["a"], list: [{ name: "x", size: 2 }],
      risk: { level: LOW, observed_at: 2026-03-03T09:59:00Z${writeMembers(this.#fresh)} },
      extra: { note: "x"${writeMembers(this.#members)} }
    }
  }`;
  }
}

const users = `table users: String -> { team: String, level?: Level, tags?: Set<String> } {
  "a": { team: "x", level: HIGH }, "prod": { team: "a", tags: { "x", "y" } }, "spiffe://prod.example/ns/a": { team: "a/b" }
}
`;

/** In a record that becomes stale, so that its maps do as well. */
const freshMaps =
  ', tags?: Map<String, String>, sizes?: Map<String, Int>, items?: Map<String, Item>';

function maps(fresh: string): string {
  return `
  labels?: Map<String, String>, marked: Map<String, String> = {}, limits: Map<String, Int(0..9)> = {}
  levels_of?: Map<String, Level>, switches?: Map<String, Bool>, items?: Map<String, Item>
  owned: Map<String, String>, caps?: Map<String, Int>, counts: Map<String, Int>
  own_items: Map<String, Item>, more_items: Map<String, Item> = {}
  grants?: Map<String, { risk?: { level?: Level, observed_at?: Timestamp } fresh ${fresh} }>`;
}

function writeScopedContexts(fresh: string): string {
  return `context for any doing "act.run" {
  ticket?: String, cost: Int
  risk_of_run?: { level?: Level, observed_at?: Timestamp } fresh ${fresh}
}
context for agent { shift?: String }
context for job { shift: Int = 2, share?: Decimal(0.0..) }
`;
}
