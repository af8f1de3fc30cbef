// The request that a model describes, as JSON: the facts that are present, and the smallest values for required
// members that no condition reads.

import { createJsonNumber, type Json, toParsedJson, writeJson } from '@nhipol/language';
import { showDecimal } from '@nhipol/language/support';
import { formatInstant, type Member, type RecordType, type Type } from '@nhipol/language/types';
import type { SymbolicFact } from '../facts/fact.ts';
import type { SymbolicFacts } from '../facts/facts.ts';
import { findRange, formatSignature } from '../facts/member-types.ts';
import type { Literal } from '../formula/formula.ts';
import type { Model } from '../solver/solve.ts';
import type { Finite, Symbolic, TextSet, TextValue } from '../symbolic/symbolic.ts';
import type { Term, TextSetId } from '../terms/terms.ts';

/** The statements of a model about terms and about elements that are not listed. */
export interface TermModel {
  readonly findText: (term: Term) => string | undefined;
  /** The terms of which the model says whether they are in a set. */
  readonly listAsked: (set: TextSetId) => readonly Term[];
  /** Whether what the model is for depends on a literal. */
  readonly isNeeded: (literal: Literal) => boolean;
}

const noTerms: TermModel = {
  findText: () => undefined,
  listAsked: () => [],
  isNeeded: () => false,
};

/** An AuthZEN evaluation request. */
export function createRequestJson(
  facts: SymbolicFacts,
  model: Model,
  terms: TermModel = noTerms,
): string {
  return writeJson(new Writer(model, terms).request(facts));
}

/** The members of a record. */
export function createRecord(fact: SymbolicFact, model: Model): Json {
  return new Writer(model).record(fact);
}

/** The action and resource of a call. */
export function listCallRecords(
  facts: SymbolicFacts,
  model: Model,
): readonly (readonly [string, Json])[] {
  return new Writer(model).call(facts);
}

/** A number that exceeds 64 bits, also as seconds. */
const tooLarge = '99999999999999999999999';

const unusableText: Readonly<Partial<Record<Type['kind'], string>>> = {
  Enum: 'not listed',
  SpiffeId: 'not a SPIFFE ID',
  Ip: 'not an address',
  Cidr: 'not a network',
};

const anyText: Readonly<Partial<Record<Type['kind'], string>>> = {
  SpiffeId: 'spiffe://other.example/x',
  Ip: '203.0.113.1',
  Cidr: '203.0.113.0/24',
};

/** 2026-01-01 */
const anyInstant = 1_767_225_600_000n;

class Writer {
  readonly #model: Model;

  readonly #terms: TermModel;

  constructor(model: Model, terms = noTerms) {
    this.#model = model;
    this.#terms = terms;
  }

