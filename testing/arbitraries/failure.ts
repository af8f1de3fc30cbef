// The error of a property that failed: for what, what was answered and why, and how to see it again.

import { type Answer, stringify } from '@nhipol/runtime';
import { renderExplanation } from '../../language/explain/render.ts';
import { explain, type Policy } from '../../language/index.ts';
import { formatInstant } from '../../language/types/time/instant.ts';
import type { SessionSample } from '../explore/sessions.ts';
import type { GeneratedRequest } from '../generate/requests.ts';
import { filled, type TableTexts } from '../generate/tables.ts';
import { clockOf } from '../runner/ask.ts';
import { sessionLog } from '../verify/session-log.ts';
import { scenarioOf } from './sessions.ts';
import { plainOf } from './to-object.ts';
import type { Failure } from './trial.ts';

export class PropertyFailed extends Error {
  override readonly name = 'PropertyFailed';

  /** `cause`: what the property threw. */
  constructor(message: string, cause: unknown) {
    super(message, cause === undefined ? {} : { cause });
  }
}

/** `asked`: what the property asked about it. */
export function tellRequest(
  policy: Policy,
  failure: Failure<GeneratedRequest>,
  asked: readonly { readonly request: unknown; readonly answer: Answer }[],
  { seed }: { readonly seed: number },
): string {
  const { sample, tried } = failure;
  const request = plainOf(sample.text);
  const own = stringify(request);
  const evaluated = explained(policy, sample);
  const mine = asked
    .filter(
      ({ request: each, answer }) =>
        stringify(each) === own && !evaluated.startsWith(lineOf(answer)),
    )
    .map(({ answer }) => `\`decide\` answers: ${lineOf(answer)}`);
  const others = asked.filter(({ request: other }) => stringify(other) !== own);
  const at = sample.now === undefined ? '' : ` --now ${formatInstant(sample.now)}`;
  return [
    'the property does not hold of this request:',
    stringify(request, 2),
    ...tablesTold(sample.tables),
    why(failure),
    ...new Set(mine),
    `${policy.name} answers, by the evaluator:`,
    indented(evaluated),
    ...others.map(
      ({ request: other, answer }) =>
        `and to this, which the property asked as well: ${lineOf(answer)}\n${stringify(other, 2)}`,
    ),
    again('forAllRequests', seed, tried),
    `By hand: save the request as request.json, then\n  nhipol eval ${policy.span.file} --request request.json --explain${at}`,
  ].join('\n\n');
}

export function tellSession(
  policy: Policy,
  failure: Failure<SessionSample>,
  answers: readonly Answer[],
  { seed }: { readonly seed: number },
): string {
  const { sample, tried } = failure;
  return [
    'the property does not hold of this session:',
    stringify(scenarioOf(sample), 2),
    ...tablesTold(sample.tables),
    why(failure),
    ['The answers:', ...answers.map((each, at) => `  step ${at + 1}: ${lineOf(each)}`)].join('\n'),
    again('forAllSessions', seed, tried),
    `By hand: save these lines as events.jsonl, then\n  nhipol simulate ${policy.span.file} --events events.jsonl`,
    sessionLog(sample).trimEnd(),
  ].join('\n\n');
}

function why({ thrown }: Failure<unknown>): string {
  if (thrown === undefined) return 'It returned false.';
  return `It threw ${thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)}`;
}

function again(verb: string, seed: number, tried: number): string {
  const options = `{ seed: ${seed}, samples: ${tried} }`;
  return `Found as sample ${tried} of seed ${seed}, and made as simple as it fails for.\nAgain: ${verb}(policy, property, ${options})`;
}

function lineOf({ effect, reasons }: Answer): string {
  return `${effect} because ${reasons.join(', ')}`;
}

function explained(policy: Policy, sample: GeneratedRequest): string {
  const bytes = new TextEncoder().encode(sample.text);
  const explanation = explain(filled(policy, sample.tables), bytes, clockOf(sample));
  return renderExplanation(explanation, policy.sources).trimEnd();
}

function tablesTold(tables: TableTexts): readonly string[] {
  return tables.size === 0
    ? []
    : [
        ['With these tables:', ...[...tables].map(([name, text]) => `  ${name}: ${text}`)].join(
          '\n',
        ),
      ];
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}
