// The facts of any request: a literal for the presence of each declared member, and variables for its value. Facts are
// made when an expression reads them.

import type { PolicyModel } from '@nhipol/language/model';
import { isBytes, type Member, type RecordType, type Type } from '@nhipol/language/types';
import { nameElementPlace, nameKeyPlace, nameMemberPlace } from '../domains/flow.ts';
import { type Literal, no, yes } from '../formula/formula.ts';
import type { Linear } from '../formula/linear.ts';
import {
  createNumberValue,
  createTextValue,
  guardValue,
  isNumber,
  toTruth,
} from '../symbolic/algebra.ts';
import { requireExactlyOne } from '../symbolic/cardinality.ts';
import type { Choice, Finite, ListElement, Symbolic } from '../symbolic/symbolic.ts';
import type { Term } from '../terms/terms.ts';
import type { SymbolicEncoding } from './encoding.ts';
import type { Declared, FactRole, Key, NamedFact, SymbolicFact } from './fact.ts';
import { findRange, formatSignature, listFiniteValues, mayBeUnusable } from './member-types.ts';
import { findSize } from './sizes.ts';
import { encodeCommonValue, encodeView, getJsonForm } from './views.ts';

interface Given {
  readonly own?: Linear | undefined;
  readonly value?: Symbolic<SymbolicFact>;
  readonly role?: FactRole;
}

export class EncodedFact implements SymbolicFact {
  readonly place: string;
  readonly type: Type;
  readonly declared: readonly Declared[];
  readonly present: Literal;
  readonly value: Symbolic<SymbolicFact>;
  readonly role: FactRole;
  readonly #encoding: SymbolicEncoding;
  readonly #members = new Map<string, NamedFact>();
  readonly #entries = new Map<Key, SymbolicFact>();
  /** The keys of entries that are elements. */
  readonly #read = new Set<Term>();
  /** The facts that the types of two policies read of one member. */
  readonly #views = new Map<string, SymbolicFact>();

  constructor(
    encoding: SymbolicEncoding,
    place: string,
    type: Type,
    declared: readonly Declared[],
    present: Literal,
    given: Given = {},
  ) {
    this.role = given.role ?? 'member';
    this.#encoding = encoding;
    this.place = place;
    this.type = type;
    this.declared = declared;
    this.present = present;
    this.value = given.value ?? this.#createValue(type, given.own);
  }

