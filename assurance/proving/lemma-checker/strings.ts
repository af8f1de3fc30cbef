// Whether no string passes the tests of a class and those of the results of functions of it: the product of their
// monitors accepts nothing.

import { type Monitor, spiffeMonitor } from '../automata/monitors.ts';
import type { Classes } from './classes.ts';

interface Wanted {
  readonly monitor: Monitor;
  readonly holds: boolean;
}

type Wrap = (monitor: Monitor) => Monitor;

const maxStates = 400_000;
/** Functions of functions that are followed. */
const maxDepth = 4;

export function hasNoString(classes: Classes, root: number): boolean {
  const wanted = listTests(classes, root, (monitor) => monitor, maxDepth);
  if (wanted.length === 0) return false;
  const isSpiffe = classes
    .listNodes(root)
    .some((node) => node.kind !== 'constant' && node.type === 'SpiffeId');
  return acceptNothing(isSpiffe ? [...wanted, { monitor: spiffeMonitor, holds: true }] : wanted);
}

/** The tests of a class as tests of the operand from which `wrap` leads to it. */
function listTests(classes: Classes, root: number, wrap: Wrap, depth: number): readonly Wanted[] {
  const tests: Wanted[] = [];
  const add = (monitor: Monitor, holds: boolean) => tests.push({ monitor: wrap(monitor), holds });
  for (const { atom, holds } of classes.claimed) {
    if (atom.kind === 'test') {
      const [only, ...others] = atom.args;
      const { meaning } = atom.test;
      const isOfClass =
        only !== undefined && others.length === 0 && classes.findRoot(only) === root;
      if (!isOfClass || meaning?.kind !== 'strings') continue;
      // An automaton that accepts at least the strings of a test says nothing about the others.
      if (holds || !meaning.atLeast) add(meaning.monitor, holds);
    }
    if (atom.kind === 'equal' && !holds) {
      const [a, b] = [classes.findRoot(atom.a), classes.findRoot(atom.b)];
      const other = a === root ? b : b === root ? a : undefined;
      const value = other === undefined ? undefined : classes.findConstant(other);
      if (value !== undefined) add(createExactMonitor(value), false);
    }
  }
  const value = classes.findConstant(root);
  if (value !== undefined) add(createExactMonitor(value), true);
  if (depth === 0) return tests;
  for (const { node, result } of classes.listFunctions(root)) {
    const { preimage } = node;
    if (preimage === undefined || result === root) continue;
    tests.push(...listTests(classes, result, (monitor) => wrap(preimage(monitor)), depth - 1));
  }
  return tests;
}

function acceptNothing(wanted: readonly Wanted[]): boolean {
  const cuts = new Set([0, afterSurrogates, ...wanted.flatMap(({ monitor }) => monitor.cuts)]);
  const letters = [...cuts].filter(
    (cut) => cut < surrogates || (cut >= afterSurrogates && cut <= maxCodePoint),
  );
  const open = [wanted.map(({ monitor }) => monitor.start)];
  const seen = new Set(open.map(String));
  for (let states = open.pop(); states !== undefined; states = open.pop()) {
    const at = states;
    const isAccepted = wanted.every(
      ({ monitor, holds }, index) => (monitor.label(at[index] ?? 0) !== 0) === holds,
    );
    if (isAccepted) return false;
    for (const letter of letters) {
      const next = wanted.map(({ monitor }, index) => monitor.next(at[index] ?? 0, letter));
      if (seen.has(String(next))) continue;
      if (seen.size > maxStates) return false;
      seen.add(String(next));
      open.push(next);
    }
  }
  return true;
}

const [surrogates, afterSurrogates, maxCodePoint] = [0xd800, 0xe000, 0x10ffff];

/** Labels one string. */
function createExactMonitor(text: string): Monitor {
  const points = [...text].map((each) => each.codePointAt(0) ?? 0);
  const failed = points.length + 1;
  return {
    cuts: points.flatMap((point) => [point, point + 1]),
    start: 0,
    next: (state, point) => (points[state] === point ? state + 1 : failed),
    label: (state) => Number(state === points.length),
  };
}
