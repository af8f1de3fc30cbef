// Decimals in answers: a number where its shortest form has the same digits, otherwise an object with the digits, which
// is written as a JSON number.

/** A number with more digits than a JavaScript number can represent. */
export class ExactDecimal {
  /** A number in JSON: that of an answer is in its shortest form, that of a request as it was written. */
  readonly digits: string;

  constructor(digits: string) {
    this.digits = digits;
  }

  get [Symbol.toStringTag](): 'ExactDecimal' {
    return 'ExactDecimal';
  }

  toString(): string {
    return this.digits;
  }
}

/** Every integer that a module writes has at most 64 bits. */
const integer = /^-?\d{1,20}$/;

/**
 * Returns a number if it is exact, otherwise a bigint for an integer, or an `ExactDecimal`. `digits`: in their shortest
 * form.
 */
export function exactDecimal(digits: string): number | bigint | ExactDecimal {
  const number = Number(digits);
  if (integer.test(digits)) return Number.isSafeInteger(number) ? number : BigInt(digits);
  return String(number) === digits ? number : new ExactDecimal(digits);
}

/** Compares the tag, since two copies of the package have a class each. */
export function isExactDecimal(value: object): value is ExactDecimal {
  return (value as Partial<ExactDecimal>)[Symbol.toStringTag] === 'ExactDecimal';
}