  get members(): readonly NamedFact[] {
    return [...this.#members.values()];
  }

  get entries(): ReadonlyMap<Key, SymbolicFact> {
    return this.#entries;
  }

  isDeclared(policy: PolicyModel): Literal {
    const own = this.declared.filter((each) => each.policy === undefined || each.policy === policy);
    return this.#encoding.formula.any(own.map(({ guard }) => guard));
  }

  member(name: string, type: Type, own?: Linear): SymbolicFact {
    const key = `${name} ${formatSignature(type)}`;
    const existingFact = this.#members.get(key)?.fact ?? this.#views.get(key);
    if (existingFact !== undefined) return existingFact;
    const { formula, require } = this.#encoding;
    const all = this.declared.flatMap(({ policy, guard, type: record }): readonly Declared[] => {
      const member = record.kind === 'Record' ? record.members.get(name) : undefined;
      if (member === undefined) return [];
      const isRequired = !member.optional && member.default === undefined;
      return [{ policy, guard, type: member.type, isRequired }];
    });
    const isOwn = (each: Declared) => formatSignature(each.type) === formatSignature(type);
    const declared = all.filter(isOwn);
    const view = this.#view(name, type, all);
    if (view !== undefined) {
      const { present, value } = view;
      const made = new EncodedFact(
        this.#encoding,
        nameMemberPlace(this.place, name),
        type,
        declared,
        present,
        {
          value: encodeView(this.#encoding, type, value as Symbolic<never>),
        },
      );
      this.#views.set(key, made);
      return made;
    }
    const present = formula.variable(`${nameMemberPlace(this.place, name)} is present`);
    require(formula.implies(present, this.present));
    require(formula.implies(present, formula.any(declared.map(({ guard }) => guard))));
    for (const { guard, isRequired } of declared)
      if (isRequired) require(formula.implies(formula.and(this.present, guard), present));
    for (const { guard } of all.filter((each) => !isOwn(each)))
      require(formula.or(-present, -guard));
    const made = new EncodedFact(
      this.#encoding,
      nameMemberPlace(this.place, name),
      type,
      declared,
      present,
      {
        own,
      },
    );
    this.#members.set(key, { name, fact: made });
    return made;
  }

  /**
   * The value of a member that another policy reads with another type, if values can be valid for both, or
   * `undefined` if there is no such type, or none that is represented.
   */
  #view(name: string, type: Type, all: readonly Declared[]): SymbolicFact | undefined {
    const form = getJsonForm(type);
    const isRival = (a: Declared, b: Declared) =>
      a.policy !== b.policy && formatSignature(a.type) !== formatSignature(b.type);
    const same = all.filter((each) => getJsonForm(each.type) === form);
    if (!same.some((a) => same.some((b) => isRival(a, b)))) return undefined;
    const key = `${name} as ${form}`;
    const existingMember = this.#members.get(key);
    if (existingMember !== undefined) return existingMember.fact;
    const { formula, require } = this.#encoding;
    const place = nameMemberPlace(this.place, name);
    const present = formula.variable(`${place} is present`);
    const types = same.map((each) => each.type);
    const common = encodeCommonValue(this.#encoding, place, types, present);
    if (common === undefined) {
      this.#encoding.unrepresented.push(...same.flatMap(({ policy }) => policy?.span ?? []));
      return undefined;
    }
    require(formula.implies(present, this.present));
    require(formula.implies(present, formula.any(same.map(({ guard }) => guard))));
    for (const { guard, isRequired } of same)
      if (isRequired) require(formula.implies(formula.and(this.present, guard), present));
    for (const { guard } of all.filter((each) => !same.includes(each)))
      require(formula.or(-present, -guard));
    const made = new EncodedFact(this.#encoding, place, common.type, same, present, {
      value: common.value,
    });
    this.#members.set(key, { name, fact: made });
    return made;
  }

  adopt(name: string, fact: SymbolicFact): void {
    this.#members.set(`${name} ${formatSignature(fact.type)}`, { name, fact });
  }

  entry(key: Key, type: Type): SymbolicFact {
    const made = this.#entries.get(key) ?? this.#newEntry(key, type);
    if (typeof key === 'number' && !this.#read.has(key)) {
      this.#read.add(key);
      this.#adopt(key, type);
    }
    return made;
  }

  #newEntry(key: Key, type: Type): SymbolicFact {
    const { formula, require } = this.#encoding;
    const place = nameMemberPlace(nameElementPlace(this.place), 'value');
    const present = formula.variable(`${place} for ${key} is present`);
    require(formula.implies(present, this.present));
    const isIterated = this.#encoding.domains.analysis.isIterated(this.place);
    const made = new EncodedFact(
      this.#encoding,
      place,
      type,
      listElements(this.declared),
      present,
      {
        role: isIterated ? 'element' : 'entry',
      },
    );
    if (typeof key === 'number') this.#relate(key, made);
    this.#entries.set(key, made);
    return made;
  }

  /** Entries with equal keys are one. */
  #relate(key: Term, entry: SymbolicFact): void {
    const { terms, values } = this.#encoding;
    for (const [other, before] of this.#entries)
      if (typeof other === 'number') values.unite?.(terms.equal(key, other), entry, before);
  }

  /** Conditions about all entries are also about one that is read by its key. */
  #adopt(key: Term, type: Type): void {
    const { value } = this;
    if (value.kind !== 'open list' || value.adopt === undefined) return;
    value.adopt(key, this.#entryAsRecord(type, key, createTextValue([{ guard: yes, term: key }])));
  }

