// The words on coverage by tests that all reports share.

import type { OutcomeName, Point } from '@nhipol/testing/coverage';
import { createInlineCode, type Phrase, say } from '../pages/phrase.ts';
import { classifyPoint, type Share, toPercent } from './measure.ts';

/** Returns words such as `13 of 16, 81 %`. */
export function shareWords(share: Share): string {
  return share.all === 0 ? 'none' : `${share.covered} of ${share.all}, ${toPercent(share)} %`;
}

/** Returns the rule of a point: `deny too_late`, `score oddities, from 2 deny`. */
export function describeOwner({ kind, name, effect, of }: Point): string {
  const [first = '', ...others] = of;
  switch (kind) {
    case 'rule':
      return `${effect} ${name}`;
    case 'count':
      return `score ${first}, ${name}`;
    case 'band':
      return `score ${first}, ${name} ${effect}`;
    case 'condition':
      return others.length === 0 ? first : `${first} and ${others.length} more`;
  }
}

/** Returns the missing outcomes of a point, or `undefined` if all possible outcomes were observed. */
export function describeMissingPoint(point: Point): Phrase | undefined {
  const missing = point.outcomes.filter(({ times }) => times === 0).map(({ outcome }) => outcome);
  if (missing.length === 0) return undefined;
  const isUnobserved = classifyPoint(point) === 'uncovered';
  if (point.kind === 'condition') {
    return [isUnobserved ? 'was never evaluated' : `was never ${missing.join(' or ')}`];
  }
  if (isUnobserved) return [unobservedWords[point.kind]];
  const deny = createInlineCode('deny');
  return missing.includes('denied') ? say`never fired as ${deny}` : say`fired as ${deny} only`;
}

const unobservedWords = {
  rule: 'never fired',
  count: 'never counted',
  band: 'was never reached',
} as const;

/** Returns words such as `true 3 times, false once, never unknown`. */
export function describeOutcomeCount({ kind, outcomes }: Point): string {
  return outcomes.length === 0
    ? 'impossible'
    : outcomes
        .map(
          ({ outcome, times }) =>
            `${times === 0 ? 'never ' : ''}${describeOutcome(kind, outcome)}${describeTimes(times)}`,
        )
        .join(', ');
}

function describeOutcome(kind: Point['kind'], outcome: OutcomeName): string {
  if (outcome === 'denied') return 'fired as deny';
  if (outcome === 'fired')
    return kind === 'count' ? 'counted' : kind === 'band' ? 'reached' : 'fired';
  return outcome;
}

function describeTimes(times: number): string {
  if (times === 0) return '';
  return times === 1 ? ' once' : ` ${times} times`;
}
