// The sums of the events of a session: any number of events, and any sum. There are no more events in a window than
// in a longer one.

import { formatEventPattern, formatHistoryWindow } from '@nhipol/language';
import type { CountTerm, OnceTerm } from '@nhipol/language/model';
import type { Comparison, HistoryWindow } from '@nhipol/language/types';
import type { SymbolicEncoding } from '../facts/encoding.ts';
import type { Formula } from '../formula/formula.ts';
import type { Linear } from '../formula/linear.ts';
import { createNumberValue, createTruthValue } from '../symbolic/algebra.ts';
import type { NumberValue, Truth } from '../symbolic/symbolic.ts';

/** The sums of the events that match certainly, and of those that may match. */
export interface Total {
  readonly least: Linear;
  readonly most: Linear;
}

/** The numbers of the same events in several windows. */
interface Counted {
  readonly window: HistoryWindow | undefined;
  readonly total: Total;
}

const counts = new WeakMap<SymbolicEncoding, Map<string, Counted[]>>();

/** The number of events in a window; there are no more than in a longer one, or without one. */
export function countMatches(
  encoding: SymbolicEncoding,
  { pattern, window }: OnceTerm | CountTerm,
  findKey: (text: string) => string | undefined,
): Total {
  const total = createTotal(
    encoding,
    findKey(`count ${formatEventPattern(pattern)}${formatHistoryWindow(window)}`),
  );
  // Which keys a session stores depends on the window.
  const events = pattern.key === undefined ? findKey(formatEventPattern(pattern)) : undefined;
  if (events === undefined) return total;
  const all = counts.get(encoding) ?? new Map<string, Counted[]>();
  counts.set(encoding, all);
  const others = all.get(events) ?? [];
  all.set(events, others);
  if (others.some((each) => each.total.least === total.least)) return total;
  const { formula, require } = encoding;
  const isContained = (a: Total, b: Total) =>
    require(formula.atMost(a.least, b.least), formula.atMost(a.most, b.most));
  for (const other of others) {
    if (isLonger(other.window, window)) isContained(total, other.total);
    if (isLonger(window, other.window)) isContained(other.total, total);
  }
  others.push({ window, total });
  return total;
}

/** Whether each event in the second window is in the first one. */
function isLonger(a: HistoryWindow | undefined, b: HistoryWindow | undefined): boolean {
  if (a === undefined) return true;
  return a.kind === 'age' && b?.kind === 'age' && a.milliseconds >= b.milliseconds;
}

/** More than any number that a total is compared with. */
const maxTotal = 2n ** 65n;

/** Any total that is not negative. */
export function createTotal(encoding: SymbolicEncoding, key: string | undefined): Total {
  const part = (name: string): Linear => {
    const made = encoding.once(key && `${key} ${name}`, () => {
      const term = encoding.createNumber(`the ${name} of a history term`, 0n, maxTotal);
      return createNumberValue([{ guard: 1, term }]);
    });
    return ((made as NumberValue).cases[0] as { readonly term: Linear }).term;
  };
  const [least, most] = [part('least'), part('most')];
  encoding.require(encoding.formula.atMost(least, most));
  return { least, most };
}

/** As `comparesAll` of the evaluator. */
export function compareTotal(
  formula: Formula,
  operator: Comparison,
  { least, most }: Total,
  bound: Linear,
): Truth {
  switch (operator) {
    case '<':
      return createTruthValue(formula.below(most, bound), formula.atMost(bound, least));
    case '<=':
      return createTruthValue(formula.atMost(most, bound), formula.below(bound, least));
    case '>':
      return createTruthValue(formula.below(bound, least), formula.atMost(most, bound));
    case '>=':
      return createTruthValue(formula.atMost(bound, least), formula.below(most, bound));
    default: {
      operator satisfies 'is' | 'is not';
      const isEqual = formula.and(formula.equal(least, bound), formula.equal(most, bound));
      const differs = formula.or(formula.below(bound, least), formula.below(most, bound));
      return operator === 'is'
        ? createTruthValue(isEqual, differs)
        : createTruthValue(differs, isEqual);
    }
  }
}
