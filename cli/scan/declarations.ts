// Declares the arguments of a tool as types of the language: takes its JSON Schema and returns a record, and what the
// language cannot express. The guard validates all arguments by the schema; a policy reads those that are declared.

import { memberLimit } from '@nhipol/language';
import { spellName } from '@nhipol/language/syntax';
import { scalarKinds } from '@nhipol/language/types';
import { isMembers } from '@nhipol/runtime/abi';
import type { DeclaredMember, DeclaredRecordType, DeclaredType } from './types.ts';

type Schema = Readonly<Record<string, unknown>>;

/** An argument that a policy cannot read, and why. */
interface Undeclared {
  /** Names from the arguments on, such as `edits.newText`. */
  readonly path: string;
  readonly reason: string;
}

export interface DeclaredArguments {
  /** The name of the record, or `undefined` if the tool has no arguments that can be declared. */
  readonly record: string | undefined;
  /** The members of the record. */
  readonly type: DeclaredRecordType | undefined;
  /** A value for each required argument, for tests. */
  readonly sample: Readonly<Record<string, unknown>>;
  readonly undeclared: readonly Undeclared[];
}

/** The types that are declared for all tools of a server, in the order in which they are needed. */
export class ToolDeclarations {
  readonly #bodies = new Map<string, string>();
  readonly #names = new Set<string>(reserved);
  /** The declarations as source. */
  readonly texts: string[] = [];

  /** Declares the arguments of a tool. `masked`: paths of arguments that stay undeclared, because they are secret. */
  add(tool: string, schema: unknown, masked: ReadonlySet<string> = new Set()): DeclaredArguments {
    const undeclared: Undeclared[] = [];
    const place = { root: schema, schema, name: tool, path: '', undeclared, masked, depth: 0 };
    const found = this.#type(place);
    if (found?.type.kind !== 'record') {
      return { record: undefined, type: undefined, sample: {}, undeclared };
    }
    const sample = found.sample as Readonly<Record<string, unknown>>;
    return { record: found.text, type: found.type, sample, undeclared };
  }

