// Decodes an AuthZEN evaluation request from UTF-8 JSON to facts, by the shapes that a policy declares.
// Never throws. Without facts no rule is evaluated; with facts and an error only revokes are.

import {
  type ErrorName,
  type JsonValue,
  jsonTypes,
  requestErrors,
  requestLimits,
} from '@nhipol/runtime/abi';
import { callDigest, digestMember } from '@nhipol/runtime/call-digest';
import { findContextType } from '../model/contexts.ts';
import type { PolicyModel, Selector } from '../model/model.ts';
import {
  type EnumType,
  type MapType,
  type Member,
  type RecordType,
  type ScalarType,
  string,
  type Type,
  type Value,
} from '../types/types.ts';
import { isFatal, type RequestError } from './errors.ts';
import { describeExpectation } from './expectation.ts';
import { absentFact, createPresentFact, type Fact, faultyFact } from './fact.ts';
import type { Decoded } from './facts.ts';
import { type Json, type JsonObject, readJson, type TextError, toParsedJson } from './json.ts';
import { nameJsonType, readScalar } from './scalar.ts';

export interface RequestClock {
  /** Milliseconds since the epoch. */
  readonly now: bigint | undefined;
  /**
   * `host`: `now` and the computed digest of the call replace the values in the request; `request`: they are
   * used only if the request has none.
   */
  readonly precedence: 'host' | 'request';
  /** Default: true. A call that is not known completely has no digest. */
  readonly isCallKnown?: boolean;
}

/** The declarations of a policy that describe requests. */
export type RequestDeclarations = Pick<
  PolicyModel,
  | ('subjects' | 'actions' | 'resources')
  | ('anySubject' | 'anyAction' | 'anyResource')
  | ('context' | 'contexts')
>;

/** Decodes a request; `optionalParts` may be missing without an error. */
export function decode(
  policy: RequestDeclarations & Pick<PolicyModel, 'name'>,
  bytes: Uint8Array,
  clock: RequestClock,
  optionalParts: readonly Entity[] = [],
): Decoded {
  const json = readJson(bytes);
  if ('code' in json) return { facts: undefined, error: createTextError(json) };
  const decoded = new Decoder(policy, clock).request(json, optionalParts);
  if (!policy.context?.members.has(digestMember)) return decoded;
  return withDigest(decoded, clock, digestFact(policy, bytes, clock));
}

/** Returns all errors of a request, in the order of the document; a decision reports the most severe one. */
export function findRequestErrors(
  policy: RequestDeclarations,
  bytes: Uint8Array,
  clock: RequestClock,
): readonly RequestError[] {
  const json = readJson(bytes);
  if ('code' in json) return [createTextError(json)];
  const decoder = new Decoder(policy, clock);
  decoder.request(json, []);
  return decoder.errors.toSorted((a, b) => a.offset - b.offset);
}

/**
 * Decodes a request of which members may be missing: an absent member, also a required one or an ID, is faulty without
 * an error. The elements of collections are given completely. The digest of the call is not known before the call is.
 */
export function decodeOpen(
  policy: RequestDeclarations & Pick<PolicyModel, 'name'>,
  bytes: Uint8Array,
  clock: RequestClock,
): Decoded {
  const json = readJson(bytes);
  if ('code' in json) return { facts: undefined, error: createTextError(json) };
  const decoded = new Decoder(policy, clock, true).request(json, []);
  const { facts } = decoded;
  if (facts?.context.members === undefined) return decoded;
  const members = new Map(facts.context.members);
  if (clock.precedence === 'host' && members.has(digestMember))
    members.set(digestMember, faultyFact);
  if (facts.now !== undefined && members.has('time'))
    members.set('time', createPresentFact(facts.now));
  return { ...decoded, facts: { ...facts, context: { ...facts.context, members } } };
}

