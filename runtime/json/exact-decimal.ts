// Decimals in JavaScript: a number where its shortest form has the same digits, otherwise an object with the
// digits, which `stringify` writes as a JSON number.

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

/** Returns a number if it is exact, otherwise an `ExactDecimal`. `digits`: in their shortest form. */
export function exactDecimal(digits: string): number | ExactDecimal {
  const number = Number(digits);
  return String(number) === digits ? number : new ExactDecimal(digits);
}

/** The digits of an `ExactDecimal`, whichever package created it; undefined for any other object. */
export function exactDigits(value: object): string | undefined {
  const { [Symbol.toStringTag]: tag, digits } = value as Readonly<Record<PropertyKey, unknown>>;
  if (tag !== 'ExactDecimal' || typeof digits !== 'string') return undefined;
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(digits) ? digits : undefined;
}
