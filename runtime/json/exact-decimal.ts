// Decimals as JavaScript holds them: a number where its shortest form has the same digits, else the
// digits themselves, which `stringify` writes as a JSON number.

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

/** `digits`: in their shortest form. */
export function exactDecimal(digits: string): number | ExactDecimal {
  const number = Number(digits);
  return String(number) === digits ? number : new ExactDecimal(digits);
}

/** The digits of an `ExactDecimal`, whichever package made it; undefined: it is none. */
export function exactDigits(value: object): string | undefined {
  const { [Symbol.toStringTag]: tag, digits } = value as Readonly<Record<PropertyKey, unknown>>;
  if (tag !== 'ExactDecimal' || typeof digits !== 'string') return undefined;
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(digits) ? digits : undefined;
}
