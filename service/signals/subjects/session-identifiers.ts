// The identifiers of sessions, by a mapping that the operator declares: what a transmitter may call the subject of each.

import { ExactDecimal } from '@nhipol/runtime';
import { isMembers, type Members } from '../../json/members.ts';
import { MappingError } from '../../mapping/mapping-error.ts';
import { compileTemplate, type Template } from '../../mapping/template.ts';
import { listIdentifierKeys, SubjectError } from './identifier.ts';

/**
 * Identifiers by the member of a complex subject that they are of; `any`: of any member, so that they are never
 * contradicted. Strings that begin with `$` are expressions over `session`: its `id`, `subject` and `context`.
 */
export type SubjectMapping = Readonly<Record<string, Members | readonly Members[]>>;

/** The member of identifiers that may be of any member. */
export const anyMember = 'any';

/** Pairs of a member and a canonical key, in one array: there is one for each session. */
export type SessionKeys = readonly string[];

export interface SessionIdentifiers {
  /** The mapping as JSON, to recognize it after a restart. */
  readonly text: string;
  readonly keys: (id: string, request: Members) => SessionKeys;
  /** The identifiers as JSON by member, for the subjects of events about the session. */
  readonly identifiers: (id: string, request: Members) => ReadonlyMap<string, readonly Members[]>;
  /** The members of complex subjects that can be compared. */
  readonly members: ReadonlySet<string>;
  /** Whether keys may depend on facts other than the ids of the subject and of the session. */
  readonly readsFacts: boolean;
}

/** `mapping`: undefined for the id of the subject and that of the session. Throws a `MappingError`. */
export function createSessionIdentifiers(mapping: SubjectMapping | undefined): SessionIdentifiers {
  const identifiers = mapping === undefined ? defaultIdentifiers : createMapped(mapping);
  return {
    text: JSON.stringify(mapping ?? null),
    identifiers,
    keys: (id, request) => {
      const keys: string[] = [];
      for (const [member, each] of identifiers(id, request)) {
        for (const key of each.flatMap(listKeysOrNone)) keys.push(member, key);
      }
      return keys;
    },
    members: new Set(mapping === undefined ? ['session'] : Object.keys(mapping)),
    readsFacts: mapping !== undefined,
  };
}

/**
 * The identifiers of an earlier process, or `undefined` if they cannot be read, so that it is unknown which events were
 * applied.
 */
export function parseIdentifiers(text: string): SessionIdentifiers | undefined {
  try {
    return createSessionIdentifiers(JSON.parse(text) ?? undefined);
  } catch (error) {
    if (error instanceof MappingError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function defaultIdentifiers(
  id: string,
  { subject }: Members,
): ReadonlyMap<string, readonly Members[]> {
  const session = [{ format: 'opaque', id }];
  const own = isMembers(subject) ? subject.id : undefined;
  if (typeof own !== 'string') return new Map([['session', session]]);
  const identifiers: Members[] = [{ format: 'opaque', id: own }];
  if (/^[a-z][a-z\d+.-]*:/i.test(own)) identifiers.push({ format: 'uri', uri: own });
  if (/^[^@\s]+@[^@\s]+$/.test(own)) identifiers.push({ format: 'email', email: own });
  return new Map([
    [anyMember, identifiers],
    ['session', session],
  ]);
}

function createMapped(mapping: SubjectMapping): SessionIdentifiers['identifiers'] {
  const templates = Object.entries(mapping).map(([member, value]) => {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    const compiled = list.map(compileTemplate);
    return [member, compiled] as const;
  });
  return (id, request) => {
    const { subject = {}, context = {} } = request;
    const inputs = { token: {}, session: { id, subject, context } };
    const resolve = (template: Template) => resolveIdentifier(template(inputs, true));
    return new Map(
      templates.map(
        ([member, each]) =>
          [member, each.map(resolve).filter(isMembers).filter(hasValues)] as const,
      ),
    );
  };
}

/** Facts may be numbers, which identify by their digits; an alias that the session does not have leaves the others. */
function resolveIdentifier(value: unknown): unknown {
  if (!isMembers(value)) return value;
  const members = Object.entries(value).map(([name, member]) => [name, toText(member)] as const);
  const identifier = Object.fromEntries(members);
  const { format, identifiers } = identifier;
  if (format !== 'aliases' || !Array.isArray(identifiers)) return identifier;
  const known = identifiers.map(resolveIdentifier).filter(isMembers).filter(hasValues);
  return { format, identifiers: known };
}

function toText(value: unknown): unknown {
  if (typeof value === 'number') return String(value);
  return value instanceof ExactDecimal ? value.toString() : value;
}

/** An identifier whose values the session does not have identifies nothing. */
function hasValues(identifier: Members): boolean {
  return listKeysOrNone(identifier).length > 0;
}

function listKeysOrNone(identifier: Members): readonly string[] {
  try {
    return listIdentifierKeys(identifier);
  } catch (error) {
    if (error instanceof SubjectError) return [];
    throw error;
  }
}
