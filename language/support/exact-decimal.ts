// Decimals in answers: a number where its shortest form has the same digits, else the digits
// themselves, under the tag by which the runtime writes them as a JSON number.

/** A number with more digits than a JavaScript number holds. */
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

/** By its tag, since the runtime has a class of its own. */
export function isExactDecimal(value: object): value is ExactDecimal {
  return Object.prototype.toString.call(value) === '[object ExactDecimal]';
}

/** `digits`: in their shortest form. */
export function exactDecimal(digits: string): number | ExactDecimal {
  const number = Number(digits);
  return String(number) === digits ? number : new ExactDecimal(digits);
}
