// Renders a request or a session that distinguishes a mutant from its policy as a test in the policy's own
// language. It expects the effect, the reasons and everything else that differs; its author should give it a
// better name.

import { type EvaluatedAnswer, listAnswerDemands } from '@nhipol/language';
import { format } from '@nhipol/language/format';
import { isOwnName, type PolicyModel } from '@nhipol/language/model';
import { quote, reservedWords, spellName } from '@nhipol/language/syntax';
import { isQuoted, showDuration, type Type } from '@nhipol/language/types';
import { stringify } from '@nhipol/runtime';
import type { JsonValue } from '@nhipol/runtime/abi';
import { formatAnyInstant } from './instant-text.ts';
import { findSessionSteps, listTableChanges } from './session-steps.ts';
import {
  type Expectable,
  findExpectableDifference,
  type MutantSessionWitness,
  type RequestWitness,
  type Witness,
  type WitnessAnswers,
} from './witness.ts';

/** `undefined` if the language cannot express it. A request can always be written. */
export function asTest(policy: PolicyModel, name: string, witness: RequestWitness): string;
export function asTest(policy: PolicyModel, name: string, witness: Witness): string | undefined;
export function asTest(policy: PolicyModel, name: string, witness: Witness): string | undefined {
  const lines =
    witness.kind === 'request'
      ? renderRequestLines(policy, witness)
      : renderSessionLines(policy, witness);
  if (lines === undefined) return undefined;
  const written = [`test ${quote(name)} {`, ...lines, '}'].join('\n');
  return format('test', written).text ?? written;
}

function renderRequestLines(policy: PolicyModel, witness: RequestWitness): readonly string[] {
  const { text, now, tables } = witness.sample;
  const filled = listTableChanges(tables);
  return [
    `request ${text}`,
    now === undefined ? '' : `at ${formatAnyInstant(now)}`,
    filled.length === 0 ? '' : `with { ${filled.join(', ')} }`,
    renderExpectation(policy, witness),
  ];
}

/** Every step but the last expects only its effect. */
function renderSessionLines(
  policy: PolicyModel,
  witness: MutantSessionWitness,
): readonly string[] | undefined {
  const session = findSessionSteps(policy, witness.sample);
  if (session === undefined) return undefined;
  const expected = session.steps.map(({ effect }, index) =>
    index < session.steps.length - 1 ? `expect ${effect}` : renderExpectation(policy, witness),
  );
  return [
    `session ${session.request}`,
    ...session.steps.flatMap(({ start }, index) => [
      [index === 0 ? '' : 'then', ...start].join(' '),
      expected[index] ?? '',
    ]),
  ];
}

function renderExpectation(policy: PolicyModel, { before, after }: WitnessAnswers): string {
  const expected = `expect ${before.effect} because ${before.reasons.join(', ')}`;
  return `${expected} ${renderOtherwise(policy, before, findExpectableDifference(before, after))}`;
}

/** The differences besides effect and reasons. */
function renderOtherwise(
  policy: PolicyModel,
  answer: EvaluatedAnswer,
  what: Expectable | undefined,
): string {
  if (what === 'constraints') return `with ${printSettings(policy, answer)}`;
  if (what === 'obligations') return `with ${printDemands(policy, answer)}`;
  if (what === 'lower') return `or lower ${printLowered(answer)}`;
  if (what !== 'until' || answer.validUntil === undefined) return '';
  return `until ${formatAnyInstant(answer.validUntil)}`;
}

function printSettings({ constraints }: PolicyModel, answer: EvaluatedAnswer): string {
  const types = new Map(constraints.map(({ name, type }) => [name, type]));
  return printMembers(answer.constraints, (name) => types.get(name));
}

/** The paths as policies write them. */
function printLowered({ lower }: EvaluatedAnswer): string {
  const parts = Object.entries(lower).map(
    ([path, value]) => `${shortenPath(path)} = ${stringify(value)}`,
  );
  return `{ ${parts.join(', ')} }`;
}

function shortenPath(path: string): string {
  const [, root = '', member = ''] =
    /^(subject|action|resource)\.properties\.([^.]+)/.exec(path) ?? [];
  return root === '' || isOwnName(root, member) ? path : path.replace('.properties', '');
}

function printDemands({ obligations }: PolicyModel, answer: EvaluatedAnswer): string {
  return listAnswerDemands(answer)
    .map(({ name, properties }) => {
      const declared = obligations.find((obligation) => obligation.name === name);
      return `${name} ${printMembers(properties, (member) => declared?.members.get(member)?.type)}`;
    })
    .join(', ');
}

function printMembers(
  values: Readonly<Record<string, JsonValue>>,
  findType: (name: string) => Type | undefined,
): string {
  const parts = Object.entries(values).map(
    ([name, value]) => `${name}: ${renderLiteral(findType(name), value)}`,
  );
  return `{ ${parts.join(', ')} }`;
}

/** The value as written in a policy: a duration as `5m`, a member of an enum with quotes only if necessary. */
function renderLiteral(type: Type | undefined, value: JsonValue): string {
  if (Array.isArray(value)) {
    const element = type?.kind === 'Set' || type?.kind === 'List' ? type.element : undefined;
    return `{ ${value.map((each) => renderLiteral(element, each as JsonValue)).join(', ')} }`;
  }
  if (typeof value === 'string') {
    if (type?.kind === 'Enum') return reservedWords.has(value) ? quote(value) : spellName(value);
    return type !== undefined && isQuoted(type) ? quote(value) : value;
  }
  return type?.kind === 'Duration' && typeof value === 'number'
    ? showDuration(BigInt(Math.round(value * 1_000)))
    : String(value);
}