/** The digest of the call, which takes long and is rarely read: it is computed when it is. */
function digestFact(
  { name }: Pick<PolicyModel, 'name'>,
  bytes: Uint8Array,
  clock: RequestClock,
): Fact {
  if (clock.isCallKnown === false) return absentFact;
  let found: Fact | undefined;
  const fact = (): Fact => {
    if (found !== undefined) return found;
    const digest = callDigest(new TextDecoder().decode(bytes), name);
    found = digest === undefined ? absentFact : createPresentFact(digest);
    return found;
  };
  return {
    get presence() {
      return fact().presence;
    },
    get value() {
      return fact().value;
    },
    members: undefined,
    elements: undefined,
  };
}

/** Sets the digest of the call; with a clock of the host, the computed digest replaces the one in the request. */
function withDigest(decoded: Decoded, { precedence: by }: RequestClock, fact: Fact): Decoded {
  const { facts } = decoded;
  const declared = facts?.context.members?.get(digestMember);
  if (facts === undefined || declared === undefined || declared.presence === 'faulty')
    return decoded;
  if (by === 'request' && declared.value !== undefined) return decoded;
  const members = new Map(facts.context.members).set(digestMember, fact);
  return { ...decoded, facts: { ...facts, context: { ...facts.context, members } } };
}

function createTextError({ code, offset }: TextError): RequestError {
  const { expected, found } = requestErrors[code] as { expected: string; found: string };
  return { code, path: '$', expected, found, offset };
}

/** Decodes the payload of a signal from UTF-8 JSON; returns the facts or the error. */
export function decodePayload(
  policy: RequestDeclarations,
  shape: RecordType,
  bytes: Uint8Array,
): Fact | RequestError {
  const json = readJson(bytes);
  if ('code' in json) return createTextError(json);
  const decoder = new Decoder(policy, { now: undefined, precedence: 'request' });
  const payload = decoder.record(shape, json);
  return decoder.error ?? payload;
}

/** The outcome of a call, as a host gives it. */
export interface DecodedOutcome {
  /** The parts of the call that it contains; the others are taken from the session's latest request. */
  readonly call: { readonly action?: Fact; readonly resource?: Fact };
  readonly selectors: ReadonlyMap<Selector, string>;
  readonly payload: Fact;
  readonly error: RequestError | undefined;
}

/** Decodes the outcome of a call from UTF-8 JSON: `action` and `resource`, which are optional, and the payload. */
export function decodeOutcome(
  policy: RequestDeclarations,
  shape: RecordType,
  bytes: Uint8Array,
): DecodedOutcome {
  const json = readJson(bytes);
  if ('code' in json) {
    return { call: {}, selectors: new Map(), payload: absentFact, error: createTextError(json) };
  }
  const decoder = new Decoder(policy, { now: undefined, precedence: 'request' });
  const { call, selectors } = decoder.call(json);
  const payload = decoder.error === undefined ? decoder.record(shape, json) : absentFact;
  return { call, selectors, payload, error: decoder.error };
}

/** Decodes JSON of an answer as a record. */
export function decodeRecord(
  policy: RequestDeclarations,
  shape: RecordType,
  json: JsonValue,
): Fact {
  return new Decoder(policy, { now: undefined, precedence: 'request' }).record(
    shape,
    toParsedJson(json),
  );
}

/** Handles a member of a declared object; `path` is its JSONPath. */
type Visit = (value: Json, path: string) => void;

const entities = ['subject', 'action', 'resource'] as const;
type Entity = (typeof entities)[number];

class Decoder {
  readonly #policy: RequestDeclarations;
  readonly #clock: RequestClock;
  /** Whether absent members are open. */
  readonly #isOpen: boolean;
  readonly #selectors = new Map<Selector, string>();
  /** The number of collections around the value. */
  #collections = 0;
  readonly errors: RequestError[] = [];
  /** The most severe of them. */
  #error: RequestError | undefined;

  constructor(policy: RequestDeclarations, clock: RequestClock, isOpen = false) {
    this.#policy = policy;
    this.#clock = clock;
    this.#isOpen = isOpen;
  }

