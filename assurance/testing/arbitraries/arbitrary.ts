// Arbitraries of fast-check from generators with dice and their own shrinking. Each takes one number from
// fast-check, and the same number gives the same value.

import fc from 'fast-check';
import { createRandomNumbers, Dice } from '../generate/random.ts';

export interface Drawing<T> {
  readonly draw: (dice: Dice) => T;
  /** Each is smaller than the one before, in a well-founded order. */
  readonly shrinks: (value: T) => Iterable<T>;
  /** Whether it could have been generated: a user's own examples are shrunk, too. */
  readonly takes: (value: unknown) => boolean;
}

export class Seeded<T> extends fc.Arbitrary<T> {
  readonly #drawing: Drawing<T>;

  constructor(drawing: Drawing<T>) {
    super();
    this.#drawing = drawing;
  }

  override generate(mrng: fc.Random): fc.Value<T> {
    return wrapValue(this.#drawing.draw(new Dice(createRandomNumbers(mrng.nextInt()))));
  }

  override canShrinkWithoutContext(value: unknown): value is T {
    return this.#drawing.takes(value);
  }

  override shrink(value: T): fc.Stream<fc.Value<T>> {
    return new fc.Stream(wrapValues(this.#drawing.shrinks(value)));
  }
}

function* wrapValues<T>(values: Iterable<T>): IterableIterator<fc.Value<T>> {
  for (const value of values) yield wrapValue(value);
}

function wrapValue<T>(value: T): fc.Value<T> {
  return new fc.Value(value, undefined);
}

/** The first of several for which the condition is true, otherwise the last. */
export function drawMatching<T>(draw: () => T, holds: (value: T) => boolean): T {
  let drawn = draw();
  for (let left = maxDraws; left > 0 && !holds(drawn); left -= 1) drawn = draw();
  return drawn;
}

/** Nearly all generated values satisfy the condition. The limit is for a policy that rejects all requests. */
const maxDraws = 100;
