// Compares sessions of generated programs with history terms: a fleet of random steps for each program, in the evaluator and
// in two instances of its module. The seed determines the programs and the steps.

import type { Assembler } from '@nhipol/compiler';
import { collectPolicyHistory, type PolicyModel } from '@nhipol/language/model';
import { createRandomNumbers } from '@nhipol/testing';
import fc from 'fast-check';
import { explore } from '../../../assurance/testing/explore/explore.ts';
import { type Program, programs } from '../arbitraries/program-arbitrary.ts';
import { checkPolicy } from '../checking.ts';
import { Fleet } from './fleet.ts';
import { notingModule } from './noting-module.ts';
import { failure, shortest } from './shrink.ts';
import { drawStep, openings, type Step } from './steps.ts';
import { createSubject, type Subject } from './subjects.ts';

export interface GeneratedFleets {
  readonly seed: number;
  /** The number of generated programs; those without history terms or valid requests are skipped. */
  readonly programs: number;
  /** The number of steps for each program. */
  readonly steps: number;
  readonly assembler: Assembler;
}

export interface ComparedFleets {
  /** The number of programs whose sessions were compared. */
  readonly compared: number;
  /** The number of steps that had an effect, by kind, and of comparisons. */
  readonly counts: Readonly<Record<string, number>>;
  readonly disagreement:
    | { readonly program: Program; readonly why: string; readonly steps: readonly Step[] }
    | undefined;
}

const places = 6;
const minRequests = 6;

const payloads: readonly (readonly [name: string, payload: object])[] = [
  ['ping', {}],
  ['ping', { s: 'a', n: 5, level: 'HIGH', tags: ['x'] }],
  ['ping', { s: 'prod', n: 9, tags: [] }],
  ['ping', { n: 'unusable' }],
  ['pong now', {}],
  ['done', {}],
  ['done', { result: { rows: 7, fee: 0.25, source: 'plain' } }],
  ['done', { result: { rows: 3 }, resource: { type: 'door', id: 'prod' } }],
  ['done', { action: { name: 'act.run', properties: { amount: 4, steps: [] } } }],
];

/** Sessions open with requests that are explored: most of those that compare engines are invalid. */
export function generateSubject(policy: PolicyModel, seed: number): Subject | undefined {
  const explored = [...explore([policy], { samples: 200, seed })].map(({ sample }) => sample);
  const signals = payloads.map(([name, payload]) => ({
    name,
    payload: JSON.stringify(payload),
    time: undefined,
  }));
  const subject = { ...createSubject('generated', policy, explored), signals };
  return subject.requests.length < minRequests ? undefined : subject;
}

export async function compareFleets({
  seed,
  programs: count,
  steps: length,
  assembler,
}: GeneratedFleets): Promise<ComparedFleets> {
  const counts: Record<string, number> = {};
  let compared = 0;
  for (const [index, program] of fc.sample(programs, { numRuns: count, seed }).entries()) {
    const policy = checkPolicy(program.text, program.others);
    const subject =
      collectPolicyHistory(policy).length === 0 ? undefined : generateSubject(policy, seed + index);
    if (subject === undefined) continue;
    const open = await notingModule(policy, assembler);
    const { words } = open({ now: () => 0, at: () => () => {} });
    const draw = createRandomNumbers(seed + index);
    const drawn = Array.from({ length }, () => drawStep({ ...subject, places, words }, draw));
    const steps = [...openings(places, subject.requests), ...drawn];
    const fleet = new Fleet(policy, open, subject.start);
    try {
      for (const step of steps) fleet.do(step);
      fleet.judgeAll();
    } catch (error) {
      const run = { policy, open, start: subject.start };
      const shrunk = shortest(steps, (some) => failure(run, some) !== undefined);
      const why = failure(run, shrunk) ?? String(error);
      return { compared, counts, disagreement: { program, why, steps: shrunk } };
    }
    compared += 1;
    for (const [kind, times] of Object.entries(fleet.counts))
      counts[kind] = (counts[kind] ?? 0) + times;
  }
  return { compared, counts, disagreement: undefined };
}
