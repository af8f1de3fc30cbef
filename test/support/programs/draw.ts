// The choices from which a program is generated, by a fast-check generator, and names that are used once.

import fc from 'fast-check';

export type Pick = <T>(values: readonly T[]) => T;

export class Draw {
  readonly #gen: fc.GeneratorValue;
  #names = 0;

  constructor(gen: fc.GeneratorValue) {
    this.#gen = gen;
  }

  /** From zero to `max`. */
  int(max: number): number {
    return this.#gen(fc.nat, { max });
  }

  /** True once in `times` calls on average. */
  once(times: number): boolean {
    return this.int(times - 1) === 0;
  }

  readonly pick: Pick = (values) => values[this.int(values.length - 1)] as never;

  one<T>(...choices: readonly (() => T)[]): T {
    return this.pick(choices)();
  }

  /** From `min` to `max` of them. */
  several<T>(min: number, max: number, make: () => T): readonly T[] {
    return Array.from({ length: min + this.int(max - min) }, make);
  }

  /** A value of a fast-check arbitrary. */
  from<T>(arbitrary: () => fc.Arbitrary<T>): T {
    return this.#gen(arbitrary);
  }

  name(prefix: string): string {
    this.#names += 1;
    return `${prefix}${this.#names}`;
  }
}
