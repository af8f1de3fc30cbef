// Names of the constructs of the language in coverage tests: `node Given`, `expression Age`, `in(Ip,
// Cidr) by ipInCidr`, `member Set of String optional`.

import type { Type } from '@nhipol/language/types';
import type { Resolution } from '../../../language/types/builtins/builtin.ts';

/** A use of a builtin, by its operands and the function of the library that computes it. */
export function use({ name, assembly, pattern }: Resolution, operands: readonly Type[]): string {
  const language = pattern === undefined ? '' : ` ${pattern.source.language}`;
  return `${name}(${operands.map(({ kind }) => kind).join(', ')})${language} by ${assembly}`;
}

/** The same uses without the types of their operands. */
export function withoutOperands(uses: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...uses].map((name) => name.replace(/\(.*\)/, '')));
}

export function describeShape(type: Type): string {
  if (type.kind === 'Map') return `Map of ${describeShape(type.value)}`;
  if (type.kind === 'Set' || type.kind === 'List')
    return `${type.kind} of ${describeShape(type.element)}`;
  return type.kind === 'Enum' ? `${type.ordered ? '' : 'un'}ordered enum` : type.kind;
}

/** The constructs that are not used, sorted. */
export function missing(there: ReadonlySet<string>, used: ReadonlySet<string>): readonly string[] {
  return [...there].filter((name) => !used.has(name)).sort();
}
