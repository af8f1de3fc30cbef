// Checks the arguments of a tool against the schema that its server declares. An argument that is not declared is
// refused, because a policy that does not know it cannot restrict it.

import { Validator } from '@cfworker/json-schema';
import { isMembers, type Members } from '../../json/members.ts';
import { limitTime } from '../../support/bounded-time.ts';
import { formatErrorMessage } from '../../support/message-of.ts';

/** Returns what is wrong, with a JSON pointer, or `undefined` if nothing is. */
export type ArgumentCheck = (given: Members) => string | undefined;

/** `schema`: a JSON Schema; without `$schema` of draft 2020-12, as MCP prescribes. */
export function createArgumentCheck(schema: unknown): ArgumentCheck {
  if (!isMembers(schema)) return () => 'the tool does not declare its arguments';
  let validator: Validator;
  try {
    const closed = closeObjects(schema) as ConstructorParameters<typeof Validator>[0];
    validator = new Validator(closed, selectDraft(schema), true);
  } catch (error) {
    return () =>
      `the tool declares its arguments by an invalid schema: ${formatErrorMessage(error)}`;
  }
  const validate = isSlow(schema)
    ? limitTime((given: Members) => validator.validate(given))
    : (given: Members) => validator.validate(given);
  return (given) => {
    try {
      const { valid, errors } = validate(given);
      const last = errors.at(-1);
      if (valid || last === undefined) return valid ? undefined : 'the arguments are not valid';
      const place = last.instanceLocation.slice(1);
      if (last.keyword === 'false') return `${place} is not declared`;
      return place === '' ? last.error : `${place}: ${last.error}`;
    } catch (error) {
      return formatErrorMessage(error);
    }
  };
}

/** Whether validation by the schema can take more time than in proportion to its input. */
function isSlow(schema: Members): boolean {
  return /"(?:pattern|patternProperties|format|uniqueItems|\$ref|\$dynamicRef)":/.test(
    JSON.stringify(schema),
  );
}

type Draft = '4' | '7' | '2019-09' | '2020-12';

function selectDraft({ $schema }: Members): Draft {
  if (typeof $schema !== 'string') return '2020-12';
  if ($schema.includes('draft-04')) return '4';
  if ($schema.includes('draft-06') || $schema.includes('draft-07')) return '7';
  return $schema.includes('2019-09') ? '2019-09' : '2020-12';
}

/** Keywords that can declare further members of the same object. */
const openKeywords = [
  'additionalProperties',
  'patternProperties',
  'unevaluatedProperties',
  '$ref',
  '$dynamicRef',
  'allOf',
  'anyOf',
  'oneOf',
  'if',
  'dependentSchemas',
  'dependencies',
];

/**
 * The schema with objects that have no members except those that they declare, where it does not say otherwise. An
 * object without declared members, and a schema within a combination of schemas, stay as they are.
 */
function closeObjects(schema: unknown): unknown {
  if (!isMembers(schema)) return schema;
  const { properties, items, prefixItems, additionalProperties } = schema;
  const closes = isMembers(properties) && !openKeywords.some((keyword) => keyword in schema);
  return {
    ...schema,
    ...(isMembers(properties) ? { properties: mapValues(properties, closeObjects) } : {}),
    ...(isMembers(items) ? { items: closeObjects(items) } : {}),
    ...(Array.isArray(prefixItems) ? { prefixItems: prefixItems.map(closeObjects) } : {}),
    ...(isMembers(additionalProperties)
      ? { additionalProperties: closeObjects(additionalProperties) }
      : {}),
    ...(closes ? { additionalProperties: false } : {}),
  };
}

function mapValues(members: Members, change: (value: unknown) => unknown): Members {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, change(value)]));
}