  #createValue(type: Type, own: Linear | undefined): Symbolic<SymbolicFact> {
    const { formula } = this.#encoding;
    if (type.kind === 'Record') return { kind: 'record', held: this.present };
    if (type.kind === 'Bool') {
      const literal = formula.variable(`${this.place}`);
      return guardValue(formula, this.present, toTruth(literal));
    }
    if (isNumber(type)) {
      const usable = this.#usable(mayBeUnusable(type));
      return createNumberValue([{ guard: usable, term: own ?? this.#number(type, this.place) }]);
    }
    const { values } = this.#encoding;
    if (type.kind === 'Map')
      return values.entries(this.place, this.present, (key, value) =>
        this.#entryAsRecord(type.value, key, value),
      );
    if (type.kind === 'Set' || type.kind === 'List') return this.#collection(type);
    if (isBytes(type)) {
      const usable = this.#usable(mayBeUnusable(type));
      return values.anyText(this.place, this.place, type, usable);
    }
    return this.#choice(type);
  }

  /** The entry of a key as a record of the key and the value. */
  #entryAsRecord(type: Type, key: Key, value: Symbolic<never>): ListElement<SymbolicFact> {
    if (typeof key === 'number') this.#read.add(key);
    const entry = this.entry(key, type);
    const { present } = entry;
    const declareType = (type: Type) => [{ policy: undefined, guard: yes, type, isRequired: true }];
    const record = new EncodedFact(
      this.#encoding,
      nameElementPlace(this.place),
      createEntryType(type),
      declareType(createEntryType(type)),
      present,
    );
    const own = guardValue(this.#encoding.formula, present, value);
    record.adopt(
      'key',
      new EncodedFact(
        this.#encoding,
        nameKeyPlace(this.place),
        keyType,
        declareType(keyType),
        present,
        {
          value: own,
        },
      ),
    );
    record.adopt('value', entry);
    return { present, fact: record };
  }

  #usable(mayFail: boolean): Literal {
    if (!mayFail) return this.present;
    const { formula, usable } = this.#encoding;
    const isUsable = formula.variable(`${this.place} is usable`);
    usable.push(isUsable);
    return formula.and(this.present, isUsable);
  }

  #choice(type: Type): Choice {
    const usable = this.#usable(mayBeUnusable(type));
    return requireExactlyOne(this.#encoding, this.place, listFiniteValues(type), usable);
  }

  #number(type: Type, name: string): Linear {
    const { min, max } = findRange(type);
    return this.#encoding.createNumber(name, min, max);
  }

  #collection(type: Type & { readonly kind: 'Set' | 'List' }): Symbolic<SymbolicFact> {
    const { element } = type;
    const isList = type.kind === 'List';
    if (element.kind === 'Record' || element.kind === 'List' || element.kind === 'Set')
      return this.#list(element);
    const { formula, require } = this.#encoding;
    const held = this.present;
    const unusable = mayBeUnusable(element)
      ? formula.and(held, formula.variable(`${this.place} has an unusable element`))
      : no;
    if (isNumber(element) || isBytes(element))
      return this.#encoding.values.scalars(this.place, element, { held, unusable, isList });
    const elements = new Map<Finite, Literal>();
    for (const value of listFiniteValues(element)) {
      const literal = formula.variable(`${this.place} has ${value}`);
      require(formula.implies(literal, held));
      elements.set(value, literal);
    }
    const size = isList
      ? findSize(this.#encoding, this.place, held, [...elements.values(), unusable])
      : undefined;
    return { kind: 'set', held, elements, unusable, size };
  }

  #list(element: Type): Symbolic<SymbolicFact> {
    const place = nameElementPlace(this.place);
    return this.#encoding.values.list(this.place, this.present, (present) => ({
      present,
      fact: new EncodedFact(this.#encoding, place, element, listElements(this.declared), present),
    }));
  }
}

const keyType: Type = { kind: 'String' };

/** A record without declared members: those that it has are adopted. */
function createEntryType(value: Type): RecordType {
  const span = { file: '', start: 0, end: 0 };
  const member = (name: string, type: Type): [string, Member] => [
    name,
    { name, type, span, optional: false, secret: false, fresh: undefined, default: undefined },
  ];
  return {
    kind: 'Record',
    name: undefined,
    members: new Map([member('key', keyType), member('value', value)]),
    span,
  };
}

function listElements(declared: readonly Declared[]): readonly Declared[] {
  return declared.flatMap(({ type, ...rest }) => {
    if (type.kind === 'Map') return [{ ...rest, type: type.value }];
    return type.kind === 'List' || type.kind === 'Set' ? [{ ...rest, type: type.element }] : [];
  });
}
