// The members of a request as constants of a script: whether each is present, whether its value is usable, and the value.
// A request has a member only where the declaration that applies to it declares the member.

import type { PolicyModel } from '@nhipol/language/model';
import type { MapType, Member, RecordType, Type, Value } from '@nhipol/language/types';
import {
  addressBits,
  addressSort,
  isAddress,
  isNetwork,
  networkBits,
  networkSort,
  readAddress,
  readNetwork,
} from './addresses.ts';
import { shortPaths, spiffeIds, spiffePaths, trustDomains } from './regular.ts';
import { bits, integer, no, type Script, type Sort, type Term, text, yes } from './smt.ts';

export type RootName = 'subject' | 'action' | 'resource' | 'context';

/** An element of a collection, and whether it is in it. */
export interface Slot {
  readonly isIn: Term;
  readonly fact: Fact;
}

/** A member or an element. */
export interface Fact {
  readonly type: Type;
  readonly present: Term;
  /** Whether a single value can be used. */
  readonly usable: Term;
  readonly value: Term;
  /** The elements of a collection. */
  readonly slots: readonly Slot[];
  readonly child: (name: string, type: Type) => Fact;
}

/** A fact that is a part of the request. */
export class OwnFact implements Fact {
  readonly type: Type;
  readonly present: Term;
  readonly usable: Term;
  readonly value: Term;
  readonly slots: readonly Slot[];
  readonly size: Term | undefined;
  /** The members of a record by name and type. */
  readonly children = new Map<string, { readonly name: string; readonly fact: OwnFact }>();
  readonly #path: string;
  readonly #facts: Facts;

  constructor(facts: Facts, type: Type, path: string, present: Term | undefined) {
    const { script } = facts;
    this.#path = path;
    this.#facts = facts;
    this.type = type;
    this.present = present ?? script.declare(path, 'Bool');
    this.slots = [];
    this.size = undefined;
    if (type.kind === 'Set' || type.kind === 'List' || type.kind === 'Map') {
      this.size = script.declare(`size of ${path}`, 'Int');
      script.assert(`(and (<= 0 ${this.size}) (<= ${this.size} ${facts.elements}))`);
      this.slots = facts.createSlots(type, path, this.size);
      this.usable = yes;
      this.value = no;
    } else if (type.kind === 'Record') {
      this.usable = yes;
      this.value = no;
    } else {
      this.usable = canBeUnusable(type) ? script.declare(`${path} is usable`, 'Bool') : yes;
      this.value = script.declare(`value of ${path}`, toSort(type));
      const valid = validValue(script, type, this.value);
      script.assert(script.implies(this.usable, valid));
    }
  }