  request(json: Json, optionalParts: readonly Entity[]): Decoded {
    const roots = new Map<string, Fact>();
    const declaresContext = this.#policy.context !== undefined;
    let written: Json | undefined;
    if (json.kind !== 'object') {
      this.#fault('wrong_type', '$', jsonTypes.object, nameJsonType(json), json.offset);
    } else {
      const visits = new Map<string, Visit>();
      for (const root of entities)
        visits.set(root, (value) => roots.set(root, this.#entity(value, root)));
      if (declaresContext) {
        visits.set('context', (value) => {
          written = value;
        });
      }
      this.#object(json, '$', visits);
      for (const root of entities) {
        if (!has(json, root) && !optionalParts.includes(root))
          this.#fault('missing', `$.${root}`, jsonTypes.object, 'nothing', json.close);
      }
      roots.set('context', this.#decodeContext(written, json.close));
    }
    const context = declaresContext ? (roots.get('context') ?? faultyFact) : absentFact;
    const [subject = faultyFact, action = faultyFact, resource = faultyFact] = entities.map(
      (root) => roots.get(root),
    );
    const facts = {
      subject,
      action,
      resource,
      context,
      selectors: this.#selectors,
      now: this.#now(context),
    };
    const fatal = this.#error !== undefined && isFatal(this.#error.code);
    return { facts: fatal ? undefined : facts, error: this.#error };
  }

  /** Decodes the action and the resource, if they are there. */
  call(json: Json): Pick<DecodedOutcome, 'call' | 'selectors'> {
    const call: { action?: Fact; resource?: Fact } = {};
    if (json.kind === 'object') {
      const visits = (['action', 'resource'] as const).map((root): [string, Visit] => [
        root,
        (value) => {
          call[root] = this.#entity(value, root);
        },
      ]);
      this.#object(json, '$', new Map(visits));
    }
    return { call, selectors: this.#selectors };
  }

  get error(): RequestError | undefined {
    return this.#error;
  }

  record(shape: RecordType, json: Json): Fact {
    return this.#record(shape, json, '$');
  }

  /** Decodes the context; its members depend on the selectors, which are known. */
  #decodeContext(json: Json | undefined, close: number): Fact {
    const shape = findContextType(this.#policy, {
      subjects: this.#selectors.get('subject.type'),
      actions: this.#selectors.get('action.name'),
      resources: this.#selectors.get('resource.type'),
    });
    if (shape === undefined) return absentFact;
    return json === undefined || json.kind === 'null'
      ? this.#absentRecord(shape, '$.context', close)
      : this.#record(shape, json, '$.context');
  }

  #now(context: Fact): bigint | undefined {
    const own = context.members?.get('time')?.value as bigint | undefined;
    return this.#clock.precedence === 'host' ? this.#clock.now : (own ?? this.#clock.now);
  }

  /** Records an error: a decision reports the most severe one, and the first of equal severity. */
  #fault(code: ErrorName, path: string, expected: string, found: string, offset: number): void {
    const error = { code, path, expected, found, offset };
    this.errors.push(error);
    const severity = requestErrors[code].severity;
    const current = this.#error === undefined ? 0 : requestErrors[this.#error.code].severity;
    if (severity > current || (severity === current && offset < (this.#error?.offset ?? 0))) {
      this.#error = error;
    }
  }

  /** Visits the members that `visits` names, and reports duplicate names. */
  #object(json: JsonObject, path: string, visits: ReadonlyMap<string, Visit>): void {
    this.#names(json, (name, value) => visits.get(name)?.(value, spellJsonPath(path, name)));
  }

  /** Visits each name once, and reports duplicates. */
  #names(json: JsonObject, visit: (name: string, value: Json, nameOffset: number) => void): void {
    const seen = new Set<string>();
    for (const { name, nameOffset, value } of json.members) {
      if (seen.has(name)) {
        const { expected, found } = requestErrors.duplicate_name;
        this.#fault('duplicate_name', '$', expected, found, nameOffset);
        continue;
      }
      seen.add(name);
      visit(name, value, nameOffset);
    }
  }

  /** Decodes a subject, an action or a resource: its selectors, and the properties of its type. */
  #entity(json: Json, root: 'subject' | 'action' | 'resource'): Fact {
    const path = `$.${root}`;
    if (json.kind !== 'object') {
      if (json.kind === 'null') {
        this.#fault('missing', path, jsonTypes.object, 'nothing', json.offset);
      } else this.#fault('wrong_type', path, jsonTypes.object, nameJsonType(json), json.offset);
      return faultyFact;
    }
    const names = root === 'action' ? ['name'] : ['type', 'id'];
    let properties: Json | undefined;
    this.#object(
      json,
      path,
      new Map<string, Visit>([
        ...names.map((name): [string, Visit] => [
          name,
          (value, at) => this.#selector(root, name, value, at),
        ]),
        [
          'properties',
          (value) => {
            properties = value;
          },
        ],
      ]),
    );
    for (const name of names) {
      if (!has(json, name) && !(this.#isOpen && name === 'id'))
        this.#fault('missing', `${path}.${name}`, jsonTypes.string, 'nothing', json.close);
    }
    const shape = this.#shape(root);
    if (shape === undefined) {
      if (properties !== undefined && properties.kind !== 'object' && properties.kind !== 'null') {
        this.#fault(
          'wrong_type',
          `${path}.properties`,
          jsonTypes.object,
          nameJsonType(properties),
          properties.offset,
        );
      }
      return absentFact;
    }
    const fact =
      properties === undefined || properties.kind === 'null'
        ? this.#absentRecord(shape, `${path}.properties`, json.close)
        : this.#record(shape, properties, `${path}.properties`);
    return fact === faultyFact ? openFact(shape) : fact;
  }

