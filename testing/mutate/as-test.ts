// A request that tells a mutant from its policy, as a test in the policy's own language. It expects the
// effect, the reasons and whatever else differs; whoever takes it gives it a better name.

import type { JsonValue } from '@nhipol/runtime/abi';
import { allAsked } from '../../language/evaluator/answer.ts';
import type { Answer, Policy, Type } from '../../language/index.ts';
import { format } from '../../language/syntax/format/format.ts';
import { quote } from '../../language/syntax/print/spelling.ts';
import { showDuration } from '../../language/types/values.ts';
import { instantText } from './instant-text.ts';
import { difference, type Expectable, type Witness } from './witness.ts';

export function asTest(policy: Policy, name: string, witness: Witness): string {
  const { sample, before: answer, after } = witness;
  const { text, now, tables } = sample;
  const filled = [...tables].map(([table, json]) => `table.${table} = ${json}`);
  const written = [
    `test ${quote(name)} {`,
    `request ${text}`,
    now === undefined ? '' : `at ${instantText(now)}`,
    filled.length === 0 ? '' : `with { ${filled.join(', ')} }`,
    `expect ${answer.effect} because ${answer.reasons.join(', ')}`,
    expectation(policy, answer, difference(answer, after)),
    '}',
  ].join('\n');
  return format('test', written).text ?? written;
}

/** Beside effect and reasons. */
function expectation(policy: Policy, answer: Answer, what: Expectable | undefined): string {
  if (what === 'constraints') return `with ${settingsOf(policy, answer)}`;
  if (what === 'obligations') return `with ${demandsOf(policy, answer)}`;
  if (what !== 'until' || answer.validUntil === undefined) return '';
  return `until ${instantText(answer.validUntil)}`;
}

function settingsOf({ constraints }: Policy, answer: Answer): string {
  const types = new Map(constraints.map(({ name, type }) => [name, type]));
  return braced(answer.constraints, (name) => types.get(name));
}

function demandsOf({ obligations }: Policy, answer: Answer): string {
  return allAsked(answer)
    .map(({ name, properties }) => {
      const declared = obligations.find((each) => each.name === name);
      return `${name} ${braced(properties, (member) => declared?.members.get(member)?.type)}`;
    })
    .join(', ');
}

function braced(
  values: Readonly<Record<string, JsonValue>>,
  typeOf: (name: string) => Type | undefined,
): string {
  const parts = Object.entries(values).map(
    ([name, value]) => `${name}: ${literal(typeOf(name), value)}`,
  );
  return `{ ${parts.join(', ')} }`;
}

/** As it is written in a policy: a span of time as `5m`, a member of an enum without quotes. */
function literal(type: Type | undefined, value: JsonValue): string {
  if (Array.isArray(value)) {
    const element = type?.kind === 'Set' || type?.kind === 'List' ? type.element : undefined;
    return `{ ${value.map((each) => literal(element, each as JsonValue)).join(', ')} }`;
  }
  if (typeof value === 'string') {
    return type?.kind === 'String' || type?.kind === 'SpiffeId' ? quote(value) : value;
  }
  return type?.kind === 'Duration' && typeof value === 'number'
    ? showDuration(BigInt(Math.round(value * 1_000)))
    : String(value);
}
