// Tests one property on samples until it fails for one, which is then shrunk.

import fc from 'fast-check';
import { shrinkWhile } from '../explore/shrink.ts';

export type PropertyOutcome =
  | { readonly kind: 'holds' | 'not about' }
  | { readonly kind: 'fails'; readonly thrown: unknown };

export interface Failure<Sample> {
  readonly sample: Sample;
  /** The value that the property threw, or `undefined` if it returned false. */
  readonly thrown: unknown;
  /** Starts at 1. */
  readonly tried: number;
}

/** `undefined` if no sample fails. Throws if the property applied to no sample, since then it shows nothing. */
export function findFirstFailure<Sample>(
  samples: Iterable<Sample>,
  judge: (sample: Sample) => PropertyOutcome,
  simplerThan: (sample: Sample) => Iterable<Sample>,
): Failure<Sample> | undefined {
  let [tried, about] = [0, 0];
  for (const found of samples) {
    tried += 1;
    const outcome = judge(found);
    if (outcome.kind !== 'not about') about += 1;
    if (outcome.kind !== 'fails') continue;
    const sample = shrinkWhile(found, simplerThan, (each) => judge(each).kind === 'fails');
    const again = judge(sample);
    return { sample, thrown: again.kind === 'fails' ? again.thrown : outcome.thrown, tried };
  }
  if (about > 0) return undefined;
  throw new Error(
    `The property applied to none of ${tried} samples: \`fc.pre\` was false for each. Relax the precondition, or generate requests that satisfy it, for example with \`near\`.`,
  );
}

/** The property fails if it returns `false` or throws; `fc.pre` skips a sample. */
export function runProperty(property: () => unknown): PropertyOutcome {
  let returned: unknown;
  try {
    returned = property();
  } catch (thrown) {
    return fc.PreconditionFailure.isFailure(thrown)
      ? { kind: 'not about' }
      : { kind: 'fails', thrown };
  }
  if (returned instanceof Promise) {
    returned.catch(() => {});
    throw new TypeError(
      'The property is asynchronous, which is not supported here. Use `await fc.assert(fc.asyncProperty(requests(policy), …))` of fast-check instead.',
    );
  }
  return returned === false ? { kind: 'fails', thrown: undefined } : { kind: 'holds' };
}
