// One generated request put to the evaluator.

import { type Answer, type Clock, evaluate, type Policy, type Trace } from '../language/index.ts';
import type { GeneratedRequest } from './requests.ts';
import { filledAsTaken } from './tables.ts';

const encoder = new TextEncoder();

export function ask(policy: Policy, request: GeneratedRequest, trace?: Trace): Answer {
  const { text, tables } = request;
  return evaluate(filledAsTaken(policy, tables), encoder.encode(text), clockOf(request), trace);
}

/** Without an instant of the host's the request's own counts. */
export function clockOf({ now }: Pick<GeneratedRequest, 'now'>): Clock {
  return { now, by: now === undefined ? 'request' : 'host' };
}
