// One property put to samples until it fails for one, which is then made as simple as it fails for.

import fc from 'fast-check';
import { simplest } from '../explore/shrink.ts';

export type Outcome =
  | { readonly kind: 'holds' | 'not about' }
  | { readonly kind: 'fails'; readonly thrown: unknown };

export interface Failure<Sample> {
  readonly sample: Sample;
  /** What the property threw; undefined: it returned false. */
  readonly thrown: unknown;
  /** Counts from 1. */
  readonly tried: number;
}

/** undefined: it fails for none. Throws where it was about none, since then it says nothing. */
export function firstFailure<Sample>(
  samples: Iterable<Sample>,
  judge: (sample: Sample) => Outcome,
  simplerThan: (sample: Sample) => Iterable<Sample>,
): Failure<Sample> | undefined {
  let [tried, about] = [0, 0];
  for (const found of samples) {
    tried += 1;
    const outcome = judge(found);
    if (outcome.kind !== 'not about') about += 1;
    if (outcome.kind !== 'fails') continue;
    const sample = simplest(found, simplerThan, (each) => judge(each).kind === 'fails');
    const again = judge(sample);
    return { sample, thrown: again.kind === 'fails' ? again.thrown : outcome.thrown, tried };
  }
  if (about > 0) return undefined;
  throw new Error(
    `The property was about none of ${tried} samples: \`fc.pre\` was false for each. Ask for less, or begin with what it is about, as by \`near\`.`,
  );
}

/** `false` and whatever is thrown fail it; `fc.pre` says that it is not about this one. */
export function outcomeOf(property: () => unknown): Outcome {
  let said: unknown;
  try {
    said = property();
  } catch (thrown) {
    return fc.PreconditionFailure.isFailure(thrown)
      ? { kind: 'not about' }
      : { kind: 'fails', thrown };
  }
  if (said instanceof Promise) {
    said.catch(() => {});
    throw new TypeError(
      'The property is asynchronous, and nobody waits for it here. Say `await fc.assert(fc.asyncProperty(requests(policy), …))` with fast-check instead.',
    );
  }
  return said === false ? { kind: 'fails', thrown: undefined } : { kind: 'holds' };
}
