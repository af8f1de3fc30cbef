// Strings that `int` and `quantity` parse, near the numbers of a policy, and strings that are almost such numbers.

const decimalOne = 1_000_000n;
const malformedInts = ['', '-', '+1', '01', '1.0', '9223372036854775808'];
const malformedQuantities = ['', '1K', '1 Gi', '1n', '9Ti', '1e'];
const binaryUnits = [
  ['Ti', 1n << 40n],
  ['Gi', 1n << 30n],
  ['Mi', 1n << 20n],
  ['Ki', 1n << 10n],
] as const;

export function listIntTexts(ints: readonly bigint[]): readonly string[] {
  return [...[0n, ...ints].flatMap(listNeighbors).map(String), ...malformedInts];
}

/** `decimals`: in millionths. */
export function listQuantityTexts(decimals: readonly bigint[]): readonly string[] {
  const near = [decimalOne, ...decimals].flatMap(listNeighbors).map((value) => `${value}u`);
  return [...near, ...decimals.flatMap(listSpellings), '1Gi', '500m', ...malformedQuantities];
}

function listNeighbors(value: bigint): readonly bigint[] {
  return [value - 1n, value, value + 1n];
}

/** A whole number of base units in the largest binary unit. */
function listSpellings(value: bigint): readonly string[] {
  const unit = binaryUnits.find(([, size]) => value !== 0n && value % (size * decimalOne) === 0n);
  return unit === undefined ? [] : [`${value / (unit[1] * decimalOne)}${unit[0]}`];
}
