// Steps in sessions: handwritten ones from the steps.json of a folder, and random ones for the policy of
// support/session-steps.ts.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { changeRequest } from '@nhipol/language';
import { requestLimits } from '@nhipol/runtime/abi';
import fc from 'fast-check';
import { sessionRequest, sessionStep } from '../sessions/session-steps.ts';
import type { Doing } from './steps.ts';

/** Members of a step that contain a string, which can be written as the JSON that it represents. */
const texts = ['contents', 'request', 'part', 'payload', 'text'];

/** Longer than any module accepts. */
const long = ' '.repeat(requestLimits.bytes + 1);

/**
 * The steps of steps.json. A string can be `$long`. Within a string, `$snapshot:N` is the Nth snapshot
 * taken before, and `$digest:ID` is the latest digest that the session was given.
 */
export function readSteps(folder: string): readonly Doing[] {
  const steps: readonly Record<string, unknown>[] = JSON.parse(
    readFileSync(join(folder, 'steps.json'), 'utf8'),
  );
  return steps.map((step) => {
    const entries = Object.entries(step).map(([name, value]) => [
      name,
      texts.includes(name) ? toText(value) : value,
    ]);
    return Object.fromEntries(entries) as Doing;
  });
}

function toText(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  return value === '$long' ? long : value;
}

const start = 10_000;

/** Steps of a few sessions, one after the other; the same seed generates the same steps. */
export function randomSessionSteps(count: number, length: number, seed: number): readonly Doing[] {
  const drawn = fc.sample(fc.array(sessionStep, { minLength: length, maxLength: length }), {
    numRuns: count,
    seed,
  });
  let now = start;
  return drawn.flatMap((steps, at) => {
    const session = `made-${at}`;
    if (at > 0) now += 600_000;
    let request = sessionRequest;
    const opened: Doing = { do: 'open', session, request, now };
    const done = steps.map((step): readonly Doing[] => {
      switch (step.kind) {
        case 'ask':
          return [{ do: 'decide_session', session, now }];
        case 'wait':
          now += step.by;
          return [{ do: 'sweep', all: false, now }];
        case 'signal': {
          const payload = step.text === undefined ? {} : { source: step.text };
          const late = step.late === undefined ? {} : { time: now - step.late };
          const { name: signal } = step;
          return [
            { do: 'record', session, signal, payload: JSON.stringify(payload), ...late, now },
          ];
        }
        default: {
          const [root = ''] = step.change.path;
          request = changeRequest(request, [step.change]);
          const part = JSON.stringify({ [root]: JSON.parse(request)[root] });
          return [{ do: 'replace', session, part }];
        }
      }
    });
    return [opened, ...done.flat(), { do: 'snapshot', session }];
  });
}
