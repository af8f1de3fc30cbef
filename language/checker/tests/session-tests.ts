// Checks tests of sessions: the instants of their steps, and the signals. Reports parts of sessions
// in other tests.

import { expectsPossibility, type PolicyTest, type TestStep } from '../../model/model.ts';
import { changeRequest } from '../../request/change-request.ts';
import { decode, decodeOutcome, decodePayload } from '../../request/decode.ts';
import type { RequestError } from '../../request/errors.ts';
import type { Span } from '../../support/source.ts';
import type { StepNode, StepStart, TestNode } from '../../syntax/ast.ts';
import { parseInstant } from '../../types/time/instant.ts';
import type { RecordType } from '../../types/types.ts';
import type { Context } from '../context.ts';
import type { Shapes } from '../declarations/shapes.ts';
import { findPayload } from '../declarations/signals.ts';
import { splitPathNames } from '../paths.ts';

/** The maximum number of requests in one step. */
const timesLimit = 1_000n;

/** Reports what only the test of a session can contain. */
export function refuseSession({ reporter }: Context, steps: readonly StepStart[]): void {
  const refuse = (word: string, { span }: { readonly span: Span }) =>
    reporter.report(
      'bad-test',
      span,
      { why: `\`${word}\` can only be used in the test of a session` },
      { help: 'begin the test with `session` instead of `request`' },
    );
  for (const step of steps) {
    if (step.after) refuse('after', step.after);
    if (step.session) refuse('in session', step.session);
    for (const signal of step.signals.slice(0, 1)) refuse(signal.of, signal);
    if (step.asks) refuse('ask', step);
  }
}

/** Adds the instants of the steps, which accumulate. */
export function checkSessionTest(
  context: Context,
  shapes: Shapes,
  { steps: nodes, request: { span } }: TestNode,
  test: PolicyTest,
): PolicyTest | undefined {
  const [first] = nodes;
  const opens = first?.at?.milliseconds ?? parseRequestTime(test.request);
  if (opens === undefined) {
    context.reporter.report('bad-test', span, {
      why: 'the session has no start time: set `context.time`, or `at` in the first step',
    });
    return undefined;
  }
  let now = opens;
  const steps: TestStep[] = [];
  for (const [index, step] of test.steps.entries()) {
    const node = nodes[index] as StepNode;
    now = node.at?.milliseconds ?? now + (node.after?.milliseconds ?? 0n);
    if (!checkSessionStep(context, shapes, node, step)) return undefined;
    steps.push({ ...step, at: now });
  }
  return checkOpenParts(context, shapes, test) ? { ...test, opens, steps } : undefined;
}

/**
 * A session knows its subject, and its context when it opens: only the rest can be missing in a step that expects a
 * possibility.
 */
function checkOpenParts(context: Context, shapes: Shapes, { request, steps }: PolicyTest): boolean {
  const requests = new Map<string | undefined, string>();
  return steps.every((step) => {
    const before = requests.get(step.session) ?? request;
    const after = changeRequest(before, step.changes);
    requests.set(step.session, after);
    if (!expectsPossibility(step)) return true;
    const openingRequest = makeOpeningRequest(request, after);
    const { error } = decode(
      { ...shapes, name: '' },
      openingRequest,
      { now: step.at, precedence: 'host' },
      ['action', 'resource'],
    );
    if (error === undefined) return true;
    const { path, expected, found } = error;
    const why = `a session cannot have these facts: \`${path}\`: expected ${expected}, found ${found}`;
    const help = 'leave out members of the action, of the resource, or those that are optional';
    context.reporter.report('bad-test', step.span, { why }, { help });
    return false;
  });
}

/** The subject of a request, with the context with which the session opens. */
function makeOpeningRequest(opening: string, request: string): Uint8Array {
  const { context } = JSON.parse(opening) as { readonly context?: unknown };
  const { subject } = JSON.parse(request) as { readonly subject?: unknown };
  return new TextEncoder().encode(JSON.stringify({ subject, context }));
}

/** The time that the request contains. */
export function parseRequestTime(request: string): bigint | undefined {
  const { context } = JSON.parse(request) as { readonly context?: { readonly time?: unknown } };
  const time = context?.time;
  return typeof time === 'string' ? parseInstant(time) : undefined;
}

function checkSessionStep(
  context: Context,
  shapes: Shapes,
  node: StepNode,
  step: TestStep,
): boolean {
  const fail = (span: Span, why: string): false => {
    context.reporter.report('bad-test', span, { why });
    return false;
  };
  const timed = node.changes.find(({ path }) => {
    const { root, names = [] } = splitPathNames(path) ?? {};
    return root === 'context' && names[0] === 'time';
  });
  if (timed !== undefined)
    return fail(timed.span, 'the time of a session is set with `at` and `after`');
  const { times } = node;
  if (times !== undefined && (times.value < 1n || times.value > timesLimit))
    return fail(times.span, `a step sends its request 1 to ${timesLimit} times`);
  return node.signals.every(({ of, name, payload }, index) => {
    const shape = findPayload(context, shapes, of, name);
    if (shape === undefined) return false;
    const bytes = new TextEncoder().encode(step.signals[index]?.payload ?? '{}');
    const error =
      of === 'outcome'
        ? decodeOutcome(shapes, shape, bytes).error
        : findError(shapes, shape, bytes);
    if (error === undefined) return true;
    const { path, expected, found } = error;
    return fail(payload?.span ?? name.span, `${path}: expected ${expected}, found ${found}`);
  });
}

function findError(shapes: Shapes, shape: RecordType, bytes: Uint8Array): RequestError | undefined {
  const decoded = decodePayload(shapes, shape, bytes);
  return 'code' in decoded ? decoded : undefined;
}