  request(facts: SymbolicFacts): Json {
    return buildObject([
      ['subject', this.#entity(facts, 'subject')],
      ...this.call(facts),
      ['context', this.record(facts.root('context'))],
    ]);
  }

  call(facts: SymbolicFacts): readonly (readonly [string, Json])[] {
    const action = buildObject([
      ['name', this.#selector(facts, 'action.name')],
      ['properties', this.record(facts.root('action'))],
    ]);
    return [
      ['action', action],
      ['resource', this.#entity(facts, 'resource')],
    ];
  }

  #entity(facts: SymbolicFacts, root: 'subject' | 'resource'): Json {
    return buildObject([
      ['type', this.#selector(facts, `${root}.type`)],
      ['id', this.#selector(facts, `${root}.id`)],
      ['properties', this.record(facts.root(root))],
    ]);
  }

  #selector(facts: SymbolicFacts, which: Parameters<SymbolicFacts['selector']>[0]): Json {
    const value = facts.selector(which);
    const own = value.kind === 'text' ? this.#chooseText('String', value) : this.#choose(value);
    return toParsedJson(String(own ?? 'other'));
  }

  record(fact: SymbolicFact): Json {
    const members = new Map<string, Json>();
    for (const { name, fact: member } of fact.members)
      if (this.#model.isTrue(member.present)) members.set(name, this.#value(member));
    const key = (name: string, type: Type) => `${name} ${formatSignature(type)}`;
    const read = new Set(fact.members.map(({ name, fact: { type } }) => key(name, type)));
    for (const { guard, type } of fact.declared) {
      if (type.kind !== 'Record' || !this.#model.isTrue(guard)) continue;
      for (const member of listRequired(type)) {
        const { name } = member;
        if (!members.has(name) && !read.has(key(name, member.type)))
          members.set(name, createSmallest(member.type));
      }
    }
    return buildObject([...members]);
  }

  #value(fact: SymbolicFact): Json {
    const { type, value } = fact;
    if (type.kind === 'Record') return this.record(fact);
    if (type.kind === 'Map') {
      const entries = [...fact.entries].flatMap(([key, entry]): readonly [string, Json][] => {
        const name = typeof key === 'string' ? key : this.#chooseKey(key, entry);
        const isThere = name !== undefined && this.#model.isTrue(entry.present);
        return isThere ? [[name, this.#value(entry)]] : [];
      });
      return buildObject([...new Map(entries)]);
    }
    if (type.kind === 'Set' || type.kind === 'List') return this.#elements(type.element, value);
    return this.#scalar(type, value);
  }

  #scalar(type: Type, value: Symbolic<SymbolicFact>): Json {
    if (value.kind === 'truth') return toParsedJson(this.#model.isTrue(value.yes));
    if (value.kind === 'number') {
      const trueCase = value.cases.find(({ guard }) => this.#model.isTrue(guard));
      return trueCase === undefined
        ? createJsonNumber(tooLarge)
        : toNumber(type, this.#model.readValue(trueCase.term));
    }
    if (value.kind === 'text')
      return toParsedJson(this.#chooseText(type.kind, value) ?? unusableText[type.kind] ?? '');
    const chosen = this.#choose(value);
    return chosen === undefined
      ? toParsedJson(unusableText[type.kind] ?? '')
      : createFinite(type, chosen);
  }

  #choose(value: Symbolic<SymbolicFact>): Finite | undefined {
    if (value.kind !== 'choice') return undefined;
    return [...value.values].find(([, literal]) => this.#model.isTrue(literal))?.[0];
  }

  /** Returns `undefined` if it is not known. */
  #chooseText(kind: Type['kind'], { cases }: TextValue): string | undefined {
    const trueCase = cases.find(({ guard }) => this.#model.isTrue(guard));
    return trueCase && this.#chooseAny(kind, trueCase.term);
  }

  #chooseAny(kind: Type['kind'], term: Term): string {
    return this.#terms.findText(term) ?? anyText[kind] ?? `other-${term}`;
  }

  /** The key of an entry that the model needs. */
  #chooseKey(key: Term, { present }: SymbolicFact): string | undefined {
    if (!this.#terms.isNeeded(present)) return undefined;
    return this.#terms.findText(key) ?? `key-${key}`;
  }

  #elements(type: Type, value: Symbolic<SymbolicFact>): Json {
    const isThere = ({ present }: { readonly present: number }) => this.#model.isTrue(present);
    const elements: Json[] = [];
    if (value.kind === 'list')
      elements.push(...value.elements.filter(isThere).map(({ fact }) => this.#value(fact)));
    if (value.kind === 'open list') {
      const listElements = value.pools.flatMap(({ pool }) => pool.elements);
      const needed = listElements.filter(({ present }) => this.#terms.isNeeded(present));
      elements.push(...needed.filter(isThere).map(({ fact }) => this.#value(fact)));
    }
    if (value.kind === 'texts') {
      elements.push(...this.#listTexts(type, value).map(toParsedJson));
      if (this.#model.isTrue(value.unusable))
        elements.push(toParsedJson(unusableText[type.kind] ?? ''));
    }
    if (value.kind === 'open numbers' && this.#model.isTrue(value.unusable))
      elements.push(createJsonNumber(tooLarge));
    if (value.kind === 'numbers') {
      const terms = value.items.filter(isThere).map(({ term }) => this.#model.readValue(term));
      elements.push(...terms.map((term) => toNumber(type, term)));
      if (this.#model.isTrue(value.unusable)) elements.push(createJsonNumber(tooLarge));
    }
    if (value.kind === 'set') {
      for (const [each, literal] of value.elements)
        if (this.#model.isTrue(literal)) elements.push(createFinite(type, each));
      if (this.#model.isTrue(value.unusable))
        elements.push(toParsedJson(unusableText[type.kind] ?? ''));
    }
    const size =
      'size' in value && value.size !== undefined ? this.#model.readValue(value.size) : 0n;
    const [shortest] = [...elements].sort((a, b) => writeJson(a).length - writeJson(b).length);
    while (shortest !== undefined && elements.length < size) elements.push(shortest);
    return { kind: 'array', offset: 0, elements };
  }

  #listTexts(type: Type, { bases, has }: TextSet): readonly string[] {
    const asked = new Set(bases.flatMap((set) => this.#terms.listAsked(set)));
    const present = [...asked].filter((term) => {
      const literal = has(term);
      return this.#terms.isNeeded(literal) && this.#model.isTrue(literal);
    });
    return [...new Set(present.map((term) => this.#chooseAny(type.kind, term)))];
  }
}

function listRequired({ members }: RecordType): readonly Member[] {
  return [...members.values()].filter((member) => !member.optional && member.default === undefined);
}

/** A valid value of a type. */
function createSmallest(type: Type): Json {
  switch (type.kind) {
    case 'Bool':
      return toParsedJson(false);
    case 'Enum':
      return createFinite(type, 0);
    case 'Record':
      return buildObject(
        listRequired(type).map((member) => [member.name, createSmallest(member.type)]),
      );
    case 'Map':
      return buildObject([]);
    case 'Set':
    case 'List':
      return { kind: 'array', offset: 0, elements: [] };
    case 'Timestamp':
      return toNumber(type, anyInstant);
    case 'Int':
    case 'Decimal':
    case 'Duration': {
      const { min, max } = findRange(type);
      return toNumber(type, min > 0n ? min : max < 0n ? max : 0n);
    }
    default:
      type.kind satisfies 'String' | 'SpiffeId' | 'Ip' | 'Cidr';
      return toParsedJson(anyText[type.kind] ?? 'other');
  }
}

function createFinite(type: Type, value: Finite): Json {
  if (typeof value === 'boolean') return toParsedJson(value);
  return toParsedJson(type.kind === 'Enum' ? (type.members[value as number] ?? '') : String(value));
}

/** Milliseconds are written as seconds, and millionths as decimals. */
function toNumber(type: Type, value: bigint): Json {
  if (type.kind === 'Timestamp' && type.inSeconds !== true)
    return toParsedJson(formatInstant(value));
  if (type.kind === 'Int') return createJsonNumber(String(value));
  return createJsonNumber(showDecimal(type.kind === 'Decimal' ? value : value * 1000n));
}

export function buildObject(members: readonly (readonly [string, Json])[]): Json {
  const placed = members.map(([name, value]) => ({ name, nameOffset: 0, value }));
  return { kind: 'object', offset: 0, members: placed, close: 0 };
}
