// What the reports of all formats say of the coverage by tests.

import type { OutcomeName, Point } from '../../testing/coverage/coverage.ts';
import { code, type Phrase, say } from '../pages/phrase.ts';
import { percentOf, type Share, stateOf } from './measure.ts';

/** `13 of 16, 81 %` */
export function shareWords(share: Share): string {
  return share.all === 0 ? 'none' : `${share.covered} of ${share.all}, ${percentOf(share)} %`;
}

/** What a point is called, its condition aside: `deny too_late`, `score oddities, from 2 deny`. */
export function ownerWords({ kind, name, effect, of }: Point): string {
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

/** What has not been seen of a point; undefined: all that can be has been. */
export function missingPhrase(point: Point): Phrase | undefined {
  const missing = point.outcomes.filter(({ times }) => times === 0).map(({ outcome }) => outcome);
  if (missing.length === 0) return undefined;
  const isUnseen = stateOf(point) === 'uncovered';
  if (point.kind === 'condition') {
    return [isUnseen ? 'was never judged' : `was never ${missing.join(' or ')}`];
  }
  if (isUnseen) return [unseenWords[point.kind]];
  const deny = code('deny');
  return missing.includes('denied') ? say`never fired as ${deny}` : say`fired as ${deny} only`;
}

const unseenWords = {
  rule: 'never fired',
  count: 'never counted',
  band: 'was never reached',
} as const;

/** `true 3 times, false once, never unknown` */
export function seenWords({ kind, outcomes }: Point): string {
  return outcomes.length === 0
    ? 'can never be'
    : outcomes
        .map(
          ({ outcome, times }) =>
            `${times === 0 ? 'never ' : ''}${outcomeWords(kind, outcome)}${timesWords(times)}`,
        )
        .join(', ');
}

function outcomeWords(kind: Point['kind'], outcome: OutcomeName): string {
  if (outcome === 'denied') return 'fired as deny';
  if (outcome === 'fired')
    return kind === 'count' ? 'counted' : kind === 'band' ? 'reached' : 'fired';
  return outcome;
}

function timesWords(times: number): string {
  if (times === 0) return '';
  return times === 1 ? ' once' : ` ${times} times`;
}
