// fast-check's arbitraries from what draws by dice and shrinks by itself. One number is taken of
// fast-check's, and the same number gives the same value.

import fc from 'fast-check';
import { Dice, random } from '../generate/random.ts';

export interface Drawing<T> {
  readonly draw: (dice: Dice) => T;
  /** Each simpler than the one before, by an order without end. */
  readonly simpler: (value: T) => Iterable<T>;
  /** Whether it could have been drawn: examples that a user gives are shrunk, too. */
  readonly takes: (value: unknown) => boolean;
}

export class Seeded<T> extends fc.Arbitrary<T> {
  readonly #drawing: Drawing<T>;

  constructor(drawing: Drawing<T>) {
    super();
    this.#drawing = drawing;
  }

  override generate(mrng: fc.Random): fc.Value<T> {
    return valued(this.#drawing.draw(new Dice(random(mrng.nextInt()))));
  }

  override canShrinkWithoutContext(value: unknown): value is T {
    return this.#drawing.takes(value);
  }

  override shrink(value: T): fc.Stream<fc.Value<T>> {
    return new fc.Stream(valuesOf(this.#drawing.simpler(value)));
  }
}

function* valuesOf<T>(values: Iterable<T>): IterableIterator<fc.Value<T>> {
  for (const value of values) yield valued(value);
}

function valued<T>(value: T): fc.Value<T> {
  return new fc.Value(value, undefined);
}

/** The first of several that holds, or else the last. */
export function drawUntil<T>(draw: () => T, holds: (value: T) => boolean): T {
  let drawn = draw();
  for (let left = mostDraws; left > 0 && !holds(drawn); left -= 1) drawn = draw();
  return drawn;
}

/** Nearly all that is drawn holds; a policy whose requests are all refused must not be waited for. */
const mostDraws = 100;
