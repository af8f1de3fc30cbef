// Builds a JSON Schema 2020-12 of the requests of a policy, for hosts and editors. The schema cannot
// express the maximum length of a string in bytes.

import { listContextCases, type PolicyModel, type Scope } from '@nhipol/language/model';
import {
  type Member,
  type RecordType,
  type ScalarType,
  showRange,
  type Type,
} from '@nhipol/language/types';
import { requestLimits } from '@nhipol/runtime/abi';

export type Schema = { readonly [keyword: string]: unknown };

export function buildRequestSchema(policy: PolicyModel): Schema {
  const { anySubject, anyAction, anyResource } = policy;
  const id = { id: { type: 'string' } };
  return {
    type: 'object',
    properties: {
      subject: buildEntitySchema(
        { type: createNameSchema(policy, 'subjects'), ...id },
        policy.subjects,
        anySubject,
      ),
      action: buildEntitySchema(
        { name: createNameSchema(policy, 'actions') },
        policy.actions,
        anyAction,
      ),
      resource: buildEntitySchema(
        { type: createNameSchema(policy, 'resources'), ...id },
        policy.resources,
        anyResource,
      ),
      ...buildContextSchema(policy),
    },
    required: ['subject', 'action', 'resource'],
  };
}

function buildEntitySchema(
  own: Readonly<Record<string, Schema>>,
  declared: ReadonlyMap<string, RecordType>,
  others: RecordType | undefined,
): Schema {
  const properties = uniteSchemas([...declared.values(), others]) ?? { type: 'object' };
  return { type: 'object', properties: { ...own, properties }, required: Object.keys(own) };
}

/** A name of those that the policy declares or has rules for, or any other. */
function createNameSchema(policy: PolicyModel, kind: keyof Scope): Schema {
  const used = policy.rules.flatMap(({ scope }) => scope[kind] ?? []);
  const names = [...new Set([...policy[kind].keys(), ...used])].sort();
  return { type: 'string', ...(names.length === 0 ? {} : { examples: names }) };
}

function buildContextSchema(policy: PolicyModel): Schema {
  const anyScope = { subjects: undefined, actions: undefined, resources: undefined };
  const context = uniteSchemas(listContextCases(policy, anyScope).map(({ type }) => type));
  return context === undefined ? {} : { context };
}

/** One of the declared types; those that declare the same members have one schema. `undefined` if none is declared. */
function uniteSchemas(types: readonly (RecordType | undefined)[]): Schema | undefined {
  const schemas = types.filter((type) => type !== undefined).map(recordSchema);
  const [first, ...others] = new Map(
    schemas.map((schema) => [JSON.stringify(schema), schema]),
  ).values();
  return others.length === 0 ? first : { anyOf: [first, ...others] };
}

/** The schemas of the payloads of signals and outcomes that have members, by name. */
export function buildPayloadSchemas(policy: PolicyModel): Readonly<Record<string, Schema>> {
  const withMembers = [...policy.signals].filter(([, { members }]) => members.size > 0);
  return Object.fromEntries(withMembers.map(([name, type]) => [name, recordSchema(type)]));
}

function recordSchema(type: RecordType): Schema {
  const members = [...type.members.values()];
  const required = members.filter(isRequired).map((member) => member.name);
  return {
    type: 'object',
    properties: Object.fromEntries(
      members.map((member) => [member.name, buildMemberSchema(member)]),
    ),
    ...(required.length === 0 ? {} : { required }),
  };
}

function isRequired(member: Member): boolean {
  return !member.optional && member.default === undefined;
}

/** `null` counts as absent. A secret is sent to the policy, and never returned. */
function buildMemberSchema(member: Member): Schema {
  const schema = typeSchema(member.type);
  return {
    ...(isRequired(member) ? schema : { anyOf: [schema, { type: 'null' }] }),
    ...(member.secret ? { writeOnly: true } : {}),
  };
}

/** The schema without a range: a value outside its range is unknown, but the request is valid. */
function createRangeSchema(type: ScalarType): Schema {
  const { range } = type;
  return range === undefined ? {} : { description: `known in ${showRange(type, range)}` };
}

function typeSchema(type: Type): Schema {
  switch (type.kind) {
    case 'Bool':
      return { type: 'boolean' };
    case 'Int':
      return { type: 'integer', ...createRangeSchema(type) };
    case 'Decimal':
      return { type: 'number', ...createRangeSchema(type) };
    case 'String':
      return { type: 'string' };
    case 'Timestamp':
      return type.inSeconds
        ? { type: 'number', description: 'seconds since 1970' }
        : { type: 'string', format: 'date-time' };
    case 'Duration':
      return { type: 'number', description: 'seconds' };
    case 'SpiffeId':
      return { type: 'string', description: 'a SPIFFE ID' };
    case 'Ip':
      return { type: 'string', description: 'an IP address' };
    case 'Cidr':
      return { type: 'string', description: 'a network, such as 10.0.0.0/8' };
    case 'Enum':
      return { type: 'string', examples: type.members };
    case 'Record':
      return recordSchema(type);
    case 'Map': {
      const value = { anyOf: [typeSchema(type.value), { type: 'null' }] };
      return { type: 'object', additionalProperties: value, maxProperties: requestLimits.elements };
    }
    case 'Set':
    case 'List':
      return { type: 'array', items: typeSchema(type.element), maxItems: requestLimits.elements };
  }
}