  child(name: string, type: Type): OwnFact {
    const key = `${name} ${writeSignature(type)}`;
    const known = this.children.get(key)?.fact;
    if (known !== undefined) return known;
    const fact = new OwnFact(this.#facts, type, `${this.#path}.${name}`, undefined);
    this.#facts.script.assert(this.#facts.script.implies(fact.present, this.present));
    this.children.set(key, { name, fact });
    return fact;
  }

  /** For the entries of a map. */
  with(name: string, type: Type, present: Term): OwnFact {
    const fact = new OwnFact(this.#facts, type, `${this.#path}.${name}`, present);
    this.children.set(`${name} ${writeSignature(type)}`, { name, fact });
    return fact;
  }
}

/** A value that is not a part of the request. */
export function valueFact(type: Type, usable: Term, value: Term): Fact {
  return { type, present: yes, usable, value, slots: [], child: () => absentFact(type) };
}

export function absentFact(type: Type): Fact {
  const kind = type.kind;
  const isSingle = kind !== 'Record' && kind !== 'Set' && kind !== 'List' && kind !== 'Map';
  return {
    type,
    present: no,
    usable: no,
    value: isSingle ? anyValue(type) : no,
    slots: [],
    child: (_, own) => absentFact(own),
  };
}

export class Facts {
  readonly script: Script;
  readonly policy: PolicyModel;
  /** At most as many elements has each set, list and map. */
  readonly elements: number;
  readonly roots: Readonly<Record<RootName, OwnFact>>;
  readonly selectors: ReadonlyMap<string, Term>;
  /** Whether a set, list or map of the request is limited. */
  hasCollections = false;
  limitsLengths = false;

  constructor(script: Script, policy: PolicyModel, elements: number) {
    this.script = script;
    this.policy = policy;
    this.elements = elements;
    const record: RecordType = {
      kind: 'Record',
      name: undefined,
      members: new Map(),
      span: policy.span,
    };
    const root = (name: RootName) => new OwnFact(this, record, name, yes);
    this.roots = {
      subject: root('subject'),
      action: root('action'),
      resource: root('resource'),
      context: root('context'),
    };
    const names = ['subject.type', 'subject.id', 'action.name', 'resource.type', 'resource.id'];
    this.selectors = new Map(names.map((name) => [name, script.declare(name, 'String')]));
  }

  selector(name: string): Term {
    return this.selectors.get(name) ?? no;
  }

  /** The instant of evaluation. */
  get now(): Fact {
    const type = this.policy.context?.members.get('time')?.type;
    return type === undefined
      ? absentFact({ kind: 'Timestamp' })
      : this.roots.context.child('time', type);
  }

  createSlots(type: Type, path: string, size: Term): readonly Slot[] {
    const { script } = this;
    this.hasCollections = true;
    const indices = [...Array(this.elements).keys()];
    const slots = indices.map((index) => {
      const isIn = script.test('<', `${index}`, size);
      const element = type.kind === 'Map' ? type.element : (type as { element: Type }).element;
      const fact = new OwnFact(this, element, `${path}[${index}]`, isIn);
      if (type.kind === 'Map') this.#entry(fact, type, isIn);
      return { isIn, fact };
    });
    const getKey = ({ fact }: Slot) =>
      type.kind === 'Map' ? fact.child('key', { kind: 'String' }) : fact;
    if (type.kind !== 'List')
      for (const [index, slot] of slots.entries())
        for (const other of slots.slice(0, index)) {
          const [a, b] = [getKey(slot), getKey(other)];
          script.assert(
            script.not(script.and(slot.isIn, a.usable, b.usable, script.same(a.value, b.value))),
          );
        }
    return slots;
  }

  #entry(fact: OwnFact, type: MapType, isIn: Term): void {
    fact.with('key', { kind: 'String' }, isIn);
    fact.with('value', type.value, isIn);
  }

  /** The declarations of each part, with the condition under which a request has them. */
  shapes(): readonly {
    readonly root: RootName;
    readonly guard: Term;
    readonly type: RecordType | undefined;
  }[] {
    const { script, policy } = this;
    const own = (
      root: RootName,
      selector: string,
      declared: ReadonlyMap<string, RecordType>,
      any: RecordType | undefined,
    ) => {
      const named = [...declared].map(([name, type]) => ({
        root,
        guard: script.same(this.selector(selector), text(name)),
        type,
      }));
      const others = script.not(script.or(...named.map(({ guard }) => guard)));
      return [...named, { root, guard: others, type: any }];
    };
    return [
      ...own('subject', 'subject.type', policy.subjects, policy.anySubject),
      ...own('action', 'action.name', policy.actions, policy.anyAction),
      ...own('resource', 'resource.type', policy.resources, policy.anyResource),
    ];
  }

  /** Asserts that the request is valid; call it when all facts are made. */
  assertValid(scopeOf: (scope: PolicyModel['contexts'][number]['scope']) => Term): void {
    for (const { root, guard, type } of this.shapes())
      this.#assertDeclared(this.roots[root], type === undefined ? [] : [type], guard);
    const { policy, script } = this;
    const { context } = this.roots;
    const declared = [
      ...(policy.context === undefined ? [] : [{ guard: yes, type: policy.context }]),
      ...policy.contexts.map(({ scope, type }) => ({ guard: scopeOf(scope), type })),
    ];
    for (const { name, fact } of [...context.children.values()]) {
      const declaring = declared.filter(({ type }) => isDeclared(type, name, fact.type));
      script.assert(
        script.implies(fact.present, script.or(...declaring.map((each) => each.guard))),
      );
    }
    for (const { guard, type } of declared) this.#assertMembers(context, type, guard);
    if (!this.limitsLengths) return;
    for (const each of this.selectors.values()) this.#assertLength(each);
    for (const root of Object.values(this.roots)) this.#assertLengths(root);
  }

  #assertLengths(fact: OwnFact): void {
    if (fact.type.kind === 'String') this.#assertLength(fact.value);
    for (const slot of fact.slots) this.#assertLengths(slot.fact as OwnFact);
    for (const { fact: child } of fact.children.values()) this.#assertLengths(child);
  }

