// Requests as models and models as requests: the JSON that the values of the facts describe, and the assertions that fix
// the facts to those of a request.

import { findContextType, type PolicyModel } from '@nhipol/language/model';
import { showDecimal } from '@nhipol/language/support';
import type { RecordType, Type } from '@nhipol/language/types';
import { createPresentFact, type Fact as Decoded } from '../../../language/request/fact.ts';
import type { Facts as DecodedFacts } from '../../../language/request/facts.ts';
import { formatAddress, formatNetwork } from './addresses.ts';
import type { ModelValue } from './cvc5.ts';
import type { Asked } from './expressions.ts';
import {
  type Facts,
  isRequired,
  type OwnFact,
  type RootName,
  spiffeParts,
  toConstant,
  writeSignature,
} from './facts.ts';
import type { Script, Term } from './smt.ts';

/** Characters that the solver does not have. */
const beyond = /[\u{30000}-\u{10ffff}]/u;

/** The values that a model gives to terms. */
export type Model = (term: Term) => ModelValue;

/** The terms whose values a request is written from. */
export function listTerms(facts: Facts, asked: readonly Asked[]): readonly Term[] {
  const terms = new Set<Term>(facts.selectors.values());
  const add = (fact: OwnFact) => {
    for (const term of [fact.present, fact.usable, fact.size])
      if (term !== undefined && term !== 'true') terms.add(term);
    if (!isGroup(fact.type) && fact.type.kind !== 'Record') terms.add(fact.value);
    for (const slot of fact.slots) add(slot.fact as OwnFact);
    for (const { fact: child } of fact.children.values()) add(child);
  };
  for (const root of Object.values(facts.roots)) add(root);
  for (const { keys, result } of asked) {
    for (const key of keys) terms.add(key);
    terms.add(result.held);
    if (result.slots === undefined) terms.add(result.value);
    for (const { isIn, fact } of result.slots ?? []) terms.add(isIn).add(fact.value);
  }
  return [...terms].filter((term) => term !== 'true' && term !== 'false');
}

export class Writer {
  readonly #facts: Facts;
  readonly #model: Model;

  constructor(facts: Facts, model: Model) {
    this.#facts = facts;
    this.#model = model;
  }

