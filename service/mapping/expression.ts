// Expressions of mappings, in the Common Expression Language (CEL). A mapping may come from a server that is not trusted, and
// its inputs from a client that is not: the time and memory of an evaluation are bounded by the length of the inputs.

import { type ASTNode, Environment, Optional } from '@marcbachmann/cel-js';
import type { Members } from '../json/members.ts';
import { formatErrorMessage } from '../support/message-of.ts';
import { MappingError } from './mapping-error.ts';

/**
 * The inputs: the parameters of an MCP request, or the attributes of a proxied one, the certificate of the peer, the claims
 * of a verified token, or an event.
 */
export interface Inputs extends Members {
  readonly params?: Members;
  readonly request?: Members;
  readonly source?: Members;
  readonly destination?: Members;
  readonly metadata?: Members;
  readonly peer?: Members;
  /** A session that an event is about, the claims of the event, and what its token says. */
  readonly session?: Members;
  readonly event?: Members;
  readonly set?: Members;
  /** The parsed body and the headers of a webhook. */
  readonly body?: Members;
  readonly headers?: Members;
  readonly token: Members;
}

const inputNames = [
  'params',
  'request',
  'source',
  'destination',
  'metadata',
  'peer',
  'token',
  'session',
  'event',
  'set',
  'body',
  'headers',
] as const;

/** The value of an expression that omits its member: that of a missing member, selected by `.?`. */
export const absent = Symbol('absent');

/** Takes all inputs, and returns JSON or `absent`. Throws a `MappingError`. */
export type Expression = (inputs: Inputs) => unknown;

const environment = new Environment({
  enableOptionalTypes: true,
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: 300, maxDepth: 32, maxListElements: 64, maxMapEntries: 64 },
});
for (const name of inputNames) environment.registerVariable(name, 'map');

const noInputs = Object.fromEntries(inputNames.map((name) => [name, {}]));

/** Inputs with an empty object for each that is not given, so that an expression can select a member of any. */
export function selectAllInputs(inputs: Inputs): Inputs {
  return { ...noInputs, ...inputs };
}

const maxExpressionLength = 2_000;
/** The longest strings and most values that one expression may return. */
const maxValueSize = 65_536;

/** Throws a `MappingError` if the text is not an expression that can be evaluated here. */
export function compileExpression(text: string): Expression {
  if (text.length > maxExpressionLength) {
    throw new MappingError(`an expression is longer than ${maxExpressionLength} characters`);
  }
  const parsed = compileText(text);
  const problem = findCostProblem(parsed.ast, false);
  if (problem !== undefined) throw new MappingError(`expression \`${text}\`: ${problem}`);
  return (inputs) => {
    try {
      return toJson(parsed(inputs), { left: maxValueSize });
    } catch (error) {
      throw new MappingError(
        `expression \`${text}\` failed: ${readFirstLine(formatErrorMessage(error))}`,
      );
    }
  };
}

function compileText(text: string) {
  try {
    return environment.parse(text);
  } catch (error) {
    throw new MappingError(
      `expression \`${text}\` is not valid: ${readFirstLine(formatErrorMessage(error))}`,
    );
  }
}

/** The messages of the library show the place on further lines. */
function readFirstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

/** Evaluate their last argument for each element of a list. */
const comprehensions: ReadonlySet<string> = new Set([
  'all',
  'exists',
  'exists_one',
  'filter',
  'map',
]);
/** Take no more time and memory than their arguments are long: they may be called for each element of a list. */
const cheapFunctions: ReadonlySet<string> = new Set([
  'contains',
  'startsWith',
  'endsWith',
  'has',
  'size',
  'int',
  'double',
  'string',
  'type',
]);
/** Regular expressions can take exponential time, and nested bindings exponential memory. */
const refusedFunctions: ReadonlySet<string> = new Set(['matches', 'bind']);

/** Why the cost of an expression is not bounded, or `undefined` if it is. */
function findCostProblem(node: ASTNode, isRepeated: boolean): string | undefined {
  const name = node.op === 'call' || node.op === 'rcall' ? node.args[0] : undefined;
  if (name !== undefined && refusedFunctions.has(name)) return `\`${name}\` is not supported`;
  const repeats = node.op === 'rcall' && comprehensions.has(node.args[0]);
  if (isRepeated) {
    if (node.op === '+') return '`+` is not supported within a comprehension';
    if (name !== undefined && !cheapFunctions.has(name))
      return `\`${name}\` is not supported within a comprehension`;
  }
  for (const inner of listNodes(node.args)) {
    const problem = findCostProblem(inner, isRepeated || repeats);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function listNodes(value: unknown): readonly ASTNode[] {
  if (Array.isArray(value)) return value.flatMap(listNodes);
  return typeof value === 'object' && value !== null && 'op' in value ? [value as ASTNode] : [];
}

/** The value as JSON. Throws if it has none. */
function toJson(value: unknown, budget: { left: number }): unknown {
  budget.left -= typeof value === 'string' ? value.length + 1 : 1;
  if (budget.left < 0) throw new Error('its value is too long');
  if (value instanceof Optional) return value.hasValue() ? toJson(value.value(), budget) : absent;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((each) => requirePresent(toJson(each, budget)));
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint' || typeof value === 'number') return toNumber(value);
  const entries = listEntries(value).map(([name, each]) => [name, toJson(each, budget)] as const);
  return Object.fromEntries(entries.filter(([, each]) => each !== absent));
}

function requirePresent(value: unknown): unknown {
  if (value === absent) throw new Error('a list has an element that is missing');
  return value;
}

function toNumber(value: bigint | number): number {
  const number = Number(value);
  if (!Number.isFinite(number)) throw new Error('its value is not a finite number');
  if (typeof value === 'bigint' && !Number.isSafeInteger(number)) {
    throw new Error('its value is an integer beyond 2^53');
  }
  return number;
}

function listEntries(value: unknown): readonly (readonly [string, unknown])[] {
  if (value instanceof Map) return [...value].map(([name, each]) => [String(name), each]);
  const prototype = typeof value === 'object' ? Object.getPrototypeOf(value) : undefined;
  if (prototype !== Object.prototype && prototype !== null)
    throw new Error('its value is not JSON');
  return Object.entries(value as object);
}