  #selector(root: string, own: string, json: Json, path: string): void {
    if (json.kind === 'null') return;
    const name = this.#scalar(string, json, path);
    if (typeof name === 'string') this.#selectors.set(`${root}.${own}` as Selector, name);
  }

  #shape(root: 'subject' | 'action' | 'resource'): RecordType | undefined {
    const policy = this.#policy;
    if (root === 'subject')
      return findShape(policy.subjects, this.#selectors.get('subject.type')) ?? policy.anySubject;
    return root === 'action'
      ? (findShape(policy.actions, this.#selectors.get('action.name')) ?? policy.anyAction)
      : (findShape(policy.resources, this.#selectors.get('resource.type')) ?? policy.anyResource);
  }

  /** Decodes a record that is missing: reports its required members. */
  #absentRecord(shape: RecordType, path: string, offset: number): Fact {
    return this.#record(shape, { kind: 'object', offset, members: [], close: offset }, path);
  }

  #record(shape: RecordType, json: Json, path: string): Fact {
    if (json.kind !== 'object') {
      this.#fault('wrong_type', path, jsonTypes.object, nameJsonType(json), json.offset);
      return faultyFact;
    }
    const members = new Map<string, Fact>();
    this.#object(
      json,
      path,
      new Map(
        [...shape.members.values()].map((member) => [
          member.name,
          (value, at) => {
            members.set(member.name, this.#member(member, value, at));
          },
        ]),
      ),
    );
    for (const member of shape.members.values()) {
      const storedMember = members.get(member.name) ?? absentFact;
      members.set(
        member.name,
        this.#orMissing(member, storedMember, spellJsonPath(path, member.name), json.close),
      );
    }
    return { presence: 'present', value: undefined, members, elements: undefined };
  }

  /** Returns the fact for a member; reports an absent member that is required. */
  #orMissing(member: Member, fact: Fact, path: string, offset: number): Fact {
    if (this.#isOpen && this.#collections === 0 && fact.presence === 'absent')
      return openFact(member.type);
    if (fact.presence !== 'absent' || member.optional || member.default !== undefined) return fact;
    if (path === '$.context.time' && this.#clock.now !== undefined) return fact;
    this.#fault('missing', path, describeExpectation(member.type), 'nothing', offset);
    return faultyFact;
  }

  #member(member: Member, json: Json, path: string): Fact {
    return json.kind === 'null' ? absentFact : this.#value(member.type, json, path);
  }

  #value(type: Type, json: Json, path: string): Fact {
    if (type.kind === 'Record') return this.#record(type, json, path);
    if (type.kind === 'Map') return this.#map(type, json, path);
    if (type.kind === 'Set' || type.kind === 'List') return this.#collection(type, json, path);
    const found = this.#scalar(type, json, path);
    return found === faultyFact ? faultyFact : createPresentFact(found as Value | undefined);
  }

  /** Decodes an object with any names, each an entry unless its value is null. */
  #map({ value }: MapType, json: Json, path: string): Fact {
    if (json.kind !== 'object') {
      this.#fault('wrong_type', path, jsonTypes.object, nameJsonType(json), json.offset);
      return faultyFact;
    }
    const elements: Fact[] = [];
    let count = 0;
    let isFaulty = false;
    const visit = (name: string, own: Json, nameOffset: number) => {
      if (own.kind === 'null') return;
      count += 1;
      if (count > requestLimits.elements) return;
      const key = this.#scalar(string, { kind: 'string', value: name, offset: nameOffset }, path);
      const fact = this.#value(value, own, `${path}[*]`);
      isFaulty ||= key === faultyFact || fact.presence === 'faulty';
      const members = new Map([
        ['key', createPresentFact(name)],
        ['value', fact],
      ]);
      elements.push({ ...absentFact, presence: 'present', members });
    };
    this.#collections += 1;
    this.#names(json, visit);
    this.#collections -= 1;
    if (count > requestLimits.elements) {
      const { expected, found } = requestErrors.too_many;
      this.#fault('too_many', path, expected, found, json.offset);
      return faultyFact;
    }
    return isFaulty ? faultyFact : { ...absentFact, presence: 'present', elements };
  }

  #collection(type: Type & { kind: 'Set' | 'List' }, json: Json, path: string): Fact {
    if (json.kind !== 'array') {
      this.#fault('wrong_type', path, describeExpectation(type), nameJsonType(json), json.offset);
      return faultyFact;
    }
    if (json.elements.length > requestLimits.elements) {
      const { expected, found } = requestErrors.too_many;
      this.#fault('too_many', path, expected, found, json.offset);
      return faultyFact;
    }
    this.#collections += 1;
    const all = json.elements.map((element, index) =>
      this.#value(type.element, element, `${path}[${index}]`),
    );
    this.#collections -= 1;
    if (all.some((element) => element.presence === 'faulty')) return faultyFact;
    const elements =
      type.kind === 'List'
        ? all
        : all.filter(
            (element, index) =>
              element.value === undefined ||
              all.findIndex((x) => x.value === element.value) === index,
          );
    return { presence: 'present', value: undefined, members: undefined, elements };
  }

  /** Returns a value, `undefined` if it is unknown, or a faulty fact. */
  #scalar(type: ScalarType | EnumType, json: Json, path: string): Value | undefined | Fact {
    const scalar = readScalar(type, json);
    if (scalar.kind === 'value') return scalar.value;
    if (scalar.kind === 'unknown') return undefined;
    this.#fault(scalar.code, path, scalar.expected, scalar.found, json.offset);
    return faultyFact;
  }
}

/** A faulty value; which members a record could have is known. */
function openFact(type: Type): Fact {
  if (type.kind !== 'Record') return faultyFact;
  const members = [...type.members.values()].map((member): [string, Fact] => [
    member.name,
    openFact(member.type),
  ]);
  return { ...faultyFact, members: new Map(members) };
}

function findShape(
  shapes: ReadonlyMap<string, RecordType>,
  name: string | undefined,
): RecordType | undefined {
  return name === undefined ? undefined : shapes.get(name);
}

/** Whether the member is present and not `null`. */
function has(json: JsonObject, name: string): boolean {
  return (
    json.members.find((member) => member.name === name)?.value.kind !== 'null' &&
    json.members.some((member) => member.name === name)
  );
}

/** The JSONPath (RFC 9535) of a member, in shorthand if the name allows it. */
export function spellJsonPath(path: string, name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
    ? `${path}.${name}`
    : `${path}[${JSON.stringify(name)}]`;
}
