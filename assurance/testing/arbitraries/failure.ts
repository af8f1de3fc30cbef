// The error of a property that failed: for which input, the answer with its explanation, and how to reproduce it.

import { explain, renderExplanation } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { formatInstant } from '@nhipol/language/types';
import { type Answer, stringify } from '@nhipol/runtime';
import type { SessionSample } from '../explore/sessions.ts';
import type { GeneratedRequest } from '../generate/requests.ts';
import { fillTables, type TableTexts } from '../generate/tables.ts';
import { toClock } from '../runner/ask.ts';
import { printSessionLog } from '../verify/session-log.ts';
import { toScenario } from './sessions.ts';
import { toObject } from './to-object.ts';
import type { Failure } from './trial.ts';

export class PropertyFailed extends Error {
  override readonly name = 'PropertyFailed';

  /** `cause`: the value that the property threw. */
  constructor(message: string, cause: unknown) {
    super(message, cause === undefined ? {} : { cause });
  }
}

/** Renders a failure for a request. `asked`: the decisions of the property. */
export function renderRequestFailure(
  policy: PolicyModel,
  failure: Failure<GeneratedRequest>,
  asked: readonly { readonly request: unknown; readonly answer: Answer }[],
  { seed }: { readonly seed: number },
): string {
  const { sample, tried } = failure;
  const request = toObject(sample.text);
  const own = stringify(request);
  const evaluated = explainSample(policy, sample);
  const wrongAnswers = asked
    .filter(
      ({ request: each, answer }) =>
        stringify(each) === own && !evaluated.startsWith(printAnswer(answer)),
    )
    .map(({ answer }) => `answer of \`decide\`: ${printAnswer(answer)}`);
  const others = asked.filter(({ request: other }) => stringify(other) !== own);
  const at = sample.now === undefined ? '' : ` --now ${formatInstant(sample.now)}`;
  return [
    'the property is false for this request:',
    stringify(request, 2),
    ...formatTables(sample.tables),
    describeThrown(failure),
    ...new Set(wrongAnswers),
    `answer of the evaluator for ${policy.name}:`,
    indentText(evaluated),
    ...others.map(
      ({ request: other, answer }) =>
        `answer to another request that the property decided: ${printAnswer(answer)}\n${stringify(other, 2)}`,
    ),
    rerunLines('forAllRequests', seed, tried),
    `To reproduce it, save the request as request.json and run\n  nhipol eval ${policy.span.file} --request request.json --explain${at}`,
  ].join('\n\n');
}

export function renderSessionFailure(
  policy: PolicyModel,
  failure: Failure<SessionSample>,
  answers: readonly Answer[],
  { seed }: { readonly seed: number },
): string {
  const { sample, tried } = failure;
  return [
    'the property is false for this session:',
    stringify(toScenario(sample), 2),
    ...formatTables(sample.tables),
    describeThrown(failure),
    [
      'Answers:',
      ...answers.map((answer, index) => `  step ${index + 1}: ${printAnswer(answer)}`),
    ].join('\n'),
    rerunLines('forAllSessions', seed, tried),
    `To reproduce it, save these lines as events.jsonl and run\n  nhipol simulate ${policy.span.file} --events events.jsonl`,
    printSessionLog(sample).trimEnd(),
  ].join('\n\n');
}

function describeThrown({ thrown }: Failure<unknown>): string {
  if (thrown === undefined) return 'The property returned false.';
  return `The property threw ${thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)}`;
}

function rerunLines(verb: string, seed: number, tried: number): string {
  const options = `{ seed: ${seed}, samples: ${tried} }`;
  return `Found with seed ${seed} as sample ${tried}, then shrunk.\nRun it again: ${verb}(policy, property, ${options})`;
}

function printAnswer({ effect, reasons }: Answer): string {
  return `${effect} because ${reasons.join(', ')}`;
}

function explainSample(policy: PolicyModel, sample: GeneratedRequest): string {
  const bytes = new TextEncoder().encode(sample.text);
  const explanation = explain(fillTables(policy, sample.tables), bytes, toClock(sample));
  return renderExplanation(explanation, policy.sources).trimEnd();
}

function formatTables(tables: TableTexts): readonly string[] {
  return tables.size === 0
    ? []
    : [['External tables:', ...[...tables].map(([name, text]) => `  ${name}: ${text}`)].join('\n')];
}

function indentText(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}
