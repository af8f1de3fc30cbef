// Steps in sessions: those that a person wrote, in a folder's steps.json, and ones made at random for the policy of
// support/session-steps.ts.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { requestLimits } from '@nhipol/runtime/abi';
import fc from 'fast-check';
import { changeRequest } from '../../../language/request/change-request.ts';
import { sessionRequest, sessionStep } from '../session-steps.ts';
import type { Doing } from './steps.ts';

/** Where a step has a text it may be written as the JSON that it is. */
const texts = ['contents', 'request', 'part', 'told', 'asked', 'text'];

/** Longer than any module takes. */
const long = ' '.repeat(requestLimits.bytes + 1);

/**
 * A text may be `$long`. Their texts may have `$snapshot:N` for the text of the Nth snapshot taken before, and `$digest:ID` for the digest that the session was
 * told last.
 */
export function writtenSteps(folder: string): readonly Doing[] {
  const steps: readonly Record<string, unknown>[] = JSON.parse(
    readFileSync(join(folder, 'steps.json'), 'utf8'),
  );
  return steps.map((step) => {
    const entries = Object.entries(step).map(([name, value]) => [
      name,
      texts.includes(name) ? textOf(value) : value,
    ]);
    return Object.fromEntries(entries) as Doing;
  });
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  return value === '$long' ? long : value;
}

const start = 10_000;

/** Of a few sessions, one after the other; the same seed makes the same ones. */
export function randomSessionSteps(count: number, length: number, seed: number): readonly Doing[] {
  const drawn = fc.sample(fc.array(sessionStep, { minLength: length, maxLength: length }), {
    numRuns: count,
    seed,
  });
  return drawn.flatMap((steps, at) => {
    const session = `made-${at}`;
    let now = start + at * 600_000;
    let request = sessionRequest;
    const opened: Doing = { do: 'open', session, request, now };
    const done = steps.map((step): readonly Doing[] => {
      switch (step.kind) {
        case 'ask':
          return [{ do: 'ask', session, now }];
        case 'wait':
          now += step.by;
          return [{ do: 'sweep', all: false, now }];
        case 'signal': {
          const told = step.text === undefined ? {} : { source: step.text };
          const late = step.late === undefined ? {} : { time: now - step.late };
          const { name: signal } = step;
          return [{ do: 'record', session, signal, told: JSON.stringify(told), ...late, now }];
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
