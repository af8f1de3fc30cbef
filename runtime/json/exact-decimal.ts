// Recognizes an `ExactDecimal` among values of unknown origin.

/** The digits of an `ExactDecimal`, whichever package created it; undefined for any other object. */
export function getExactDigits(value: object): string | undefined {
  const { [Symbol.toStringTag]: tag, digits } = value as Readonly<Record<PropertyKey, unknown>>;
  if (tag !== 'ExactDecimal' || typeof digits !== 'string') return undefined;
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(digits) ? digits : undefined;
}