  /** The request as JSON. */
  request(): string {
    const { policy } = this.#facts;
    const name = (selector: string) => String(this.#model(this.#facts.selector(selector)));
    const [subject, action, resource] = ['subject.type', 'action.name', 'resource.type'].map(
      name,
    ) as [string, string, string];
    const shape = (declared: ReadonlyMap<string, RecordType>, own: string) => declared.get(own);
    const context = findContextType(policy, {
      subjects: subject,
      actions: action,
      resources: resource,
    });
    const part = (root: RootName, type: RecordType | undefined) =>
      type === undefined ? '{}' : this.#record(this.#facts.roots[root], type);
    return object([
      [
        'subject',
        object([
          ['type', JSON.stringify(subject)],
          ['id', JSON.stringify(name('subject.id'))],
          ['properties', part('subject', shape(policy.subjects, subject) ?? policy.anySubject)],
        ]),
      ],
      [
        'action',
        object([
          ['name', JSON.stringify(action)],
          ['properties', part('action', shape(policy.actions, action) ?? policy.anyAction)],
        ]),
      ],
      [
        'resource',
        object([
          ['type', JSON.stringify(resource)],
          ['id', JSON.stringify(name('resource.id'))],
          ['properties', part('resource', shape(policy.resources, resource) ?? policy.anyResource)],
        ]),
      ],
      ['context', part('context', context)],
    ]);
  }

  /** The contents of external tables as JSON, by their names. */
  tables(asked: readonly Asked[]): ReadonlyMap<string, string> {
    const contents = new Map<string, Map<string, unknown>>();
    for (const { table, keys, result } of asked) {
      if (!this.#isTrue(result.held)) continue;
      const own = keys.map((key, index) => this.#keyText(table.keys[index] as Type, key));
      const rows = contents.get(table.name) ?? new Map();
      const { value: type } = table;
      const json =
        result.slots === undefined
          ? this.#scalar(type, result.value)
          : `[${result.slots
              .filter(({ isIn }) => this.#isTrue(isIn))
              .map(({ fact }) => this.#scalar(fact.type, fact.value))
              .join()}]`;
      const [first = '', second] = own;
      if (second === undefined) rows.set(first, json);
      else
        rows.set(first, new Map((rows.get(first) as Map<string, string>) ?? []).set(second, json));
      contents.set(table.name, rows);
    }
    const formatJson = (value: unknown): string =>
      value instanceof Map
        ? object([...value].map(([key, own]) => [key, formatJson(own)] as const))
        : String(value);
    return new Map([...contents].map(([name, rows]) => [name, formatJson(rows)]));
  }

  #keyText(type: Type, key: Term): string {
    const json = this.#scalar(type, key);
    return json.startsWith('"') ? JSON.parse(json) : json;
  }

  #isTrue(term: Term): boolean {
    return term === 'true' || (term !== 'false' && this.#model(term) === true);
  }

  #record(fact: OwnFact, type: RecordType): string {
    const members: (readonly [string, string])[] = [];
    for (const member of type.members.values()) {
      const own = fact.children.get(`${member.name} ${writeSignature(member.type)}`)?.fact;
      if (own === undefined) {
        if (isRequired(member)) members.push([member.name, writeAnyValue(member.type)]);
      } else if (this.#isTrue(own.present))
        members.push([member.name, this.#value(own, member.type)]);
    }
    return object(members);
  }

  /** `type`: as this request declares it. */
  #value(fact: OwnFact, type: Type): string {
    if (type.kind === 'Record') return this.#record(fact, type);
    if (!isGroup(type)) {
      return this.#isTrue(fact.usable) ? this.#scalar(type, fact.value) : unusable(type);
    }
    const slots = fact.slots.filter(({ isIn }) => this.#isTrue(isIn));
    if (type.kind === 'Map')
      return object(
        slots.map((slot) => {
          const entry = slot.fact as OwnFact;
          const key = entry.child('key', { kind: 'String' }).value;
          return [
            String(this.#model(key)),
            this.#value(entry.child('value', type.value), type.value),
          ];
        }),
      );
    return `[${slots.map((slot) => this.#value(slot.fact as OwnFact, type.element)).join()}]`;
  }

  #scalar(type: Type, term: Term): string {
    if (term === 'true' || term === 'false') return term;
    const value = this.#model(term);
    switch (type.kind) {
      case 'Enum':
        return JSON.stringify(type.members[Number(value)]);
      case 'Decimal':
        return showDecimal(value as bigint);
      case 'Duration':
        return thousandths(value as bigint);
      case 'Timestamp':
        return type.inSeconds
          ? thousandths(value as bigint)
          : JSON.stringify(new Date(Number(value)).toISOString());
      case 'Ip':
        return JSON.stringify(formatAddress(value as bigint));
      case 'Cidr':
        return JSON.stringify(formatNetwork(value as bigint));
      case 'Int':
      case 'Bool':
        return `${value}`;
      default:
        return JSON.stringify(value);
    }
  }
}

function object(members: readonly (readonly [string, string])[]): string {
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join()}}`;
}

function thousandths(value: bigint): string {
  const digits = `${value < 0n ? -value : value}`.padStart(4, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -3)}.${digits.slice(-3)}`;
}

/** A value that is well formed and of no use. */
function unusable(type: Type): string {
  const texts: Readonly<Record<string, string>> = {
    Enum: 'not a member',
    SpiffeId: 'not a SPIFFE ID',
    Ip: 'not an address',
    Cidr: 'not a network',
  };
  const own = texts[type.kind];
  return own === undefined ? '99999999999999999999999' : JSON.stringify(own);
}

/** The value of a required member that nothing reads. */
function writeAnyValue(type: Type): string {
  switch (type.kind) {
    case 'Bool':
      return 'false';
    case 'Record':
      return object(
        [...type.members.values()]
          .filter(isRequired)
          .map((member) => [member.name, writeAnyValue(member.type)] as const),
      );
    case 'Map':
      return '{}';
    case 'Set':
    case 'List':
      return '[]';
    case 'Timestamp':
      return type.inSeconds ? '0' : '"2026-01-01T00:00:00Z"';
    case 'Int':
    case 'Decimal':
    case 'Duration':
      return '0';
    default:
      return '"x"';
  }
}

function isGroup(type: Type): type is Extract<Type, { kind: 'Set' | 'List' | 'Map' }> {
  return type.kind === 'Set' || type.kind === 'List' || type.kind === 'Map';
}

/**
 * The conditions that fix the facts to those of a request, or `undefined` if a collection has more elements than the encoding, or a
 * character that the solver does not have.
 */
export function fixFacts(
  facts: Facts,
  decoded: DecodedFacts,
  script: Script,
): readonly Term[] | undefined {
  const asserts: Term[] = [];
  let fits = true;
  const assign = (term: Term, value: Term) => asserts.push(script.test('=', term, value));
  const say = (term: Term, isTrue: boolean) => {
    if (term === 'true' || term === 'false') fits &&= (term === 'true') === isTrue;
    else asserts.push(isTrue ? term : script.not(term));
  };
  const fix = (fact: OwnFact, own: Decoded | undefined, type: Type, isEntry = false) => {
    const isPresent = own?.presence === 'present';
    if (!isEntry) say(fact.present, isPresent);
    if (own === undefined || !isPresent) return;
    if (type.kind === 'Record') {
      fixMembers(fact, own, type);
      return;
    }
    if (!isGroup(type)) {
      const { value } = own;
      say(fact.usable, value !== undefined);
      if (value === undefined) return;
      if (typeof value === 'string' && beyond.test(value)) fits = false;
      else assign(fact.value, toConstant(fact.type, value));
      if (type.kind !== 'SpiffeId' || typeof value !== 'string') return;
      const { domain, path } = spiffeParts(script, fact.value);
      const [, host = '', rest = ''] = /^spiffe:\/\/([^/]*)(.*)$/s.exec(value) ?? [];
      assign(domain, toConstant({ kind: 'String' }, host));
      assign(path, toConstant({ kind: 'String' }, rest));
      return;
    }
    const { elements = [] } = own;
    if (elements.length > fact.slots.length) fits = false;
    else if (fact.size !== undefined) assign(fact.size, `${elements.length}`);
    for (const [index, element] of elements.entries()) {
      const slot = fact.slots[index]?.fact as OwnFact | undefined;
      if (slot !== undefined) fix(slot, element, type.element, true);
    }
  };
  const fixMembers = (record: OwnFact, own: Decoded, type: RecordType | undefined) => {
    for (const { name, fact } of record.children.values()) {
      const declared = type?.members.get(name)?.type;
      // Another declaration of the member is not a part of this request.
      const isOwn =
        declared !== undefined && writeSignature(declared) === writeSignature(fact.type);
      const isClock = record === facts.roots.context && name === 'time';
      const found = isClock ? createPresentFact(decoded.now) : own.members?.get(name);
      fix(fact, isOwn ? found : undefined, declared ?? fact.type);
    }
  };
  for (const [name, root] of Object.entries(facts.roots))
    fixMembers(root, decoded[name as RootName], findType(facts.policy, decoded, name as RootName));
  for (const [name, term] of facts.selectors) {
    const value = decoded.selectors.get(name as never);
    if (value === undefined || beyond.test(value)) fits = false;
    else assign(term, toConstant({ kind: 'String' }, value));
  }
  return fits ? asserts : undefined;
}

function findType(
  policy: PolicyModel,
  { selectors }: DecodedFacts,
  root: RootName,
): RecordType | undefined {
  const [subjects, actions, resources] = (
    ['subject.type', 'action.name', 'resource.type'] as const
  ).map((each) => selectors.get(each)) as [string, string, string];
  if (root === 'context') return findContextType(policy, { subjects, actions, resources });
  if (root === 'subject') return policy.subjects.get(subjects) ?? policy.anySubject;
  if (root === 'action') return policy.actions.get(actions) ?? policy.anyAction;
  return policy.resources.get(resources) ?? policy.anyResource;
}
