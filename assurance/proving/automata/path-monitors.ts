// Monitors of paths: whether a path is in normal form, and whether it is under a constant root.

import { createAffixMonitor, createPatternMonitor, type Monitor } from './monitors.ts';
import { compilePathProblems, listPathTests } from './path-tests.ts';
import { createConstantsMonitor } from './preimages.ts';

export function createNormalPathMonitor(): Monitor {
  return joinMonitors([createPatternMonitor(compilePathProblems())], ([problem]) => problem === 0);
}

/** Whether it is known that a path is under the root or not. */
export function isUnderKnownMonitor(root: string): Monitor {
  return joinMonitors(createMonitors(root), ([problem, absolute]) =>
    isKnown(root, problem, absolute),
  );
}

export function createUnderMonitor(root: string): Monitor {
  return joinMonitors(
    createMonitors(root),
    ([problem, absolute, below, same]) =>
      isKnown(root, problem, absolute) && (below !== 0 || same !== 0),
  );
}

function isKnown(root: string, problem: number | undefined, absolute: number | undefined): boolean {
  return problem === 0 && (absolute !== 0) === root.startsWith('/');
}

function createMonitors(root: string): readonly Monitor[] {
  return listPathTests(root).map((pathTest) => {
    if (pathTest.kind === 'pattern') return createPatternMonitor(pathTest.pattern);
    return pathTest.kind === 'prefix'
      ? createAffixMonitor('starts_with', pathTest.text)
      : createConstantsMonitor([pathTest.text]);
  });
}

/** Follows several monitors at once. */
function joinMonitors(
  monitors: readonly Monitor[],
  label: (labels: readonly number[]) => boolean,
): Monitor {
  const numbers = new Map<string, number>();
  const all: (readonly number[])[] = [];
  const of = (states: readonly number[]) => {
    const key = states.join(' ');
    const existingNumber = numbers.get(key);
    if (existingNumber !== undefined) return existingNumber;
    const state = all.push(states) - 1;
    numbers.set(key, state);
    return state;
  };
  const after = (state: number, each: (monitor: Monitor, own: number) => number) =>
    monitors.map((monitor, index) => each(monitor, all[state]?.[index] ?? 0));
  return {
    cuts: monitors.flatMap(({ cuts }) => cuts),
    start: of(monitors.map(({ start }) => start)),
    next: (state, codePoint) => of(after(state, ({ next }, own) => next(own, codePoint))),
    label: (state) => Number(label(after(state, (monitor, own) => monitor.label(own)))),
  };
}
