// Values for a JSON Schema: those that it accepts, and those that differ from them in one place. It reads the keywords that
// the schemas of the service use.

import fc from 'fast-check';

export interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
}

const anything = fc.jsonValue({ maxDepth: 3 });

export function createValueArbitrary(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'object':
      return createObjectArbitrary(schema);
    case 'array':
      return fc.array(schema.items === undefined ? anything : createValueArbitrary(schema.items), {
        maxLength: 4,
      });
    case 'string':
      return createTextArbitrary(schema);
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -10, max: 1_000 });
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case 'boolean':
      return fc.boolean();
    default:
      return anything;
  }
}

function createTextArbitrary({
  pattern,
  format,
  minLength = 0,
  maxLength = 20,
}: Schema): fc.Arbitrary<string> {
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  if (format === 'date-time') {
    const [min, max] = [new Date('1990-01-01'), new Date('2090-01-01')];
    return fc.date({ min, max, noInvalidDate: true }).map((date) => date.toISOString());
  }
  return fc.string({ minLength, maxLength, unit: 'grapheme' });
}

function createObjectArbitrary({ properties = {}, required = [], additionalProperties }: Schema) {
  const members = Object.fromEntries(
    Object.entries(properties).map(([name, inner]) => [name, createValueArbitrary(inner)]),
  );
  const declared = fc.record(members, { requiredKeys: [...required] as never[] });
  if (additionalProperties === false) return declared;
  const others = fc.dictionary(fc.string({ maxLength: 8 }), anything, { maxKeys: 3 });
  return fc.tuple(declared, others).map(([own, more]) => ({ ...more, ...own }));
}

/** The value with one member replaced, removed or added, at any depth. */
export function spoilt(value: unknown): fc.Arbitrary<unknown> {
  if (typeof value !== 'object' || value === null) return anything;
  const names = Object.keys(value);
  const replaced = anything;
  if (names.length === 0)
    return fc.oneof(
      replaced,
      anything.map((more) => ({ more })),
    );
  const inside = fc.constantFrom(...names).chain((name) => {
    const inner = (value as Record<string, unknown>)[name];
    const without = fc.constant(withoutMember(value, name));
    const changed = spoilt(inner).map((next) => withMember(value, name, next));
    return fc.oneof(without, changed, changed);
  });
  const added = fc
    .tuple(fc.string({ maxLength: 8 }), anything)
    .map(([name, next]) => withMember(value, name, next));
  return fc.oneof({ weight: 1, arbitrary: replaced }, { weight: 6, arbitrary: inside }, added);
}

function withMember(value: object, name: string, inner: unknown): unknown {
  if (Array.isArray(value)) return value.map((each, at) => (String(at) === name ? inner : each));
  return { ...value, [name]: inner };
}

function withoutMember(value: object, name: string): unknown {
  if (Array.isArray(value)) return value.filter((_, at) => String(at) !== name);
  return Object.fromEntries(Object.entries(value).filter(([each]) => each !== name));
}