  /** A string of a request has at most 4,096 bytes. */
  #assertLength(value: Term): void {
    this.script.assert(`(<= (str.len ${value}) 4096)`);
  }

  #assertDeclared(fact: OwnFact, types: readonly RecordType[], guard: Term): void {
    const { script } = this;
    for (const { name, fact: child } of [...fact.children.values()])
      if (!types.some((type) => isDeclared(type, name, child.type)))
        script.assert(script.not(script.and(guard, child.present)));
    for (const type of types) this.#assertMembers(fact, type, guard);
  }

  /** Required members are present where the record is. */
  #assertMembers(fact: OwnFact, type: RecordType, guard: Term): void {
    const { script } = this;
    for (const member of type.members.values()) {
      const child = fact.children.get(`${member.name} ${writeSignature(member.type)}`)?.fact;
      if (child === undefined) continue;
      const here = script.and(guard, fact.present);
      if (isRequired(member)) script.assert(script.implies(here, child.present));
      this.#assertBounds(child, member.type, guard);
    }
  }

  #assertBounds(fact: OwnFact, type: Type, guard: Term): void {
    if (type.kind === 'Record') this.#assertDeclared(fact, [type], guard);
    else if (type.kind === 'Set' || type.kind === 'List' || type.kind === 'Map')
      for (const slot of fact.slots) {
        const own = slot.fact as OwnFact;
        const element = type.kind === 'Map' ? type.value : type.element;
        const target = type.kind === 'Map' ? own.child('value', type.value) : own;
        this.#assertBounds(target, element, this.script.and(guard, slot.isIn));
      }
  }
}

function isDeclared(shape: RecordType, name: string, type: Type): boolean {
  const member = shape.members.get(name);
  return member !== undefined && writeSignature(member.type) === writeSignature(type);
}

export function isRequired({ optional, default: own }: Member): boolean {
  return !optional && own === undefined;
}

// --- types -------------------------------------------------------------------------------------

/** Equal for types that a request writes in the same way; records by their names only, as they share members. */
export function writeSignature(type: Type): string {
  switch (type.kind) {
    case 'Set':
    case 'List':
      return `${type.kind}<${writeSignature(type.element)}>`;
    case 'Map':
      return `Map<${writeSignature(type.value)}>`;
    case 'Record':
      return 'Record';
    case 'Enum':
      return `enum ${type.name} ${type.members.join()}`;
    default: {
      const { min, max } = type.range ?? {};
      return `${type.kind} ${type.inSeconds === true} ${min} ${max}`;
    }
  }
}

export function toSort(type: Type): Sort {
  switch (type.kind) {
    case 'Bool':
      return 'Bool';
    case 'String':
    case 'SpiffeId':
      return 'String';
    case 'Ip':
      return addressSort;
    case 'Cidr':
      return networkSort;
    default:
      return 'Int';
  }
}