  #type(place: Place): Typed | undefined {
    const { path, undeclared } = place;
    const schema = resolveSchema(place.schema, place.root);
    const refuse = (reason: string) => {
      undeclared.push({ path, reason });
      return undefined;
    };
    if (schema === undefined) return refuse('a reference that is not to a definition of the tool');
    if (place.masked.has(path)) return refuse('it is masked in the decision log');
    if (place.depth > maxDepth) return refuse('more than eight levels, or recursive');
    const contradiction = findContradiction(schema);
    if (contradiction !== undefined) return refuse(`no value is valid: ${contradiction}`);
    if (typeof schema.const === 'string') return this.#enum(place, [schema.const]);
    const choices = readChoices(schema);
    if (choices !== undefined) return this.#enum(place, choices);
    const alternatives = withoutNull(schema.anyOf ?? schema.oneOf);
    if (alternatives !== undefined) {
      const [only, ...others] = alternatives;
      if (others.length > 0) return refuse('alternatives of different types');
      return this.#type({ ...place, schema: only, depth: place.depth + 1 });
    }
    if ('allOf' in schema) return refuse('a combination of schemas');
    const types = [schema.type].flat().filter((type) => type !== 'null');
    if (types.length > 1) return refuse('values of several types');
    switch (types[0] ?? (isMembers(schema.properties) ? 'object' : undefined)) {
      case 'string':
        return longNames.has(place.last ?? '')
          ? refuse('a text that can be longer than the 4,096 bytes that a policy reads')
          : { text: 'String', sample: sampleString(schema), type: { kind: 'string' } };
      case 'integer':
        return createNumberType('Int', schema);
      case 'number':
        return createNumberType('Decimal', schema);
      case 'boolean':
        return { text: 'Bool', sample: true, type: { kind: 'bool' } };
      case 'array':
        return this.#list(place, schema);
      case 'object':
        return isMembers(schema.properties)
          ? this.#record(place, schema, schema.properties)
          : this.#map(place, schema);
      default:
        return refuse('a value of any type');
    }
  }

  #list(place: Place, schema: Schema): Typed | undefined {
    if (!isMembers(schema.items)) {
      place.undeclared.push({ path: place.path, reason: 'a list of values of any type' });
      return undefined;
    }
    const inner = { ...place, schema: schema.items, depth: place.depth + 1, last: undefined };
    const element = this.#type(inner);
    if (element?.type.kind === 'map') {
      place.undeclared.push({ path: place.path, reason: 'a list of objects with any members' });
      return undefined;
    }
    return (
      element && {
        text: `List<${element.text}>`,
        sample: [element.sample],
        type: { kind: 'list', element: element.type },
      }
    );
  }

  #map(place: Place, schema: Schema): Typed | undefined {
    if (!isMembers(schema.additionalProperties)) {
      place.undeclared.push({ path: place.path, reason: 'an object with any members' });
      return undefined;
    }
    const value = this.#type({
      ...place,
      schema: schema.additionalProperties,
      depth: place.depth + 1,
    });
    if (value?.type.kind === 'list' || value?.type.kind === 'map') {
      place.undeclared.push({ path: place.path, reason: 'an object of lists or objects' });
      return undefined;
    }
    return (
      value && {
        text: `Map<String, ${value.text}>`,
        sample: {},
        type: { kind: 'map', value: value.type },
      }
    );
  }

  #record(place: Place, schema: Schema, properties: Schema): Typed | undefined {
    const required = new Set(Array.isArray(schema.required) ? schema.required : []);
    const members: string[] = [];
    const types: DeclaredMember[] = [];
    const sample: [string, unknown][] = [];
    for (const [name, each] of Object.entries(properties)) {
      const path = place.path === '' ? name : `${place.path}.${name}`;
      if (members.length === memberLimit) {
        place.undeclared.push({ path, reason: `the record has ${memberLimit} members before it` });
      }
      const inner = { ...place, schema: each, name: `${place.name}_${name}`, path, last: name };
      const type =
        members.length === memberLimit
          ? undefined
          : this.#type({ ...inner, depth: place.depth + 1 });
      if (type === undefined) {
        const memberSample = createSample(resolveSchema(each, place.root) ?? {});
        if (required.has(name)) sample.push([name, memberSample]);
        continue;
      }
      const isRequired = required.has(name) && !acceptsNull(each);
      members.push(`${spellName(name)}${isRequired ? '' : '?'}: ${type.text}`);
      types.push({ name, isOptional: !isRequired, type: type.type });
      if (required.has(name)) sample.push([name, type.sample]);
    }
    if (members.length === 0) return undefined;
    const text = this.#declare(place.name, `record % { ${members.join(', ')} }`, place.path === '');
    return { text, sample: Object.fromEntries(sample), type: { kind: 'record', members: types } };
  }

  #enum(place: Place, choices: readonly string[]): Typed {
    const members = [...new Set(choices)].map(spellName).join(', ');
    const text = this.#declare(place.name, `enum % { ${members} }`);
    return { text, sample: choices[0], type: { kind: 'enum', choices } };
  }

  /** Equal declarations are one, unless it is that of a tool. */
  #declare(wanted: string, body: string, isOwn = false): string {
    const known = isOwn ? undefined : this.#bodies.get(body);
    if (known !== undefined) return known;
    const base = typeName(wanted);
    let name = base;
    for (let number = 2; this.#names.has(name); number += 1) name = `${base}${number}`;
    this.#names.add(name);
    if (!isOwn) this.#bodies.set(body, name);
    this.texts.push(body.replace('%', name));
    return name;
  }
}

interface Place {
  readonly root: unknown;
  readonly schema: unknown;
  /** The names that lead here, for the names of types. */
  readonly name: string;
  readonly path: string;
  /** The name of the member. */
  readonly last?: string | undefined;
  readonly undeclared: Undeclared[];
  readonly masked: ReadonlySet<string>;
  readonly depth: number;
}

interface Typed {
  readonly text: string;
  readonly sample: unknown;
  readonly type: DeclaredType;
}

const maxDepth = 8;

/** Names of types that the language, or the policy that is written, has already. */
const reserved = [...scalarKinds, 'List', 'Set', 'Map', 'Approval', 'Events'];

/** Arguments whose values are often longer than what a policy reads. */
const longNames: ReadonlySet<string> = new Set([
  'content',
  'contents',
  'text',
  'body',
  'data',
  'code',
  'html',
  'markdown',
  'script',
  'blob',
  'newText',
  'oldText',
  'new_text',
  'old_text',
  'new_string',
  'old_string',
  'patch',
  'diff',
]);

/** The members of an enum of strings. Those that are not all strings are not one. */
function readChoices(schema: Schema): readonly string[] | undefined {
  const constants = [schema.anyOf ?? schema.oneOf]
    .flat()
    .map((each) => isMembers(each) && each.const);
  const choices = Array.isArray(schema.enum)
    ? schema.enum.filter((each) => each !== null)
    : constants;
  const areStrings = choices.length > 0 && choices.every((choice) => typeof choice === 'string');
  return areStrings ? (choices as string[]) : undefined;
}

