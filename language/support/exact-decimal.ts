// Decimals in answers: a number if its shortest form has the same digits, otherwise an `ExactDecimal`
// with the digits. The runtime recognizes it by its tag and writes it as a JSON number.

/** A number with more digits than a JavaScript number can represent. */
export class ExactDecimal {
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

/** Compares the tag, since the runtime has its own class of this name. */
export function isExactDecimal(value: object): value is ExactDecimal {
  return Object.prototype.toString.call(value) === '[object ExactDecimal]';
}

/** Converts the shortest form of a Decimal to a number, if that is exact. */
export function exactDecimal(digits: string): number | ExactDecimal {
  const number = Number(digits);
  return String(number) === digits ? number : new ExactDecimal(digits);
}