export function anyValue(type: Type): Term {
  switch (toSort(type)) {
    case 'Bool':
      return no;
    case 'String':
      return text('');
    case addressSort:
      return bits(0n, 129);
    case networkSort:
      return bits(0n, 137);
    default:
      return '0';
  }
}

/** A single value of a policy. */
export function toConstant(type: Type, value: Value): Term {
  if (typeof value === 'boolean') return value ? yes : no;
  if (typeof value === 'bigint') return integer(value);
  if (typeof value === 'number') return `${value}`;
  if (typeof value !== 'string') throw new Error('a collection is no single value');
  if (type.kind === 'Ip') {
    const address = readAddress(value);
    if (address === undefined) throw new Error(`${value} is no address`);
    return addressBits(address);
  }
  if (type.kind === 'Cidr') {
    const network = readNetwork(value);
    if (network === undefined) throw new Error(`${value} is no network`);
    return networkBits(network);
  }
  return text(value);
}

function canBeUnusable(type: Type): boolean {
  if (type.kind === 'Enum') return type.otherwise === undefined;
  if (type.kind === 'Timestamp') return type.inSeconds === true;
  return !['Bool', 'String'].includes(type.kind);
}

/** The first and the last millisecond of the years 0 to 9999. */
export const [firstInstant, lastInstant] = [-62_167_219_200_000n, 253_402_300_799_999n];
export const [smallest, largest] = [-(2n ** 63n), 2n ** 63n - 1n];

export function between(first: bigint, value: Term, last: bigint): Term {
  return `(and (<= ${integer(first)} ${value}) (<= ${value} ${integer(last)}))`;
}

/** A SPIFFE ID has at most 2,048 characters, and its trust domain 255. */
export function isSpiffeId(script: Script, value: Term): Term {
  return script.and(
    script.test('str.in_re', value, spiffeIds),
    script.test('<=', `(str.len ${value})`, '2048'),
    script.test('<=', `(str.len ${spiffeParts(script, value).domain})`, '255'),
  );
}

/** Conditions that make models easy to find; it need not be true. */
export const preferences = new WeakMap<Script, readonly Term[]>();

const parts = new WeakMap<Script, Map<Term, { readonly domain: Term; readonly path: Term }>>();

/** The trust domain and the path of what is a SPIFFE ID. */
export function spiffeParts(
  script: Script,
  value: Term,
): { readonly domain: Term; readonly path: Term } {
  const known = parts.get(script) ?? new Map();
  parts.set(script, known);
  const found = known.get(value) ?? {
    domain: script.declare('trust domain', 'String'),
    path: script.declare('path', 'String'),
  };
  if (!known.has(value)) {
    known.set(value, found);
    const { domain, path } = found;
    script.assert(
      script.implies(
        script.test('str.in_re', value, spiffeIds),
        script.and(
          script.test('=', value, `(str.++ "spiffe://" ${domain} ${path})`),
          script.test('str.in_re', domain, trustDomains),
          script.test('str.in_re', path, spiffePaths),
        ),
      ),
    );
    preferences.set(script, [
      ...(preferences.get(script) ?? []),
      script.test('str.in_re', path, shortPaths),
    ]);
  }
  return found;
}

function validValue(script: Script, type: Type, value: Term): Term {
  switch (type.kind) {
    case 'Int':
    case 'Decimal': {
      const { min, max } = type.range ?? { min: smallest, max: largest };
      return between(min, value, max);
    }
    case 'Duration':
      return between(smallest, value, largest);
    case 'Timestamp':
      return between(firstInstant, value, lastInstant);
    case 'Enum':
      return between(0n, value, BigInt(type.members.length - 1));
    case 'SpiffeId':
      return isSpiffeId(script, value);
    case 'Ip':
      return isAddress(script, value);
    case 'Cidr':
      return isNetwork(script, value);
    default:
      return yes;
  }
}