const limits = [
  ['minimum', 'maximum'],
  ['minLength', 'maxLength'],
  ['minItems', 'maxItems'],
  ['minProperties', 'maxProperties'],
] as const;

/** Why no value fits a schema, where two of its keywords show it. */
function findContradiction(schema: Schema): string | undefined {
  for (const [least, most] of limits) {
    const [from, to] = [schema[least], schema[most]];
    if (typeof from === 'number' && typeof to === 'number' && from > to)
      return `\`${least}\` is above \`${most}\``;
  }
  const { from, to } = readBounds(schema, schema.type === 'integer');
  if (from !== undefined && to !== undefined && from > to) return 'it has no whole number';
  const { enum: listed, const: constant } = schema;
  if (Array.isArray(listed)) {
    if (listed.length === 0) return 'its `enum` is empty';
    if (typeof constant === 'string' && !listed.includes(constant))
      return 'its `const` is not in its `enum`';
  }
  const values: readonly unknown[] =
    constant === undefined ? (Array.isArray(listed) ? listed : []) : [constant];
  const types = [schema.type].flat().filter((type) => type !== undefined);
  const isString = values.length > 0 && values.every((value) => typeof value === 'string');
  if (isString && types.length > 0 && !types.includes('string'))
    return `its type is not that of its ${constant === undefined ? 'enum' : 'constant'}`;
  return undefined;
}

function withoutNull(alternatives: unknown): readonly unknown[] | undefined {
  if (!Array.isArray(alternatives)) return undefined;
  return alternatives.filter(
    (alternative) => !(isMembers(alternative) && alternative.type === 'null'),
  );
}

function acceptsNull(schema: unknown): boolean {
  if (!isMembers(schema)) return false;
  const alternatives = schema.anyOf ?? schema.oneOf;
  const isListed = Array.isArray(alternatives) && alternatives.some(acceptsNull);
  return isListed || [schema.type].flat().includes('null');
}

/** Follows references to definitions of the same schema. */
function resolveSchema(schema: unknown, root: unknown, depth = 0): Schema | undefined {
  if (schema === true) return {};
  if (!isMembers(schema)) return undefined;
  const { $ref } = schema;
  if ($ref === undefined) return schema;
  if (typeof $ref !== 'string' || !$ref.startsWith('#/') || depth > maxDepth) return undefined;
  let target: unknown = root;
  for (const part of $ref.slice(2).split('/')) {
    const name = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    target = isMembers(target) ? target[name] : undefined;
  }
  return resolveSchema(target, root, depth + 1);
}

/** A bound that the type cannot have is left out. */
function createNumberType(name: 'Int' | 'Decimal', schema: Schema): Typed {
  const { from, to } = readBounds(schema, name === 'Int');
  const range = from === undefined && to === undefined ? '' : `(${from ?? ''}..${to ?? ''})`;
  return {
    text: `${name}${range}`,
    sample: sampleNumber(schema),
    type: { kind: 'number', isWhole: name === 'Int', from, to },
  };
}

interface Bounds {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** `isWhole`: the bounds of the whole numbers within the bounds. */
function readBounds({ minimum, maximum }: Schema, isWhole: boolean): Bounds {
  const [from, to] = [readBound(minimum), readBound(maximum)];
  if (!isWhole) return { from, to };
  return { from: from && Math.ceil(from), to: to && Math.floor(to) };
}

function readBound(value: unknown): number | undefined {
  const isBound =
    typeof value === 'number' &&
    Math.abs(value) <= maxBound &&
    /^-?\d+(\.\d{1,6})?$/.test(`${value}`);
  return isBound ? value : undefined;
}

const maxBound = 1e12;

function sampleNumber(schema: Schema): number {
  const { from = 1, to } = readBounds(schema, schema.type === 'integer');
  return to === undefined ? from : Math.min(from, to);
}

function sampleString({ format }: Schema): string {
  return format === 'uri' ? 'https://example.com/' : 'example';
}

/** A value for an argument that is not declared. */
function createSample(schema: Schema): unknown {
  const [type] = [schema.type].flat();
  if (type === 'array') return [];
  if (type === 'object') return {};
  return type === 'number' || type === 'integer' ? sampleNumber(schema) : 'example';
}

/** `read_text_file` becomes `ReadTextFile`. */
function typeName(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const joined = words.map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`).join('');
  return /^[A-Za-z]/.test(joined) ? joined : `Tool${joined}`;
}
