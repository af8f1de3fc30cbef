// Applies constraints of a permission to the result of a call: takes the result, and returns it with what the constraints
// leave of its structured content. Nothing else of the result is kept, because its text repeats what was cut.

import type { Answer } from '@nhipol/runtime';
import type { Mode } from '../../engine/engine-parts.ts';
import { isMembers, type Members } from '../../json/members.ts';

/** The places in structured content that constraints limit, as names of members, by the names of the constraints. */
export type ResultLimits = ReadonlyMap<string, readonly string[]>;

/** Reads a place such as `result.rows`. Throws for anything else. */
export function findResultPlace(text: string): readonly string[] {
  const [root, ...names] = text.split('.');
  if (root === 'result' && names.every((name) => name !== '')) return names;
  throw new Error(`expected a place such as \`result.rows\`, found \`${text}\``);
}

/** Which results are limited. */
interface Limiting {
  readonly mode: Mode;
  readonly resultLimits: ResultLimits;
}

/**
 * Why a permission does not let a result without structured content pass: it has a constraint that limits results.
 * Returns `undefined` if it has none, or nothing is enforced.
 */
export function limitProblem(
  { constraints }: Pick<Answer, 'constraints'>,
  { mode, resultLimits }: Limiting,
): string | undefined {
  if (mode === 'observe') return undefined;
  const name = Object.keys(constraints).find((key) => resultLimits.has(key));
  return name === undefined ? undefined : `\`${name}\` cannot be applied to its result`;
}

/**
 * Returns the result, or why it cannot be limited, or `undefined` if no constraint limits it. A number is the length of
 * a list, and a list of strings has the members that an object, or each object of a list, may keep.
 */
export function limitResult(
  result: Members | undefined,
  constraints: Answer['constraints'],
  limits: ResultLimits,
): Members | string | undefined {
  const applied = Object.entries(constraints).filter(([name]) => limits.has(name));
  if (applied.length === 0) return undefined;
  const { structuredContent, isError, resultType } = result ?? {};
  let content: unknown = structuredContent;
  for (const [name, limit] of applied) {
    const limited = limitPath(content, limits.get(name) ?? [], limit);
    if (limited === undefined) return `\`${name}\` cannot be applied to its result`;
    content = limited.value;
  }
  return {
    ...(resultType === undefined ? {} : { resultType }),
    content: [{ type: 'text', text: JSON.stringify(content) }],
    structuredContent: content,
    ...(isError === undefined ? {} : { isError }),
  };
}

/** Returns `undefined` if there is no value at the place, or it is not of a kind that the limit applies to. */
function limitPath(
  value: unknown,
  [name, ...rest]: readonly string[],
  limit: unknown,
): { readonly value: unknown } | undefined {
  if (name === undefined) return limitValue(value, limit);
  if (!isMembers(value) || !Object.hasOwn(value, name)) return undefined;
  const limited = limitPath(value[name], rest, limit);
  return limited && { value: { ...value, [name]: limited.value } };
}

function limitValue(value: unknown, limit: unknown): { readonly value: unknown } | undefined {
  if (typeof limit === 'number' || typeof limit === 'bigint') {
    const length = Number(limit);
    const applies = Array.isArray(value) && Number.isInteger(length) && length >= 0;
    return applies ? { value: value.slice(0, length) } : undefined;
  }
  if (!Array.isArray(limit) || !limit.every((each) => typeof each === 'string')) return undefined;
  const names: ReadonlySet<string> = new Set(limit);
  if (isMembers(value)) return { value: withMembers(value, names) };
  if (!Array.isArray(value) || !value.every(isMembers)) return undefined;
  return { value: value.map((each) => withMembers(each, names)) };
}

function withMembers(value: Members, names: ReadonlySet<string>): Members {
  return Object.fromEntries(Object.entries(value).filter(([name]) => names.has(name)));
}
