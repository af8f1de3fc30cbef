// Compares sessions of several policies for any length of time: one fleet per policy, which continues
// from era to era. In an era, sessions open, change and close while time passes; then requests are about
// later weeks. Returns the numbers of operations and answers, the memory of the modules and of JavaScript
// over time, and the first disagreement, with its steps shrunk.

import { createRandomNumbers } from '@nhipol/testing';
import { loadPolicy } from '../../scenarios/load-policy.ts';
import { checkPolicy } from '../checking.ts';
import { normalizedPolicy } from '../policies/normalized-policy.ts';
import { examples } from '../policies/property-policies.ts';
import { correlatedSubject } from '../sessions/correlated-steps.ts';
import { sharedSubject } from '../sessions/shared-steps.ts';
import { Fleet } from './fleet.ts';
import { notingModule, type OpenNoting } from './noting-module.ts';
import { failure, shortest } from './shrink.ts';
import { drawStep, type Step, type StepsFor, shiftTimes } from './steps.ts';
import { createSubject, historySubject, type Subject } from './subjects.ts';

export interface LongRun {
  readonly operations: number;
  readonly seed: number;
  readonly report: (progress: Checkpoint) => void;
  /** Called repeatedly. Returns true to stop early. */
  readonly isOver: () => Promise<boolean>;
}

interface Checkpoint {
  readonly operations: number;
  /** The pages of all modules together, except for the twins. */
  readonly pages: number;
  /** The number of open sessions. */
  readonly live: number;
}

export interface Ran {
  readonly operations: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly checkpoints: readonly Checkpoint[];
  readonly disagreement:
    | { readonly policy: string; readonly why: string; readonly steps: readonly Step[] }
    | undefined;
}

const [places, stepsOfEra, checkpoints] = [8, 500, 20];
/** The interval in rounds of subjects that take long. */
const everyRound = 4;
const week = 7 * 86_400_000;

/** With history, by words of atoms alone, by words and the time, and by all other cells. */
function subjects(seed: number): readonly Subject[] {
  const named = new Map(examples);
  const example = (name: string) => {
    const policy = named.get(name);
    if (policy === undefined) throw new Error(`broken invariant: no example ${name}`);
    return createSubject(name, policy);
  };
  const p1 = loadPolicy('benchmarks/policies/p1.nhipol').policy;
  if (p1 === undefined) throw new Error('broken invariant: p1 is a policy');
  return [
    historySubject(seed),
    createSubject('p1', p1),
    createSubject('settled', checkPolicy(normalizedPolicy)),
    sharedSubject,
    correlatedSubject,
    ...['agent-trifecta', 'admin-bot', 'support-agent'].map(example),
  ];
}

interface Running {
  readonly subject: Subject;
  readonly open: OpenNoting;
  readonly fleet: Fleet;
  readonly words: StepsFor['words'];
}

export async function compareSessions({ operations, seed, report, isOver }: LongRun): Promise<Ran> {
  const running: Running[] = [];
  for (const subject of subjects(seed)) {
    const open = await notingModule(subject.policy);
    const { words } = open({ now: () => 0, at: () => () => {} });
    const fleet = new Fleet(subject.policy, open, subject.start, false);
    running.push({ subject, open, fleet, words });
  }
  const draw = createRandomNumbers(seed);
  const points: Checkpoint[] = [];
  let done = 0;
  const point = (): void => {
    const checkpoint = {
      operations: done,
      pages: sum(running.map(({ fleet }) => fleet.pages)),
      live: sum(running.map(({ fleet }) => fleet.live)),
    };
    points.push(checkpoint);
    report(checkpoint);
  };
  for (let round = 0; done < operations && !(await isOver()); round += 1) {
    for (const each of running) {
      if (takesLong(each.subject) && round % everyRound > 0) continue;
      const weeks = each.fleet.countWeeks(each.subject.start);
      const { fleet, words } = each;
      const requests = each.subject.requests.map((text) => shiftTimes(text, weeks * week));
      fleet.advanceClock(each.subject.start + weeks * week);
      const steps: Step[] = [];
      try {
        for (let at = 0; at < stepsOfEra; at += 1) {
          const step = drawStep({ ...each.subject, requests, places, words }, draw);
          steps.push(step);
          fleet.do(step);
        }
        fleet.judgeAll();
      } catch (error) {
        const start = each.subject.start + weeks * week;
        const run = { policy: each.subject.policy, open: each.open, start };
        const shrunk = shortest(steps, (some) => failure(run, some) !== undefined);
        const why = failure(run, shrunk) ?? String(error);
        const disagreement = { policy: each.subject.name, why, steps: shrunk };
        return { operations: done, counts: total(running), checkpoints: points, disagreement };
      }
      done += stepsOfEra;
      if (done >= (operations / checkpoints) * (points.length + 1)) point();
      fleet.closeAll();
    }
  }
  return { operations: done, counts: total(running), checkpoints: points, disagreement: undefined };
}

/** Requests are long, or each step evaluates all sessions. */
function takesLong(subject: Subject): boolean {
  return subject === sharedSubject || subject.requests.some((request) => request.length > 1000);
}

function total(running: readonly Running[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { fleet } of running) {
    for (const [kind, count] of Object.entries(fleet.counts))
      counts[kind] = (counts[kind] ?? 0) + count;
  }
  return counts;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}
