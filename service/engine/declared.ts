// The members of requests that a policy declares, from the schema in its module: selects them, so that logs contain
// nothing else, masks secrets, and finds numbers that the policy would round.

import { createHmac, randomBytes } from 'node:crypto';
import { stringify } from '@nhipol/runtime';
import { findDigits, hasShortNumbers, isWhole, parseDigits } from '../json/exact.ts';
import { isMembers, type Members } from '../json/members.ts';

/** The declarations at a place: of members by name, and of elements. */
interface Declared {
  readonly members: ReadonlyMap<string, Declared>;
  /** The elements of a list, or the values of a map. */
  readonly elements: Declared | undefined;
  readonly isMap: boolean;
  readonly isSecret: boolean;
  /** The number of decimal places that the policy reads of a number, or `undefined` if it reads no number. */
  readonly places: number | undefined;
}

const maskKey = randomBytes(32);
/** The number of hexadecimal digits: 48 bits, enough to distinguish the values of a log. */
const maskDigits = 12;

/**
 * Stands for a secret value. Equal values have equal masks within one process. Its key is never stored, so that a
 * likely value cannot be confirmed by masking it.
 */
export function maskSecret(value: unknown): string {
  const digest = createHmac('sha256', maskKey).update(stringify(value)).digest('hex');
  return `secret:${digest.slice(0, maskDigits)}`;
}

export interface DeclaredRequest {
  /** The declared members of a request, with the mask instead of secret values. */
  readonly visible: (request: Members) => Members;
  /** The declared members of a request, as they are. */
  readonly read: (request: Members) => Members;
  /** The values of the secret members of a request. */
  readonly secretsIn: (request: Members) => readonly unknown[];
  /** Whether a member is secret. */
  readonly hasSecrets: boolean;
  /**
   * Why the policy would read another number than a request in JSON contains, which a resource gets as it is, or
   * `undefined` if it reads all of its declared numbers exactly.
   */
  readonly numberProblem: (text: string) => string | undefined;
}

/** `schema`: the JSON Schema of requests in a manifest. Alternatives are united: a member that one declares is declared. */
export function readDeclaredRequest(schema: unknown): DeclaredRequest {
  const declared = readDeclared([schema]);
  const select = (request: Members, mask: boolean) => {
    const selected = selectMembers(declared, request, mask);
    return isMembers(selected) ? selected : {};
  };
  return {
    visible: (request) => select(request, true),
    read: (request) => select(request, false),
    secretsIn: (request) => [...listSecrets(declared, request)],
    hasSecrets: hasSecrets(declared),
    numberProblem: (text) =>
      hasShortNumbers(text) ? undefined : findRounded(declared, parseDigits(text), '$'),
  };
}

function readDeclared(given: readonly unknown[]): Declared {
  const schemas = given.flatMap(listAlternatives);
  const members = new Map<string, unknown[]>();
  for (const { properties } of schemas) {
    if (!isMembers(properties)) continue;
    for (const [name, schema] of Object.entries(properties)) {
      members.set(name, [...(members.get(name) ?? []), schema]);
    }
  }
  const values = schemas.map((schema) => schema.additionalProperties).filter(isMembers);
  const elements = [...schemas.map((schema) => schema.items).filter(isMembers), ...values];
  return {
    members: new Map([...members].map(([name, each]) => [name, readDeclared(each)])),
    elements: elements.length === 0 ? undefined : readDeclared(elements),
    isMap: values.length > 0,
    isSecret: given.some((schema) => isMembers(schema) && schema.writeOnly === true),
    places: countLeastPlaces(schemas),
  };
}

/** A policy reads millionths of a Decimal, and milliseconds of seconds. An Int with a fraction is not valid. */
function countLeastPlaces(schemas: readonly Members[]): number | undefined {
  const places = schemas.flatMap(({ type, description }) => {
    if (type === 'integer') return [0];
    if (type !== 'number') return [];
    return [typeof description === 'string' && description.startsWith('seconds') ? 3 : 6];
  });
  return places.length === 0 ? undefined : Math.min(...places);
}

function listAlternatives(schema: unknown): readonly Members[] {
  if (!isMembers(schema)) return [];
  return Array.isArray(schema.anyOf) ? schema.anyOf.flatMap(listAlternatives) : [schema];
}

function selectMembers(declared: Declared, value: unknown, mask: boolean): unknown {
  if (mask && declared.isSecret) return maskSecret(value);
  if (Array.isArray(value)) {
    const { elements } = declared;
    return elements === undefined ? [] : value.map((each) => selectMembers(elements, each, mask));
  }
  if (!isMembers(value)) return value;
  const selected: [string, unknown][] = [];
  for (const [name, member] of Object.entries(value)) {
    const inner = declared.members.get(name) ?? (declared.isMap ? declared.elements : undefined);
    if (inner !== undefined) selected.push([name, selectMembers(inner, member, mask)]);
  }
  return Object.fromEntries(selected);
}

function* listSecrets(declared: Declared, value: unknown): Iterable<unknown> {
  if (declared.isSecret) yield value;
  else if (Array.isArray(value)) {
    const { elements } = declared;
    if (elements !== undefined) for (const each of value) yield* listSecrets(elements, each);
  } else if (isMembers(value)) {
    for (const [name, member] of Object.entries(value)) {
      const inner = declared.members.get(name) ?? (declared.isMap ? declared.elements : undefined);
      if (inner !== undefined) yield* listSecrets(inner, member);
    }
  }
}

function hasSecrets({ isSecret, members, elements }: Declared): boolean {
  const inner = [...members.values(), ...(elements === undefined ? [] : [elements])];
  return isSecret || inner.some(hasSecrets);
}

function findRounded(declared: Declared, value: unknown, path: string): string | undefined {
  const digits = findDigits(value);
  if (digits !== undefined) {
    const { places } = declared;
    if (places === undefined || isWhole(digits, places)) return undefined;
    return `${path}: expected ${describePlaces(places)}, found ${digits}`;
  }
  if (Array.isArray(value)) {
    const { elements } = declared;
    if (elements === undefined) return undefined;
    return findFirstProblem(value, (each) => findRounded(elements, each, `${path}[*]`));
  }
  if (!isMembers(value)) return undefined;
  return findFirstProblem(Object.entries(value), ([name, member]) => {
    const inner = declared.members.get(name) ?? (declared.isMap ? declared.elements : undefined);
    return inner && findRounded(inner, member, `${path}.${name}`);
  });
}

function findFirstProblem<Item>(
  items: readonly Item[],
  find: (item: Item) => string | undefined,
): string | undefined {
  for (const item of items) {
    const problem = find(item);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function describePlaces(places: number): string {
  return places === 0
    ? 'an integer of 64 bits'
    : `a number of 64 bits with at most ${places} decimal places`;
}
